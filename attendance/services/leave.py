"""请假: filed by the member or by staff for them, withdrawn, and what approval does to attendance.

“委员因故不能参加应出席的履职活动，必须履行请假手续” (萍办字〔2022〕9号 四（十三）16).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from attendance.choices import AttendanceStatus, Capacity, Purpose, RequestState
from attendance.models import (
    Attendance,
    Expectation,
    LeaveRequest,
    LeaveSitting,
    Meeting,
    Sitting,
)
from attendance.selectors.leave import (
    begins_at,
    covered_sittings,
    first_beginning,
    holds_at,
    is_expected,
    is_late,
    procedure_for,
)
from attendance.services.chains import open_chain
from core.dates import planned
from core.refusals import RefusalError
from members.choices import NoticeKind
from members.models import Member
from members.services.notices import send_notice


class NotExpectedError(RefusalError):
    """Leave is asked of meetings at which one is expected."""


class SittingOfOtherMeetingError(RefusalError):
    """The sittings must be the meeting's own."""


class LeaveAskedBeforeError(RefusalError):
    """There is a request for the same sittings already, pending or approved."""


class FiledInFutureError(RefusalError):
    """A request cannot have been received before it was made; only staff date one back."""


class NotWithdrawableError(RefusalError):
    """Leave may be withdrawn before the meeting, while it is pending or approved."""


@transaction.atomic
def file_leave(
    *,
    meeting: Meeting,
    member: Member,
    reason: str,
    sittings: Collection[Sitting] = (),
    attachment: Any = None,
    received_at: datetime | None = None,
    actor: User | None,
    at: datetime,
) -> LeaveRequest:
    """Files leave for the sittings, or for the whole meeting where none is named.

    `received_at` is when the member told the office, where staff write it down later. What comes
    later than the procedure's days of notice is marked 迟交; what comes after every sitting asked
    for had begun is 事后补假: it may be approved as an explanation, the attendance stays 缺席.

    Raises ReasonMissingError, NotExpectedError, SittingOfOtherMeetingError,
    LeaveAskedBeforeError, FiledInFutureError or django's ValidationError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明请假事由。")
    member = (
        Member.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=member.pk)
    )
    filed_at = _filed_at(member, received_at, actor, at)
    _refuse_unexpected(meeting, member)
    named = _own_sittings(meeting, sittings)
    _refuse_repeated(meeting, member, named)
    covered = named or list(meeting.sittings.select_related("meeting"))
    procedure = procedure_for(meeting, Purpose.LEAVE)
    begins = [begins_at(sitting) for sitting in covered] or [first_beginning(meeting, [])]
    request = LeaveRequest(
        meeting=meeting,
        member=member,
        reason=reason.strip(),
        attachment=attachment or "",
        filed_at=filed_at,
        is_late=is_late(
            meeting=meeting,
            sittings=covered,
            notice_days=procedure.notice_days if procedure else 0,
            filed_at=filed_at,
        ),
        is_afterwards=filed_at >= max(begins),
        recorded_by=actor,
        recorded_at=at,
    )
    request.full_clean()
    request.save(force_insert=True)
    lines = [LeaveSitting(request=request, sitting=sitting) for sitting in named]
    for line in lines:
        line.full_clean()
        line.save(force_insert=True)
    chain = open_chain(
        request=request,
        procedure=procedure,
        applicant=member,
        days=leave_days(meeting, named),
        on=timezone.localdate(at),
    )
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=request,
        changes=[
            audit.changes_of(row, None, audit.snapshot(row)) for row in (request, *lines, *chain)
        ],
    )
    return request


@transaction.atomic
def withdraw_leave(*, request: LeaveRequest, actor: User | None, at: datetime) -> LeaveRequest:
    """Takes a pending or approved request back, before the first sitting it is for begins.

    Raises NotWithdrawableError.
    """
    request = LeaveRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if request.state not in {RequestState.PENDING, RequestState.APPROVED}:
        raise NotWithdrawableError(
            f"这份请假申请{request.get_state_display()}，不用撤回；如需请假请重新申请。"
        )
    if at >= first_beginning(request.meeting, covered_sittings(request)):
        raise NotWithdrawableError(
            "会议已经开始，不能再撤回请假。仍来参会的，到会签到即可，签到后计为出席。"
        )
    change = take_back_leave(request=request, at=at)
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=request, changes=[change])
    return request


def take_back_leave(*, request: LeaveRequest, at: datetime) -> Change:
    """Ends the request; what still waited for approval waits no longer. For within a transaction
    that has locked the request, and whose audit entry takes the change.
    """
    before = audit.snapshot(request)
    request.state, request.settled_at = RequestState.WITHDRAWN, at
    request.version += 1
    request.full_clean(exclude={"attachment"})
    request.save()
    return audit.changes_of(request, before, audit.snapshot(request))


def apply_leave(*, request: LeaveRequest) -> list[Change]:
    """Turns the member's 缺席 into 请假 at the sittings the approved request holds at.

    For requests approved after sign-in was closed; whoever came anyway keeps that. To be called
    within the transaction of the approval, whose audit entry takes the changes.
    """
    sittings = [sitting for sitting in covered_sittings(request) if holds_at(request, sitting)]
    rows = Attendance.objects.select_for_update(of=("self",), no_key=True).filter(
        sitting__in=[sitting.pk for sitting in sittings],
        member=request.member_id,
        status=AttendanceStatus.ABSENT,
    )
    changes = []
    for row in rows:
        before = audit.snapshot(row)
        row.status, row.leave_request = AttendanceStatus.LEAVE, request
        row.leave_reason = request.reason
        row.version += 1
        row.save()
        changes.append(audit.changes_of(row, before, audit.snapshot(row)))
    return changes


def tell_outcome(*, request: LeaveRequest, note: str, actor: User | None, at: datetime) -> None:
    """Sends the member the result of their request."""
    meeting = request.meeting
    result = request.get_state_display()
    lines = [f"您因“{meeting.title}”（{planned(meeting.start_date)}开始）提出的请假申请{result}。"]
    if note:
        lines.append(f"批语：{note}")
    if request.state == RequestState.REFUSED:
        lines.append("请按时参会。确有新的情况，可重新申请。")
    elif request.is_afterwards:
        lines.append("此申请在会议开始之后提出，作为情况说明存档，考勤仍计缺席。")
    send_notice(
        term=meeting.term,
        kind=NoticeKind.LEAVE,
        title=f"请假{result}：{meeting.title}"[:200],
        body="\n".join(lines),
        members=[request.member],
        subject=f"attendance.leaverequest:{request.pk}",
        path=reverse("attendance:leave-detail", args=[request.pk]),
        actor=actor,
        at=at,
    )


def leave_days(meeting: Meeting, sittings: Collection[Sitting]) -> int:
    """Days the leave takes: those of the sittings named, else the meeting's whole length."""
    length = ((meeting.end_date or meeting.start_date) - meeting.start_date).days + 1
    times = [sitting.starts_at for sitting in sittings]
    days = {timezone.localdate(moment) for moment in times if moment is not None}
    return len(days) if days and None not in times else length


