"""Saving many rows at once: what `save_record` does for one, in a fixed number of statements.

The caller has checked the rows as a set (per row `full_clean()` would be a query a row), holds
the transaction, and records one audit entry with the changes returned; the constraints of the
database stand behind both.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from accounts.services.records import RecordGoneError
from core.models import Recorded

Row = TypeVar("Row", bound=models.Model)

#: Rows a statement carries; the database backend lowers it where it must.
ROWS_A_STATEMENT = 1000
#: Rows read back at once to be amended.
ROWS_A_READING = 5000


@dataclass(frozen=True)
class Batch:
    """Checked rows of one kind: those to add, and by key the fields to amend.

    The services that take one say by which names they know the fields.
    """

    added: Sequence[Mapping[str, Any]] = ()
    amended: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def save_batch(
    model: type[Row],
    batch: Batch,
    *,
    references: Mapping[str, Mapping[Any, int]],
    actor: User | None,
    at: datetime,
    label: Callable[[Row], str],
    **shared: Any,
) -> list[Change]:
    """Amends, then adds. `shared` are the same for all added rows (the term).

    `references` gives, by field, the keys of the rows the values name.
    """
    amended = {pk: keyed(values, references) for pk, values in batch.amended.items()}
    changes = amend_rows(model, amended, label=label)
    rows = [model(**shared, **keyed(values, references)) for values in batch.added]
    return changes + add_rows(rows, actor=actor, at=at, label=label)


def keyed(values: Mapping[str, Any], references: Mapping[str, Mapping[Any, int]]) -> dict[str, Any]:
    """The values with each reference (member "0012") replaced by its key (member_id 7).

    A reference to nothing stays nothing.
    """
    return {
        (f"{name}_id" if name in references else name): (
            references[name][value] if name in references and value is not None else value
        )
        for name, value in values.items()
    }


def add_rows(
    rows: Sequence[Row], *, actor: User | None, at: datetime, label: Callable[[Row], str]
) -> list[Change]:
    """Creates the rows; afterwards they have their keys."""
    if not rows:
        return []
    for row in rows:
        if isinstance(row, Recorded):
            row.recorded_by, row.recorded_at, row.version = actor, at, 1
    type(rows[0])._base_manager.bulk_create(rows, batch_size=ROWS_A_STATEMENT)
    return [audit.changes_of(row, None, audit.snapshot(row), label=label(row)) for row in rows]


def amend_rows(
    model: type[Row], values: Mapping[int, Mapping[str, Any]], *, label: Callable[[Row], str]
) -> list[Change]:
    """Gives the rows with these keys new values (by attribute name) and a new version.

    Raises RecordGoneError where one of them is no longer there.
    """
    changes: list[Change] = []
    keys = list(values)
    for start in range(0, len(keys), ROWS_A_READING):
        part = keys[start : start + ROWS_A_READING]
        rows = model._base_manager.select_for_update().in_bulk(part)
        if len(rows) != len(part):
            raise RecordGoneError("要修改的记录已被他人删除，请重新预览后再导入。")
        changes += _amend(model, rows, values, label)
    return changes


def _amend(
    model: type[Row],
    rows: Mapping[int, Row],
    values: Mapping[int, Mapping[str, Any]],
    label: Callable[[Row], str],
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
        changes.append(audit.changes_of(row, before, audit.snapshot(row), label=label(row)))
    fields = _field_names(model, touched)
    if fields:
        model._base_manager.bulk_update(rows.values(), fields, batch_size=ROWS_A_STATEMENT)
    return changes


def _field_names(model: type[models.Model], attributes: Iterable[str]) -> list[str]:
    names = {field.attname: field.name for field in model._meta.concrete_fields}
    return sorted(names[attribute] for attribute in attributes)
