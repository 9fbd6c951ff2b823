"""Windows of time, and the day from which a minimum is judged."""

import itertools
from datetime import date

import pytest

from assessments.rulebook import evaluate, load_pack
from assessments.rulebook.windows import windows_of
from tests.assessments.test_rulebook_engine import (
    COUNTY,
    TERM,
    facts,
    hits,
    member,
    member_hits,
    occasions,
)


@pytest.mark.parametrize(
    ("term", "measure", "windows"),
    [
        (TERM, "assembly.thematic_standing_meetings", {"2026H1", "2026H2"}),
        (COUNTY, "assembly.thematic_standing_meetings", {"2026"}),
        (
            TERM,
            "assembly.major_consultations",
            {f"2026M{first:02}-{first + 1:02}" for first in range(1, 13, 2)},
        ),
        (COUNTY, "assembly.major_consultations", {"2026Q1", "2026Q2", "2026Q3", "2026Q4"}),
    ],
)
def test_windows_are_judged_one_by_one(term, measure, windows):
    rule = {
        "assembly.thematic_standing_meetings": "px-thematic-standing-half",
        "assembly.major_consultations": "px-consultation-two-months",
    }[measure]
    found = {window for name, window in hits("pingxiang", facts(term=term)) if name == rule}
    assert found == windows
    first = min(windows)
    held = facts(term=term, occasions=occasions(measure, 1, date(2026, 1, 1)))
    found = {window for name, window in hits("pingxiang", held) if name == rule}
    assert found == windows - {first}


def test_windowed_finding_names_its_window():
    found = [
        hit
        for hit in evaluate(load_pack("pingxiang"), facts(term=COUNTY))
        if hit.rule.id == "px-thematic-standing-half"
    ]
    assert [hit.values["window"] for hit in found] == ["2026"]


@pytest.mark.parametrize(
    ("on", "judged"),
    [
        (date(2023, 2, 28), {"2023M01-02"}),
        (date(2023, 4, 29), {"2023M01-02"}),
        (date(2023, 4, 30), {"2023M01-02", "2023M03-04"}),
    ],
)
def test_window_is_judged_once_it_has_ended(on, judged):
    found = hits("pingxiang", facts(year=2023, on=on))
    windows = {window for rule, window in found if rule == "px-consultation-two-months"}
    assert windows == judged


def test_window_outside_the_term_is_not_judged():
    found = hits("pingxiang", facts(year=2021, on=date(2021, 12, 31)))
    windows = {window for rule, window in found if rule == "px-consultation-two-months"}
    assert windows == {"2021M11-12"}
    assert ("px-sector-activities-year", "2021") not in found
    assert "px-opinion-year" not in member_hits(
        "pingxiang", facts(member({"opinions.submitted": 0}), year=2021, on=date(2021, 12, 31))
    )


@pytest.mark.parametrize(("on", "found"), [(date(2023, 12, 30), False), (date(2023, 12, 31), True)])
def test_yearly_minimum_is_judged_at_the_end_of_the_year(on, found):
    idle = member({"opinions.submitted": 0})
    assert ("px-opinion-year" in member_hits("pingxiang", facts(idle, year=2023, on=on))) is found


@pytest.mark.parametrize(
    ("deadline", "on", "found"),
    [
        (date(2023, 12, 31), date(2023, 12, 31), True),
        (date(2024, 1, 10), date(2023, 12, 31), False),
        (date(2024, 1, 10), date(2024, 1, 9), False),
        (date(2024, 1, 10), date(2024, 1, 10), True),
        (date(2023, 12, 15), date(2023, 12, 20), False),
    ],
)
def test_forms_wait_for_the_deadline(deadline, on, found):
    idle = member({"hand_ins.annual_return": 0, "opinions.submitted": 0})
    known = facts(idle, year=2023, on=on, deadline=deadline)
    assert ("px-registration-year" in member_hits("pingxiang", known)) is found
    over = on >= date(2023, 12, 31)
    assert ("px-opinion-year" in member_hits("pingxiang", known)) is over


@pytest.mark.parametrize(("on", "found"), [(date(2025, 12, 31), False), (date(2026, 1, 1), True)])
def test_term_minimum_is_judged_from_the_last_year(on, found):
    idle = member({"term.research.topics": 0})
    known = facts(idle, year=on.year, on=on)
    assert ("px-topic-term" in member_hits("pingxiang", known)) is found


def test_windows_cover_the_year_without_gaps():
    for period in ("year", "half_year", "quarter", "two_months"):
        windows = windows_of(period, year=2024, term=TERM)
        assert windows[0].start == date(2024, 1, 1)
        assert windows[-1].end == date(2024, 12, 31)
        assert all(
            (later.start - earlier.end).days == 1 for earlier, later in itertools.pairwise(windows)
        )
