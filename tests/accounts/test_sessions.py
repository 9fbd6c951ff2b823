"""Signing in and out, and what a session may do and for how long."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.choices import Verb
from accounts.models import AuditEntry, User
from accounts.roles import RoleCode
from accounts.services.passwords import reset_password
from accounts.services.roles import set_roles
from accounts.services.sign_in import (
    GUESSES_A_GUEST,
    GUESSES_A_SOURCE,
    SOURCE_WINDOW,
    unlock_user,
)
from accounts.services.users import create_user, deactivate_user
from tests.accounts.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/sessions/create/"
SIGN_OUT = "/accounts/sessions/delete/"
CHANGE = "/accounts/password/change/"
JOBS = "/accounts/jobs/"
TOKENS = "/api/v1/tokens/"
NEW = "Song-88-He-Lou"


@pytest.fixture
def staff():
    return make_user("lian", RoleCode.REGISTRAR, password_changed_at=timezone.now())


@pytest.fixture
def member():
    return make_user("wei", RoleCode.MEMBER, password_changed_at=timezone.now())


def sign_in(client, username="lian", password=PASSWORD, address="10.0.0.1", **more):
    data = {"username": username, "password": password} | more
    return client.post(SIGN_IN, data, REMOTE_ADDR=address)


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


def age(client, **moments):
    """Moves what the session remembers into the past, by seconds."""
    session = client.session
    for name, seconds in moments.items():
        session[name] = session.get(name, timezone.now().timestamp()) - seconds
    session.save()


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("verb", flat=True))


def test_office_arrives_at_its_desk(client, staff):
    assert sign_in(client).headers["Location"] == "/admin/"
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.address) == (Verb.SIGN_IN, staff, "10.0.0.1")
    assert entry.roles == "registrar"


def test_member_arrives_at_home(client, member):
    assert sign_in(client, "wei").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("asked", "given"),
    [("/accounts/jobs/", "/accounts/jobs/"), ("https://evil.example/", "/admin/")],
)
def test_sign_in_leads_back_only_into_the_house(client, staff, asked, given):
    assert sign_in(client, next=asked).headers["Location"] == given


def test_desk_asks_to_sign_in_and_leads_back(client):
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/?next=/admin/")
    page = client.get("/admin/login/?next=/admin/accounts/user/")
    assert 'name="next" value="/admin/accounts/user/"' in page.content.decode()


def test_session_id_rotates_at_sign_in(client, staff):
    client.get(SIGN_IN)
    client.session["mark"] = 1
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    sign_in(client)
    assert client.session.session_key != planted


@pytest.mark.parametrize(("username", "password"), [("lian", "wrong"), ("nobody", PASSWORD)])
def test_wrong_name_and_wrong_password_are_told_alike(client, staff, username, password):
    answer = sign_in(client, username, password)
    assert "账号或密码不正确。连续错5次，账号将锁定30分钟。" in answer.content.decode()
    assert not signed_in(client)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.succeeded, entry.actor) == (Verb.SIGN_IN_FAILED, False, None)
    assert (entry.actor_name, entry.object_label) == ("未登录者", username)


def test_superuser_does_not_sign_in(client):
    make_user("root", is_superuser=True)
    sign_in(client, "root")
    assert not signed_in(client)


def test_closed_account_does_not_sign_in(client, staff):
    User.objects.update(is_active=False)
    sign_in(client)
    assert not signed_in(client)


def test_account_is_locked_at_the_fifth_failure_exactly(client, staff):
    for attempt in range(1, 6):
        answer = sign_in(client, password="wrong", address=f"10.0.1.{attempt}")
        assert answer.status_code == (429 if attempt == 5 else 200), attempt
    answer = sign_in(client, address="10.0.1.9")
    assert (answer.status_code, signed_in(client)) == (429, False)
    assert "账号已锁定" in answer.content.decode()
    assert verbs() == [Verb.SIGN_IN_FAILED] * 6


def test_forged_forwarding_header_does_not_help(client, staff):
    for attempt in range(5):
        client.post(
            SIGN_IN,
            {"username": "lian", "password": "wrong"},
            headers={"X-Forwarded-For": f"203.0.113.{attempt}"},
        )
    sign_in(client, address="127.0.0.1")
    assert not signed_in(client)
    assert set(AuditEntry.objects.values_list("address", flat=True)) == {"127.0.0.1"}


def test_stranger_cannot_lock_out_an_address_the_owner_uses(client, staff):
    sign_in(client, address="10.0.0.7")
    client.post(SIGN_OUT)
    for _ in range(6):
        sign_in(client, password="wrong", address="203.0.113.5")
    assert sign_in(client, address="203.0.113.6").status_code == 429
    sign_in(client, address="10.0.0.7")
    assert signed_in(client)


def test_one_source_may_not_guess_on(client, staff):
    for number in range(GUESSES_A_SOURCE):
        sign_in(client, f"name{number}", address="203.0.113.5")
    answer = sign_in(client, address="203.0.113.5")
    assert (answer.status_code, signed_in(client)) == (429, False)
    sign_in(client, address="203.0.113.6")
    assert signed_in(client)


def clock_at(moment):
    return patch("django.utils.timezone.now", return_value=moment)


def fill_source(client, address="203.0.113.5", count=GUESSES_A_SOURCE):
    """Everybody mistypes their name once."""
    for number in range(count):
        sign_in(client, f"name{number}", address=address)


def test_lock_of_a_source_does_not_renew_itself(client, staff):
    fill_source(client)
    before = AuditEntry.objects.count()
    for _ in range(3):
        assert sign_in(client, address="203.0.113.5").status_code == 429
    assert AuditEntry.objects.filter(verb=Verb.SIGN_IN_FAILED).count() == before + 3
    later = timezone.now() + SOURCE_WINDOW - timedelta(minutes=1)
    with clock_at(later):
        assert sign_in(client, address="203.0.113.5").status_code == 429
    with clock_at(later + timedelta(minutes=2)):
        sign_in(client, address="203.0.113.5")
    assert signed_in(client)


def test_password_that_is_right_but_due_is_no_guess(client, staff):
    fill_source(client, count=GUESSES_A_SOURCE - 1)
    User.objects.update(must_change_password=True)
    for _ in range(3):
        answer = client.post(
            TOKENS,
            {"username": "lian", "password": PASSWORD},
            content_type="application/json",
            REMOTE_ADDR="203.0.113.5",
        )
        assert "请先在网页登录并修改密码" in answer.content.decode()
    User.objects.update(must_change_password=False)
    sign_in(client, address="203.0.113.5")
    assert signed_in(client)


def test_who_signed_in_there_before_is_not_kept_out_by_others(client, staff, member):
    sign_in(client, address="203.0.113.5")
    client.post(SIGN_OUT)
    fill_source(client, count=GUESSES_A_SOURCE + GUESSES_A_GUEST)
    assert sign_in(client, "wei", address="203.0.113.5").status_code == 429
    sign_in(client, address="203.0.113.5")
    assert signed_in(client)


def test_who_signed_in_there_before_may_still_not_guess_on(client, staff):
    sign_in(client, address="203.0.113.5")
    client.post(SIGN_OUT)
    for _ in range(5):
        sign_in(client, password="wrong", address="203.0.113.5")
    assert sign_in(client, address="203.0.113.5").status_code == 429


def test_hall_where_many_come_in_may_mistype_more_often(client, staff, member):
    fill_source(client, count=GUESSES_A_SOURCE - 1)
    sign_in(client, address="203.0.113.5")
    client.post(SIGN_OUT)
    fill_source(client, count=GUESSES_A_GUEST)
    sign_in(client, "wei", address="203.0.113.5")
    assert signed_in(client)


def test_administrator_frees_the_source_that_kept_an_account_out(client, staff, member):
    fill_source(client)
    fill_source(client, address="203.0.113.6")
    assert sign_in(client, address="203.0.113.5").status_code == 429
    unlock_user(user=staff, actor=make_user("guan", RoleCode.SYSTEM_ADMIN), at=timezone.now())
    assert sign_in(client, "wei", address="203.0.113.6").status_code == 429
    sign_in(client, "wei", address="203.0.113.5")
    assert signed_in(client)


def test_administrator_unlocks(client, staff):
    for _ in range(5):
        sign_in(client, password="wrong")
    unlock_user(user=staff, actor=make_user("guan", RoleCode.SYSTEM_ADMIN), at=timezone.now())
    sign_in(client)
    assert signed_in(client)


def test_signing_out_ends_the_session_row_and_is_written_down(client, staff):
    sign_in(client)
    assert client.get(SIGN_OUT).status_code == 405
    assert signed_in(client)
    client.post(SIGN_OUT)
    assert not Session.objects.filter(session_key=client.session.session_key).exists()
    assert verbs() == [Verb.SIGN_IN, Verb.SIGN_OUT]


@pytest.fixture
def newcomer():
    return create_user(
        username="xin", name="辛仁", roles=[RoleCode.REGISTRAR], actor=None, at=timezone.now()
    )


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/user/", "/admin/members/member/", JOBS, "/api/v1/members/"]
)
def test_initial_password_leads_nowhere_but_to_its_change(client, newcomer, path):
    sign_in(client, "xin", newcomer.password)
    assert client.get(path).headers["Location"] == CHANGE


def test_changed_initial_password_opens_the_desk(client, newcomer):
    sign_in(client, "xin", newcomer.password)
    answer = client.post(CHANGE, {"present": newcomer.password, "password": NEW, "repeated": NEW})
    assert answer.headers["Location"] == "/admin/"
    assert client.get(JOBS).status_code == 200


def test_initial_password_is_good_once(client, newcomer):
    sign_in(client, "xin", newcomer.password)
    client.post(SIGN_OUT)
    answer = sign_in(client, "xin", newcomer.password)
    assert "初始密码已用过或已过72小时" in answer.content.decode()
    assert not signed_in(client)


def test_initial_password_dies_after_three_days(client, newcomer):
    User.objects.update(initial_password_expires_at=timezone.now() - timedelta(seconds=1))
    sign_in(client, "xin", newcomer.password)
    assert not signed_in(client)


def test_outlived_password_must_be_changed(client, staff):
    User.objects.update(password_changed_at=timezone.now() - timedelta(days=91))
    sign_in(client)
    assert client.get("/admin/").headers["Location"] == CHANGE


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"present": "wrong", "password": NEW, "repeated": NEW}, "现用密码不正确"),
        ({"present": PASSWORD, "password": NEW, "repeated": "x"}, "两次输入的新密码不一致"),
        ({"present": PASSWORD, "password": "short", "repeated": "short"}, "至少"),
        ({"present": PASSWORD, "password": PASSWORD, "repeated": PASSWORD}, "最近5次"),
    ],
)
def test_password_change_says_what_is_wrong(client, staff, data, complaint):
    sign_in(client)
    assert complaint in client.post(CHANGE, data).content.decode()
    assert User.objects.get().check_password(PASSWORD)


def test_present_password_may_not_be_guessed_on(client, staff):
    sign_in(client)
    for attempt in range(1, 6):
        answer = client.post(CHANGE, {"present": "wrong", "password": NEW, "repeated": NEW})
        assert answer.status_code == (302 if attempt == 5 else 200), attempt
    assert not signed_in(client)
    assert verbs() == [Verb.SIGN_IN, *[Verb.SIGN_IN_FAILED] * 5, Verb.SIGN_OUT]
    entry = AuditEntry.objects.get(sequence=2)
    assert (entry.actor, entry.object_id, entry.succeeded) == (staff, str(staff.pk), False)
    assert "连续输错5次，为保护账号已退出登录" in client.get(SIGN_IN).content.decode()


def test_guesses_in_a_session_run_out_in_all_sessions_of_the_account(client, staff):
    sign_in(client)
    other = type(client)()
    sign_in(other)
    for _ in range(5):
        client.post(CHANGE, {"present": "wrong", "password": NEW, "repeated": NEW})
    other.post(CHANGE, {"present": PASSWORD, "password": NEW, "repeated": NEW})
    assert User.objects.get().check_password(PASSWORD)
    sign_in(other)
    other.post(CHANGE, {"present": PASSWORD, "password": NEW, "repeated": NEW})
    assert User.objects.get().check_password(NEW)


def test_password_change_ends_other_sessions_and_keeps_this_one(client, staff):
    other = type(client)()
    sign_in(client)
    sign_in(other)
    client.post(CHANGE, {"present": PASSWORD, "password": NEW, "repeated": NEW})
    assert client.get(JOBS).status_code == 200
    assert other.get(JOBS).status_code == 302


@pytest.mark.parametrize(("role", "minutes"), [(RoleCode.REGISTRAR, 15), (RoleCode.MEMBER, 30)])
def test_session_left_alone_ends(client, role, minutes):
    make_user("lian", role, password_changed_at=timezone.now())
    sign_in(client)
    client.get(JOBS)
    age(client, seen_at=minutes * 60 - 20)
    assert client.get(JOBS).status_code == 200
    key = client.session.session_key
    age(client, seen_at=minutes * 60 + 1)
    assert client.get(JOBS).status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert AuditEntry.objects.first().reason == f"{minutes}分钟没有操作"


def test_session_ends_after_eight_hours_of_work(client, staff):
    sign_in(client)
    client.get(JOBS)
    age(client, signed_in_at=8 * 3600 - 20)
    assert client.get(JOBS).status_code == 200
    age(client, signed_in_at=30)
    assert client.get(JOBS).status_code == 302


def test_page_that_asks_by_itself_does_not_keep_the_session(client, staff):
    sign_in(client)
    client.get(JOBS)
    age(client, seen_at=600)
    seen = client.session["seen_at"]
    client.get("/accounts/jobs/00000000-0000-0000-0000-000000000000/progress/")
    assert client.session["seen_at"] == seen


def test_closed_account_is_out_at_the_next_request(client, staff):
    sign_in(client)
    assert client.get(JOBS).status_code == 200
    deactivate_user(user=staff, actor=None, at=timezone.now(), reason="调离")
    assert client.get(JOBS).status_code == 302


def test_reset_password_ends_sessions(client, staff):
    sign_in(client)
    reset_password(user=User.objects.get(), actor=None, at=timezone.now())
    assert client.get(JOBS).status_code == 302


def test_changed_roles_count_at_the_next_request(client, staff):
    sign_in(client)
    assert client.get("/admin/members/member/").status_code == 200
    set_roles(user=User.objects.get(), roles=[RoleCode.MEMBER], actor=None, at=timezone.now())
    assert client.get("/admin/members/member/").status_code == 302


def test_denied_page_is_told_and_written_down(client):
    make_user("shen", RoleCode.SECURITY_AUDITOR, password_changed_at=timezone.now())
    sign_in(client, "shen")
    answer = client.get("/admin/members/member/")
    assert answer.status_code == 403
    assert "没有这一项权限" in answer.content.decode()
    entry = AuditEntry.objects.first()
    assert (entry.verb, entry.succeeded) == (Verb.DENIED, False)
    assert entry.object_label == "GET /admin/members/member/"


def test_form_without_token_is_refused(staff):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(SIGN_IN, {"username": "lian", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.parametrize("path", [JOBS, "/admin/", CHANGE])
def test_nothing_an_account_sees_is_kept_by_caches(client, staff, path):
    sign_in(client)
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_policy_allows_eval_at_the_desk_only(client, staff, member):
    def policy(path):
        return client.get(path).headers["Content-Security-Policy"]

    assert "unsafe" not in policy(SIGN_IN)
    sign_in(client, "wei")
    assert "unsafe" not in policy(JOBS)
    client.post(SIGN_OUT)
    sign_in(client, "lian")
    assert "script-src 'self' 'unsafe-eval'" in policy("/admin/")
    assert "frame-ancestors 'none'" in policy("/admin/")


def test_health_answers_anybody(client):
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.content) == (200, b"ok")
