"""Taking a member out of the meetings from a day on, when they left or were suspended.

The caller holds the transaction and records the audit entry over the changes returned.
"""

from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from attendance.choices import RequestState, Scope
from attendance.models import Attendance, Expectation, LeaveRequest, NonVotingSeat
from attendance.services.leave import take_back_leave
from attendance.services.seats import take_back_seat
from core.dates import planned
from members.models import Member

OPEN = Q(state__in=[RequestState.PENDING, RequestState.APPROVED])


def clear_from(*, member: Member, on: date, at: datetime) -> tuple[list[Change], list[str]]:
    """Removes attendance at meetings from `on` on and settles what the member asked.

    Nobody is expected at a meeting on a day when they are suspended or not serving. Expected
    lists need no change: they are read through `invitable`. What was approved for meetings
    already over stays as it was. Returns the changes, and a line in words for each thing
    corrected.
    """
    changes: list[Change] = []
    lines: list[str] = []
    _settle_leave(member, on, at, changes, lines)
    _settle_seats(member, on, at, changes, lines)
    rows = (
        Attendance.objects.filter(member=member, sitting__meeting__start_date__gte=on)
        .select_related("sitting__meeting", "member__person")
        .order_by("sitting__meeting__start_date", "sitting__meeting__number", "sitting__number")
    )
    for row in rows:
        meeting = row.sitting.meeting
        changes.append(audit.changes_of(row, audit.snapshot(row), None))
        lines.append(
            f"{planned(meeting.start_date)}“{meeting.title}”{row.sitting.short_name}的"
            f"“{row.get_status_display()}”在决定生效之后，已从考勤中移出。"
        )
        row.delete()
    return changes, lines


def leave_standing_lists(
    *, member: Member, on: date, at: datetime
) -> tuple[list[Change], list[str]]:
    """Takes a former standing member off the lists of 全体常委 for meetings from `on` on.

    Meetings already over keep their list: who came there without the post is counted as 列席.
    Returns as `clear_from`.
    """
    today = timezone.localdate(at)
    rows = Expectation.objects.filter(
        member=member,
        meeting__start_date__gte=on,
        line__scope=Scope.STANDING,
        removed_reason="",
    ).select_related("meeting", "member__person")
    changes, lines = [], []
    for row in rows.order_by("meeting__start_date", "meeting__number"):
        named = f"{planned(row.meeting.start_date)}“{row.meeting.title}”"
        if row.meeting.start_date < today:
            lines.append(f"{named}在决定生效之后，该委员当时列在全体常委之中，请核对考勤。")
            continue
        changes.append(audit.changes_of(row, audit.snapshot(row), None))
        lines.append(f"{named}按全体常委列的应到名单，已移出该委员。")
        row.delete()
    return changes, lines


def _settle_leave(
    member: Member, on: date, at: datetime, changes: list[Change], lines: list[str]
) -> None:
    requests = LeaveRequest.objects.filter(member=member, meeting__start_date__gte=on)
    requests = requests.select_for_update(of=("self",), no_key=True).select_related("meeting")
    for request in requests.filter(OPEN).order_by("pk"):
        if _is_settled(request, at):
            continue
        lines.append(
            f"“{request.meeting.title}”的请假申请（{request.get_state_display()}）已撤销。"
        )
        changes.append(take_back_leave(request=request, at=at))


def _settle_seats(
    member: Member, on: date, at: datetime, changes: list[Change], lines: list[str]
) -> None:
    seats = NonVotingSeat.objects.filter(member=member, meeting__start_date__gte=on)
    seats = seats.select_for_update(of=("self",), no_key=True).select_related("meeting")
    for seat in seats.filter(OPEN).order_by("pk"):
        if _is_settled(seat, at):
            continue
        lines.append(f"“{seat.meeting.title}”的列席安排（{seat.get_state_display()}）已撤销。")
        changes += take_back_seat(seat=seat, at=at)


def _is_settled(asked: LeaveRequest | NonVotingSeat, at: datetime) -> bool:
    """Approved for a meeting that is over: a record of what was, not a plan."""
    is_over = asked.meeting.start_date < timezone.localdate(at)
    return asked.state == RequestState.APPROVED and is_over
