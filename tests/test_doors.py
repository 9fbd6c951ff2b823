"""Doors nobody meant to leave open: redirects, forged requests, reading that writes, raw files."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache as throttle_counts
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import AuditEntry, User
from accounts.views.entrance import SignedIn
from tests.test_visibility_office import PERSONAL, address
from tests.world import World, build_world

PASSWORD = "长安Yingbin-2023"
ELSEWHERE = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]


@pytest.fixture
def world(db) -> World:
    throttle_counts.clear()
    return build_world()


@pytest.fixture
def member(world: World) -> User:
    user = world.users["member"]
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, user: User, following: str = ""):
    query = f"?next={quote(following)}" if following else ""
    return client.post(
        f"{reverse('accounts:session-create')}{query}",
        {"username": user.username, "password": PASSWORD, "next": following},
    )


@pytest.mark.parametrize("following", ELSEWHERE)
def test_sign_in_never_leads_out_of_the_house(following, client, member):
    answer = sign_in(client, member, following)
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_sign_in_changes_the_session_key(client, member):
    client.session.save()
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client, member)
    assert client.session.session_key != session.session_key


def test_member_who_asks_for_the_office_is_led_home(client, member):
    client.force_login(member)
    answer = client.get("/admin/members/member/", follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert answer.status_code == 200


def all_patterns(
    patterns: list[URLPattern | URLResolver], prefix: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from all_patterns(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern.name or "", pattern


OPEN_TO_STRANGERS = {"health", "session-create", "session-delete", "token", "unknown", "jsi18n"}


def plain_addresses() -> list[str]:
    """Addresses without parameters, of pages that ask for a sign-in."""
    found = []
    for route, name, _ in all_patterns(get_resolver().url_patterns):
        if name in OPEN_TO_STRANGERS or any(mark in route for mark in "<(?*"):
            continue
        found.append("/" + route.replace("^", "").replace("$", "").replace("\\", ""))
    return sorted(set(found) - {"/admin/login/", "/admin/logout/"})


def test_addresses_are_found():
    assert {"/", "/admin/", "/admin/members/member/", "/accounts/jobs/"} <= set(plain_addresses())
    assert {"/api/v1/members/", "/exits/runs/create/"} <= set(plain_addresses())


def test_strangers_are_asked_to_sign_in_everywhere(client, db):
    wrong = []
    for path in plain_addresses():
        answer = client.get(path)
        led_to_sign_in = answer.status_code == 302 and "next=" in answer["Location"]
        if not led_to_sign_in and answer.status_code not in {401, 403, 404, 405}:
            wrong.append((path, answer.status_code))
    assert wrong == []


#: Of those who come to sign in, and the hall's code, which is read before.
FOR_STRANGERS = {
    "health",
    "session-create",
    "session-delete",
    "type-size",
    "arrival-open",
}


def test_every_page_stands_behind_the_same_guard():
    """Strangers are led to sign in, so that a session that ran out is no refusal to look into."""
    pages = {
        name: pattern.callback.view_class
        for route, name, pattern in all_patterns(get_resolver().url_patterns)
        if not route.startswith(("admin/", "api/")) and name not in FOR_STRANGERS
    }
    assert [name for name, page in pages.items() if not issubclass(page, SignedIn)] == []
    assert [name for name, page in pages.items() if getattr(page, "raise_exception", False)] == []
    assert len(pages) > 150


@pytest.mark.parametrize(
    "path",
    [
        "/reporting/exports/create/",
        "/reporting/timeliness/",
        "/reporting/timeliness/records/",
        "/reporting/papers/1/declarations/1/proof/",
        "/reporting/papers/1/signature/image/",
        "/dossiers/objections/1/proof/",
    ],
)
def test_stranger_is_led_to_sign_in_and_no_refusal_is_kept(path, client, db):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('accounts:session-create')}?next={path}"
    assert "no-store" in answer["Cache-Control"]
    assert not AuditEntry.objects.filter(verb="denied").exists()


def stored_rows() -> dict[str, int]:
    """Rows of every table but those in which reading itself is written down."""
    noted = ("audit", "session", "axes", "sqlite")
    with connection.cursor() as cursor:
        tables = [
            t
            for t in connection.introspection.table_names(cursor)
            if not any(n in t for n in noted)
        ]
        counts = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.parametrize("role", ["registrar", "member"])
def test_reading_changes_nothing(role, world):
    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    before = stored_rows()
    for path in plain_addresses():
        client.get(path)
    for model in PERSONAL:
        row = model._default_manager.first()
        if row is not None:
            client.get(address(model, "delete", row.pk))
    assert stored_rows() == before


def test_forged_requests_are_refused_everywhere(world):
    """A form of another site, sent by a signed-in browser, changes nothing and is written down."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["registrar"])
    before = stored_rows()
    wrong = []
    targets = [path for path in plain_addresses() if not path.startswith("/api/")]
    targets += [
        address(model, "delete", model._default_manager.first().pk)
        for model in PERSONAL
        if model._default_manager.exists()
    ]
    for path in targets:
        answer = client.post(path, {"post": "yes", "reason": "x"})
        if answer.status_code not in {302, 403, 404, 405}:
            wrong.append((path, answer.status_code))
    assert wrong == []
    assert stored_rows() == before
    assert AuditEntry.objects.filter(verb="denied").exists()


def test_kept_files_are_served_by_no_address(client, world):
    client.force_login(world.users["registrar"])
    for path in ("/private/x", "/media/x", "/var/db.sqlite3", "/static/../var/db.sqlite3"):
        assert client.get(path).status_code == 404


def test_pages_carry_the_protecting_headers(client, world):
    client.force_login(world.users["registrar"])
    for path in ("/admin/", "/accounts/jobs/", "/api/v1/account/", "/accounts/password/change/"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert "no-store" in headers["Cache-Control"]
        policy = headers["Content-Security-Policy"]
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy or "base-uri 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        script = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
        assert "unsafe-inline" not in script
