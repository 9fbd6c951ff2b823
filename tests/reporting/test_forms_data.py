from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from accounts.roles import RoleCode
from dossiers.choices import HandInKind
from dossiers.facts import year_summary
from dossiers.selectors import duty_facts
from members.choices import AssemblyLevel
from members.models import Member, Person
from reporting.selectors.counts import FORM_MEASURES
from reporting.selectors.forms import (
    MeetingTotals,
    YearOutsideTermError,
    duty_forms,
    form_date,
    form_years,
    members_with_forms,
    printable_to,
    seat_name,
    served_in_year,
)
from tests.building import (
    attend,
    hand_in,
    make_meeting,
    make_member,
    make_tenure,
    make_term,
    publish,
)
from tests.reporting.forms import ABSENT, LEAVE, ON, PRESENT, busy_member, forms_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


def test_annual_return_sorts_every_record_into_its_block():
    data = forms_of(busy_member(make_term())).annual_return
    assert [meeting.title for meeting in data.meetings] == [
        "三次会议",
        "常委会第六次会议",
        "委员培训班",
    ]
    assert data.totals == MeetingTotals(expected=3, attended=1, on_leave=1, absent=1)
    assert [proposal.number for proposal in data.proposals] == ["2023001", "2023002"]
    assert [proposal.leads for proposal in data.proposals] == [True, False]
    assert [tour.title for tour in data.fieldwork] == ["重点项目视察"]
    assert [item.title for item in data.research] == ["乡村治理调研"]
    assert data.opinions[0].adopted_by == ("市", "省")
    assert data.opinions[0].instructed_by == ("市",)
    assert [article.title for article in data.articles] == ["凝聚共识"]
    assert [speech.occasion for speech in data.speeches] == ["大会发言", ""]
    assert [activity.title for activity in data.themed] == ["委员读书会"]
    assert [report.kind for report in data.duty_reports] == ["述职报告"]
    assert [line.is_award for line in data.conduct] == [True, False]


@pytest.mark.parametrize(
    ("today", "days"), [(date(2024, 1, 4), []), (date(2024, 1, 5), [date(2024, 1, 5)])]
)
def test_report_handed_in_late_belongs_to_its_year_from_the_day_it_came(today, days):
    member = make_member(make_term())
    hand_in(member, 2023, date(2024, 1, 5), HandInKind.ANNUAL_DUTY_REPORT)
    data = forms_of(member, today=today).annual_return
    assert [report.date for report in data.duty_reports] == days
    assert forms_of(member, year=2024, on=today).annual_return.duty_reports == ()


def test_performance_form_counts_are_the_facts_the_rules_judge_by():
    member = busy_member(make_term())
    counts = forms_of(member).performance_form.counts
    facts = duty_facts(term=member.term, year=2023, on=ON).member(member.pk)
    assert counts == {name: facts.value(name) for name in FORM_MEASURES}
    summary = year_summary(facts)
    assert counts["plenary.attended"] == summary["plenary"]["attended"] == 1
    assert counts["standing.leave"] == summary["standing"]["leave"] == 1
    assert counts["proposals.adopted"] == summary["proposals"]["adopted"] == 1
    assert counts["activities.spoken"] == summary["activities"]["spoken"] == 1
    assert counts["external.attended"] == summary["external"]["attended"] == 1


def test_performance_form_is_for_those_standing_on_the_date():
    term = make_term()
    stood_down, stands = make_member(term), make_member(term)
    make_tenure(stood_down, term.start_date, date(2023, 12, 31))
    make_tenure(stands, term.start_date, date(2024, 1, 1))
    assert forms_of(stood_down).performance_form is None
    assert forms_of(stands).performance_form is not None


def test_leaving_the_assembly_ends_the_standing_post():
    term = make_term()
    member = make_member(term, exited=date(2023, 6, 1))
    make_tenure(member, term.start_date)
    assert forms_of(member).performance_form is None


def test_event_tells_leave_from_absence_and_non_voting_from_voting():
    term = make_term()
    member = make_member(term)
    late = make_meeting(term, "standing_committee_meeting", date(2023, 5, 1))
    attend(member, late, PRESENT)
    make_tenure(member, date(2023, 6, 1))
    voting = make_meeting(term, "standing_committee_meeting", date(2023, 7, 1))
    attend(member, voting, LEAVE, LEAVE)
    mixed = make_meeting(term, "plenary_session", date(2023, 8, 1))
    attend(member, mixed, LEAVE, ABSENT)
    lines = forms_of(member).annual_return.meetings
    assert [(line.non_voting, line.missed_with_leave) for line in lines] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_records_of_other_years_and_after_the_date_are_left_out():
    member = make_member(make_term())
    for day in (date(2022, 12, 31), date(2023, 6, 1), date(2023, 6, 2), date(2024, 1, 1)):
        publish(member, day)
    lines = forms_of(member, on=date(2023, 6, 1)).annual_return.articles
    assert [line.date for line in lines] == [date(2023, 6, 1)]


