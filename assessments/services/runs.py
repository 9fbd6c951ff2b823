"""Storing what an evaluation found: never a second copy, never over a person's decision.

A finding is one for each (term, rule, subject, window). An evaluation of a year looks at that
year's findings and at those kept for the whole term: it finds new ones, tells which evidence has
changed (a decision then goes back to review) and withdraws what no longer holds. What was decided
of a member whom the rule no longer looks at, who has left or stood down since, stays decided.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from assessments.choices import FindingEventKind, FindingState
from assessments.models import Finding, FindingEvent, PackSnapshot, Run
from assessments.rulebook import Pack, Verdict, judge, load_pack
from assessments.selectors import (
    NOBODY_REFUSES,
    Assessment,
    FindingKey,
    Hit,
    Refusals,
    assess,
    latest_as_of,
    most_severe,
)
from core.bulk import insert_rows, update_rows
from core.refusals import RefusalError
from dossiers.facts import Holder
from members.models import Term

#: What a re-evaluation may rewrite in a finding.
TOUCHED_FIELDS = (
    "title", "subject_key", "subject_name", "as_of_date", "summary", "citations", "last_run",
)  # fmt: skip
CHANGED_FIELDS = (
    *TOUCHED_FIELDS,
    "outcome", "state", "values", "records", "evidence_digest",
    "decided_by", "decided_at", "decision_reason", "version",
)  # fmt: skip


class YearOutsideTermError(RefusalError):
    """The year shares no day with the term, or has not begun on the as-of date."""


@dataclass(frozen=True)
class FoundFinding:
    """One hit as it is reported; `state` is the stored finding's, or open."""

    hit: Hit
    state: str


@dataclass(frozen=True)
class AssessmentResult:
    """`run` is empty where nothing was stored; `unstored_because` then says why, in Chinese."""

    assessment: Assessment
    findings: tuple[FoundFinding, ...]
    run: Run | None
    unstored_because: str

    @property
    def suggested(self) -> dict[str, str]:
        """By 委员编号, the most severe outcome of open or confirmed findings."""
        outcomes: dict[str, list[str]] = {}
        for finding in self.findings:
            subject = finding.hit.judgement.subject
            standing = finding.state in {FindingState.OPEN, FindingState.CONFIRMED}
            if subject.holder is Holder.MEMBER and standing:
                outcomes.setdefault(subject.key, []).append(finding.hit.judgement.rule.outcome)
        return most_severe(outcomes)


@transaction.atomic
def run_assessment(
    *,
    term: Term,
    year: int,
    as_of: date,
    pack: Pack,
    actor: User | None,
    at: datetime,
    refusals: Refusals = NOBODY_REFUSES,
    stores: bool = True,
) -> AssessmentResult:
    """Judges the year and stores the findings, or only reports them.

    Nothing is stored with `stores` off, with a pack that is not the term's own, or when an
    evaluation from a later date, if one that has come, is stored already. Two evaluations at once follow one another.
    Raises YearOutsideTermError.
    """
    refuse_year(term, year, as_of)
    because = "试算，未保存。" if not stores else _unstored_because(term, pack)
    if not because:
        locked = Term.objects.select_for_update(no_key=True, of=("self",))
        term = locked.select_related("assembly").get(pk=term.pk)
        because = _later_than(term, as_of, timezone.localdate(at))
    assessment = assess(term=term, year=year, on=as_of, pack=pack, refusals=refusals)
    stored = _stored_findings(term, year, lock=not because)
    if because:
        return AssessmentResult(assessment, _reported(assessment, stored), None, because)
    run = _store(assessment, stored, term, actor, at)
    return AssessmentResult(assessment, _reported(assessment, stored), run, "")


def refuse_year(term: Term, year: int, as_of: date) -> None:
    """Raises YearOutsideTermError where there is nothing to judge."""
    if not term.start_date.year <= year <= term.end_date.year:
        raise YearOutsideTermError(
            f"{year}年不在{term.name}任期（{term.start_date}至{term.end_date}）之内。"
        )
    if as_of < max(date(year, 1, 1), term.start_date):
        raise YearOutsideTermError(f"截至日期{as_of}时，{year}年度（本届）尚未开始。")


def _unstored_because(term: Term, pack: Pack) -> str:
    own = load_pack(term.rule_pack)
    if (pack.id, pack.sha256) != (own.id, own.sha256):
        return f"所用规则包不是本届的规则包（{own.name}），只作比较，未保存。"
    return ""


