"""What the findings on one member suggest, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from accounts.models import User
from assessments.choices import FindingState, Outcome
from assessments.models import Finding, FindingEvent
from assessments.rulebook import severity
from assessments.selectors import compared_words, window_words
from dossiers.selectors import EvidenceRow, evidence_rows
from exits.choices import CaseKind
from exits.models import Case
from exits.selectors.basis import DECISIONS
from exits.selectors.cases import KIND_OF
from members.models import Member


@dataclass(frozen=True)
class Suggestion:
    """A finding on the member: what it suggests, on what, by which clause, and how it was judged.

    `kind`: the case it may open once confirmed, None where it leads to an interview or a reminder.
    """

    finding: Finding
    window: str
    values: list[tuple[str, str]]
    evidence: tuple[EvidenceRow, ...]
    decisions: tuple[FindingEvent, ...]
    kind: CaseKind | None
    open_case: Case | None

    @property
    def leads_to_interview(self) -> bool:
        return self.finding.outcome == Outcome.INTERVIEW


def suggestions_on(*, member: Member, user: User) -> tuple[Suggestion, ...]:
    """All findings of the member that are not withdrawn, the most severe first."""
    events = FindingEvent.objects.filter(kind__in=DECISIONS).select_related("actor")
    seen = Case.objects.visible_to(user).order_by("-opened_date", "-pk")
    findings = list(
        Finding.objects.visible_to(user)
        .filter(member=member)
        .exclude(state=FindingState.WITHDRAWN)
        .prefetch_related(
            Prefetch("events", queryset=events, to_attr="decisions"),
            Prefetch("cases", queryset=seen, to_attr="seen_cases"),
        )
    )
    findings.sort(key=lambda finding: (-severity(finding.outcome), finding.window, finding.rule))
    known = _evidence(member, findings)
    return tuple(
        Suggestion(
            finding=finding,
            window=window_words(finding.window),
            values=compared_words(finding.values),
            evidence=tuple(known[record] for record in finding.records if record in known),
            decisions=tuple(finding.decisions),
            kind=KIND_OF.get(Outcome(finding.outcome)),
            open_case=next(iter(finding.seen_cases), None),
        )
        for finding in findings
    )


def _evidence(member: Member, findings: Sequence[Finding]) -> dict[str, EvidenceRow]:
    """Every record named by any of the findings, read once."""
    records = list(dict.fromkeys(record for finding in findings for record in finding.records))
    return {row.record: row for row in evidence_rows(member.term, records)}
