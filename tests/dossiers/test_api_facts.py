"""Facts through the interface: the numbers of the forms, for whom one may read them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.world import World, add_member, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


def ask(world: World, role: str, question: str = "term=test-1&year=2023"):
    client = Client()
    client.force_login(world.users[role])
    return client.get(f"/api/v1/facts/?{question}")


def test_facts_are_those_of_the_year(world):
    answer = ask(world, "registrar", "term=test-1&year=2023&member=0001").json()
    [row] = answer["results"]
    assert row["member"]["code"] == "0001"
    assert row["as_of"] == "2023-12-31"
    assert row["facts"] == {
        "plenary": {"expected": 1, "attended": 0, "leave": 1, "unexcused": 0},
        "standing": {"expected": 0, "attended": 0, "leave": 0, "unexcused": 0},
        "activities": {"attended": 1, "spoken": 0},
        "proposals": {"first": 1, "cosigned": 0, "adopted": 0, "excellent": 0},
        "speeches": {
            "plenary": {"submitted": 1, "oral": 1, "written": 0},
            "standing": {"submitted": 0, "oral": 0, "written": 0},
        },
        "opinions": {"submitted": 1, "adopted": 1, "instructed": 1},
        "research": {"own": 1, "topics": 0, "inspections": 0},
        "themed": {"attended": 0},
        "training": {"attended": 0},
        "external": {"attended": 1},
        "articles": 1,
        "awards": 1,
        "penalties": 1,
        "score": None,
    }


def test_facts_count_up_to_the_as_of_date(world):
    answer = ask(world, "registrar", "term=test-1&year=2023&as_of=2023-05-09&member=0001").json()
    assert answer["results"][0]["facts"]["articles"] == 0


@pytest.mark.parametrize(
    ("role", "penalties"),
    [
        ("registrar", {"0001": 1, "0002": 1, "0003": 1}),
        ("leader", {"0001": 1, "0002": 1, "0003": 1}),
        ("member", {"0001": 1}),
        ("organization_department", {"0001": 1, "0003": 1}),
        ("united_front_department", {"0002": 1}),
        ("county_group", {"0001": None, "0002": None}),
        ("sector_group", {"0001": None, "0002": None}),
        ("collector", {}),
    ],
)
def test_facts_and_penalties_are_told_to_their_readers_only(role, penalties, world):
    rows = ask(world, role).json()["results"]
    assert {row["member"]["code"]: row["facts"]["penalties"] for row in rows} == penalties


@pytest.mark.parametrize("role", ["system_admin", "security_auditor"])
def test_facts_are_closed_to_administrators_and_auditors(role, world):
    assert ask(world, role).status_code == 403


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", 400),
        ("term=test-1", 400),
        ("term=test-1&year=2019", 400),
        ("term=test-1&year=2030", 400),
        ("term=test-1&year=99999", 400),
        ("term=test-1&year=2023&as_of=2022-12-31", 400),
        ("term=test-1&year=2023&as_of=0001-01-01", 400),
        ("term=test-1&year=2023&as_of=2023-02-30", 400),
        ("term=no-such&year=2023", 404),
        ("term=test-1&year=2023&phone=1", 400),
    ],
)
def test_unfit_questions_are_refused(question, code, world):
    assert ask(world, "registrar", question).status_code == code


def test_facts_cost_the_same_for_three_and_nine_members(world):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ask(world, "registrar").status_code == 200
        return len(queries)

    cost()
    few = cost()
    for number in range(6):
        add_member(world, f"新{number}", organ=number % 2)
    assert cost() == few
