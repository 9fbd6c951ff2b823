"""Tampering with the database is found, and where."""

import json
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, AuditHead
from accounts.selectors.trail import product_problems, trail_problems
from accounts.services.jobs import start_job, work_on
from tests.accounts.people import AT, make_user
from tests.conftest import audit_guards

ENTRIES = 12


@pytest.fixture
def trail(transactional_db):
    """A trail of twelve entries with two changes each, its guards lifted as an intruder would."""
    with transaction.atomic():
        for number in range(1, ENTRIES + 1):
            changes = [
                audit.Change("members.member", str(row), f"委员{row}", {"a": row}, {"a": row + 1})
                for row in (number, number + 100)
            ]
            audit.record(
                actor=None, verb=Verb.UPDATE, at=AT, label=f"第{number}件", changes=changes
            )
    with connection.schema_editor() as editor:
        audit_guards.remove(None, editor)
    yield
    with connection.schema_editor() as editor:
        audit_guards.install(None, editor)


def tamper(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def found() -> list[int | None]:
    """Sequences of the problems, apart from the lifted guards."""
    return [problem.sequence for problem in trail_problems() if "触发器" not in problem.message]


def test_untouched_trail_has_no_problem(trail):
    assert found() == []


@pytest.mark.parametrize(
    ("statement", "values", "sequences"),
    [
        ("UPDATE accounts_auditentry SET reason = %s WHERE sequence = %s", ("改", 5), [5]),
        ("UPDATE accounts_auditentry SET actor_name = %s WHERE sequence = %s", ("别人", 1), [1]),
        ("UPDATE accounts_auditentry SET at = %s WHERE sequence = %s", ("2020-01-01 00:00:00+00:00", 12), [12]),
        ("UPDATE accounts_auditentry SET digest = %s WHERE sequence = %s", ("f" * 64, 4), [4]),
        ("UPDATE accounts_auditchange SET after = %s WHERE entry_id = %s AND position = 2", (json.dumps({"a": 0}), 7), [7]),
        ("DELETE FROM accounts_auditchange WHERE entry_id = %s AND position = 1", (3,), [3]),
        ("UPDATE accounts_auditchange SET position = position + 5 WHERE entry_id = %s", (9,), [9]),
        ("UPDATE accounts_audithead SET sequence = 11 WHERE id = %s", (1,), [11, 12]),
        ("UPDATE accounts_audithead SET digest = %s", ("a" * 64,), [12]),
    ],
)  # fmt: skip
def test_altered_value_is_found_where_it_is(trail, statement, values, sequences):
    tamper(statement, *values)
    assert sorted(set(found())) == sequences


def test_deleted_entry_is_found(trail):
    tamper("DELETE FROM accounts_auditchange WHERE entry_id = 6")
    tamper("DELETE FROM accounts_auditentry WHERE sequence = 6")
    assert found() == [6]


def test_cut_tail_is_found(trail):
    tamper("DELETE FROM accounts_auditchange WHERE entry_id > 10")
    tamper("DELETE FROM accounts_auditentry WHERE sequence > 10")
    assert found() == [11]


def test_cut_tail_is_found_with_the_head_set_back(trail):
    tamper("DELETE FROM accounts_auditchange WHERE entry_id > 10")
    tamper("DELETE FROM accounts_auditentry WHERE sequence > 10")
    last = AuditEntry.objects.get(sequence=10)
    tamper("UPDATE accounts_audithead SET sequence = 10, digest = %s", last.digest)
    assert found() == [10]


def test_removed_head_is_found(trail):
    tamper("DELETE FROM accounts_audithead")
    assert found() == [None]


def test_swapped_entries_are_found(trail):
    with transaction.atomic():
        for old, new in ((4, 900), (5, 4), (900, 5)):
            tamper("UPDATE accounts_auditentry SET sequence = %s WHERE sequence = %s", new, old)
            tamper("UPDATE accounts_auditchange SET entry_id = %s WHERE entry_id = %s", new, old)
    assert {4, 5} <= set(found())


def test_chain_forged_without_the_key_is_found(trail, settings):
    AuditHead.objects.all().delete()
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, "somebody else's"
    last = AuditEntry.objects.get(sequence=ENTRIES)
    AuditHead.objects.create(sequence=last.sequence, digest=last.digest)
    with transaction.atomic():
        audit.record(actor=None, verb=Verb.UPDATE, at=AT, label="伪造")
    settings.AUDIT_KEY = key
    assert set(found()) == {ENTRIES + 1}


def test_every_random_edit_is_found(trail):
    chance = random.Random(7)  # noqa: S311 -- the same edits in every run
    columns = ("actor_name", "roles", "request_id", "verb", "object_id", "object_label", "reason")
    for _ in range(25):
        sequence, column = chance.randint(1, ENTRIES), chance.choice(columns)
        entry = AuditEntry.objects.filter(sequence=sequence)
        old = entry.values_list(column, flat=True).get()
        entry.update(**{column: f"{old}x"[-20:]})
        assert found() == [sequence], (sequence, column)
        entry.update(**{column: old})
    assert found() == []


def test_lifted_guards_are_reported(trail):
    messages = [problem.message for problem in trail_problems()]
    assert len(messages) == len(set(messages)) > 0
    assert all("触发器" in message for message in messages)


@pytest.mark.django_db
def test_command_reports_a_sound_trail(capsys):
    with transaction.atomic():
        audit.record(actor=None, verb=Verb.UPDATE, at=AT)
    call_command("verify_audit")
    assert capsys.readouterr().out == "已核对1条审计记录，没有发现改动。\n"


def test_command_names_the_altered_entry(trail):
    tamper("UPDATE accounts_auditentry SET reason = 'x' WHERE sequence = 5")
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit")
    assert refused.value.returncode == 1
    assert "第5条：内容或改动明细被改动" in str(refused.value).splitlines()


@pytest.fixture
def product(db):
    owner = make_user()
    job = start_job(task="accounts.tasks.requeue_lost_jobs", title="导出", owner=owner, at=AT)
    with work_on(job.pk, clock=lambda: AT) as work:
        work.finish(product=b"content", filename="a.txt")
    return work.job


def test_untouched_product_is_no_problem(product):
    assert list(product_problems()) == []


def test_altered_product_is_found(product):
    with product.product.storage.open(product.product.name, "wb") as stream:
        stream.write(b"contemt")
    assert [line.rsplit("：", 1)[1] for line in product_problems()] == ["内容被改动"]


def test_missing_product_is_found(product):
    product.product.storage.delete(product.product.name)
    assert [line.rsplit("：", 1)[1] for line in product_problems()] == ["文件缺失"]
