"""The database itself refuses overlapping periods of one member: posts of the same kind, and
suspensions. Periods are half-open; one that ends on the day it starts holds on no day and overlaps
nothing.

SQLite drops triggers together with a table it rebuilds: a later migration that alters one of these
tables must install them again (a test fails where it does not).
"""

from django.db import migrations

#: table -> (further columns that must be equal, message)
PERIODS = {
    "members_tenure": (["post"], "该委员同一职务的任期不能重叠。"),
    "members_suspensionperiod": ([], "该委员的暂停履职期间不能重叠。"),
}


def overlapping(table, columns):
    """A row of the same member that shares at least one day with NEW."""
    same = " AND ".join(f"other.{column} = NEW.{column}" for column in ["member_id", *columns])
    return (
        f"EXISTS (SELECT 1 FROM {table} other WHERE {same} AND other.id <> COALESCE(NEW.id, -1) "
        "AND (other.end_date IS NULL OR other.end_date > other.start_date) "
        "AND (other.end_date IS NULL OR other.end_date > NEW.start_date) "
        "AND (NEW.end_date IS NULL OR NEW.end_date > other.start_date)) "
        "AND (NEW.end_date IS NULL OR NEW.end_date > NEW.start_date)"
    )


def sqlite_guards():
    for table, (columns, message) in PERIODS.items():
        for act in ("INSERT", "UPDATE"):
            yield (
                f"CREATE TRIGGER {table}_apart_on_{act.lower()} BEFORE {act} ON {table} "
                f"FOR EACH ROW WHEN {overlapping(table, columns)} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )


def postgresql_guards():
    """The member is locked first: two transactions would not see each other's rows."""
    for table, (columns, message) in PERIODS.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_apart() RETURNS trigger LANGUAGE plpgsql AS "
            "$guard$ BEGIN "
            "PERFORM 1 FROM members_member WHERE id = NEW.member_id FOR NO KEY UPDATE; "
            f"IF {overlapping(table, columns)} THEN RAISE EXCEPTION '{message}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; "
            "END $guard$"
        )
        yield (
            f"CREATE TRIGGER {table}_apart BEFORE INSERT OR UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_apart()"
        )


GUARDS = {"sqlite": sqlite_guards, "postgresql": postgresql_guards}
REMOVALS = {
    "sqlite": [
        f"DROP TRIGGER {table}_apart_on_{act}" for table in PERIODS for act in ("insert", "update")
    ],
    "postgresql": [f"DROP FUNCTION {table}_apart CASCADE" for table in PERIODS],
}


def install(apps, schema_editor):
    for statement in GUARDS[schema_editor.connection.vendor]():
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    for statement in REMOVALS[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("members", "0002_long_text")]

    operations = [migrations.RunPython(install, remove)]
