"""Terms that were there before procedures were get those their rule pack begins with."""

import tomllib
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "data" / "procedures.toml"


def lay(apps, schema_editor):
    Term = apps.get_model("members", "Term")
    Procedure = apps.get_model("attendance", "Procedure")
    ProcedureStep = apps.get_model("attendance", "ProcedureStep")
    packs = tomllib.loads(FILE.read_text(encoding="utf-8"))
    for term in Term.objects.all():
        if Procedure.objects.filter(term=term).exists():
            continue
        for row in packs.get(term.rule_pack, packs["default"]):
            for kind in row.get("kinds", [""]):
                procedure = Procedure.objects.create(
                    term=term,
                    purpose=row["purpose"],
                    meeting_kind=kind,
                    notice_days=row.get("notice_days", 0),
                    usual_places=row.get("usual_places"),
                    terms_text=row.get("terms_text", "").strip(),
                    citation=row.get("citation", ""),
                )
                for sequence, step in enumerate(row["steps"], start=1):
                    ProcedureStep.objects.create(
                        procedure=procedure, sequence=sequence, **step
                    )


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0005_deciding_and_leave_asked_afterwards'),
    ]

    operations = [migrations.RunPython(lay, migrations.RunPython.noop)]
