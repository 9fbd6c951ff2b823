"""Which forms there are, year by year: of oneself, and of any membership."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from members.models import Member
from reporting.choices import FormKind
from reporting.selectors.forms import form_date, form_years
from reporting.selectors.records import standing_periods


@dataclass(frozen=True)
class YearForms:
    """A year's forms; `is_running`: the year is not over, the forms will still grow."""

    member: Member
    year: int
    kinds: tuple[FormKind, ...]
    is_running: bool


def forms_of(memberships: Sequence[Member], *, today: date) -> Sequence[YearForms]:
    """Every year of these memberships for which there are forms, the latest first.

    The memberships begin with that of the latest term.
    """
    standing = standing_periods(memberships)
    found = []
    for member in memberships:
        for year in form_years(term=member.term, today=today):
            on = form_date(term=member.term, year=year, today=today)
            if not _served(member, year, on):
                continue
            stood = any(
                start <= on and (end is None or on < end)
                for start, end in standing.get(member.pk, ())
            )
            kinds = [FormKind.ANNUAL_RETURN]
            if stood and member.serves(on):
                kinds.append(FormKind.PERFORMANCE_FORM)
            found.append(YearForms(member, year, tuple(kinds), is_running=on == today))
    return found


def _served(member: Member, year: int, on: date) -> bool:
    return member.joined_date <= on and (
        member.exited_date is None or member.exited_date > date(year, 1, 1)
    )
