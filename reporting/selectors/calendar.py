"""A month of meetings and activities, day by day."""

from calendar import Calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accounts.models import User
from attendance.models import Meeting
from members.models import Term

MONDAY = 0


@dataclass(frozen=True)
class Day:
    on: date
    is_in_month: bool
    meetings: list[Meeting] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    first: date
    last: date
    weeks: list[list[Day]]

    @property
    def days(self) -> list[Day]:
        """The days of the month on which something takes place."""
        return [day for week in self.weeks for day in week if day.is_in_month and day.meetings]

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        return self.last + timedelta(days=1)


def month_of(
    *,
    term: Term,
    first: date,
    user: User,
    kind: str = "",
    committee: int | None = None,
    sector: int | None = None,
) -> Month:
    """The month that begins on `first`. A meeting of several days stands on each of them.

    With a committee: its own meetings and those of the sectors it liaises with.
    """
    weeks = Calendar(MONDAY).monthdatescalendar(first.year, first.month)
    last = max(day for day in weeks[-1] if day.month == first.month)
    wanted = Q(term=term, start_date__lte=last) & Q(until__gte=first)
    if kind:
        wanted &= Q(kind=kind)
    if committee is not None:
        wanted &= Q(committee=committee) | Q(sector__liaison__committee=committee)
    if sector is not None:
        wanted &= Q(sector=sector)
    meetings = (
        Meeting.objects.visible_to(user)
        .annotate(until=Coalesce("end_date", F("start_date")))
        .filter(wanted)
        .select_related("sector", "committee")
        .order_by("start_date", "number")
    )
    by_day: defaultdict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        day = max(meeting.start_date, first)
        while day <= min(meeting.until, last):
            by_day[day].append(meeting)
            day += timedelta(days=1)
    return Month(
        first,
        last,
        [[Day(on, on.month == first.month, by_day.get(on, [])) for on in week] for week in weeks],
    )
