"""Saving and deleting one row of any kind, with its audit entry and without lost updates."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.contrib.admin.utils import NestedObjects
from django.db import models, router, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from core.models import Recorded
from core.refusals import RefusalError

Row = TypeVar("Row", bound=models.Model)

#: Fields that every save moves; they tell an editor nothing about what the other one changed.
BOOKKEEPING_FIELDS = frozenset({"version", "recorded_by", "recorded_at"})


class StaleRecordError(RefusalError):
    """Somebody changed the row after it was read.

    `conflicts` holds (label of the field, value stored now, value about to be saved).
    """

    def __init__(self, obj: models.Model, conflicts: list[tuple[str, str, str]]) -> None:
        self.conflicts = conflicts
        differences = "；".join(
            f"{label}现为“{stored or '空'}”，您填的是“{given or '空'}”"
            for label, stored, given in conflicts
        )
        super().__init__(
            f"“{obj}”在您打开之后已被他人修改，您的改动没有保存。"
            + (f"不同之处：{differences}。" if differences else "")
            + "请重新打开页面，核对后再改。"
        )


class RecordGoneError(RefusalError):
    """The row was deleted after it was read."""


class RecordInUseError(RefusalError):
    """Other rows refer to the row, so it cannot be deleted."""


class ReasonMissingError(RefusalError):
    """An act that must be explained was not."""


@transaction.atomic
def save_record(
    *,
    obj: Row,
    actor: User | None,
    at: datetime,
    reason: str = "",
    seen_version: int | None = None,
) -> Row:
    """Creates the row or saves its changes, with one audit entry; nothing where nothing differs.

    `seen_version` is the version the editor had in front of them (default: the one `obj` was
    loaded with). Raises StaleRecordError, RecordGoneError or django's ValidationError.
    """
    if obj._state.adding:
        return _create(obj, actor, at, reason)
    stored = lock_stored(obj)
    if isinstance(obj, Recorded):
        refuse_stale(obj, stored, obj.version if seen_version is None else seen_version)
        obj.version = seen_version or obj.version
    before = audit.snapshot(stored)
    if audit.snapshot(obj) == before:
        return obj
    if isinstance(obj, Recorded):
        obj.version += 1
    obj.full_clean()
    obj.save()
    change = audit.changes_of(obj, before, audit.snapshot(obj))
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=obj,
        label=change.label,
        reason=reason,
        changes=[change],
    )
    return obj


def _create(obj: Row, actor: User | None, at: datetime, reason: str) -> Row:
    if isinstance(obj, Recorded):
        obj.recorded_by, obj.recorded_at, obj.version = actor, at, 1
    obj.full_clean()
    obj.save(force_insert=True)
    change = audit.changes_of(obj, None, audit.snapshot(obj))
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=obj,
        label=change.label,
        reason=reason,
        changes=[change],
    )
    return obj


@transaction.atomic
def delete_record(*, obj: models.Model, actor: User | None, at: datetime, reason: str) -> None:
    """Deletes the row with the rows that are part of it; all of them are kept in the audit entry.

    Raises ReasonMissingError or RecordInUseError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明删除事由。")
    stored = lock_stored(obj)
    doomed = NestedObjects(using=router.db_for_write(type(obj)))
    doomed.collect([stored])
    if doomed.protected:
        raise RecordInUseError(
            f"“{stored}”不能删除：还有{_counted(doomed.protected)}与它关联。请先处理这些记录。"
        )
    rows = [row for instances in doomed.data.values() for row in instances]
    rows.sort(key=lambda row: row != stored)
    changes = [audit.changes_of(row, audit.snapshot(row), None) for row in rows]
    label = str(stored)
    audit.record(
        actor=actor,
        verb=Verb.DELETE,
        at=at,
        obj=stored,
        label=label,
        reason=reason.strip(),
        changes=changes,
    )
    stored.delete()


def lock_stored(obj: Row) -> Row:
    """The row as stored now, locked until the transaction ends."""
    stored = type(obj)._base_manager.select_for_update(no_key=True).filter(pk=obj.pk).first()
    if stored is None:
        raise RecordGoneError(f"“{obj}”已被他人删除。")
    return stored


def refuse_stale(obj: models.Model, stored: models.Model, seen_version: int) -> None:
    """Raises StaleRecordError where the stored row is no longer at the version seen."""
    if stored.version != seen_version:  # type: ignore[attr-defined]
        raise StaleRecordError(stored, differences(stored, obj))


def differences(stored: models.Model, given: models.Model) -> list[tuple[str, str, str]]:
    """(label of the field, value stored, value given) wherever the two rows differ."""
    return [
        (str(field.verbose_name), _shown(stored, field), _shown(given, field))
        for field in stored._meta.concrete_fields
        if field.name not in BOOKKEEPING_FIELDS
        if field.value_from_object(stored) != field.value_from_object(given)
    ]


def state_mark(obj: models.Model) -> str:
    """A mark that changes whenever the row does: its version, else a digest of its values."""
    if isinstance(obj, Recorded):
        return str(obj.version)
    text = json.dumps(audit.snapshot(obj), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shown(obj: models.Model, field: models.Field) -> str:
    display = getattr(obj, f"get_{field.name}_display", None)
    value = display() if display else getattr(obj, field.name)
    return "" if value is None else str(value)


def _counted(rows: Iterable[models.Model]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        kind = str(row._meta.verbose_name)
        counts[kind] = counts.get(kind, 0) + 1
    return "、".join(f"{count}条{kind}" for kind, count in counts.items())
