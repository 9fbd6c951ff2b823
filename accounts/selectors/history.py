"""What the audit trail says of one row, in words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.audit import plain_value
from accounts.models import AuditChange

#: Moved by every save; they tell a reader nothing.
BOOKKEEPING = frozenset({"id", "version", "recorded_by", "recorded_at"})
EMPTY = "（空）"
BLANK: tuple[object, ...] = (None, "", [])


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryItem:
    """One act on the row. `is_first` where the row was created, `is_last` where deleted.

    `act` names what was done, where the row's own screen has a name for it. `reason` is empty
    where the act was on another row: who reads this one need not be one who reads that one.
    """

    sequence: int
    at: datetime
    actor: str
    verb: str
    act: str
    reason: str
    fields: list[FieldChange]
    is_first: bool
    is_last: bool


def changes_to(obj: Model) -> QuerySet[AuditChange]:
    """The row's changes, the latest first."""
    return (
        AuditChange.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
        .select_related("entry")
        .order_by("-entry_id", "-position")
    )


def replaced_names(obj: Model, *, seen_version: int, given: Mapping[str, Any]) -> list[str]:
    """Of values given once more with an older version, the names of those that were stored as the
    very next one: nothing of them is lost, and somebody has replaced them since.
    """
    change = changes_to(obj).filter(after__version=seen_version + 1).first()
    stored = (change.after if change else None) or {}
    return [name for name, value in given.items() if name in stored and stored[name] == _as(value)]


def _as(value: Any) -> Any:
    """As a save keeps it: a browser sends its own line ends."""
    plain = plain_value(value)
    return plain.replace("\r\n", "\n") if isinstance(plain, str) else plain


def readable(
    changes: Iterable[AuditChange],
    model: type[Model],
    hidden: Iterable[str] = (),
    act_of: Callable[[dict[str, Any]], str] = lambda detail: "",
) -> list[HistoryItem]:
    """The changes with labels for field names, choices and foreign keys, without hidden fields.

    `act_of` names the act by the detail of its entry. What moved hidden fields alone is left out.
    One query for each foreign key of the model, however many the changes.
    """
    unseen = BOOKKEEPING | set(hidden)
    rows = [row for row in changes if tells_something(row, unseen)]
    names = {name for row in rows for side in (row.before, row.after) for name in side or {}}
    fields = {name: field_of(model, name) for name in names - unseen}
    order = [field.name for field in model._meta.get_fields() if field.name in fields]
    related = {
        name: labels_of(field, rows)
        for name, field in fields.items()
        if isinstance(field, ForeignKey | ManyToManyField)
    }

    def shown(name: str, values: dict[str, Any] | None) -> str:
        value = (values or {}).get(name)
        if value in BLANK:
            return EMPTY
        if name in related:
            known = related[name]
            return "、".join(known.get(key, f"（已不存在，编号 {key}）") for key in keys_in(value))
        return worded(fields[name], value)

    return [
        HistoryItem(
            sequence=row.entry_id,
            at=row.entry.at,
            actor=row.entry.actor_name,
            verb=row.entry.get_verb_display(),
            act=act_of(row.entry.detail) if is_on_row(row) else "",
            reason=row.entry.reason if is_on_row(row) else "",
            fields=[
                FieldChange(
                    label_of(fields[name], name), shown(name, row.before), shown(name, row.after)
                )
                for name in order
                if name in (row.after or row.before or {})
                if (row.after and row.before) or (row.after or row.before or {})[name] not in BLANK
            ],
            is_first=row.before is None,
            is_last=row.after is None,
        )
        for row in rows
    ]


def is_on_row(change: AuditChange) -> bool:
    """Whether the act was on the row itself, and did not only touch it."""
    entry = change.entry
    return (entry.object_type, entry.object_id) == (change.object_type, change.object_id)


def tells_something(change: AuditChange, unseen: set[str] | frozenset[str]) -> bool:
    """Not where every value it moved is unseen; a row made, deleted or acted on is told of."""
    if change.before is None or change.after is None:
        return True
    if is_on_row(change) and (change.entry.reason or change.entry.detail):
        return True
    return not set(change.after) <= unseen


def field_of(model: type[Model], name: str) -> Field | None:
    """The field, or None where the model no longer has it."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, Field) else None


def label_of(field: Field | None, name: str) -> str:
    return str(field.verbose_name) if field else name


def labels_of(
    field: "ForeignKey | ManyToManyField[Any, Any]", rows: list[AuditChange]
) -> dict[Any, str]:
    sides = [side for row in rows for side in (row.before, row.after) if side is not None]
    keys = {key for side in sides for key in keys_in(side.get(field.name))}
    manager = field.related_model._base_manager
    return {key: str(obj) for key, obj in manager.in_bulk(keys).items()}


def keys_in(value: Any) -> list[Any]:
    """Of one related row, or of many."""
    return [key for key in (value if isinstance(value, list) else [value]) if key is not None]


def worded(field: Field | None, value: Any) -> str:
    if field is not None and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and "T" in value and (moment := parse_datetime(value)):
        return f"{moment.astimezone(timezone.get_current_timezone()):%Y-%m-%d %H:%M}"
    return str(value)
