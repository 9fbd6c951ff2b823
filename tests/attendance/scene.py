"""A meeting with a sitting and its expected list, for the tests of signing in."""

from datetime import UTC, date, datetime, timedelta

from accounts.models import User
from attendance.choices import Capacity, MeetingKind, RequestState
from attendance.models import Expectation, LeaveRequest, LeaveSitting, Meeting, Sitting
from members.models import Member
from tests.building import make_meeting, make_member, make_term

DAY = date(2023, 3, 1)
#: Nine o'clock in the morning, when the sitting begins.
NINE = datetime(2023, 3, 1, 1, 0, tzinfo=UTC)


def minutes(number: float) -> datetime:
    return NINE + timedelta(minutes=number)


def make_sitting(size: int = 3, *, kind: str = MeetingKind.PLENARY_SESSION, **fields) -> Sitting:
    """A sitting of a new term with so many members expected, 0001 and following."""
    term = make_term()
    meeting = make_meeting(term, kind, DAY, title="第一次全体会议")
    sitting = Sitting.objects.create(meeting=meeting, number=1, starts_at=NINE, **fields)
    for place in range(1, size + 1):
        expect(meeting, make_member(term, f"{place:04}"))
    return sitting


def expect(meeting: Meeting, member: Member, capacity: str = Capacity.EXPECTED) -> Expectation:
    return Expectation.objects.create(meeting=meeting, member=member, capacity=capacity)


def member_of(sitting: Sitting, code: str) -> Member:
    return Member.objects.select_related("person", "term").get(term=sitting.meeting.term, code=code)


def grant_leave(sitting: Sitting, code: str, *sittings: Sitting, reason="出差", **fields):
    """Approved leave, for the whole meeting or the sittings named."""
    state = fields.pop("state", RequestState.APPROVED)
    request = LeaveRequest.objects.create(
        meeting=sitting.meeting,
        member=member_of(sitting, code),
        reason=reason,
        filed_at=minutes(-3000),
        state=state,
        settled_at=None if state == RequestState.PENDING else minutes(-2000),
        **fields,
    )
    for named in sittings:
        LeaveSitting.objects.create(request=request, sitting=named)
    return request


def make_user(username: str = "clerk", name: str = "文清扬") -> User:
    return User.objects.create(username=username, name=name, is_staff=True)
