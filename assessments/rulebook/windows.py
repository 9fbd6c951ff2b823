"""The stretches of time that rules look at."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from assessments.rulebook.packs import Period
from dossiers.facts import TermFrame

TERM_WINDOW = "term"
MONTHS = {Period.HALF_YEAR: 6, Period.QUARTER: 3, Period.TWO_MONTHS: 2, Period.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Window:
    """`end` is the last day. `year` is empty for the window of the whole term."""

    name: str
    label: str
    start: date
    end: date
    year: int | None

    def lies_within(self, term: TermFrame) -> bool:
        return term.start_date <= self.start and self.end <= term.end_date


def windows_of(period: Period, *, year: int, term: TermFrame) -> tuple[Window, ...]:
    """The period's windows in the year, in order; for TERM the one window of the term."""
    if period is Period.TERM:
        return (Window(TERM_WINDOW, "本届", term.start_date, term.end_date, None),)
    length = MONTHS[period]
    return tuple(_window(period, year, first) for first in range(1, 13, length))


def _window(period: Period, year: int, first: int) -> Window:
    last = first + MONTHS[period] - 1
    number = (first - 1) // MONTHS[period] + 1
    name, label = {
        Period.YEAR: (f"{year}", f"{year}年度"),
        Period.HALF_YEAR: (f"{year}H{number}", f"{year}年{'上下'[number > 1]}半年"),
        Period.QUARTER: (f"{year}Q{number}", f"{year}年第{'一二三四'[(number - 1) % 4]}季度"),
        Period.TWO_MONTHS: (f"{year}M{first:02}-{last:02}", f"{year}年{first}—{last}月"),
    }[period]
    return Window(
        name, label, date(year, first, 1), date(year, last, monthrange(year, last)[1]), year
    )
