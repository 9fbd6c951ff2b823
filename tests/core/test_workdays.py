"""Known days of 2025 and 2026 on both sides of 春节, the weekends worked in exchange, and years
whose notice is not out yet."""

from datetime import date

import pytest

from core.workdays import WorkCalendar, is_published

CALENDAR = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 1, 24), True),
        (date(2025, 1, 25), False),
        (date(2025, 1, 26), True),  # 周日，春节调休上班
        (date(2025, 1, 27), True),
        (date(2025, 1, 28), False),  # 除夕
        (date(2025, 2, 4), False),
        (date(2025, 2, 5), True),
        (date(2025, 2, 8), True),  # 周六，春节调休上班
        (date(2025, 2, 9), False),
        (date(2026, 1, 1), False),
        (date(2026, 1, 3), False),
        (date(2026, 1, 4), True),  # 周日，元旦调休上班
        (date(2026, 2, 13), True),
        (date(2026, 2, 14), True),  # 周六，春节调休上班
        (date(2026, 2, 15), False),
        (date(2026, 2, 16), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # 周六，春节调休上班
        (date(2026, 3, 1), False),
        (date(2026, 9, 20), True),  # 周日，国庆节调休上班
        (date(2026, 9, 27), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # 周六，国庆节调休上班
    ],
)
def test_workday_follows_the_yearly_notice(day, works):
    assert CALENDAR.is_workday(day) is works


def test_answer_does_not_depend_on_what_was_asked_before():
    days = [date(2026, 12, 27), date(2027, 1, 4), date(2026, 2, 14), date(2025, 12, 28)]
    asked = [CALENDAR.is_workday(day) for day in days]
    assert [CALENDAR.is_workday(day) for day in reversed(days)] == asked[::-1]


@pytest.mark.parametrize(
    ("start", "workdays", "due"),
    [
        (date(2026, 2, 12), 1, date(2026, 2, 13)),
        (date(2026, 2, 12), 2, date(2026, 2, 14)),
        (date(2026, 2, 12), 3, date(2026, 2, 24)),
        (date(2026, 2, 12), 7, date(2026, 2, 28)),
        (date(2026, 2, 12), 8, date(2026, 3, 2)),
        (date(2025, 1, 24), 7, date(2025, 2, 10)),
        (date(2026, 11, 14), 7, date(2026, 11, 24)),
        (date(2026, 11, 13), 7, date(2026, 11, 24)),
    ],
)
def test_time_limit_counts_working_days_after_the_event(start, workdays, due):
    assert CALENDAR.due(start, workdays) == due
    assert CALENDAR.workdays_between(start, due) == workdays


def test_time_limit_needs_a_positive_number_of_days():
    with pytest.raises(ValueError, match="正整数"):
        CALENDAR.due(date(2026, 11, 13), 0)


def test_workdays_between_counts_backwards_too():
    assert CALENDAR.workdays_between(date(2026, 2, 12), date(2026, 2, 12)) == 0
    assert CALENDAR.workdays_between(date(2026, 2, 15), date(2026, 2, 23)) == 0
    assert CALENDAR.workdays_between(date(2026, 2, 28), date(2026, 2, 12)) == -7


def test_year_without_notice_is_provisional():
    assert [is_published(year) for year in (2000, 2001, 2025, 2026)] == [False, True, True, True]
    last = next(year for year in range(2026, 2100) if not is_published(year)) - 1
    assert not CALENDAR.is_provisional(date(last, 12, 31))
    assert CALENDAR.is_provisional(date(last + 1, 1, 1))


def test_correction_of_the_office_wins():
    storm, exchange = date(2026, 6, 3), date(2026, 6, 6)
    calendar = WorkCalendar({storm: False, exchange: True})
    assert (CALENDAR.is_workday(storm), CALENDAR.is_workday(exchange)) == (True, False)
    assert (calendar.is_workday(storm), calendar.is_workday(exchange)) == (False, True)
    assert calendar.due(date(2026, 6, 2), 1) == date(2026, 6, 4)


def test_year_is_settled_once_the_office_enters_a_weekend_worked_in_exchange():
    holiday = {date(2098, 2, 5): False}
    assert WorkCalendar(holiday).is_provisional(date(2098, 3, 3))
    entered = WorkCalendar(holiday | {date(2098, 2, 8): True})
    assert date(2098, 2, 8).weekday() == 5
    assert not entered.is_provisional(date(2098, 3, 3))
    assert entered.is_provisional(date(2099, 3, 3))
