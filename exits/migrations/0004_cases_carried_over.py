"""Cases on record so far: they had no procedure but opening, steps and closing, which is kept."""

from django.db import migrations

CPC = "cpc"
SHARED = ("id", "recorded_at", "recorded_by_id", "version", "kind", "finding_id", "grounds")
STEP = ("id", "case_id", "kind", "date", "note", "entered_by_id", "entered_at")


def carry_over(apps, schema_editor):
    alias = schema_editor.connection.alias
    new, step = apps.get_model("exits", "Case"), apps.get_model("exits", "CaseStep")
    for old in apps.get_model("exits", "ExitCase").objects.using(alias).select_related("member"):
        new.objects.using(alias).create(
            **{name: getattr(old, name) for name in SHARED},
            member=old.member,
            ground="other",
            side="organization" if old.member.party == CPC else "united_front",
            state="opened" if old.closed_date is None else "dropped",
            opened_date=old.opened_date,
            closed_date=old.closed_date,
        )
    for old in apps.get_model("exits", "ExitCaseStep").objects.using(alias).order_by("pk"):
        step.objects.using(alias).create(**{name: getattr(old, name) for name in STEP})
    if schema_editor.connection.vendor == "postgresql":
        for table in ("exits_case", "exits_casestep"):
            schema_editor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            )


class Migration(migrations.Migration):
    dependencies = [("exits", "0003_cases_by_the_book")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