def test_forms_cost_the_same_queries_for_one_member_and_for_many():
    term = make_term()
    busy_member(term)

    def queries():
        members = members_with_forms(term=term, on=ON)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            forms = duty_forms(term=term, year=2023, on=ON, today=ON, members=members, viewer=None)
        return len(captured), len(forms)

    few, few_forms = queries()
    for number in range(5):
        busy_member_again(term, number)
    many, many_forms = queries()
    assert (few, few_forms, many_forms) == (many, 2, 7)
    assert many <= 30


def busy_member_again(term, number):
    member = make_member(term, name=f"委员{number}")
    make_tenure(member, term.start_date)
    attend(member, make_meeting(term, "training", date(2023, 5, number + 1)))
    publish(member, date(2023, 5, 1))


def test_form_date_is_the_last_day_of_a_past_year_and_today_in_a_running_one():
    term = make_term()
    assert form_date(term=term, year=2022, today=date(2023, 5, 1)) == date(2022, 12, 31)
    assert form_date(term=term, year=2023, today=date(2023, 5, 1)) == date(2023, 5, 1)


@pytest.mark.parametrize("year", [0, 2020, 2024, 2027])
def test_year_without_a_day_of_the_term_is_refused(year):
    with pytest.raises(YearOutsideTermError):
        form_date(term=make_term(), year=year, today=date(2023, 5, 1))


def test_form_years_start_with_the_latest():
    assert form_years(term=make_term(), today=date(2023, 5, 1)) == [2023, 2022, 2021]


def test_those_who_left_in_the_year_have_forms_only_when_asked_for():
    term = make_term()
    stays = make_member(term)
    leaves = make_member(term, exited=date(2023, 6, 1))
    make_member(term, exited=date(2023, 1, 1))
    assert list(members_with_forms(term=term, on=ON)) == [stays]
    assert list(served_in_year(term=term, year=2023, on=ON)) == [stays, leaves]


@pytest.mark.parametrize(
    ("name", "level", "seat"),
    [
        ("政协萍乡市第十四届委员会", AssemblyLevel.CITY, "市政协"),
        ("政协乐清市第十五届委员会", AssemblyLevel.COUNTY, "市政协"),
        ("政协上栗县委员会", AssemblyLevel.COUNTY, "县政协"),
        ("政协萍乡市安源区第九届委员会", AssemblyLevel.COUNTY, "区政协"),
        ("政协某某自治县委员会", AssemblyLevel.COUNTY, "县政协"),
        ("第十届", AssemblyLevel.COUNTY, "县政协"),
    ],
)
def test_seat_is_named_as_the_assembly_names_itself(name, level, seat):
    term = make_term(assembly="某政协", level=level)
    term.name = name
    assert seat_name(term) == seat


def test_reader_without_right_to_sanctions_is_told_so_and_sees_none():
    world = build_world()
    member = world.members[0]
    group = world.users[RoleCode.COUNTY_GROUP]
    data = forms_of(member, viewer=group).annual_return
    assert data.hides_sanctions
    assert [line.is_award for line in data.conduct] == [True]
    own = forms_of(member, viewer=world.users[RoleCode.MEMBER]).annual_return
    assert not own.hides_sanctions
    assert {line.is_award for line in own.conduct} == {True, False}


def test_collector_may_not_print_what_other_departments_recorded():
    world = build_world()
    collector = world.users[RoleCode.COLLECTOR]
    assert Member.objects.visible_to(collector).count() == 3
    assert list(printable_to(collector)) == []
    assert printable_to(world.users[RoleCode.REGISTRAR]).count() == 3


@pytest.mark.parametrize(
    ("roles", "codes"),
    [
        (["sector_group", "member"], ["0001"]),
        (["county_group", "member"], ["0001"]),
        (["organization_department"], ["0001", "0003"]),
        (["united_front_department"], ["0002"]),
        (["leader", "member"], ["0001", "0002", "0003"]),
    ],
)
def test_rights_of_two_roles_do_not_add_up_to_everybodys_forms(roles, codes, db):
    """The group sees its members, the member may print forms: together, their own."""
    world = build_world()
    user = world.users[roles[0]]
    user.groups.set(Role.objects.filter(code__in=roles))
    if "member" in roles:
        Person.objects.filter(user=world.users[RoleCode.MEMBER]).update(user=None)
        Person.objects.filter(memberships=world.members[0]).update(user=user)
    user = User.objects.get(pk=user.pk)
    assert Member.objects.visible_to(user).count() >= len(codes)
    found = printable_to(user).order_by("code").values_list("code", flat=True)
    assert list(found) == codes
