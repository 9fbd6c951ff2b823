"""约谈: arranged, told, held, signed, closed, looked at again (萍协办字〔2022〕19号 三（三）).

Every act locks the row and asks `exits.procedures` whether it is open to it, so that two people
at once, or a double click, have one effect.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from assessments.choices import FindingState
from assessments.models import Finding
from core.inserting import unless_known
from core.refusals import RefusalError
from exits.choices import InterviewAct, InterviewKind, InterviewResult, InterviewState
from exits.models import Interview
from exits.selectors.interviews import TOO_MILD, interview_leaders, told_moment
from exits.services.interview_acts import OwnInterviewError, begin_act, finish_act
from exits.services.telling import (
    tell_of_cancelled_interview,
    tell_of_interview,
    tell_of_minutes,
    tell_of_rescheduled_interview,
)
from members.models import Member, SpecialCommittee


class NotLeaderError(RefusalError):
    """Interviews are conducted by a leader in office."""


class FindingNotForInterviewError(RefusalError):
    """Only a confirmed finding on this member, not a mere reminder, leads to an interview."""


class NoCommitteeError(RefusalError):
    """The member's special committee takes part; where none does, it is said why."""


class ArrangedAlreadyError(RefusalError):
    """An interview on this finding, or at this time, is arranged already."""


class InterviewOutOfOrderError(RefusalError):
    """A time before an earlier step, or one that has not come."""


@transaction.atomic
def arrange_interview(
    *,
    member: Member,
    kind: str,
    reason: str,
    leader: Member,
    scheduled_at: datetime,
    place: str,
    actor: User | None,
    at: datetime,
    committee: SpecialCommittee | None = None,
    without_committee: str = "",
    others: str = "",
    finding: Finding | None = None,
) -> Interview:
    """Arranges an interview; nobody is told yet. The member's own committee where none is named,
    or, for one who belongs to none, why none takes part (19号 三（三）).

    Raises NoCommitteeError, NotLeaderError, FindingNotForInterviewError, ArrangedAlreadyError, OwnInterviewError,
    InterviewOutOfOrderError, ReasonMissingError or ValidationError.
    """
    if not reason.strip() or not place.strip():
        raise ReasonMissingError("请写明约谈事由和地点。")
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    _refuse_member(member, scheduled_at, actor, at)
    _refuse_leader(leader, member, timezone.localdate(scheduled_at))
    if finding is not None:
        _refuse_finding(finding, member)
    committee = committee or member.committee
    if committee is None and not without_committee.strip():
        raise NoCommitteeError(
            f"{member}没有所在的专门委员会。约谈由分管领导和专门委员会进行，"
            "请选择参加的专门委员会，或者写明没有专门委员会参加的原因。"
        )
    interview = Interview(
        member=member,
        kind=InterviewKind(kind),
        finding=finding,
        reason=reason.strip(),
        leader=leader,
        committee=committee,
        without_committee="" if committee else without_committee.strip(),
        others=others.strip(),
        scheduled_at=scheduled_at,
        place=place.strip(),
        recorded_by=actor,
        recorded_at=at,
    )

    def refuse_known() -> None:
        known = Interview.objects.open().filter(member=member)
        if finding is not None and known.filter(finding=finding).exists():
            raise ArrangedAlreadyError("这条考核发现已安排约谈，没有重复安排。")
        if known.filter(scheduled_at=scheduled_at).exists():
            raise ArrangedAlreadyError(f"{member}在这一时间已安排约谈，没有重复安排。")

    with unless_known(refuse_known):
        interview.full_clean()
        interview.save(force_insert=True)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=interview,
        reason=interview.reason,
        changes=[audit.changes_of(interview, None, audit.snapshot(interview))],
    )
    return interview


@transaction.atomic
def notify_interview(
    *, interview: Interview, actor: User | None, at: datetime, seen_version: int | None = None
) -> Interview:
    """Tells the member, the leader and the committee of time and place. Raises as `begin_act`."""
    turn = begin_act(interview, InterviewAct.NOTIFY, actor, at, seen_version)
    if turn.interview.scheduled_at < at:
        raise InterviewOutOfOrderError("原定的约谈时间已经过去，请先改期。")
    turn.interview.state, turn.interview.notified_at = InterviewState.NOTIFIED, at
    finish_act(turn)
    tell_of_interview(turn.interview, actor=actor, at=at)
    return turn.interview


