"""How leave and non-voting seats are asked for in a term: what a rule pack begins with."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from attendance.models import Procedure, ProcedureStep
from members.models import Term

FILE = Path(__file__).resolve().parent.parent / "data" / "procedures.toml"
#: For rule packs the file does not name.
OTHER_PACKS = "default"


@cache
def starting_procedures(pack: str) -> tuple[dict[str, Any], ...]:
    """The rows of `attendance/data/procedures.toml` for a rule pack."""
    packs = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(packs.get(pack, packs[OTHER_PACKS]))


@transaction.atomic
def lay_procedures(*, term: Term, actor: User | None, at: datetime) -> list[Procedure]:
    """Gives a new term the procedures of its rule pack; a term that has some keeps them.

    Raises django's ValidationError where the file does not fit the tables.
    """
    if Procedure.objects.filter(term=term).exists():
        return []
    procedures, changes = [], []
    for row in starting_procedures(term.rule_pack):
        for kind in row.get("kinds", [""]):
            procedure = Procedure(
                term=term,
                purpose=row["purpose"],
                meeting_kind=kind,
                notice_days=row.get("notice_days", 0),
                usual_places=row.get("usual_places"),
                terms_text=row.get("terms_text", "").strip(),
                citation=row.get("citation", ""),
                recorded_by=actor,
                recorded_at=at,
            )
            steps = [
                ProcedureStep(procedure=procedure, sequence=sequence, **step)
                for sequence, step in enumerate(row["steps"], start=1)
            ]
            procedures.append(procedure)
            for saved in (procedure, *steps):
                saved.full_clean(exclude=None if saved is procedure else {"procedure"})
                saved.save(force_insert=True)
                changes.append(audit.changes_of(saved, None, audit.snapshot(saved)))
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=term,
        label=f"{term}请假与列席办法",
        changes=changes,
    )
    return procedures
