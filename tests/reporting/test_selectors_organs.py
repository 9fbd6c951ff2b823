"""Who is behind in a sector, what happens in a month, what is still to be held."""

from datetime import date

import pytest
from django.urls import reverse

from attendance.choices import MeetingKind
from dossiers.models import Campaign
from members.choices import AssemblyLevel
from members.models import Sector, SpecialCommittee
from reporting.selectors.calendar import month_of
from reporting.selectors.organs import held_activities, organ_lines, owed_by_organs
from tests.building import (
    attend,
    do_research,
    make_meeting,
    make_member,
    make_term,
    report_opinion,
    suspend,
)
from tests.test_visibility import sign_in
from tests.world import build_world

pytestmark = pytest.mark.django_db

DAY = date(2025, 5, 6)


@pytest.fixture
def term():
    return make_term()


def line_of(term, on=date(2025, 12, 31), year=2025):
    sectors = list(Sector.objects.filter(term=term).select_related("liaison"))
    committees, _ = organ_lines(
        term=term,
        year=year,
        on=on,
        committees=list(SpecialCommittee.objects.filter(term=term)),
        sectors=sectors,
        open_committees=set(),
        open_sectors={sector.pk for sector in sectors},
    )
    return committees[0]


def missing(term, member, **options):
    lines = {line.member.pk: line for line in line_of(term, **options).members}
    return [item.measure for item in lines[member.pk].missing]


def test_member_is_behind_until_the_last_minimum_is_reached(term):
    member = make_member(term)
    on = date(2025, 11, 20)
    assert missing(term, member, on=on) == ["research.own", "opinions.submitted"]
    do_research(DAY, member)
    assert missing(term, member, on=on) == ["opinions.submitted"]
    report_opinion(DAY, member)
    assert missing(term, member, on=on) == []


@pytest.mark.parametrize(("on", "asked"), [(date(2025, 11, 30), False), (date(2025, 12, 1), True)])
def test_forms_are_asked_for_from_the_day_the_campaign_opens(on, asked, term):
    Campaign.objects.create(
        term=term, year=2025, opens_date=date(2025, 12, 1), deadline_date=date(2025, 12, 31)
    )
    member = make_member(term)
    assert ("hand_ins.annual_return" in missing(term, member, on=on)) == asked


def test_what_the_term_asks_is_no_arrear_before_its_last_year(term):
    member = make_member(term)
    assert "term.research.topics" not in missing(term, member)
    assert "term.research.topics" in missing(term, member, on=date(2026, 6, 1), year=2026)


def test_suspended_member_is_behind_with_nothing(term):
    member = make_member(term)
    suspend(member, date(2025, 6, 1))
    assert missing(term, member) == []


def test_members_of_sectors_that_are_not_open_are_not_looked_at(term):
    make_member(term)
    sectors = list(Sector.objects.filter(term=term).select_related("liaison"))
    (line,), _ = organ_lines(
        term=term,
        year=2025,
        on=DAY,
        committees=list(SpecialCommittee.objects.filter(term=term)),
        sectors=sectors,
        open_committees=set(),
        open_sectors=set(),
    )
    assert [len(row.members) for row in line.sectors] == [0, 0]
    assert [row.minimums[0].required for row in line.sectors] == [2, 2]


def test_sector_page_names_those_of_the_sector_who_came(term):
    first, second = term.sector_set.order_by("sequence")
    meeting = make_meeting(term, MeetingKind.SECTOR_ACTIVITY, DAY, sector=first)
    attend(make_member(term, "0001", name="来了"), meeting, "present", "late")
    attend(make_member(term, "0002", name="没来"), meeting, "absent", "leave")
    attend(make_member(term, "0003", name="外界别", sector=second), meeting, "present")
    (held,) = held_activities([meeting], sector=first)
    assert held.names == ("来了",)


def month(world, user="registrar", **options):
    first = options.pop("first", date(2023, 5, 1))
    return month_of(term=world.term, first=first, user=world.users[user], **options)


def test_month_shows_a_meeting_on_each_of_its_days():
    world = build_world()
    make_meeting(
        world.term, "training", date(2023, 4, 29), end_date=date(2023, 5, 2), title="培训班"
    )
    days = [(day.on.day, [m.title for m in day.meetings]) for day in month(world).days]
    assert days == [(1, ["培训班"]), (2, ["培训班"]), (10, ["公开会议"])]
    april = month(world, first=date(2023, 4, 1))
    assert [day.on.day for day in april.days] == [29, 30]
    assert (april.previous, april.following) == (date(2023, 3, 1), date(2023, 5, 1))


def test_month_of_a_committee_holds_its_sectors_activities():
    world = build_world()
    own = make_meeting(world.term, "sector_activity", date(2023, 5, 3), sector=world.sectors[0])
    make_meeting(world.term, "sector_activity", date(2023, 5, 4), sector=world.sectors[1])
    found = month(world, committee=world.committees[0].pk)
    assert [m for day in found.days for m in day.meetings] == [own]
    found = month(world, kind="plenary_session")
    assert [m for day in found.days for m in day.meetings] == [world.meeting]


def test_what_is_overdue_comes_before_what_is_only_owed():
    term = make_term()
    owed = owed_by_organs(term=term, year=2025, on=date(2025, 3, 15))
    states = [minimum.is_overdue for _, minimum in owed]
    assert states == sorted(states, reverse=True)
    assert [m.window.name for _, m in owed if m.is_overdue] == ["2025M01-02"]
    sector = term.sector_set.order_by("sequence").first()
    alone = owed_by_organs(term=term, year=2025, on=date(2025, 3, 15), sector=sector.pk)
    assert [organ.subject.name for organ, _ in alone] == [sector.name]


@pytest.mark.parametrize("asked", ["2023-13", "x", "0000-01", "2023-5-1", "0001-01", "9999-12"])
def test_month_that_does_not_exist_is_not_found(asked):
    client = sign_in(build_world(), "registrar")
    answer = client.get(reverse("reporting:calendar-detail"), {"month": asked})
    assert answer.status_code == 404


def test_page_of_a_county_assembly_asks_by_the_quarter():
    world = build_world()
    world.term.assembly.level = AssemblyLevel.COUNTY
    world.term.assembly.save()
    answer = sign_in(world, "registrar").get(reverse("reporting:assembly-detail"), {"year": "2023"})
    names = {
        item.rule.id: [m.window.label for m in item.windows] for item in answer.context["rules"]
    }
    assert names["px-consultation-two-months"] == [f"2023年第{n}季度" for n in "一二三四"]
    assert "县区政协每年至少举行1次专题议政性常务委员会会议" in answer.content.decode()
