"""What the database refuses whoever asks it."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditChange, AuditEntry, AuditHead, Role
from accounts.roles import RoleCode
from tests.accounts.people import AT, make_user

pytestmark = pytest.mark.django_db

ATTACKS = [
    "UPDATE accounts_auditentry SET reason = 'x'",
    "DELETE FROM accounts_auditentry",
    "UPDATE accounts_auditchange SET object_label = 'x'",
    "DELETE FROM accounts_auditchange",
    "DELETE FROM accounts_audithead",
    "UPDATE accounts_audithead SET sequence = 0",
]
UPSERT = (
    "INSERT INTO accounts_auditentry SELECT * FROM accounts_auditentry WHERE true "
    "ON CONFLICT (sequence) DO UPDATE SET reason = 'x'"
)
VENDOR_ATTACKS = {
    "sqlite": [
        "INSERT OR REPLACE INTO accounts_auditentry SELECT * FROM accounts_auditentry",
        "REPLACE INTO accounts_auditchange SELECT * FROM accounts_auditchange",
        UPSERT,
        "UPDATE OR REPLACE accounts_auditentry SET reason = 'x'",
        "INSERT OR REPLACE INTO accounts_audithead SELECT * FROM accounts_audithead",
    ],
    "postgresql": [
        UPSERT,
        "TRUNCATE accounts_auditentry CASCADE",
        "TRUNCATE accounts_auditchange",
        "TRUNCATE accounts_audithead",
        "SET LOCAL session_replication_role = replica; DELETE FROM accounts_auditchange",
    ],
}


@pytest.fixture
def entry():
    change = audit.Change("members.member", "1", "委员", None, {"a": 1})
    stored = audit.record(actor=None, verb=Verb.CREATE, at=AT, changes=[change])
    connection.check_constraints()  # or PostgreSQL refuses to truncate for another reason
    return stored


@pytest.mark.parametrize("statement", [*ATTACKS, *VENDOR_ATTACKS[connection.vendor]])
def test_trail_is_append_only(entry, statement):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.filter(sequence=entry.sequence, reason="").count() == 1
    assert AuditChange.objects.filter(entry=entry, object_label="委员").count() == 1
    assert AuditHead.objects.get().sequence == entry.sequence


@pytest.mark.parametrize(
    ("held", "given"),
    [
        (RoleCode.REGISTRAR, RoleCode.SYSTEM_ADMIN),
        (RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR),
        (RoleCode.SECURITY_AUDITOR, RoleCode.MEMBER),
    ],
)
def test_roles_of_two_branches_are_refused(held, given):
    user = make_user("two", held)
    with pytest.raises(IntegrityError), transaction.atomic():
        user.groups.add(Role.objects.get(code=given))
    assert user.role_codes == {held}


def test_roles_of_two_branches_are_refused_in_one_statement():
    user = make_user("two", RoleCode.REGISTRAR)
    admin = Role.objects.get(code=RoleCode.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        user.groups.through.objects.filter(user=user).update(group=admin)


def test_roles_of_one_branch_go_together():
    user = make_user("one", RoleCode.REGISTRAR, RoleCode.MEMBER)
    assert user.role_codes == {RoleCode.REGISTRAR, RoleCode.MEMBER}


def test_branch_of_a_role_in_use_stays():
    make_user("one", RoleCode.REGISTRAR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.filter(code=RoleCode.REGISTRAR).update(branch="audit")