@transaction.atomic
def hold_interview(
    *,
    interview: Interview,
    held_at: datetime,
    minutes: str,
    statement: str,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
) -> Interview:
    """The minutes, and what the member said; the member is asked to confirm them.

    Raises ReasonMissingError or as `begin_act`.
    """
    if not minutes.strip():
        raise ReasonMissingError("请填写约谈记录。")
    turn = begin_act(interview, InterviewAct.HOLD, actor, at, seen_version)
    stored = turn.interview
    if held_at > at:
        raise InterviewOutOfOrderError("约谈时间还没有到，请在约谈之后登记。")
    if stored.notified_at is not None and held_at < stored.notified_at:
        raise InterviewOutOfOrderError("约谈时间不能早于发出通知的时间。")
    stored.state, stored.held_at = InterviewState.HELD, held_at
    stored.minutes, stored.statement = minutes.strip(), statement.strip()
    finish_act(turn)
    tell_of_minutes(stored, actor=actor, at=at)
    return stored


@transaction.atomic
def sign_minutes(
    *,
    interview: Interview,
    remark: str,
    actor: User,
    at: datetime,
    seen_version: int | None = None,
) -> Interview:
    """The member confirms the minutes in their own account, with what they add.

    Raises OwnInterviewError or as `begin_act`.
    """
    if interview.member.person.user_id != actor.pk:
        raise OwnInterviewError("约谈记录只能由委员本人确认。")
    turn = begin_act(interview, InterviewAct.SIGN, actor, at, seen_version, by_member=True)
    turn.interview.signed_at, turn.interview.remark = at, remark.strip()
    return finish_act(turn)


@transaction.atomic
def record_signed_copy(
    *,
    interview: Interview,
    file: Any,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
) -> Interview:
    """The minutes as the member signed them on paper. Raises ReasonMissingError or as `begin_act`."""
    if not file:
        raise ReasonMissingError("请附上委员签字的约谈记录扫描件或照片。")
    turn = begin_act(interview, InterviewAct.SIGN_ON_PAPER, actor, at, seen_version)
    stored = turn.interview
    stored.signed_at, stored.signed_on_paper, stored.signed_copy = at, True, file
    return finish_act(turn)


@transaction.atomic
def close_interview(
    *,
    interview: Interview,
    result: str,
    note: str,
    closed_date: date,
    actor: User | None,
    at: datetime,
    follow_up_date: date | None = None,
    seen_version: int | None = None,
) -> Interview:
    """The result; minutes the member did not confirm, and “其他”, are explained in `note`.

    Raises ReasonMissingError or as `begin_act`.
    """
    turn = begin_act(interview, InterviewAct.CLOSE, actor, at, seen_version)
    stored = turn.interview
    if not stored.is_signed and not note.strip():
        raise ReasonMissingError("委员还没有确认约谈记录，请在结果说明中写明原因。")
    if result == InterviewResult.OTHER and not note.strip():
        raise ReasonMissingError("结果为“其他”的，请写明结果说明。")
    if closed_date > timezone.localdate(at):
        raise InterviewOutOfOrderError(f"办结日期{closed_date}还没有到。")
    if stored.held_at is not None and closed_date < timezone.localdate(stored.held_at):
        raise InterviewOutOfOrderError("办结日期不能早于约谈日期。")
    if follow_up_date is not None and follow_up_date < closed_date:
        raise InterviewOutOfOrderError("回访日期不能早于办结日期。")
    stored.state, stored.closed_date = InterviewState.CLOSED, closed_date
    stored.result, stored.result_note = result, note.strip()
    stored.follow_up_date = follow_up_date
    return finish_act(turn)


@transaction.atomic
def note_follow_up(
    *,
    interview: Interview,
    note: str,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
) -> Interview:
    """What was seen afterwards. Raises ReasonMissingError or as `begin_act`."""
    if not note.strip():
        raise ReasonMissingError("请写明回访情况。")
    turn = begin_act(interview, InterviewAct.FOLLOW_UP, actor, at, seen_version)
    turn.interview.follow_up_note = note.strip()
    return finish_act(turn)