def _later_than(term: Term, as_of: date, today: date) -> str:
    latest = latest_as_of(term=term, by=today)
    if latest is not None and latest > as_of:
        return (
            f"已有截至{latest}的考核结果，较早日期的结果只作参考，未保存。"
            f"要重新考核这一年度并保存，请把截至日期填为{latest}或以后。"
        )
    return ""


def _stored_findings(term: Term, year: int, *, lock: bool) -> dict[FindingKey, Finding]:
    findings = Finding.objects.filter(term=term).of_year(year).order_by()
    if lock:
        findings = findings.select_for_update(no_key=True, of=("self",))
    return {finding.key: finding for finding in findings}


def _reported(
    assessment: Assessment, stored: Mapping[FindingKey, Finding]
) -> tuple[FoundFinding, ...]:
    return tuple(FoundFinding(hit, _state(hit, stored.get(hit.key))) for hit in assessment.hits)


def _state(hit: Hit, finding: Finding | None) -> str:
    same = finding is not None and finding.evidence_digest == hit.digest
    if finding is None or not same or finding.state == FindingState.WITHDRAWN:
        return FindingState.OPEN
    return finding.state


@dataclass
class _Storing:
    """What one run does to the findings, gathered before anything is written."""

    run: Run
    actor: User | None
    at: datetime
    new: list[Finding] = field(default_factory=list)
    touched: list[Finding] = field(default_factory=list)
    changed: list[Finding] = field(default_factory=list)
    events: list[FindingEvent] = field(default_factory=list)
    changes: list[audit.Change] = field(default_factory=list)

    def tell(self, finding: Finding, kind: FindingEventKind, evidence: dict[str, Any]) -> None:
        self.events.append(
            FindingEvent(
                finding=finding,
                kind=kind,
                at=self.at,
                actor=self.actor,
                run=self.run,
                evidence=evidence,
            )
        )


def _store(
    assessment: Assessment,
    stored: dict[FindingKey, Finding],
    term: Term,
    actor: User | None,
    at: datetime,
) -> Run:
    run = _new_run(assessment, term, actor, at)
    storing = _Storing(run, actor, at)
    for hit in assessment.hits:
        finding = stored.get(hit.key)
        if finding is None:
            storing.new.append(_new_finding(hit, term, run))
        else:
            _find_again(storing, finding, hit)
    withdrawn = _no_longer_holding(assessment, stored)
    for finding in withdrawn:
        _withdraw(storing, finding)
    _write(storing, stored)
    run.found = len(assessment.hits)
    run.created = len(storing.new)
    run.changed = len(storing.changed) - len(withdrawn)
    run.withdrawn = len(withdrawn)
    run.save()
    audit.record(
        actor=actor,
        verb=Verb.EVALUATE,
        at=at,
        obj=run,
        label=str(run),
        detail=_run_detail(run),
        changes=storing.changes,
    )
    return run


def _no_longer_holding(
    assessment: Assessment, stored: Mapping[FindingKey, Finding]
) -> list[Finding]:
    facts = assessment.facts
    held = {hit.key for hit in assessment.hits}
    rules = {rule.id: rule for rule in assessment.pack.rules(is_county=facts.term.is_county)}
    members = {member.subject.pk: member for member in facts.members}

    def stays_decided(finding: Finding) -> bool:
        if finding.decided_at is None or finding.member_id is None:
            return False
        rule, member = rules.get(finding.rule), members.get(finding.member_id)
        if member is None:
            return True
        return rule is not None and judge(rule, member, facts).verdict is Verdict.NOT_STANDING

    return [
        finding
        for key, finding in stored.items()
        if key not in held
        and finding.state != FindingState.WITHDRAWN
        and not stays_decided(finding)
    ]


def _new_run(assessment: Assessment, term: Term, actor: User | None, at: datetime) -> Run:
    pack, facts = assessment.pack, assessment.facts
    snapshot, _ = PackSnapshot.objects.get_or_create(
        sha256=pack.sha256,
        defaults={"pack": pack.id, "version": pack.version, "content": pack.content},
    )
    return Run.objects.create(
        term=term,
        year=facts.year,
        as_of_date=facts.on,
        pack=snapshot,
        ran_at=at,
        ran_by=actor,
        members_judged=len(facts.members),
    )


