"""What a case rests on: the finding people confirmed, as the file shows it."""

from dataclasses import dataclass

from assessments.choices import FindingEventKind
from assessments.models import Finding, FindingEvent
from assessments.selectors import compared_words, finding_evidence, window_words
from dossiers.selectors import EvidenceRow
from exits.models import Case

DECISIONS = (
    FindingEventKind.CONFIRMED,
    FindingEventKind.DISMISSED,
    FindingEventKind.REOPENED,
)


@dataclass(frozen=True)
class Basis:
    """`decisions`: who judged the finding, when and why, in the order it was done."""

    finding: Finding
    window: str
    values: list[tuple[str, str]]
    evidence: tuple[EvidenceRow, ...]
    decisions: tuple[FindingEvent, ...]


def basis_of(case: Case) -> Basis | None:
    """The case's own finding, else that of the order it came from."""
    finding = case.finding or (case.origin.finding if case.origin else None)
    if finding is None:
        return None
    events = FindingEvent.objects.filter(finding=finding, kind__in=DECISIONS)
    return Basis(
        finding=finding,
        window=window_words(finding.window),
        values=compared_words(finding.values),
        evidence=tuple(finding_evidence(finding)),
        decisions=tuple(events.select_related("actor").order_by("at", "pk")),
    )
