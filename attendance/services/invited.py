"""列席 from the invitation to the dossier: terms, leave, attendance, papers handed back."""

from datetime import datetime, time

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from attendance.choices import AttendanceStatus, Capacity, Purpose, RequestState
from attendance.models import (
    Attendance,
    Expectation,
    LeaveRequest,
    NonVotingSeat,
    Procedure,
    Sitting,
)
from attendance.selectors.leave import first_beginning, is_late, procedure_for
from attendance.services.seats import (
    SeatClosedError,
    locked_seat,
    party_of,
    refuse_overfull,
    saved_change,
)
from core.dates import planned
from members.choices import NoticeKind
from members.services.notices import send_notice


@transaction.atomic
def invite_seat(*, seat: NonVotingSeat, actor: User | None, at: datetime) -> NonVotingSeat:
    """Tells whoever is approved of time, place, agenda and papers (23号 第四条, 24号 二).

    A member is put on the expected list as 列席, which opens the papers to them and lets them
    sign in. Raises SeatClosedError or PlacesExceededError.
    """
    seat = locked_seat(seat)
    meeting = seat.meeting
    if seat.state != RequestState.APPROVED:
        raise SeatClosedError("批准之后才能通知列席。")
    if seat.invited_at is not None:
        raise SeatClosedError(f"{seat.guest}已经通知过，不再重复发送。")
    if at >= first_beginning(meeting, list(meeting.sittings.select_related("meeting"))):
        raise SeatClosedError("会议已经开始，不能再发列席通知。")
    refuse_overfull(seat=seat)
    before = audit.snapshot(seat)
    seat.invited_at = at
    changes = [saved_change(seat, before)]
    if seat.member is not None:
        changes.append(_put_on_list(seat, actor, at))
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=seat, changes=changes)
    send_notice(
        term=meeting.term,
        kind=NoticeKind.NON_VOTING,
        title=f"列席邀请：{meeting.title}"[:200],
        body=_invitation(seat, procedure_for(meeting, Purpose.NON_VOTING)),
        members=[seat.member] if seat.member else [],
        parties=[] if seat.member else [party_of(seat)],
        subject=f"attendance.nonvotingseat:{seat.pk}",
        path=reverse("attendance:seat-own", args=[seat.pk]) if seat.member else "",
        actor=actor,
        at=at,
    )
    return seat


def _put_on_list(seat: NonVotingSeat, actor: User | None, at: datetime) -> audit.Change:
    """As 列席; a place that was taken off the list by hand is given again."""
    stored = Expectation.objects.filter(meeting=seat.meeting, member=seat.member_id).first()
    place = stored or Expectation(
        meeting=seat.meeting, member=seat.member, recorded_by=actor, recorded_at=at
    )
    before = audit.snapshot(place) if stored else None
    place.capacity, place.removed_reason, place.line = Capacity.NON_VOTING, "", None
    place.version += 1 if stored else 0
    place.full_clean()
    place.save()
    return audit.changes_of(place, before, audit.snapshot(place))


def _invitation(seat: NonVotingSeat, procedure: Procedure | None) -> str:
    meeting = seat.meeting
    day = planned(meeting.start_date)
    if meeting.end_date and meeting.end_date != meeting.start_date:
        day += f"至{planned(meeting.end_date)}"
    lines = [
        f"请您列席“{meeting.title}”。",
        f"时间：{day}",
        f"地点：{meeting.place or '另行通知'}",
        f"列席议题：{seat.agenda_item}",
    ]
    papers = [material.title for material in meeting.materials.all()]
    if papers:
        lines.append(f"会议材料：{'、'.join(papers)}")
    if procedure and procedure.terms_text:
        lines += ["", "列席要求：", procedure.terms_text]
    return "\n".join(lines)


@transaction.atomic
def accept_terms(*, seat: NonVotingSeat, actor: User | None, at: datetime) -> NonVotingSeat:
    """The confidentiality terms read and accepted: by the member, or on a signed paper that staff
    enter. Accepting twice changes nothing. Raises SeatClosedError.
    """
    seat = locked_seat(seat)
    if seat.invited_at is None:
        raise SeatClosedError("发出列席通知之后，再确认保密要求。")
    if seat.terms_accepted_at is not None:
        return seat
    return _stamped(seat, actor, at, terms_accepted_at=at)