def _new_finding(hit: Hit, term: Term, run: Run) -> Finding:
    judgement = hit.judgement
    subject = judgement.subject
    finding = Finding(
        term=term,
        rule=judgement.rule.id,
        subject_kind=subject.holder.value,
        year=judgement.window.year,
        window=judgement.window.name,
        first_run=run,
    )
    if subject.holder is not Holder.ASSEMBLY:
        setattr(finding, f"{subject.holder.value}_id", subject.pk)
    if judgement.liaison is not None:
        finding.committee_id = judgement.liaison.pk
    _touch(finding, hit, run)
    _set_evidence(finding, hit)
    return finding


def _find_again(storing: _Storing, finding: Finding, hit: Hit) -> None:
    """A finding seen before: kept, back to review on changed evidence, or found anew."""
    came_back = finding.state == FindingState.WITHDRAWN
    same = finding.evidence_digest == hit.digest
    before = evidence_of(finding)
    _touch(finding, hit, storing.run)
    if same and not came_back:
        storing.touched.append(finding)
        return
    _set_evidence(finding, hit)
    _open(finding)
    storing.changed.append(finding)
    if came_back:
        storing.tell(finding, FindingEventKind.FOUND, evidence_of(finding))
    else:
        storing.tell(finding, FindingEventKind.CHANGED, before)
    storing.changes.append(_change(finding, before, evidence_of(finding)))


def _withdraw(storing: _Storing, finding: Finding) -> None:
    before = evidence_of(finding)
    _open(finding)
    finding.state = FindingState.WITHDRAWN
    finding.as_of_date = storing.run.as_of_date
    finding.last_run = storing.run
    storing.changed.append(finding)
    storing.tell(finding, FindingEventKind.WITHDRAWN, before)
    storing.changes.append(_change(finding, before, evidence_of(finding)))


def _write(storing: _Storing, stored: dict[FindingKey, Finding]) -> None:
    insert_rows(storing.new)
    created = Finding.objects.filter(first_run=storing.run).order_by() if storing.new else ()
    for finding in created:
        stored[finding.key] = finding
        storing.tell(finding, FindingEventKind.FOUND, evidence_of(finding))
        storing.changes.append(_change(finding, None, evidence_of(finding)))
    update_rows(storing.touched, TOUCHED_FIELDS)
    update_rows(storing.changed, CHANGED_FIELDS)
    insert_rows(storing.events)


def _touch(finding: Finding, hit: Hit, run: Run) -> None:
    subject = hit.judgement.subject
    finding.title = hit.judgement.rule.title
    finding.subject_key, finding.subject_name = subject.key, subject.name
    finding.as_of_date = run.as_of_date
    finding.summary = hit.judgement.summary
    finding.citations = hit.citations
    finding.last_run = run


def _set_evidence(finding: Finding, hit: Hit) -> None:
    finding.outcome = hit.judgement.rule.outcome
    finding.values = hit.values
    finding.records = list(hit.records)
    finding.evidence_digest = hit.digest


def _open(finding: Finding) -> None:
    finding.state = FindingState.OPEN
    finding.decided_by = None
    finding.decided_at = None
    finding.decision_reason = ""
    finding.version += 1


def evidence_of(finding: Finding) -> dict[str, Any]:
    """The finding as it stands, decision and all, for its history."""
    evidence = {
        "state": str(finding.state),
        "outcome": str(finding.outcome),
        "summary": finding.summary,
        "values": finding.values,
        "records": finding.records,
    }
    if finding.decided_at is not None:
        evidence |= {
            "decided_by": finding.decided_by_id,
            "decided_at": finding.decided_at.isoformat(),
            "decision_reason": finding.decision_reason,
        }
    return evidence


def _change(finding: Finding, before: dict[str, Any] | None, after: dict[str, Any]) -> audit.Change:
    return audit.Change(
        object_type=Finding._meta.label_lower,
        object_id=str(finding.pk),
        label=str(finding)[:200],
        before=before,
        after=after,
    )


def _run_detail(run: Run) -> dict[str, Any]:
    names: Iterable[str] = ("members_judged", "found", "created", "changed", "withdrawn")
    return {"year": run.year, "as_of": run.as_of_date, "pack": run.pack_id} | {
        name: getattr(run, name) for name in names
    }
