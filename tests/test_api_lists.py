"""What every list of the interface promises: constant cost, known questions, and its own schema."""

import json
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlencode

import pytest
from django.core.cache import cache as throttle_counts
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings, strategies
from jsonschema import Draft4Validator

from config.api import ENDPOINTS
from tests.world import World, add_member, build_world

LISTS = sorted(ENDPOINTS)
FUZZ = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NASTY = ["", "0", "-1", "9" * 30, "1e999", "NaN", "\x00", "'", '"', "%", "\\", "，", "𬱖" * 300]
NASTY += ["2023-13-45", "2023", "true", "null", "[]", "{}", "../..", "a,b", "-pk", "a " * 50]


@pytest.fixture
def world(db) -> Iterator[World]:
    throttle_counts.clear()
    yield build_world()
    throttle_counts.clear()


@pytest.fixture
def registrar(world: World) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.users["registrar"])
    return client


@cache
def schema() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


@cache
def components() -> dict:
    return nullable(json.loads(json.dumps(schema()["components"])))


def parameters(name: str) -> list[str]:
    return [p["name"] for p in schema()["paths"][f"/api/v1/{name}/"]["get"]["parameters"]]


def count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_for_three_and_nine_members(name, world, registrar):
    path = f"/api/v1/{name}/?page_size=200"
    count_queries(registrar, path)
    few = count_queries(registrar, path)
    for number in range(6):
        add_member(world, f"新{number}", organ=number % 2)
    assert count_queries(registrar, path) == few


@pytest.mark.parametrize("name", LISTS)
def test_list_and_rows_answer_as_the_schema_says(name, registrar):
    listing = registrar.get(f"/api/v1/{name}/").json()
    refuse_unlike(listing, f"/api/v1/{name}/")
    for row in listing["results"][:2]:
        single = registrar.get(f"/api/v1/{name}/{row['id']}/").json()
        refuse_unlike(single, f"/api/v1/{name}/{{id}}/")
        assert single["id"] == row["id"]


def refuse_unlike(answer: object, path: str) -> None:
    content = schema()["paths"][path]["get"]["responses"]["200"]["content"]
    definition = content["application/json"]["schema"]
    errors = Draft4Validator(definition | {"components": components()}).iter_errors(answer)
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def nullable(node):
    """OpenAPI's `nullable`, said as JSON Schema says it."""
    if isinstance(node, list):
        return [nullable(child) for child in node]
    if not isinstance(node, dict):
        return node
    node = {key: nullable(value) for key, value in node.items()}
    if node.pop("nullable", False):
        return {"anyOf": [node, {"type": "null"}]}
    return node


@pytest.mark.parametrize("name", LISTS)
def test_list_refuses_parameters_and_orders_it_does_not_offer(name, registrar):
    answer = registrar.get(f"/api/v1/{name}/?phone__startswith=199")
    assert answer.status_code == 400
    assert answer.json() == {
        "code": "invalid",
        "message": "请求有误，各项说明见 fields。",
        "fields": {"phone__startswith": ["没有这个查询参数。"]},
    }
    answer = registrar.get(f"/api/v1/{name}/?ordering=member__person__phone")
    assert answer.status_code == 400
    assert "不能按" in answer.json()["fields"]["ordering"][0]


@pytest.mark.parametrize("name", LISTS)
def test_list_never_breaks_whatever_is_asked(name, registrar, monkeypatch):
    monkeypatch.setattr("rest_framework.views.APIView.check_throttles", lambda *_: None)
    known = strategies.sampled_from([*parameters(name), "无此参数"])
    values = strategies.one_of(strategies.sampled_from(NASTY), strategies.text(max_size=40))

    @FUZZ
    @given(strategies.dictionaries(known, values, min_size=1, max_size=4))
    def ask(question: dict[str, str]) -> None:
        encoded = {key: value.encode("utf-8", "surrogatepass") for key, value in question.items()}
        answer = registrar.get(f"/api/v1/{name}/?{urlencode(encoded)}")
        assert answer.status_code in {200, 400, 404}, (question, answer.content[:300])
        assert answer["Content-Type"] == "application/json"

    ask()


@pytest.mark.parametrize("name", LISTS)
def test_a_row_that_is_not_there_is_not_found(name, registrar):
    for key in ["0", "-1", "9" * 18, "9" * 40, "abc", "1;--"]:
        answer = registrar.get(f"/api/v1/{name}/{key}/")
        assert answer.status_code == 404
        assert answer.json() == {"code": "not_found", "message": "没有这条记录，或您无权查看。"}


def test_list_is_cut_into_pages_of_at_most_200(world, registrar):
    for number in range(60):
        add_member(world, f"多{number}")
    assert len(registrar.get("/api/v1/members/").json()["results"]) == 50
    assert len(registrar.get("/api/v1/members/?page_size=1000").json()["results"]) == 63
    assert registrar.get("/api/v1/members/?page=9").status_code == 404


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("members/?sector=甲界别", ["0001", "0002"]),
        ("members/?party=rcck", ["0002"]),
        ("members/?name=赤鲤某", ["0003"]),
        ("members/?search=赤鲤", ["0003"]),
        ("members/?serving_on=2020-12-31", []),
        ("members/?standing_on=2023-01-01&committee=乙专委会", ["0003"]),
        ("members/?ordering=-code", ["0003", "0002", "0001"]),
        ("members/?term=no-such-term", []),
    ],
)
def test_members_are_found_by_what_is_asked(question, codes, registrar):
    answer = registrar.get(f"/api/v1/{question}").json()
    assert [row["code"] for row in answer["results"]] == codes


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("proposals/?year=2023", 3),
        ("proposals/?year=2022", 0),
        ("proposals/?lead_sponsor=0002", 1),
        ("proposals/?date_after=2023-05-10&date_before=2023-05-10", 3),
        ("proposals/?date_after=2023-05-11", 0),
        ("opinions/?author=0001&adopted_level=city", 1),
        ("opinions/?instructed_level=national", 0),
        ("research/?participant=0003&kind=self_directed", 1),
        ("attendances/?member=0001&status=leave&status=absent", 1),
        ("attendances/?meeting=QT-1&kind=plenary_session", 3),
        ("attendances/?year=2024", 0),
        ("hand-ins/?year=2023&kind=annual_return", 3),
        ("suspensions/?on=2022-01-31", 3),
        ("suspensions/?on=2022-02-01", 0),
        ("tenures/?post=standing_member&on=2023-01-01", 3),
    ],
)
def test_records_are_found_by_what_is_asked(question, count, registrar):
    assert registrar.get(f"/api/v1/{question}").json()["count"] == count
