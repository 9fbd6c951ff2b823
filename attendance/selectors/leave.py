"""Reads about leave that sign-in and the leave desk share."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from attendance.choices import Capacity, RequestState
from attendance.models import (
    Attendance,
    Expectation,
    LeaveRequest,
    LeaveSitting,
    Meeting,
    Procedure,
    Sitting,
)
from attendance.querysets import collected_meetings, organises_meeting
from members.models import Member, Term


def leave_covering(sitting: Sitting) -> dict[int, LeaveRequest]:
    """The approved leave that holds at the sitting, by member (primary key), in one query.

    A request that names no sitting holds at every sitting of its meeting; one filed after the
    sitting had begun does not hold at it (`holds_at`). Of several, the one settled last.
    """
    lines = LeaveSitting.objects.filter(request=OuterRef("pk"))
    requests = (
        LeaveRequest.objects.filter(meeting=sitting.meeting_id, state=RequestState.APPROVED)
        .filter(Q(~Exists(lines)) | Q(Exists(lines.filter(sitting=sitting))))
        .order_by("settled_at", "pk")
    )
    return {request.member_id: request for request in requests if holds_at(request, sitting)}


@dataclass(frozen=True)
class LeavePlaces:
    """Approved leave by number of the meeting and code of the member."""

    requests: dict[tuple[str, str], list[LeaveRequest]]
    sittings: dict[tuple[str, int], Sitting]

    def covers(self, meeting: str, sitting: int, member: str) -> bool:
        """As `leave_covering`; also of a sitting not yet there."""
        for request in self.requests.get((meeting, member), ()):
            named = [line.sitting.number for line in request.lines.all()]
            held = self.sittings.get((meeting, sitting)) or Sitting(
                meeting=request.meeting, number=sitting
            )
            if (not named or sitting in named) and holds_at(request, held):
                return True
        return False


def leave_places(*, term: Term, meetings: Collection[str]) -> LeavePlaces:
    """The approved leave at meetings of these numbers, in three queries."""
    requests = (
        LeaveRequest.objects.filter(
            meeting__term=term, meeting__number__in=meetings, state=RequestState.APPROVED
        )
        .select_related("meeting", "member")
        .prefetch_related("lines__sitting")
    )
    sittings = Sitting.objects.filter(meeting__in={request.meeting_id for request in requests})
    found = LeavePlaces({}, {})
    for sitting in sittings.select_related("meeting"):
        found.sittings[sitting.meeting.number, sitting.number] = sitting
    for request in requests:
        found.requests.setdefault((request.meeting.number, request.member.code), []).append(request)
    return found


def holds_at(request: LeaveRequest, sitting: Sitting) -> bool:
    """Whether a request, once approved, makes the sitting a 请假 and not a 缺席.

    Leave asked for after the sitting had begun (事后补假) explains an absence and does not undo
    it: 缺席 is “no approved leave; a refused or late request counts here”, and late is read as
    after the beginning. A request that only missed the days of notice is marked and holds.
    """
    return request.filed_at < begins_at(sitting)


def begins_at(sitting: Sitting) -> datetime:
    """When a sitting begins. Where no time is entered, the end of the first day for the first
    sitting and of the last day for the others: nobody is late by a guess.
    """
    meeting = sitting.meeting
    if sitting.starts_at is not None:
        begins = sitting.starts_at
    else:
        last = meeting.end_date or meeting.start_date
        day = meeting.start_date if sitting.number == 1 else last
        begins = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return begins if sitting.closed_at is None else min(begins, sitting.closed_at)


def first_beginning(meeting: Meeting, sittings: Collection[Sitting]) -> datetime:
    """When the first of the sittings begins; of a meeting without sittings, the end of its day."""
    return min(begins_at(sitting) for sitting in sittings or [Sitting(meeting=meeting, number=1)])


def is_late(
    *,
    meeting: Meeting,
    sittings: Collection[Sitting],
    notice_days: int,
    filed_at: datetime,
) -> bool:
    """Whether leave was asked for later than the procedure wants.

    N days' notice means: on the N-th day before the first sitting concerned at the latest;
    no days, before that sitting begins.
    """
    begins = first_beginning(meeting, sittings)
    if not notice_days:
        return filed_at >= begins
    times = [sitting.starts_at for sitting in sittings if sitting.starts_at is not None]
    first_day = timezone.localdate(min(times)) if times else meeting.start_date
    return timezone.localdate(filed_at) > first_day - timedelta(days=notice_days)


def covered_sittings(request: LeaveRequest) -> list[Sitting]:
    """The sittings the leave is asked for: those named, else all of the meeting."""
    named = Sitting.objects.filter(leave_lines__request=request).select_related("meeting")
    return list(named) or list(request.meeting.sittings.select_related("meeting"))


def procedure_for(meeting: Meeting, purpose: str) -> Procedure | None:
    """The procedure of the meeting's kind, else that of 其余各类会议, else none."""
    return (
        Procedure.objects.filter(
            term=meeting.term_id, purpose=purpose, meeting_kind__in=[meeting.kind, ""]
        )
        .order_by("-meeting_kind")
        .prefetch_related("steps")
        .first()
    )


def is_expected(meeting: Meeting, member: Member) -> bool:
    """On the expected list; of a meeting without one, with an attendance row."""
    listed = Expectation.objects.filter(meeting=meeting, capacity=Capacity.EXPECTED)
    if listed.exists():
        return listed.expected().filter(member=member).exists()
    return Attendance.objects.filter(sitting__meeting=meeting, member=member).exists()


def leave_meetings(*, user: User, since: datetime) -> QuerySet[Meeting]:
    """Meetings from that moment on at which the account's own seat is expected, soonest first."""
    day = timezone.localdate(since)
    expected = Expectation.objects.expected().filter(
        meeting=OuterRef("pk"), member__person__user=user, capacity=Capacity.EXPECTED
    )
    rows = Attendance.objects.filter(
        sitting__meeting=OuterRef("pk"), member__person__user=user, is_walk_in=False
    )
    return (
        Meeting.objects.filter(Q(start_date__gte=day) | Q(end_date__gte=day))
        .filter(Q(Exists(expected)) | Q(Exists(rows)))
        .order_by("start_date", "number")
    )


def own_leave(user: User) -> QuerySet[LeaveRequest]:
    """The account's own requests, the newest first, with what a list shows."""
    return with_chain(LeaveRequest.objects.filter(member__person__user=user))


def with_chain(requests: QuerySet[LeaveRequest]) -> QuerySet[LeaveRequest]:
    """With member, meeting, sittings and chain, in a fixed number of queries."""
    return requests.select_related(
        "meeting__term", "member__person__user", "member__sector", "recorded_by"
    ).prefetch_related("lines__sitting", "approvals__decided_by")


def sitting_names(sittings: Iterable[Sitting]) -> str:
    return "、".join(sitting.short_name for sitting in sittings)


def filing_meetings(user: User) -> QuerySet[Meeting]:
    """Meetings for which the account may write down, or take back, leave of a member who called.

    Leaders read every request and write none but their own.
    """
    if user.has_role(RoleCode.REGISTRAR):
        return Meeting.objects.all()
    return Meeting.objects.filter(collected_meetings(user) | organises_meeting(user))


def is_withdrawable(request: LeaveRequest, *, at: datetime) -> bool:
    """Pending or approved, and nothing of what it covers has begun."""
    if request.state not in {RequestState.PENDING, RequestState.APPROVED}:
        return False
    return at < first_beginning(request.meeting, covered_sittings(request))
