"""A committee's own department sees who is behind among the sectors it liaises with; nobody
else's department does (萍协字〔2022〕21号 二).
"""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import Affiliation
from reporting.permissions import open_committees, open_sectors
from tests.test_visibility import ROLES, A, B, C, marks_in
from tests.world import add_user, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The first committee gets its own department; a collector works for it."""
    world = build_world()
    department = world.departments["提案委"]
    department.committee = world.committees[0]
    department.save()
    add_user(world, "elsewhere", "collector")
    other = world.term.department_set.create(
        name="乙专委会", term=world.term, committee=world.committees[1]
    )
    Affiliation.objects.create(user=world.users["elsewhere"], department=other)
    return world


def visit(world, username, page):
    client = Client()
    client.force_login(world.users[username])
    return client.get(f"{page}?year=2023")


def committee_page(world, place):
    return reverse("reporting:committee-detail", args=[world.committees[place].pk])


def sector_page(world, place):
    return reverse("reporting:sector-detail", args=[world.sectors[place].pk])


def test_department_opens_its_own_committee_alone(world):
    user = world.users["collector"]
    assert list(open_committees(user, term=world.term)) == [world.committees[0]]
    assert list(open_sectors(user, term=world.term)) == [world.sectors[0]]


def test_own_department_sees_who_is_behind(world):
    answer = visit(world, "collector", committee_page(world, 0))
    assert answer.status_code == 200
    assert marks_in(answer.content) == {A, B}
    assert answer.context["line"].behind != []


def test_department_of_another_committee_gets_404(world):
    for page in (committee_page(world, 0), sector_page(world, 0)):
        answer = visit(world, "elsewhere", page)
        assert answer.status_code == 404
        assert marks_in(answer.content) == set()


#: Codes for the pages of the first committee and its sector, and marks shown there.
EXPECTED = {
    "registrar": (200, 200, {A, B}),
    "leader": (200, 200, {A, B}),
    "collector": (200, 200, {A, B}),
    "sector_group": (404, 200, {A, B}),
    "member": (404, 404, set()),
    "organization_department": (404, 404, set()),
    "united_front_department": (404, 404, set()),
    "county_group": (404, 404, set()),
    "system_admin": (403, 403, set()),
    "security_auditor": (403, 403, set()),
}


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_for_their_readers_only(role, world):
    answers = [
        visit(world, role, page) for page in (committee_page(world, 0), sector_page(world, 0))
    ]
    marks = set().union(*(marks_in(answer.content) for answer in answers))
    assert (*(answer.status_code for answer in answers), marks) == EXPECTED[role]


def test_sector_group_does_not_open_another_sector(world):
    answer = visit(world, "sector_group", sector_page(world, 1))
    assert (answer.status_code, marks_in(answer.content)) == (404, set())


OVERVIEW = {"registrar", "leader", "collector", "sector_group"}
ASSEMBLY = {"registrar", "leader", "collector"}


@pytest.mark.parametrize("role", ROLES)
def test_overview_and_assembly_hold_nobodys_name(role, world):
    for name, readers in (("organ-list", OVERVIEW), ("assembly-detail", ASSEMBLY)):
        answer = visit(world, role, reverse(f"reporting:{name}"))
        assert answer.status_code == (200 if role in readers else 403)
        assert marks_in(answer.content) == set()


def test_overview_links_only_what_may_be_opened(world):
    text = visit(world, "collector", reverse("reporting:organ-list")).content.decode()
    links = [committee_page(world, place) in text for place in (0, 1)]
    links += [sector_page(world, place) in text for place in (0, 1)]
    assert links == [True, False, True, False]


#: Whose names a role reads on a topic's page, of all three taking part.
PARTICIPANTS = {
    "registrar": {A, B, C},
    "leader": {A, B, C},
    "collector": {A, B, C},
    "member": {A},
    "organization_department": {A, C},
    "united_front_department": {B},
    "county_group": {A, B},
    "sector_group": {A, B},
    "system_admin": None,
    "security_auditor": None,
}


@pytest.mark.parametrize("role", ROLES)
def test_topic_names_visible_participants_only(role, world):
    client = Client()
    client.force_login(world.users[role])
    for path in (
        reverse("reporting:topic-detail", args=[world.topic.pk]),
        f"/api/v1/topics/{world.topic.pk}/",
    ):
        answer = client.get(path)
        expected = PARTICIPANTS[role]
        assert answer.status_code == (403 if expected is None else 200)
        assert marks_in(answer.content) == (expected or set())
        if expected:
            assert "公开议题" in answer.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_calendar_is_open_to_the_house(role, world):
    client = Client()
    client.force_login(world.users[role])
    answer = client.get(reverse("reporting:calendar-detail"), {"month": "2023-05"})
    blind = role in {"system_admin", "security_auditor"}
    assert answer.status_code == (403 if blind else 200)
    assert ("公开会议" in answer.content.decode()) == (not blind)
    assert marks_in(answer.content) == set()