@transaction.atomic
def reschedule_interview(
    *,
    interview: Interview,
    scheduled_at: datetime,
    place: str,
    reason: str,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
) -> Interview:
    """Another time or place, with the former kept; whoever was told of it is told so.

    Raises ReasonMissingError, InterviewOutOfOrderError, NotLeaderError, ArrangedAlreadyError or
    as `begin_act`.
    """
    if not reason.strip() or not place.strip():
        raise ReasonMissingError("请写明改期的事由和地点。")
    turn = begin_act(interview, InterviewAct.RESCHEDULE, actor, at, seen_version)
    stored, former = turn.interview, (turn.interview.scheduled_at, turn.interview.place)
    if (scheduled_at, place.strip()) == former:
        raise InterviewOutOfOrderError("时间和地点都没有变，没有保存。")
    _refuse_member(stored.member, scheduled_at, actor, at)
    _refuse_leader(stored.leader, stored.member, timezone.localdate(scheduled_at))
    known = Interview.objects.open().filter(member=stored.member, scheduled_at=scheduled_at)
    if known.exclude(pk=stored.pk).exists():
        raise ArrangedAlreadyError(f"{stored.member}在这一时间已安排约谈，请另选时间。")
    stored.scheduled_at, stored.place = scheduled_at, place.strip()
    line = (
        f"{timezone.localdate(at)} 原定{told_moment(former[0])}，{former[1]}；"
        f"改为{told_moment(scheduled_at)}，{stored.place}。事由：{' '.join(reason.split())}"
    )
    stored.rescheduled = "\n".join(filter(None, [stored.rescheduled, line]))
    finish_act(turn, reason=reason.strip())
    if stored.notified_at is not None:
        tell_of_rescheduled_interview(stored, former=former, actor=actor, at=at)
    return stored


@transaction.atomic
def cancel_interview(
    *,
    interview: Interview,
    reason: str,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
) -> Interview:
    """Calls an interview off before it is held; whoever was told of it is told so.

    Raises ReasonMissingError or as `begin_act`.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明取消的事由。")
    turn = begin_act(interview, InterviewAct.CANCEL, actor, at, seen_version)
    was_told = turn.interview.notified_at is not None
    turn.interview.state = InterviewState.CANCELLED
    turn.interview.cancelled_reason = reason.strip()
    finish_act(turn, reason=reason.strip())
    if was_told:
        tell_of_cancelled_interview(turn.interview, actor=actor, at=at)
    return turn.interview


def _refuse_member(
    member: Member, scheduled_at: datetime, actor: User | None, at: datetime
) -> None:
    if scheduled_at < at:
        raise InterviewOutOfOrderError("约谈时间已经过去，请重新填写。")
    if actor is not None and member.person.user_id == actor.pk:
        raise OwnInterviewError("这是对您本人的约谈，请由他人安排。")
    on = timezone.localdate(scheduled_at)
    if not member.serves(on):
        raise InterviewOutOfOrderError(f"{member}在{on}不在任，不能安排约谈。")


def _refuse_leader(leader: Member, member: Member, on: date) -> None:
    if leader.pk == member.pk:
        raise OwnInterviewError("委员不能约谈本人。")
    if leader.term_id != member.term_id:
        raise NotLeaderError("主持约谈的领导须是本届的。")
    if not interview_leaders(term=member.term, on=on).filter(pk=leader.pk).exists():
        raise NotLeaderError(f"{leader}在{on}不是在任的主席、副主席或秘书长，不能主持约谈。")


def _refuse_finding(finding: Finding, member: Member) -> None:
    finding = Finding.objects.select_for_update(of=("self",), no_key=True).get(pk=finding.pk)
    if finding.member_id != member.pk:
        raise FindingNotForInterviewError(f"考核发现“{finding}”不是关于该委员的。")
    if finding.state != FindingState.CONFIRMED:
        raise FindingNotForInterviewError(f"考核发现“{finding}”尚未确认，不能据以约谈。")
    if finding.outcome in TOO_MILD:
        raise FindingNotForInterviewError(
            f"考核发现“{finding}”的建议是“{finding.get_outcome_display()}”，不需约谈。"
        )