def _filed_at(
    member: Member, received_at: datetime | None, actor: User | None, at: datetime
) -> datetime:
    if received_at is None or received_at == at:
        return at
    if received_at > at:
        raise FiledInFutureError("接到请假的时间还没有到，请核对。")
    if actor is not None and member.person.user_id == actor.pk:
        raise FiledInFutureError("本人申请的时间以提交为准，不能另填。")
    return received_at


def _refuse_unexpected(meeting: Meeting, member: Member) -> None:
    name, day = member.person.name, meeting.start_date
    on = planned(day)
    if not member.serves(day):
        raise NotExpectedError(f"{name}在{on}不是在任委员，不需请假。")
    if member.suspensions.covering(day).exists():
        raise NotExpectedError(f"{name}在{on}暂停履职，不参加会议，不需请假。")
    if Expectation.objects.filter(
        meeting=meeting, member=member, capacity=Capacity.NON_VOTING, removed_reason=""
    ).exists():
        raise NotExpectedError(f"{name}是列席此会议的，请在“列席”页面请假。")
    if not is_expected(meeting, member):
        raise NotExpectedError(
            f"{name}不在“{meeting.title}”的应到名单中，不需请假；如名单有误，请联系委员联络科。"
        )


def _own_sittings(meeting: Meeting, sittings: Collection[Sitting]) -> list[Sitting]:
    """In order; all of them together are the whole meeting, which is said by naming none."""
    own = {sitting.pk: sitting for sitting in meeting.sittings.select_related("meeting")}
    asked = {sitting.pk for sitting in sittings}
    if not asked <= own.keys():
        raise SittingOfOtherMeetingError("所选场次不属于这次会议，请重新选择。")
    return [] if asked == own.keys() else [own[pk] for pk in own if pk in asked]


def _refuse_repeated(meeting: Meeting, member: Member, named: list[Sitting]) -> None:
    """One pending request a meeting; approved leave is not asked for again."""
    requests = LeaveRequest.objects.filter(meeting=meeting, member=member)
    if requests.filter(state=RequestState.PENDING).exists():
        raise LeaveAskedBeforeError("此会议已有一份待审批的请假申请；要改动请先撤回原申请。")
    for request in requests.filter(state=RequestState.APPROVED):
        granted = {sitting.pk for sitting in covered_sittings(request)}
        whole = not request.lines.exists()
        if whole or (named and granted >= {sitting.pk for sitting in named}):
            raise LeaveAskedBeforeError("此会议的请假已经批准，不用再申请。")