@transaction.atomic
def file_seat_leave(
    *, seat: NonVotingSeat, reason: str, actor: User | None, at: datetime
) -> NonVotingSeat:
    """Leave of somebody invited: told to the office, not approved; later than 2 days before the
    meeting it is marked 迟交 (24号 三 “一般应在会议召开2日前向市政协办公室请假”).

    A member's also stands as settled leave, so that sign-in shows 请假 and not 缺席.
    Raises ReasonMissingError or SeatClosedError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明请假事由。")
    seat = locked_seat(seat)
    meeting = seat.meeting
    if seat.invited_at is None:
        raise SeatClosedError("还没有发出列席通知，不用请假。")
    if seat.leave_filed_at is not None:
        raise SeatClosedError(f"{seat.guest}已经请假，不用再报。")
    sittings = list(meeting.sittings.select_related("meeting"))
    if at >= first_beginning(meeting, sittings):
        raise SeatClosedError("会议已经开始，不能再请假；未到会的由工作人员登记为缺席。")
    procedure = procedure_for(meeting, Purpose.NON_VOTING)
    late = is_late(
        meeting=meeting,
        sittings=sittings,
        notice_days=procedure.notice_days if procedure else 0,
        filed_at=at,
    )
    before = audit.snapshot(seat)
    seat.leave_filed_at, seat.leave_reason, seat.leave_is_late = at, reason.strip(), late
    changes = [saved_change(seat, before)]
    if seat.member is not None:
        request = LeaveRequest(
            meeting=meeting,
            member=seat.member,
            reason=reason.strip(),
            filed_at=at,
            is_late=late,
            state=RequestState.APPROVED,
            settled_at=at,
            recorded_by=actor,
            recorded_at=at,
        )
        request.full_clean()
        request.save(force_insert=True)
        changes.append(audit.changes_of(request, None, audit.snapshot(request)))
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=seat, changes=changes)
    return seat


@transaction.atomic
def record_seat_attendance(
    *, seat: NonVotingSeat, status: str, actor: User | None, at: datetime
) -> NonVotingSeat:
    """How a guest attended; of a member, attendance rows at every sitting, which count as 列席 in
    the dossier (24号 七). Raises SeatClosedError or django's ValidationError.
    """
    seat = locked_seat(seat)
    if seat.invited_at is None:
        raise SeatClosedError("没有发出列席通知的，不登记到会情况。")
    if at < _first_moment(seat):
        raise SeatClosedError("会议还没有开始，不能登记到会情况。")
    if status == AttendanceStatus.LEAVE and seat.leave_filed_at is None:
        raise SeatClosedError("没有请假记录的，不能登记为请假。")
    if seat.member is None:
        if seat.attended == status:
            return seat
        before = audit.snapshot(seat)
        seat.attended = status
        changes = [saved_change(seat, before)]
    else:
        sittings, changes = _sittings(seat)
        for sitting in sittings:
            changes += _attendance(seat, sitting, status, actor, at)
    if changes:
        audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=seat, changes=changes)
    return seat


def _attendance(
    seat: NonVotingSeat, sitting: Sitting, status: str, actor: User | None, at: datetime
) -> list[audit.Change]:
    """The member's row at the sitting, made or put right."""
    stored = Attendance.objects.filter(sitting=sitting, member=seat.member_id).first()
    row = stored or Attendance(
        sitting=sitting, member=seat.member, recorded_by=actor, recorded_at=at
    )
    before = audit.snapshot(row) if stored else None
    if stored and stored.status == status:
        return []
    row.status = status
    row.version += 1 if stored else 0
    row.full_clean()
    row.save()
    return [audit.changes_of(row, before, audit.snapshot(row))]


def _sittings(seat: NonVotingSeat) -> tuple[list[Sitting], list[audit.Change]]:
    """The meeting's sittings; a meeting that has none yet gets its first."""
    sittings = list(seat.meeting.sittings.select_related("meeting"))
    if sittings:
        return sittings, []
    only = Sitting(meeting=seat.meeting, number=1)
    only.full_clean()
    only.save(force_insert=True)
    return [only], [audit.changes_of(only, None, audit.snapshot(only))]


def _first_moment(seat: NonVotingSeat) -> datetime:
    """When the meeting starts, or the day it is on: who came is often entered while it sits."""
    times = [row.starts_at for row in seat.meeting.sittings.all() if row.starts_at is not None]
    day = datetime.combine(seat.meeting.start_date, time())
    return min(times) if times else timezone.make_aware(day)


@transaction.atomic
def record_materials_returned(
    *, seat: NonVotingSeat, actor: User | None, at: datetime
) -> NonVotingSeat:
    """The papers are back with the office (24号 四). Raises SeatClosedError."""
    seat = locked_seat(seat)
    if seat.invited_at is None:
        raise SeatClosedError("没有发出列席通知的，没有材料可交回。")
    if seat.materials_returned_at is not None:
        return seat
    return _stamped(seat, actor, at, materials_returned_at=at)


def _stamped(
    seat: NonVotingSeat, actor: User | None, at: datetime, **moments: datetime
) -> NonVotingSeat:
    before = audit.snapshot(seat)
    for field, moment in moments.items():
        setattr(seat, field, moment)
    change = saved_change(seat, before)
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=seat, changes=[change])
    return seat
