"""What a program is told when something went wrong."""

import pytest
from django.test import Client

from tests.world import World, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def registrar(world: World) -> Client:
    client = Client()
    client.force_login(world.users["registrar"])
    return client


def test_failure_tells_a_number_and_nothing_of_the_inside(registrar, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("/srv/secret/path SELECT phone")

    monkeypatch.setattr("members.api.register.MemberViewSet.get_queryset", broken)
    answer = registrar.get("/api/v1/members/")
    assert answer.status_code == 500
    number = answer["X-Request-ID"][:8]
    assert answer.json() == {
        "code": "server_error",
        "message": f"服务器没能完成这个请求。请把编号 {number} 告诉系统管理员。",
    }
    assert number in caplog.text
    assert "SELECT phone" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "headers", "code", "word"),
    [
        ("get", "/api/v1/nothing/", {}, 404, "not_found"),
        ("get", "/api/v1/members/1/nothing/", {}, 404, "not_found"),
        ("delete", "/api/v1/members/", {}, 405, "method_not_allowed"),
        ("get", "/api/v1/members/", {"Accept": "text/html"}, 406, "not_acceptable"),
        ("get", "/api/v1/members/?format=xml", {}, 404, "not_found"),
        ("get", "/api/v1/members/?page=0", {}, 404, "not_found"),
    ],
)
def test_refusals_are_json_with_a_code(method, path, headers, code, word, registrar):
    answer = getattr(registrar, method)(path, headers=headers)
    assert answer.status_code == code
    assert answer.json()["code"] == word
    assert answer.json()["message"]


def test_body_that_is_no_json_is_refused(registrar):
    answer = registrar.post("/api/v1/exports/", {"term": "x"})
    assert answer.status_code == 415
    assert answer.json() == {"code": "unsupported_media_type", "message": "请以 JSON 提交。"}
