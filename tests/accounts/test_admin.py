"""The administrator's and the auditor's desks, and the base every office screen inherits."""

from datetime import date

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, Job, User
from accounts.roles import RoleCode
from accounts.services.roles import set_roles
from members.models import Commendation, Person
from tests.accounts.people import AT, make_user
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"
TRAIL = "/admin/accounts/auditentry/"
PEOPLE = "/admin/members/person/"


def at_desk(client, role, username="ren") -> User:
    user = make_user(username, role, password_changed_at=timezone.now())
    client.force_login(user)
    return user


@pytest.fixture
def admin(client):
    return at_desk(client, RoleCode.SYSTEM_ADMIN)


@pytest.fixture
def registrar(client):
    return at_desk(client, RoleCode.REGISTRAR)


def text(answer) -> str:
    return answer.content.decode()


def test_new_account_shows_its_password_once(client, admin):
    answer = client.post(
        f"{USERS}add/", {"username": "xin", "name": "辛仁", "roles": ["registrar"]}
    )
    user = User.objects.get(username="xin")
    password = text(answer).split("<code>")[1].split("</code>")[0]
    assert answer.status_code == 200
    assert user.check_password(password)
    assert user.role_codes == {RoleCode.REGISTRAR}
    assert AuditEntry.objects.get(verb=Verb.CREATE).actor == admin


def test_roles_of_two_branches_are_refused_in_the_form(client, admin):
    data = {"username": "xin", "name": "辛仁", "roles": ["registrar", "system_admin"]}
    assert "三员分立" in text(client.post(f"{USERS}add/", data))
    assert not User.objects.filter(username="xin").exists()


def test_changing_an_account_changes_its_roles(client, admin):
    user = make_user("lian", RoleCode.COLLECTOR, name="练达")
    page = f"{USERS}{user.pk}/change/"
    mark = client.get(page).context["adminform"].form.initial["seen_mark"]
    client.post(page, {"username": "lian", "name": "练达", "roles": ["leader"], "seen_mark": mark})
    assert User.objects.get(username="lian").role_codes == {RoleCode.LEADER}


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("deactivate", "is_active", False),
        ("reset-password", "must_change_password", True),
        ("unlock", "is_active", True),
    ],
)
def test_act_on_an_account_asks_for_its_reason_first(client, admin, path, field, value):
    user = make_user("lian", RoleCode.COLLECTOR)
    before = AuditEntry.objects.count()
    assert "事由" in text(client.get(f"{USERS}{user.pk}/{path}/"))
    assert AuditEntry.objects.count() == before
    client.post(f"{USERS}{user.pk}/{path}/", {"reason": "本人申请"})
    assert getattr(User.objects.get(username="lian"), field) == value
    assert AuditEntry.objects.count() == before + 1


def test_account_is_not_closed_without_a_reason(client, admin):
    user = make_user("lian", RoleCode.COLLECTOR)
    answer = client.post(f"{USERS}{user.pk}/deactivate/", {"reason": ""}, follow=True)
    assert "请写明停用事由" in text(answer)
    assert User.objects.get(username="lian").is_active


@pytest.mark.parametrize("role", [RoleCode.REGISTRAR, RoleCode.SECURITY_AUDITOR, RoleCode.LEADER])
@pytest.mark.parametrize("path", ["add/", "1/change/", "1/deactivate/", "1/reset-password/"])
def test_accounts_are_managed_by_the_administrator_alone(client, role, path):
    at_desk(client, role)
    user = make_user("lian")
    answer = client.post(f"{USERS}{path}".replace("/1/", f"/{user.pk}/"), {"reason": "x"})
    assert answer.status_code == 403
    assert User.objects.get(username="lian").is_active


def test_accounts_are_never_deleted(client, admin):
    user = make_user("lian")
    assert client.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403


def test_auditor_reads_that_a_record_was_changed_but_not_what_it_says(client):
    at_desk(client, RoleCode.SECURITY_AUDITOR)
    change = audit.Change("members.person", "7", "秦青", {"name": "秦青"}, {"name": "秦晴"})
    entry = audit.record(
        actor=None, verb=Verb.UPDATE, at=AT, obj=Person(pk=7, name="秦青"), reason="秦青更名",
        detail={"name": "秦青"}, changes=[change],
    )  # fmt: skip
    for page in (TRAIL, f"{TRAIL}{entry.pk}/change/", f"{TRAIL}?q=秦青"):
        shown = text(client.get(page)).replace("?q=秦青", "").replace('value="秦青"', "")
        assert "秦晴" not in shown
        assert "更名" not in shown
    shown = text(client.get(f"{TRAIL}{entry.pk}/change/"))
    assert "人员 7" in shown
    assert "秦青" not in shown


def test_auditor_reads_in_words_what_was_done_to_an_account(client):
    at_desk(client, RoleCode.SECURITY_AUDITOR)
    user = make_user("lian", RoleCode.COLLECTOR)
    set_roles(user=user, roles=[RoleCode.LEADER], actor=None, at=AT, reason="转岗")
    shown = text(client.get(f"{TRAIL}{AuditEntry.objects.first().pk}/change/"))
    assert f"账号 {user.pk}：角色由“联络员”改为“领导”" in shown
    assert "转岗" in shown


