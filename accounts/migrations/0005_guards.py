"""What the database itself refuses: rewriting the audit trail, and roles of two branches at once.

On SQLite `INSERT OR REPLACE` deletes without firing a DELETE trigger, hence the guards before
INSERT. On PostgreSQL the guards fire under session_replication_role = replica as well; a role
that owns the tables can still drop them, so the application should not own them.
"""

from django.db import migrations

APPEND_ONLY = "审计记录只能追加，不能修改、删除或覆盖。"
HEAD_ONLY_ADVANCES = "审计链头只能前进，不能删除或回退。"
ONE_BRANCH = "三员分立：一个账号不能同时担任业务、系统管理、安全审计中两类角色。"
BRANCH_IN_USE = "已有账号担任此角色，不能改变它的三员类别。"

OTHER_BRANCH_HELD = """
    SELECT 1 FROM accounts_user_groups held
    JOIN accounts_role other ON other.group_ptr_id = held.group_id
    JOIN accounts_role given ON given.group_ptr_id = NEW.group_id
    WHERE held.user_id = NEW.user_id AND other.branch <> given.branch
"""
TAKEN = {
    "accounts_auditentry": "sequence = NEW.sequence OR digest = NEW.digest",
    "accounts_auditchange": (
        "id = NEW.id OR (entry_id = NEW.entry_id AND position = NEW.position)"
    ),
}


def sqlite_trigger(name, event, condition, message):
    return (
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    )


def sqlite_guards():
    for table, taken in TAKEN.items():
        for act in ("UPDATE", "DELETE"):
            yield sqlite_trigger(f"{table}_no_{act.lower()}", f"{act} ON {table}", "1", APPEND_ONLY)
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {taken})"
        yield sqlite_trigger(f"{table}_no_replace", f"INSERT ON {table}", exists, APPEND_ONLY)
    head = "accounts_audithead"
    yield sqlite_trigger(
        f"{head}_advances", f"UPDATE ON {head}", "NEW.sequence < OLD.sequence", HEAD_ONLY_ADVANCES
    )
    yield sqlite_trigger(f"{head}_no_delete", f"DELETE ON {head}", "1", HEAD_ONLY_ADVANCES)
    exists = f"EXISTS (SELECT 1 FROM {head})"
    yield sqlite_trigger(f"{head}_no_replace", f"INSERT ON {head}", exists, HEAD_ONLY_ADVANCES)
    for act in ("INSERT", "UPDATE"):
        yield sqlite_trigger(
            f"accounts_one_branch_on_{act.lower()}",
            f"{act} ON accounts_user_groups",
            f"EXISTS ({OTHER_BRANCH_HELD})",
            ONE_BRANCH,
        )
    yield sqlite_trigger(
        "accounts_role_branch_in_use",
        "UPDATE OF branch ON accounts_role",
        "NEW.branch <> OLD.branch AND EXISTS "
        "(SELECT 1 FROM accounts_user_groups WHERE group_id = NEW.group_ptr_id)",
        BRANCH_IN_USE,
    )


def postgresql_function(name, body):
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$guard$ BEGIN {body} END $guard$"
    )


def postgresql_refusal(message):
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def postgresql_trigger(name, table, events, function, level="ROW"):
    yield (
        f"CREATE TRIGGER {name} BEFORE {events} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION {function}()"
    )
    yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def postgresql_guards():
    yield postgresql_function("accounts_append_only", postgresql_refusal(APPEND_ONLY))
    yield postgresql_function(
        "accounts_head_advances",
        "IF TG_OP = 'UPDATE' THEN IF NEW.sequence >= OLD.sequence THEN RETURN NEW; END IF; END IF; "
        + postgresql_refusal(HEAD_ONLY_ADVANCES),
    )
    # The account is locked first: two transactions adding a branch each would not see one another.
    yield postgresql_function(
        "accounts_one_branch",
        "PERFORM 1 FROM accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE; "
        f"IF EXISTS ({OTHER_BRANCH_HELD}) THEN {postgresql_refusal(ONE_BRANCH)} END IF; "
        "RETURN NEW;",
    )
    yield postgresql_function(
        "accounts_role_branch_in_use",
        "IF NEW.branch <> OLD.branch AND EXISTS "
        "(SELECT 1 FROM accounts_user_groups WHERE group_id = NEW.group_ptr_id) "
        f"THEN {postgresql_refusal(BRANCH_IN_USE)} END IF; RETURN NEW;",
    )
    for table in TAKEN:
        name = f"{table}_append_only"
        yield from postgresql_trigger(name, table, "UPDATE OR DELETE", "accounts_append_only")
        yield from postgresql_trigger(
            f"{table}_no_truncate", table, "TRUNCATE", "accounts_append_only", "STATEMENT"
        )
    head = "accounts_audithead"
    yield from postgresql_trigger(
        f"{head}_advances", head, "UPDATE OR DELETE", "accounts_head_advances"
    )
    yield from postgresql_trigger(
        f"{head}_no_truncate", head, "TRUNCATE", "accounts_head_advances", "STATEMENT"
    )
    yield from postgresql_trigger(
        "accounts_one_branch", "accounts_user_groups", "INSERT OR UPDATE", "accounts_one_branch"
    )
    yield from postgresql_trigger(
        "accounts_role_branch_in_use", "accounts_role", "UPDATE", "accounts_role_branch_in_use"
    )


GUARDS = {"sqlite": sqlite_guards, "postgresql": postgresql_guards}
REMOVALS = {
    "sqlite": [
        *(f"DROP TRIGGER {table}_no_{act}" for table in TAKEN for act in ("update", "delete", "replace")),
        *(f"DROP TRIGGER accounts_audithead_{act}" for act in ("advances", "no_delete", "no_replace")),
        "DROP TRIGGER accounts_one_branch_on_insert",
        "DROP TRIGGER accounts_one_branch_on_update",
        "DROP TRIGGER accounts_role_branch_in_use",
    ],
    "postgresql": [
        f"DROP FUNCTION {name} CASCADE"
        for name in (
            "accounts_append_only",
            "accounts_head_advances",
            "accounts_one_branch",
            "accounts_role_branch_in_use",
        )
    ],
}


def install(apps, schema_editor):
    for statement in GUARDS[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in REMOVALS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_audit_head")]

    operations = [migrations.RunPython(install, remove)]
