"""Deciding: one step at a time, in order, by whoever holds it, once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from attendance.choices import RequestState, Verdict
from attendance.models import Approval, LeaveRequest, NonVotingSeat
from attendance.selectors.approvals import in_turn, recordable_approvals, waiting_approvals
from attendance.services.leave import apply_leave, tell_outcome
from attendance.services.seats import refuse_overfull
from core.refusals import RefusalError


class NotYourStepError(RefusalError):
    """The step is another's, or one's own request, or one that oneself proposed."""


class NotInTurnError(RefusalError):
    """An earlier step is undecided, or the request is no longer open."""


class DecidedAlreadyError(RefusalError):
    """Somebody was faster, or the button was pressed twice: the first decision stands."""


class UnknownVerdictError(RefusalError):
    """A step is approved or refused."""


@transaction.atomic
def decide_approval(
    *,
    approval: Approval,
    verdict: str,
    note: str = "",
    on_behalf: bool = False,
    actor: User,
    at: datetime,
) -> Approval:
    """Approves or refuses the step whose turn it is.

    The last approval grants the request, one refusal (which needs its reason) ends it. Leave
    granted after sign-in was closed turns 缺席 into 请假. `on_behalf`: 委员联络科 writes down
    what was decided on paper or by word of mouth, and the note says so.

    Raises UnknownVerdictError, ReasonMissingError, NotYourStepError, NotInTurnError,
    DecidedAlreadyError or, for a seat beyond the usual number, PlacesExceededError.
    """
    note = note.strip()
    _refuse_wordless(verdict, note, on_behalf)
    request = _locked_request(approval)
    _refuse_wrong_hand(approval, on_behalf, actor, at)
    if isinstance(request, NonVotingSeat) and verdict == Verdict.APPROVED:
        refuse_overfull(seat=request)
    before = audit.snapshot(Approval.objects.get(pk=approval.pk))
    taken = (
        Approval.objects.waiting()
        .filter(pk=approval.pk)
        .update(verdict=verdict, note=note, on_behalf=on_behalf, decided_by=actor, decided_at=at)
    )
    if not taken:
        raise DecidedAlreadyError("这一环节已经办理，以先办的意见为准。")
    decided = Approval.objects.get(pk=approval.pk)
    changes = [audit.changes_of(decided, before, audit.snapshot(decided))]
    state = _state_after(request, verdict)
    if state != RequestState.PENDING:
        changes += _settle(request, state, at)
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=request, reason=note, changes=changes)
    if state != RequestState.PENDING and isinstance(request, LeaveRequest):
        tell_outcome(request=request, note=note, actor=actor, at=at)
    return decided


def _refuse_wordless(verdict: str, note: str, on_behalf: bool) -> None:
    if verdict not in {Verdict.APPROVED, Verdict.REFUSED}:
        raise UnknownVerdictError("请选择“同意”或“不同意”。")
    if verdict == Verdict.REFUSED and not note:
        raise ReasonMissingError("不同意的，请写明理由，申请人会看到。")
    if on_behalf and not note:
        raise ReasonMissingError("代为登记的，请写明依据：何人、何时、书面还是口头批示。")


def _locked_request(approval: Approval) -> LeaveRequest | NonVotingSeat:
    if approval.leave_request_id is not None:
        leave = LeaveRequest.objects.select_for_update(of=("self",), no_key=True)
        return leave.select_related("meeting__term", "member__person").get(
            pk=approval.leave_request_id
        )
    seats = NonVotingSeat.objects.select_for_update(of=("self",), no_key=True)
    return seats.select_related("meeting__term").get(approvals=approval)


def _refuse_wrong_hand(approval: Approval, on_behalf: bool, actor: User, at: datetime) -> None:
    """Told in the order in which it helps: done already, not yet due, not theirs."""
    stored = Approval.objects.get(pk=approval.pk)
    if stored.verdict != Verdict.WAITING:
        who = stored.decided_by.name if stored.decided_by else ""
        raise DecidedAlreadyError(
            f"这一环节已由{who}办理（{stored.get_verdict_display()}），以先办的意见为准。"
        )
    if not in_turn().filter(pk=approval.pk).exists():
        raise NotInTurnError("还没有轮到这一环节，或申请已经办结、撤回，请刷新页面后再看。")
    if on_behalf:
        allowed = recordable_approvals(user=actor)
    else:
        allowed = waiting_approvals(user=actor, on=timezone.localdate(at))
    if not allowed.filter(pk=approval.pk).exists():
        step = stored.get_approver_display()
        raise NotYourStepError(f"这一环节由{step}办理；本人的申请、本人提出的人选，须由他人办理。")


def _state_after(request: LeaveRequest | NonVotingSeat, verdict: str) -> RequestState:
    if verdict == Verdict.REFUSED:
        return RequestState.REFUSED
    waiting = request.approvals.filter(verdict=Verdict.WAITING).exists()
    return RequestState.PENDING if waiting else RequestState.APPROVED


def _settle(
    request: LeaveRequest | NonVotingSeat, state: RequestState, at: datetime
) -> list[Change]:
    before = audit.snapshot(request)
    request.state, request.settled_at = state, at
    request.version += 1
    request.full_clean(exclude={"attachment"})
    request.save()
    changes = [audit.changes_of(request, before, audit.snapshot(request))]
    if isinstance(request, LeaveRequest) and state == RequestState.APPROVED:
        changes += apply_leave(request=request)
    return changes