def test_auditor_finds_nothing_by_a_hidden_name(client):
    at_desk(client, RoleCode.SECURITY_AUDITOR)
    audit.record(actor=None, verb=Verb.UPDATE, at=AT, obj=Person(pk=7, name="秦青"))
    assert client.get(f"{TRAIL}?q=秦青").context["cl"].result_count == 0
    assert client.get(f"{TRAIL}?object_label__startswith=秦").status_code == 400


def test_trail_is_not_written_at_the_desk(client):
    at_desk(client, RoleCode.SECURITY_AUDITOR)
    entry = audit.record(actor=None, verb=Verb.UPDATE, at=AT)
    assert client.get(f"{TRAIL}add/").status_code == 403
    assert client.post(f"{TRAIL}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{TRAIL}{entry.pk}/change/", {"reason": "x"}).status_code == 403


def test_administrator_sees_that_jobs_run_but_not_what_they_are_about(client, admin):
    Job.objects.create(task="reporting.tasks.export", title="秦青的登记表", queued_at=AT)
    shown = text(client.get("/admin/accounts/job/"))
    assert "reporting.tasks.export" in shown
    assert "秦青" not in shown
    assert client.get(f"/admin/accounts/job/{Job.objects.get().pk}/change/").status_code != 200


def test_administrator_stops_a_schedule_and_nothing_else(client, admin):
    page = "/admin/django_celery_beat/"
    assert client.get(f"{page}periodictask/").status_code == 200
    assert client.get(f"{page}periodictask/add/").status_code == 403
    assert client.get(f"{page}crontabschedule/").status_code == 404


def test_stopping_a_schedule_is_written_down(client, admin):
    every = IntervalSchedule.objects.create(every=30, period="seconds")
    task = PeriodicTask.objects.create(name="找回中断的任务", task="a.b", interval=every)
    page = f"/admin/django_celery_beat/periodictask/{task.pk}/change/"
    assert client.post(page, {}).status_code == 302
    task.refresh_from_db()
    assert task.enabled is False
    change = AuditEntry.objects.get(verb=Verb.UPDATE).changes.get()
    assert change.after["enabled"] is False


def test_office_chooses_accounts_but_does_not_manage_them(client, registrar):
    make_user("lian", name="练达")
    choices = client.get(
        "/admin/autocomplete/",
        {"term": "练", "app_label": "members", "model_name": "person", "field_name": "user"},
    )
    assert [choice["text"] for choice in choices.json()["results"]] == ["练达（lian）"]
    assert client.get(f"{USERS}add/").status_code == 403


# The base of every office screen ---------------------------------------------------------------


def edit(client, person, **fields):
    """The person's page as opened, and what saving it would send."""
    page = f"{PEOPLE}{person.pk}/change/"
    form = client.get(page).context["adminform"].form
    shown = {name: value for name, value in form.initial.items() if value is not None}
    inlines = {
        f"memberships-{name}": number for name, number in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
    }
    return page, shown | inlines | fields


def save(client, page, data):
    return client.post(page, data)


def test_saved_page_is_versioned_and_audited(client, registrar):
    person = make_member(make_term(), name="秦青").person
    answer = save(client, *edit(client, person, name="秦晴"))
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.name, person.version) == ("秦晴", 2)
    entry = AuditEntry.objects.get(verb=Verb.UPDATE)
    assert (entry.actor, entry.changes.count()) == (registrar, 1)


def test_page_opened_before_another_save_is_refused_with_both_values(client, registrar):
    person = make_member(make_term(), name="秦青").person
    page, data = edit(client, person, name="秦卿")
    Person.objects.filter(pk=person.pk).update(name="秦庆", version=2)
    shown = text(save(client, page, data))
    assert "姓名现为“秦庆”，您填的是“秦卿”" in shown
    assert Person.objects.get(pk=person.pk).name == "秦庆"


def test_page_without_its_mark_is_refused(client, registrar):
    person = make_member(make_term(), name="秦青").person
    page, data = edit(client, person, name="秦卿")
    del data["seen_mark"]
    assert save(client, page, data).status_code == 200
    assert Person.objects.get(pk=person.pk).name == "秦青"


def test_deletion_asks_for_its_reason(client, registrar):
    award = Commendation.objects.create(
        member=make_member(make_term()), date=date(2023, 5, 1), kind="先进个人"
    )
    page = f"/admin/members/commendation/{award.pk}/delete/"
    assert "删除事由" in text(client.get(page))
    refused = client.post(page, {"post": "yes", "reason": " "}, follow=True)
    assert "请写明删除事由" in text(refused)
    assert Commendation.objects.exists()
    client.post(page, {"post": "yes", "reason": "重复录入"})
    assert not Commendation.objects.exists()
    assert AuditEntry.objects.get(verb=Verb.DELETE).reason == "重复录入"


def test_several_rows_are_never_deleted_at_a_stroke(client, registrar):
    person = make_member(make_term()).person
    client.post(PEOPLE, {"action": "delete_selected", "_selected_action": [person.pk]})
    assert Person.objects.filter(pk=person.pk).exists()


def test_row_out_of_sight_is_not_there(client):
    at_desk(client, RoleCode.COUNTY_GROUP)
    member = make_member(make_term())
    assert client.get(f"/admin/members/member/{member.pk}/change/").status_code == 404


@pytest.mark.parametrize("lookup", ["phone__startswith", "user__password__startswith", "name"])
def test_list_is_not_narrowed_by_what_it_does_not_offer(client, registrar, lookup):
    assert client.get(f"{PEOPLE}?{lookup}=1").status_code == 400
