"""A person's word on a finding. It decides about the suggestion, never about the member."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, StaleRecordError
from assessments.choices import FindingEventKind, FindingState
from assessments.models import Finding, FindingEvent
from assessments.services.runs import evidence_of
from core.refusals import RefusalError

EVENT_OF = {
    FindingState.CONFIRMED: FindingEventKind.CONFIRMED,
    FindingState.DISMISSED: FindingEventKind.DISMISSED,
    FindingState.OPEN: FindingEventKind.REOPENED,
}


class FindingNotOpenError(RefusalError):
    """Only an open finding can be decided, and only a decided one goes back to review."""


class OwnFindingError(RefusalError):
    """Nobody decides on a finding about themself."""


@transaction.atomic
def decide_finding(
    *,
    finding: Finding,
    state: str,
    reason: str,
    actor: User | None,
    at: datetime,
    seen_version: int,
) -> Finding:
    """Confirms or dismisses an open finding, with a reason.

    Raises ReasonMissingError, OwnFindingError, StaleRecordError or FindingNotOpenError.
    """
    if state not in {FindingState.CONFIRMED, FindingState.DISMISSED}:
        raise FindingNotOpenError("考核发现只能确认或不予采纳。")
    stored = _lock(finding, reason, actor, seen_version)
    if stored.state != FindingState.OPEN:
        raise FindingNotOpenError(
            f"“{stored}”{stored.get_state_display()}，不在待审核状态，不能处理。"
        )
    before = evidence_of(stored)
    stored.decided_by, stored.decided_at = actor, at
    stored.decision_reason = reason.strip()
    return _save(stored, FindingState(state), before, reason.strip(), actor, at)


@transaction.atomic
def reopen_finding(
    *, finding: Finding, reason: str, actor: User | None, at: datetime, seen_version: int
) -> Finding:
    """Puts a decided finding back to review; the decision stays in its history.

    Raises ReasonMissingError, OwnFindingError, StaleRecordError or FindingNotOpenError.
    """
    stored = _lock(finding, reason, actor, seen_version)
    if stored.state not in {FindingState.CONFIRMED, FindingState.DISMISSED}:
        raise FindingNotOpenError(f"“{stored}”{stored.get_state_display()}，没有可退回的决定。")
    before = evidence_of(stored)
    stored.decided_by = stored.decided_at = None
    stored.decision_reason = ""
    return _save(stored, FindingState.OPEN, before, reason.strip(), actor, at)


def _lock(finding: Finding, reason: str, actor: User | None, seen_version: int) -> Finding:
    if not reason.strip():
        raise ReasonMissingError("请写明理由。")
    rows = Finding.objects.select_for_update(of=("self",), no_key=True)
    stored = rows.select_related("member__person").get(pk=finding.pk)
    if actor is not None and stored.member and stored.member.person.user_id == actor.pk:
        raise OwnFindingError("这是关于您本人的考核发现，请由他人审核处理。")
    if stored.version != seen_version:
        raise StaleRecordError(stored, [])
    return stored


def _save(
    finding: Finding,
    state: FindingState,
    before: dict,
    reason: str,
    actor: User | None,
    at: datetime,
) -> Finding:
    finding.state = state
    finding.version += 1
    finding.full_clean(validate_unique=False)
    finding.save()
    FindingEvent.objects.create(
        finding=finding, kind=EVENT_OF[state], at=at, actor=actor, reason=reason, evidence=before
    )
    audit.record(
        actor=actor,
        verb=Verb.DECIDE,
        at=at,
        obj=finding,
        reason=reason,
        changes=[audit.changes_of(finding, before, evidence_of(finding))],
    )
    return finding
