"""Reads about non-voting seats: what each waits for, how many a meeting has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from attendance.choices import (
    ATTENDED_STATUSES,
    STANDING_COMMITTEE_KINDS,
    AttendanceStatus,
    MeetingKind,
    Purpose,
    RequestState,
    Scope,
    SeatStage,
)
from attendance.models import Attendance, Meeting, MeetingMaterial, NonVotingSeat
from attendance.selectors.expected import Line, members_of
from attendance.selectors.leave import procedure_for
from members.models import Member


@dataclass(frozen=True)
class SeatLine:
    """A seat with how it stands; `outcome` is an AttendanceStatus, empty while not known."""

    seat: NonVotingSeat
    outcome: str
    stage: SeatStage

    @property
    def outcome_label(self) -> str:
        return AttendanceStatus(self.outcome).label if self.outcome else ""

    @property
    def is_open(self) -> bool:
        return self.stage not in {SeatStage.DONE, SeatStage.CLOSED}


@dataclass(frozen=True)
class Places:
    """How many are approved for a meeting, those on leave not counted, and how many are usual."""

    taken: int
    usual: int | None
    reason: str

    @property
    def is_full(self) -> bool:
        return self.usual is not None and self.taken >= self.usual

    @property
    def is_over(self) -> bool:
        return self.usual is not None and self.taken > self.usual


def places_of(meeting: Meeting) -> Places:
    procedure = procedure_for(meeting, Purpose.NON_VOTING)
    taken = NonVotingSeat.objects.filter(
        meeting=meeting, state=RequestState.APPROVED, leave_filed_at__isnull=True
    ).count()
    usual = procedure.usual_places if procedure else None
    return Places(taken, usual, meeting.non_voting_reason.strip())


def with_people(seats: QuerySet[NonVotingSeat]) -> QuerySet[NonVotingSeat]:
    """With everything a list shows of a seat, in a fixed number of queries."""
    return (
        seats.select_related(
            "meeting__term", "member__person__user", "member__sector", "department", "recorded_by"
        )
        .prefetch_related("approvals__decided_by")
        .annotate(must_hand_back=_must_hand_back())
    )


def _must_hand_back() -> Q:
    """“会议结束后，应将会议有关资料交市政协办公室” (萍协字〔2022〕24号 四); of other meetings, what is
    marked 会后收回.
    """
    marked = MeetingMaterial.objects.filter(meeting=OuterRef("meeting"), must_return=True)
    return Q(meeting__kind__in=STANDING_COMMITTEE_KINDS) | Q(Exists(marked))


def seat_lines(seats: Iterable[NonVotingSeat], *, on: date) -> list[SeatLine]:
    """How each seat (of `with_people`) stands on that day; one query more."""
    rows = list(seats)
    outcomes = _outcomes(rows)
    return [
        SeatLine(seat, outcome := outcomes.get(seat.pk, ""), stage_of(seat, outcome, on))
        for seat in rows
    ]


def _outcomes(seats: list[NonVotingSeat]) -> Mapping[int, str]:
    """What became of each seat: a member's attendance rows, else what was entered of a guest."""
    of_seat = {(seat.meeting_id, seat.member_id): seat.pk for seat in seats if seat.member_id}
    statuses: dict[int, list[str]] = {}
    rows = Attendance.objects.filter(
        sitting__meeting__in={meeting for meeting, _ in of_seat},
        member__in={member for _, member in of_seat},
    ).order_by("sitting__number")
    for meeting, member, status in rows.values_list("sitting__meeting", "member", "status"):
        if (meeting, member) in of_seat:
            statuses.setdefault(of_seat[meeting, member], []).append(status)
    entered = {seat.pk: seat.attended for seat in seats if seat.attended}
    return entered | {pk: _summed_up(found) for pk, found in statuses.items()}


def _summed_up(statuses: list[str]) -> str:
    """Came to one sitting at least; on leave throughout; else absent."""
    came = [status for status in statuses if status in ATTENDED_STATUSES]
    if came:
        return came[0]
    everything_on_leave = set(statuses) == {AttendanceStatus.LEAVE}
    return AttendanceStatus.LEAVE if everything_on_leave else AttendanceStatus.ABSENT


