import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import RoleCode
from members.models import Member, Person
from tests.world import MARKS, YEAR, add_member, build_world


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def sign_in(world, client):
    def sign_in(role):
        user = world.users[role]
        user.is_staff = True
        user.save()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def desk(browser):
    return browser.get(reverse("admin:index") + f"?year={YEAR}")


def listed(browser, model, query) -> int:
    name = model.replace(".", "_")
    return browser.get(reverse(f"admin:{name}_changelist") + f"?{query}").context["cl"].result_count


def test_every_number_leads_to_as_many_records(sign_in):
    browser = sign_in(RoleCode.LEADER)
    context = desk(browser).context
    figures = [*context["people"], *context["work"]]
    counts = {figure.label: figure.value for figure in figures if figure.unit != "%"}
    found = {
        figure.label: str(listed(browser, figure.model, figure.query))
        for figure in figures
        if figure.unit != "%"
    }
    assert counts == found


def test_suggestions_lead_to_as_many_findings(sign_in):
    browser = sign_in(RoleCode.REGISTRAR)
    for line in desk(browser).context["suggestions"]:
        assert listed(browser, "assessments.finding", line.open_query) == line.open
        assert listed(browser, "assessments.finding", line.confirmed_query) == line.confirmed


def test_missing_minimums_lead_to_the_members_concerned(world, sign_in):
    browser = sign_in(RoleCode.LEADER)
    progress = desk(browser).context["progress"]
    assert [item.asked for item in progress.rules if item.measure == "research.own"] == [3]
    for item in progress.rules:
        query = f"year={YEAR}&behind={item.measure}"
        assert listed(browser, "reporting.dutydossier", query) == item.missing
    for body in progress.sectors:
        for part in body.parts:
            query = f"year={YEAR}&behind={part.measure}&sector={body.name}"
            assert listed(browser, "reporting.dutydossier", query) == part.missing


def test_desk_costs_the_same_for_three_times_the_members(world, sign_in):
    browser = sign_in(RoleCode.LEADER)
    desk(browser)
    with CaptureQueriesContext(connection) as few:
        desk(browser)
    for number in range(6):
        add_member(world, f"新{number}", organ=number % 2)
    with CaptureQueriesContext(connection) as many:
        desk(browser)
    assert len(many) == len(few)


@pytest.mark.parametrize("role", [RoleCode.COLLECTOR, RoleCode.COUNTY_GROUP, RoleCode.SYSTEM_ADMIN])
def test_desk_of_others_counts_nobody(sign_in, role):
    answer = desk(sign_in(role))
    assert "desk" not in answer.context
    assert not any(mark in answer.content.decode() for mark in MARKS)


@pytest.mark.parametrize("year", ["1999", "二〇二三", "²"])
def test_year_outside_the_term_is_not_found(sign_in, year):
    page = reverse("admin:index") + f"?year={year}"
    assert sign_in(RoleCode.LEADER).get(page).status_code == 404


def add_members(world, number):
    people = Person.objects.bulk_create(Person(name=f"委员{n}") for n in range(number))
    Member.objects.bulk_create(
        Member(
            term=world.term,
            person=person,
            code=f"B{person.pk}",
            party="cpc",
            sector=world.sectors[person.pk % 2],
            committee=world.committees[person.pk % 2],
            joined_date=world.term.start_date,
        )
        for person in people
    )


@pytest.mark.parametrize(
    "page",
    [
        "index",
        "members_member_changelist",
        "members_person_changelist",
        "reporting_dutydossier_changelist",
    ],
)
def test_page_costs_the_same_for_30_and_300_members(world, sign_in, page):
    browser = sign_in(RoleCode.REGISTRAR)
    address = reverse(f"admin:{page}")
    add_members(world, 30)
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        assert browser.get(address).status_code == 200
    add_members(world, 270)
    with CaptureQueriesContext(connection) as many:
        assert browser.get(address).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (RoleCode.REGISTRAR, ["dossiers:import-create", "exits:run-create"]),
        (RoleCode.LEADER, []),
    ],
)
def test_desk_offers_what_the_role_may_start(sign_in, role, offered):
    text = desk(sign_in(role)).content.decode()
    starts = ("dossiers:import-create", "exits:run-create")
    found = [
        name for name in starts if f'office-button{extra(name)}" href="{reverse(name)}"' in text
    ]
    assert found == offered


def extra(name: str) -> str:
    """Importing is the first thing to do, and looks it."""
    return " office-primary" if name == "dossiers:import-create" else ""
