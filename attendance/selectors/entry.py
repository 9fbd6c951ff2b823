"""What the pages of the collecting units need to know of meetings."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from attendance.choices import Capacity, MeetingKind
from attendance.models import Attendance, Expectation, Meeting, Sitting
from attendance.querysets import SEPARATELY_COLLECTED, collected_meetings
from core.numbering import following, split_number, stem_for
from members.choices import RecordKind
from members.models import Member, Term
from members.selectors.duties import Duties

#: What the first number of a kind begins with, where no meeting is there to go by.
FIRST_LETTERS = "HD"
SERIAL_DIGITS = 3


def next_meeting_number(*, term: Term, kind: str, year: int) -> str:
    """Counts on from the meeting of the kind entered last; empty where its number has no end."""
    meetings = Meeting.objects.filter(term=term)
    latest = meetings.filter(kind=kind).order_by("-pk").values_list("number", "start_date").first()
    if latest is None:
        stem = f"{FIRST_LETTERS}-{year}-"
        taken = meetings.filter(number__startswith=stem).values_list("number", flat=True)
        return following(stem, width=SERIAL_DIGITS, taken=taken)
    number, on = latest
    parts = split_number(number, on.year)
    if parts is None:
        return ""
    stem = stem_for(parts[0], from_year=on.year, year=year)
    taken = meetings.filter(number__startswith=stem).values_list("number", flat=True)
    return following(stem, width=len(parts[1]), taken=taken)


def of_duty(duty: RecordKind) -> Q:
    """Condition on meetings whose attendance is that kind of record."""
    named = [kind for kind, record in SEPARATELY_COLLECTED.items() if record == duty]
    return Q(kind__in=named) if named else ~Q(kind__in=list(SEPARATELY_COLLECTED))


def meetings_to_mark(
    *, user: User, term: Term, duty: RecordKind | None = None
) -> QuerySet[Meeting]:
    """Meetings of the term whose attendance the account collects, the latest first."""
    meetings = Meeting.objects.filter(term=term).order_by("-start_date", "-number")
    if duty is not None:
        meetings = meetings.filter(of_duty(duty))
    return meetings if user.reads_everything else meetings.filter(collected_meetings(user))


def meetings_to_speak_at(*, term: Term, duties: Duties, on: date) -> QuerySet[Meeting]:
    """Meetings already begun whose speeches these duties cover, the latest first."""
    meetings = Meeting.objects.filter(term=term, start_date__lte=on)
    if organisers := duties.organisers(RecordKind.SPEECH):
        meetings = meetings.filter(organiser__in=organisers)
    return meetings.order_by("-start_date", "-number")


def kinds_of(duty: RecordKind) -> list[tuple[str, str]]:
    """The kinds of meeting whose attendance is that kind of record."""
    if duty == RecordKind.ATTENDANCE:
        return [
            (kind.value, kind.label) for kind in MeetingKind if kind not in SEPARATELY_COLLECTED
        ]
    return [(k.value, k.label) for k, record in SEPARATELY_COLLECTED.items() if record == duty]


@dataclass(frozen=True)
class MarkLine:
    """A member on the list of a sitting; `status` is empty where nothing is written yet."""

    member: Member
    is_expected: bool
    is_non_voting: bool
    status: str
    leave_reason: str


def mark_list(*, meeting: Meeting, number: int) -> list[MarkLine]:
    """Those expected at the meeting and those marked at the sitting, by code, in two queries."""
    people = ("member__person", "member__sector")
    rows = {
        row.member_id: row
        for row in Attendance.objects.filter(
            sitting__meeting=meeting, sitting__number=number
        ).select_related(*people)
    }
    expected = {
        row.member_id: row
        for row in Expectation.objects.filter(meeting=meeting).expected().select_related(*people)
    }
    members = {key: row.member for key, row in (expected | rows).items()}
    lines = [
        MarkLine(
            member=member,
            is_expected=key in expected,
            is_non_voting=key in expected and expected[key].capacity == Capacity.NON_VOTING,
            status=rows[key].status if key in rows else "",
            leave_reason=rows[key].leave_reason if key in rows else "",
        )
        for key, member in members.items()
    ]
    return sorted(lines, key=lambda line: line.member.code)


def sitting_numbers(meetings: Collection[int]) -> dict[int, list[int]]:
    """Numbers of the sittings of each meeting (primary key)."""
    found: dict[int, list[int]] = {}
    rows = Sitting.objects.filter(meeting__in=meetings).order_by("number")
    for meeting, number in rows.values_list("meeting", "number"):
        found.setdefault(meeting, []).append(number)
    return found
