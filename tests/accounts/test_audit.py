"""The trail: sealed, gapless, written with the change it tells of."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import OperationalError, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, AuditHead, User
from accounts.services.records import save_record
from members.choices import AssemblyLevel
from members.models import Assembly
from tests.accounts.people import AT, make_user

pytestmark = pytest.mark.django_db


def enter(**fields) -> AuditEntry:
    return audit.record(**{"actor": None, "verb": Verb.UPDATE, "at": AT} | fields)


def change(number, before=None, after=None):
    return audit.Change("members.member", str(number), f"委员{number}", before, after)


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused():
    with pytest.raises(audit.AuditOutsideTransactionError):
        enter()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_change_that_cannot_be_written_down_is_not_made(monkeypatch):
    def full_disk(**_):
        raise OperationalError("disk full")

    monkeypatch.setattr(audit, "record", full_disk)
    with pytest.raises(OperationalError):
        save_record(obj=Assembly(name="政协试验市委员会", level="city"), actor=None, at=AT)
    assert not Assembly.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_trail_begins_anew_in_an_emptied_database():
    with transaction.atomic():
        assert enter().sequence == 1


@pytest.mark.django_db(transaction=True)
def test_entry_is_undone_with_the_change_it_tells_of():
    with transaction.atomic():
        enter()
        transaction.set_rollback(True)
    with transaction.atomic():
        assert enter().sequence == 1


def test_record_without_the_head_is_refused():
    """The guards stand in the way of deleting it; elsewhere the head is simply not found."""
    with pytest.raises(audit.AuditHeadMissingError):
        _record_with_head_missing()


def _record_with_head_missing():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AuditHead, "objects", AuditHead.objects.none())
        enter()


def test_entries_are_chained_without_gaps():
    first, second = enter(label="甲"), enter(label="乙")
    assert second.sequence == first.sequence + 1
    assert second.previous_digest == first.digest
    head = AuditHead.objects.get()
    assert (head.sequence, head.digest) == (second.sequence, second.digest)


def test_entry_names_actor_roles_and_object():
    user = make_user("lian", "registrar", name="练达")
    entry = enter(actor=user, obj=user, reason="核对", detail={"share": Decimal("0.25")})
    entry.refresh_from_db()
    assert (entry.actor, entry.actor_name, entry.roles) == (user, "练达", "registrar")
    assert (entry.object_type, entry.object_id) == ("accounts.user", str(user.pk))
    assert (entry.object_label, entry.detail) == ("练达（lian）", {"share": "0.25"})


def test_entry_without_actor_is_the_systems():
    assert enter().actor_name == "系统"


def test_changes_keep_their_order_and_values():
    entry = enter(changes=[change(2, None, {"a": 1}), change(1, {"b": None}, {"b": "x"})])
    stored = entry.changes.order_by("position").values_list("object_id", "before", "after")
    assert list(stored) == [("2", None, {"a": 1}), ("1", {"b": None}, {"b": "x"})]


def test_record_writes_many_changes_in_few_statements(django_assert_max_num_queries):
    changes = [change(number, None, {"version": 1}) for number in range(2000)]
    with django_assert_max_num_queries(20):
        entry = enter(changes=changes)
    assert entry.changes.count() == 2000


def test_changes_of_holds_only_what_differs():
    assembly = Assembly.objects.create(name="政协试验市委员会", level=AssemblyLevel.CITY)
    before = audit.snapshot(assembly)
    assembly.name = "政协新试验市委员会"
    found = audit.changes_of(assembly, before, audit.snapshot(assembly))
    assert found.before == {"name": "政协试验市委员会"}
    assert found.after == {"name": "政协新试验市委员会"}
    assert found.label == "政协新试验市委员会"


def test_snapshot_leaves_secrets_out():
    assert {"password", "last_login"}.isdisjoint(audit.snapshot(make_user()))


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (0.5, "0.5"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
        ((1, "二"), [1, "二"]),
        ({3: Decimal("1.50")}, {"3": "1.50"}),
    ],
)
def test_plain_value_is_the_same_on_every_database(value, plain):
    assert audit.plain_value(value) == plain


def test_plain_value_of_a_row_is_its_key():
    user = make_user()
    assert audit.plain_value(User.objects.get()) == user.pk
