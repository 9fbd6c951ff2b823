"""Accounts opened, closed, given roles; no default account, no roles of two branches."""

import fnmatch
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.choices import Verb
from accounts.models import AuditEntry, Role, User
from accounts.roles import RoleCode
from accounts.services.passwords import INITIAL_PASSWORD_LIFE, reset_password
from accounts.services.records import ReasonMissingError
from accounts.services.roles import (
    MixedBranchesError,
    OwnAccountError,
    UnknownRoleError,
    role_definitions,
    set_roles,
    sync_roles,
)
from accounts.services.users import create_user, deactivate_user, reactivate_user
from tests.accounts.people import AT, make_user

pytestmark = pytest.mark.django_db


def open_account(*roles, username="xinren", **fields):
    return create_user(
        **{"username": username, "name": "辛仁", "roles": roles, "actor": None, "at": AT} | fields
    )


def test_fresh_system_has_no_account():
    assert not User.objects.exists()


def test_account_is_opened_with_a_password_that_must_be_changed():
    issued = open_account(RoleCode.REGISTRAR)
    user = User.objects.get()
    assert user.check_password(issued.password)
    assert user.must_change_password
    assert user.initial_password_expires_at == AT + INITIAL_PASSWORD_LIFE
    entry = AuditEntry.objects.get(verb=Verb.CREATE)
    change = entry.changes.get()
    assert change.after["roles"] == ["registrar"]
    assert issued.password not in str(change.after)


def test_initial_passwords_differ():
    assert len({open_account(username=f"u{number}").password for number in range(5)}) == 5


@pytest.mark.parametrize(
    ("roles", "staff"),
    [
        ([RoleCode.MEMBER], False),
        ([RoleCode.MEMBER, RoleCode.COLLECTOR], True),
        ([RoleCode.LEADER], True),
        ([RoleCode.SECURITY_AUDITOR], True),
        ([], False),
    ],
)
def test_desk_is_for_every_role_but_the_members(roles, staff):
    assert open_account(*roles).user.is_staff is staff


def test_account_name_is_taken_once():
    open_account()
    with pytest.raises(ValidationError):
        open_account()
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "roles",
    [
        (RoleCode.REGISTRAR, RoleCode.SYSTEM_ADMIN),
        (RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR),
        (RoleCode.MEMBER, RoleCode.SECURITY_AUDITOR),
    ],
)
def test_roles_of_two_branches_are_refused(roles):
    with pytest.raises(MixedBranchesError, match="三员分立"):
        open_account(*roles)
    assert not User.objects.exists()
    user = make_user()
    with pytest.raises(MixedBranchesError):
        set_roles(user=user, roles=roles, actor=None, at=AT)
    assert user.role_codes == frozenset()


def test_unknown_role_is_refused():
    with pytest.raises(UnknownRoleError):
        open_account("emperor")


def test_roles_count_at_once_and_are_audited():
    user = make_user("lian", RoleCode.COLLECTOR)
    assert user.role_codes == {RoleCode.COLLECTOR}
    set_roles(user=user, roles=[RoleCode.MEMBER], actor=None, at=AT, reason="转岗")
    assert user.role_codes == {RoleCode.MEMBER}
    assert User.objects.get().is_staff is False
    change = AuditEntry.objects.get(verb=Verb.UPDATE).changes.get()
    assert (change.before, change.after) == ({"roles": ["collector"]}, {"roles": ["member"]})


def test_nobody_changes_their_own_roles():
    admin = make_user("guan", RoleCode.SYSTEM_ADMIN)
    with pytest.raises(OwnAccountError):
        set_roles(user=admin, roles=[RoleCode.REGISTRAR], actor=admin, at=AT)


def test_closed_account_has_no_roles_and_no_rights():
    admin, user = make_user("guan", RoleCode.SYSTEM_ADMIN), make_user("lian", RoleCode.REGISTRAR)
    deactivate_user(user=user, actor=admin, at=AT, reason="调离")
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.role_codes) == (False, frozenset())
    assert not user.has_perm("members.view_member")
    reactivate_user(user=user, actor=admin, at=AT, reason="调回")
    assert User.objects.get(pk=user.pk).role_codes == {RoleCode.REGISTRAR}


def test_account_is_not_closed_without_a_reason_nor_by_itself():
    admin = make_user("guan", RoleCode.SYSTEM_ADMIN)
    with pytest.raises(ReasonMissingError):
        deactivate_user(user=make_user("lian"), actor=admin, at=AT, reason=" ")
    with pytest.raises(OwnAccountError):
        deactivate_user(user=admin, actor=admin, at=AT, reason="调离")
    assert User.objects.filter(is_active=True).count() == 2


def test_reset_password_ends_the_old_one():
    user = make_user()
    issued = reset_password(user=user, actor=None, at=AT, reason="遗忘")
    assert user.check_password(issued.password)
    assert User.objects.get().must_change_password
    assert AuditEntry.objects.get(verb=Verb.CHANGE_PASSWORD).reason == "遗忘"


def test_password_is_due_after_its_days(settings):
    user = make_user()
    assert not user.password_is_due(AT + timedelta(days=89))
    assert user.password_is_due(AT + timedelta(days=90))
    settings.PASSWORD_DAYS = 0
    assert not user.password_is_due(AT + timedelta(days=900))


def test_roles_follow_their_file():
    Role.objects.get(code=RoleCode.COLLECTOR).permissions.clear()
    Role.objects.filter(code=RoleCode.COLLECTOR).update(description="")
    sync_roles()
    role = Role.objects.get(code=RoleCode.COLLECTOR)
    assert role.description
    assert role.permissions.filter(codename="add_attendance").exists()


def test_every_role_is_defined_once():
    assert sorted(definition.code for definition in role_definitions()) == sorted(RoleCode)


def test_every_permission_pattern_grants_something():
    rows = Permission.objects.values_list("content_type__app_label", "codename")
    names = [f"{app}.{codename}" for app, codename in rows]
    idle = [
        (definition.code, pattern)
        for definition in role_definitions()
        for pattern in definition.permissions
        if not fnmatch.filter(names, pattern)
    ]
    assert idle == []


@pytest.mark.parametrize("code", [RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR])
def test_neither_administrator_nor_auditor_may_read_business(code):
    user = make_user("yuan", code)
    apps = {permission.split(".")[0] for permission in user.get_all_permissions()}
    assert apps <= {"accounts", "django_celery_beat"}


def test_command_opens_an_administrator(capsys):
    call_command("create_administrator", username="guan", name="管理")
    user = User.objects.get()
    assert user.role_codes == {RoleCode.SYSTEM_ADMIN}
    password = capsys.readouterr().out.split("初始密码：")[1].split()[0]
    assert user.check_password(password)


def test_command_refuses_a_name_already_taken():
    make_user("guan")
    with pytest.raises(CommandError) as refused:
        call_command("create_administrator", username="guan", name="管理")
    assert refused.value.returncode == 1
