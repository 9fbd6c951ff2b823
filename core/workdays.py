"""Working days by the statutory calendar of China: public holidays, and weekends worked in
exchange (调休), from the yearly notices of the State Council as `holidays` carries them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from holidays import China

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@cache
def statutory(year: int) -> China:
    """One calendar a year: a calendar that has grown by use would answer otherwise."""
    return China(years=year, expand=False)


@cache
def is_published(year: int) -> bool:
    """Whether the year's notice is known: every notice since 2001 has weekends worked in
    exchange, while the holidays of a year without one are only computed.
    """
    return any(day.year == year for day in statutory(year).weekend_workdays)


@dataclass(frozen=True)
class WorkCalendar:
    """The statutory calendar with the office's own corrections (True = a working day)."""

    corrections: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, on: date) -> bool:
        corrected = self.corrections.get(on)
        return statutory(on.year).is_working_day(on) if corrected is None else corrected

    def is_provisional(self, on: date) -> bool:
        """Whether the calendar of the year is not published yet: deadlines then are 暂定.

        Once the office has entered a weekend worked in exchange, it has the notice in hand.
        """
        return not is_published(on.year) and not any(
            works and day.year == on.year and day.weekday() >= SATURDAY
            for day, works in self.corrections.items()
        )

    def due(self, start: date, workdays: int) -> date:
        """The last day of a time limit: the n-th working day after `start` (n at least 1)."""
        if workdays < 1:
            raise ValueError("工作日数须为正整数。")
        day = start
        while workdays:
            day += ONE_DAY
            workdays -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative where `end` is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        days = ((start + ONE_DAY * step) for step in range(1, (end - start).days + 1))
        return sum(self.is_workday(day) for day in days)


@dataclass(frozen=True)
class CalendarYear:
    """The days of a year that are not as the week would have it."""

    year: int
    is_provisional: bool
    holidays: Sequence[date]
    worked_weekends: Sequence[date]


def year_of(calendar: WorkCalendar, year: int) -> CalendarYear:
    """Every weekday off and every weekend day worked, as the calendar has it."""
    first = date(year, 1, 1)
    days = [first + ONE_DAY * step for step in range((date(year + 1, 1, 1) - first).days)]
    return CalendarYear(
        year=year,
        is_provisional=calendar.is_provisional(first),
        holidays=[day for day in days if day.weekday() < SATURDAY and not calendar.is_workday(day)],
        worked_weekends=[
            day for day in days if day.weekday() >= SATURDAY and calendar.is_workday(day)
        ],
    )
