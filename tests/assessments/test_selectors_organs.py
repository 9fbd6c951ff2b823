"""What sectors, committees and assemblies owe, window by window, on each side of each border."""

from datetime import date

import pytest

from assessments.selectors import organ_minimums
from attendance.choices import MeetingKind
from dossiers.selectors import duty_facts
from members.choices import AssemblyLevel
from tests.building import make_meeting, make_term

pytestmark = pytest.mark.django_db


def minimums(term, on, organ, year=2025):
    facts = duty_facts(term=term, year=year, on=on, members=[])
    return organ_minimums(term, facts, organ(facts))


def assembly(facts):
    return facts.assembly


def first_sector(facts):
    return facts.sectors[0]


def of_rule(found, rule):
    return [minimum for minimum in found if minimum.rule.id == rule]


def hold_sector_activities(term, *days):
    sector = term.sector_set.order_by("sequence").first()
    for day in days:
        make_meeting(term, MeetingKind.SECTOR_ACTIVITY, day, sector=sector)


@pytest.mark.parametrize(
    ("held", "on", "state"),
    [
        (1, date(2025, 12, 30), (1, False, False)),
        (1, date(2025, 12, 31), (1, False, True)),
        (2, date(2025, 12, 31), (0, True, False)),
    ],
)
def test_sector_owes_its_activities_and_is_late_when_the_year_is_over(held, on, state):
    term = make_term()
    hold_sector_activities(term, *[date(2025, month, 3) for month in range(2, 2 + held)])
    (minimum,) = minimums(term, on, first_sector)
    assert (minimum.missing, minimum.is_met, minimum.is_overdue) == state
    assert (minimum.done, minimum.required) == (held, 2)
    assert minimum.judged_from == date(2025, 12, 31)
    assert [occasion.on.month for occasion in minimum.occasions] == [2, 3][:held]


def test_city_owes_a_thematic_meeting_each_half_year_and_consultations_every_two_months():
    term = make_term()
    make_meeting(term, MeetingKind.THEMATIC_STANDING_COMMITTEE_MEETING, date(2025, 6, 30))
    make_meeting(term, MeetingKind.CONSULTATION, date(2025, 3, 1))
    found = minimums(term, date(2025, 6, 30), assembly)
    halves = of_rule(found, "px-thematic-standing-half")
    assert [(m.window.name, m.done, m.is_overdue) for m in halves] == [
        ("2025H1", 1, False),
        ("2025H2", 0, False),
    ]
    months = of_rule(found, "px-consultation-two-months")
    assert [(m.done, m.is_overdue) for m in months] == [
        (0, True),
        (1, False),
        (0, True),
        (0, False),
        (0, False),
        (0, False),
    ]


def test_county_owes_by_its_own_parameters():
    term = make_term(level=AssemblyLevel.COUNTY, assembly="政协试验县委员会")
    make_meeting(term, MeetingKind.DEMOCRATIC_OVERSIGHT, date(2025, 5, 1), topic="一项")
    found = minimums(term, date(2025, 12, 31), assembly)
    windows = {
        rule: [m.window.name for m in of_rule(found, rule)]
        for rule in ("px-thematic-standing-half", "px-consultation-two-months")
    }
    assert windows == {
        "px-thematic-standing-half": ["2025"],
        "px-consultation-two-months": ["2025Q1", "2025Q2", "2025Q3", "2025Q4"],
    }
    (oversight,) = of_rule(found, "px-supervision-year")
    assert (oversight.required, oversight.done, oversight.is_met) == (1, 1, True)
    assert "县区政协每年安排不少于1项" in oversight.rule.citations[0].text


def test_oversight_of_one_topic_counts_once():
    term = make_term()
    for month in (3, 4):
        make_meeting(term, MeetingKind.DEMOCRATIC_OVERSIGHT, date(2025, month, 1), topic="同一项")
    (oversight,) = of_rule(minimums(term, date(2025, 12, 31), assembly), "px-supervision-year")
    assert (oversight.done, oversight.missing, oversight.is_overdue) == (1, 1, True)


def test_window_partly_outside_the_term_asks_for_nothing():
    term = make_term()  # begins on 1 November 2021
    found = minimums(term, date(2021, 12, 31), assembly, year=2021)
    (year,) = of_rule(found, "px-supervision-year")
    assert (year.is_asked, year.missing, year.is_overdue) == (False, 0, False)
    last = of_rule(found, "px-consultation-two-months")[-1]
    assert (last.is_asked, last.is_overdue) == (True, True)


@pytest.mark.parametrize(("on", "late"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True)])
def test_minimum_of_the_term_is_judged_from_its_last_year(on, late):
    found = minimums(make_term(), on, assembly, year=on.year)
    (seminar,) = of_rule(found, "px-party-building-term")
    assert (seminar.is_overdue, seminar.judged_from) == (late, date(2026, 1, 1))
