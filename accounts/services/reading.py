"""Keeping in mind who read what only few may read."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.audit import record
from accounts.choices import Verb
from accounts.models import AuditEntry, User


@transaction.atomic
def note_reading(
    *,
    rows: QuerySet,
    actor: User,
    at: datetime,
    person: str = "member__person",
    field: str = "",
) -> AuditEntry | None:
    """Writes down the rows of other people that the actor was shown; none, nothing.

    `person` leads from a row to the person it is about; `field` names what of it was shown,
    where that is less than the row.
    """
    others = rows.exclude(**{f"{person}__user": actor}).order_by("pk")
    if not (read := list(others.values_list("pk", flat=True))):
        return None
    options = rows.model._meta
    return record(
        actor=actor,
        verb=Verb.VIEW,
        at=at,
        label=str(options.verbose_name),
        detail={"object_type": options.label_lower, "ids": read}
        | ({"field": field} if field else {}),
    )
