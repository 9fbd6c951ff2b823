"""Saving many rows at once: what `save_record` does for one, in a fixed number of statements.

The caller has checked the rows as a set (per row `full_clean()` would be a query a row), holds
the transaction, and records one audit entry with the changes returned; the constraints of the
database stand behind both.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from accounts.services.records import RecordGoneError
from core.models import Recorded

Values = Mapping[str, Any]
#: Names a row for the audit trail from its values by attribute.
Label = Callable[[Values], str]

#: Rows read back, or amended, at once.
ROWS_A_STATEMENT = 1000
ROWS_A_READING = 5000
#: For databases that set no limit of their own.
PARAMETERS_A_STATEMENT = 30_000


@dataclass(frozen=True)
class Batch:
    """Checked rows of one kind: those to add, and by key the fields to amend.

    The services that take one say by which names they know the fields.
    """

    added: Sequence[Values] = ()
    amended: Mapping[int, Values] = field(default_factory=dict)


def save_batch(
    model: type[models.Model],
    batch: Batch,
    *,
    references: Mapping[str, Mapping[Any, int]],
    actor: User | None,
    at: datetime,
    label: Label,
    shared: Values | None = None,
) -> list[Change]:
    """Amends, then adds. `shared` values are the same for all added rows (the term).

    `references` gives, by field, the keys of the rows the values name.
    """
    amended = {pk: keyed(values, references) for pk, values in batch.amended.items()}
    changes = amend_rows(model, amended, label=label)
    same = shared or {}
    rows = [{**same, **keyed(values, references)} for values in batch.added]
    return changes + add_rows(model, rows, actor=actor, at=at, label=label)[1]


def keyed(values: Values, references: Mapping[str, Mapping[Any, int]]) -> dict[str, Any]:
    """The values with each reference (member "0012") replaced by its key (member_id 7).

    A reference to nothing stays nothing.
    """
    replaced = dict(values)
    for name, keys in references.items():
        if name in replaced:
            named = replaced.pop(name)
            replaced[f"{name}_id"] = None if named is None else keys[named]
    return replaced


def add_rows(
    model: type[models.Model],
    rows: Sequence[Values],
    *,
    actor: User | None,
    at: datetime,
    label: Label,
) -> tuple[list[int], list[Change]]:
    """Creates rows from values by attribute, the rest by default; their keys and changes.

    Written in plain statements: an instance a row takes `bulk_create` four times as long.
    """
    stamp: dict[str, Any] = {}
    if issubclass(model, Recorded):
        stamp = {"recorded_by_id": actor and actor.pk, "recorded_at": at, "version": 1}
    columns = [
        _Column(field, stamp) for field in model._meta.concrete_fields if not field.primary_key
    ]
    keys = _insert(model, columns, [[c.stored(row) for c in columns] for row in rows])
    audited = {attribute for _, attribute in audit.audited_fields(model)}
    shown = [column for column in columns if column.attribute in audited]
    key_name = model._meta.pk.name
    changes = [
        Change(
            object_type=model._meta.label_lower,
            object_id=str(key),
            label=label(row)[:200],
            before=None,
            after={key_name: key, **{column.name: column.plain(row) for column in shown}},
        )
        for key, row in zip(keys, rows, strict=True)
    ]
    return keys, changes


class _Column:
    """One column of many new rows; each distinct value is prepared once."""

    def __init__(self, column: "models.Field[Any, Any]", stamp: Values) -> None:
        self.name, self.attribute, self.column = column.name, column.attname, str(column.column)
        self._field = column
        self._default = stamp.get(self.attribute, column.get_default())
        self._stored: dict[Any, Any] = {}
        self._plain: dict[Any, Any] = {}

    def stored(self, row: Values) -> Any:
        """As the database driver takes it."""
        value = row.get(self.attribute, self._default)
        if value not in self._stored:
            self._stored[value] = self._field.get_db_prep_save(value, connection)
        return self._stored[value]

    def plain(self, row: Values) -> Any:
        """As the audit trail keeps it."""
        value = row.get(self.attribute, self._default)
        if value not in self._plain:
            self._plain[value] = audit.plain_value(value)
        return self._plain[value]


def _insert(
    model: type[models.Model], columns: Sequence[_Column], rows: Sequence[Sequence[Any]]
) -> list[int]:
    quote = connection.ops.quote_name
    names = ", ".join(quote(column.column) for column in columns)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    slots = f"({', '.join(['%s'] * len(columns))})"
    limit = connection.features.max_query_params or PARAMETERS_A_STATEMENT
    step = max(1, limit // len(columns))
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([slots] * len(part))} "  # noqa: S608 -- names come from the model, values are parameters
                f"RETURNING {key}",
                [value for row in part for value in row],
            )
            keys += [returned for (returned,) in cursor.fetchall()]
    return keys


def amend_rows(
    model: type[models.Model], values: Mapping[int, Values], *, label: Label
) -> list[Change]:
    """Gives the rows with these keys new values (by attribute) and a new version.

    Raises RecordGoneError where one of them is no longer there.
    """
    changes: list[Change] = []
    keys = list(values)
    for start in range(0, len(keys), ROWS_A_READING):
        part = keys[start : start + ROWS_A_READING]
        rows = model._base_manager.select_for_update(no_key=True).in_bulk(part)
        if len(rows) != len(part):
            raise RecordGoneError("要修改的记录已被他人删除，请重新预览后再导入。")
        changes += _amend(model, rows, values, label)
    return changes


def _amend(
    model: type[models.Model],
    rows: Mapping[int, models.Model],
    values: Mapping[int, Values],
    label: Label,
) -> list[Change]:
    changes = []
    touched: set[str] = set()
    for pk, row in rows.items():
        before = audit.snapshot(row)
        for attribute, value in values[pk].items():
            setattr(row, attribute, value)
        touched.update(values[pk])
        if isinstance(row, Recorded):
            row.version += 1
            touched.add("version")
        after = audit.snapshot(row)
        changes.append(audit.changes_of(row, before, after, label=label(vars(row))))
    names = {column.attname: column.name for column in model._meta.concrete_fields}
    fields = sorted(names[attribute] for attribute in touched)
    if fields:
        model._base_manager.bulk_update(rows.values(), fields, batch_size=ROWS_A_STATEMENT)
    return changes
