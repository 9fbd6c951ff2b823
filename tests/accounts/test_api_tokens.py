"""Keys for programs: given for a password, dead with the account, the password or the hour."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache as throttle_counts
from django.test import Client

from accounts.choices import Verb
from accounts.models import AccessToken, AuditEntry, Role, User
from accounts.services.tokens import issue_token

PASSWORD = "长安Yingbin-2023"
NOW = datetime(2023, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unhurried():
    throttle_counts.clear()


@pytest.fixture
def user(db) -> User:
    user = User(username="lianluo", name="某人", password_changed_at=NOW)
    user.set_password(PASSWORD)
    user.save()
    user.groups.set(Role.objects.filter(code="registrar"))
    return user


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> list[datetime]:
    """The time at the door; tests move it."""
    time = [NOW]
    for door in ("tokens", "authentication"):
        monkeypatch.setattr(f"accounts.api.{door}.timezone.now", lambda: time[0])
    return time


def sign_in(client: Client, username: str = "lianluo", password: str = PASSWORD):
    body = json.dumps({"username": username, "password": password})
    return client.post("/api/v1/tokens/", body, content_type="application/json")


def account(client: Client, key: str) -> int:
    return client.get("/api/v1/account/", headers={"Authorization": f"Bearer {key}"}).status_code


def test_token_is_given_for_the_password_and_opens_the_interface(client, user):
    answer = sign_in(client)
    assert answer.status_code == 201
    assert answer.json()["expires_at"] == "2023-06-01T17:00:00+08:00"
    assert account(client, answer.json()["token"]) == 200
    assert AuditEntry.objects.get(verb=Verb.SIGN_IN).detail == {"means": "token"}


def test_token_is_kept_as_a_digest_only(client, user):
    key = sign_in(client).json()["token"]
    stored = AccessToken.objects.values().get()
    assert key not in json.dumps(stored, default=str)


def test_signing_in_sets_no_cookie(client, user):
    assert sign_in(client).cookies == {}


@pytest.mark.parametrize("username", ["lianluo", "nobody"])
def test_wrong_password_and_unknown_name_are_told_alike(client, user, username):
    answer = sign_in(client, username, "wrong")
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "authentication_failed",
        "message": "账号或密码不正确。连续错5次，账号将锁定30分钟。",
    }
    assert AuditEntry.objects.get(verb=Verb.SIGN_IN_FAILED).succeeded is False


def test_five_failures_lock_the_account_for_the_right_password_too(client, user, clock):
    clock[0] = user.password_changed_at = datetime.now(UTC)  # axes reads the clock by itself
    user.save()
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 401
    answer = sign_in(client)
    assert answer.status_code == 401
    assert "锁定" in answer.json()["message"]
    assert not AccessToken.objects.exists()


def test_forged_forwarding_header_does_not_escape_the_throttle(client, user):
    answers = [
        client.post(
            "/api/v1/tokens/",
            "{}",
            content_type="application/json",
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
        for number in range(21)
    ]
    assert [answer.status_code for answer in answers] == [400] * 20 + [429]
    assert answers[-1].json()["message"].startswith("请求过于频繁，请在")


def test_initial_password_gives_no_token_and_is_not_used_up(client, user):
    user.must_change_password = True
    user.initial_password_expires_at = NOW + timedelta(hours=72)
    user.save()
    answer = sign_in(client)
    assert answer.status_code == 401
    assert answer.json()["message"] == "请先在网页登录并修改密码。"
    user.refresh_from_db()
    assert user.initial_password_expires_at == NOW + timedelta(hours=72)


def test_token_dies_after_eight_hours(client, user, clock):
    _, key = issue_token(user=user, at=NOW)
    clock[0] = NOW + timedelta(hours=8, seconds=-1)
    assert account(client, key) == 200
    clock[0] = NOW + timedelta(hours=8)
    assert account(client, key) == 401


def test_token_dies_with_the_password(client, user):
    _, key = issue_token(user=user, at=NOW)
    user.set_password("另一个Mima-2024")
    user.save()
    assert account(client, key) == 401


def test_token_dies_with_the_account(client, user):
    _, key = issue_token(user=user, at=NOW)
    user.is_active = False
    user.save()
    assert account(client, key) == 401


def test_token_opens_nothing_while_the_password_must_be_changed(client, user):
    _, key = issue_token(user=user, at=NOW)
    User.objects.update(must_change_password=True)
    assert account(client, key) == 403


def test_token_is_revoked_by_its_bearer(client, user):
    _, key = issue_token(user=user, at=NOW)
    _, other = issue_token(user=user, at=NOW)
    bearer = {"Authorization": f"Bearer {key}"}
    assert client.delete("/api/v1/tokens/", headers=bearer).status_code == 204
    assert account(client, key) == 401
    assert account(client, other) == 200
    assert AuditEntry.objects.get(verb=Verb.SIGN_OUT).detail == {"means": "token"}


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer 钥匙", "Bearer x", "Basic x"])
def test_unfit_authorization_is_refused(client, db, header):
    answer = client.get(
        "/api/v1/account/", headers={"Authorization": header.encode().decode("latin-1")}
    )
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"username": "\\ud800", "password": "x"}',
        '{"username": "\\u0000", "password": "x"}',
        '{"username": 1}',
        '{"username": {}, "password": []}',
        '{"username": NaN}',
        "9" * 5000,
        "[" * 100_000,
    ],
)
def test_unfit_credentials_are_refused(client, db, body):
    answer = client.post("/api/v1/tokens/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"


def test_session_writes_need_the_forgery_token(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.delete("/api/v1/tokens/").status_code == 401
    assert client.post("/api/v1/members/").status_code in {403, 405}