def stage_of(seat: NonVotingSeat, outcome: str, on: date) -> SeatStage:
    """What the seat waits for on that day; leave settles it without an outcome to enter."""
    meeting = seat.meeting
    if seat.state == RequestState.PENDING:
        return SeatStage.APPROVAL
    if seat.state != RequestState.APPROVED:
        return SeatStage.CLOSED
    if outcome:
        must = getattr(seat, "must_hand_back", False) and outcome in ATTENDED_STATUSES
        return SeatStage.MATERIALS if must and not seat.materials_returned_at else SeatStage.DONE
    if seat.leave_filed_at is not None:
        return SeatStage.DONE
    if on > (meeting.end_date or meeting.start_date):
        return SeatStage.OUTCOME if seat.invited_at else SeatStage.CLOSED
    if seat.invited_at is None:
        return SeatStage.INVITATION
    if seat.terms_accepted_at is None:
        return SeatStage.TERMS
    return SeatStage.OUTCOME if on >= meeting.start_date else SeatStage.MEETING


def open_seats(*, user: User, on: date) -> QuerySet[NonVotingSeat]:
    """Seats the office or the proposing unit has something to do for on that day, soonest first:
    to be invited, to accept the terms, to have the outcome entered or the papers handed back.
    """
    rows = Attendance.objects.filter(
        sitting__meeting=OuterRef("meeting"), member=OuterRef("member")
    )
    came = Q(attended__in=ATTENDED_STATUSES) | Q(Exists(rows.filter(status__in=ATTENDED_STATUSES)))
    known = ~Q(attended="") | Q(Exists(rows)) | Q(leave_filed_at__isnull=False)
    over = Q(last_day__lt=on)
    quiet = Q(terms_accepted_at__isnull=False, meeting__start_date__gt=on)
    todo = (
        Q(state=RequestState.PENDING)
        | Q(state=RequestState.APPROVED, invited_at__isnull=True, leave_filed_at__isnull=True)
        & ~over
        | Q(state=RequestState.APPROVED, invited_at__isnull=False) & ~known & ~quiet
        | Q(state=RequestState.APPROVED, materials_returned_at__isnull=True)
        & came
        & _must_hand_back()
    )
    return (
        with_people(NonVotingSeat.objects.visible_to(user))
        .annotate(last_day=Coalesce(F("meeting__end_date"), F("meeting__start_date")))
        .filter(todo)
        .order_by("meeting__start_date", "meeting__number", "pk")
    )


def own_seats(user: User) -> QuerySet[NonVotingSeat]:
    """Invitations of the account's own member seats, the newest first."""
    return with_people(
        NonVotingSeat.objects.filter(member__person__user=user, invited_at__isnull=False)
    )


def seat_counts(meetings: Iterable[Meeting]) -> dict[int, int]:
    """By meeting (primary key): how many seats are asked for or approved."""
    rows = (
        NonVotingSeat.objects.filter(
            meeting__in=[meeting.pk for meeting in meetings],
            state__in=[RequestState.PENDING, RequestState.APPROVED],
        )
        .order_by()
        .values_list("meeting")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


def is_expected_to_vote(meeting: Meeting, member: Member) -> bool:
    """The standing committee sits at 常委会会议 by right, the chairpersons at 主席会议."""
    if meeting.kind in STANDING_COMMITTEE_KINDS:
        line = Line(Scope.STANDING)
    elif meeting.kind == MeetingKind.CHAIRPERSONS_COUNCIL:
        line = Line(Scope.CHAIRPERSONS)
    else:
        return False
    return members_of(line, meeting=meeting).filter(pk=member.pk).exists()


def seat_meetings(*, on: date) -> QuerySet[Meeting]:
    """Meetings from that day on to which people are invited without a vote, soonest first."""
    kinds = [MeetingKind.CHAIRPERSONS_COUNCIL, *STANDING_COMMITTEE_KINDS]
    asked = NonVotingSeat.objects.filter(meeting=OuterRef("pk"))
    return (
        Meeting.objects.filter(Q(kind__in=kinds) | Q(Exists(asked)), start_date__gte=on)
        .order_by("start_date", "number")
        .select_related("term")
    )
