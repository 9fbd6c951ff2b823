"""The audit trail: one entry an act, each sealed together with the one before it.

The seal is HMAC-SHA256 under `AUDIT_KEY` over the canonical text of the entry and of its
changes: whoever edits the database without the key is found, and the sequence tells where.
"""

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, models

from accounts.choices import Verb
from accounts.models import AuditChange, AuditEntry, AuditHead, User
from core.bulk import insert_values
from core.requests import current_trace

#: What is sealed of an entry, in this order, besides its changes.
ENTRY_FIELDS = (
    "sequence",
    "at",
    "actor_id",
    "actor_name",
    "roles",
    "address",
    "request_id",
    "verb",
    "object_type",
    "object_id",
    "object_label",
    "succeeded",
    "reason",
    "detail",
    "previous_digest",
)
#: Columns of a change, in the order they are sealed and stored.
CHANGE_FIELDS = ("position", "object_type", "object_id", "object_label", "before", "after")
SYSTEM_NAME = "系统"
ANONYMOUS_NAME = "未登录者"

Snapshot = dict[str, Any]
ChangeRow = tuple[int, str, str, str, str | None, str | None]


class AuditOutsideTransactionError(Exception):
    """An entry must be committed with what it tells of, or not at all."""


class AuditHeadMissingError(Exception):
    """The row that is locked to append is gone: the trail has been tampered with."""


@dataclass(frozen=True)
class Change:
    """One row touched by an act: the values that differ, before and after.

    `before` is None for a row that was created, `after` for one that was deleted.
    """

    object_type: str
    object_id: str
    label: str
    before: Snapshot | None
    after: Snapshot | None

    @property
    def is_empty(self) -> bool:
        return self.before == self.after


def snapshot(obj: models.Model) -> Snapshot:
    """The stored values of a row by field name, fit for JSON; a foreign key as its key.

    Fields the model lists in `unaudited_fields` (secrets) are left out.
    """
    return {
        name: plain_value(getattr(obj, attribute)) for name, attribute in audited_fields(type(obj))
    }


@cache
def audited_fields(model: type[models.Model]) -> tuple[tuple[str, str], ...]:
    secret = getattr(model, "unaudited_fields", frozenset())
    return tuple(
        (field.name, field.attname)
        for field in model._meta.concrete_fields
        if field.name not in secret
    )


def plain_value(value: Any) -> Any:
    """The value as JSON keeps it on every database: numbers that are not whole become text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(item) for item in value]
    if isinstance(value, models.Model):
        return plain_value(value.pk)
    return str(value)


def changes_of(
    obj: models.Model,
    before: Snapshot | None,
    after: Snapshot | None,
    *,
    label: str | None = None,
) -> Change:
    """What differs between two snapshots of a row; give a `label` to spare `str(obj)` a query."""
    if before is not None and after is not None:
        differing = [name for name in after if before.get(name) != after[name]]
        before = {name: before.get(name) for name in differing}
        after = {name: after[name] for name in differing}
    return Change(
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        label=(str(obj) if label is None else label)[:200],
        before=before,
        after=after,
    )


def record(
    *,
    actor: User | AnonymousUser | None,
    verb: Verb,
    at: datetime,
    obj: models.Model | None = None,
    label: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    changes: Iterable[Change] = (),
    succeeded: bool = True,
) -> AuditEntry:
    """Appends an entry; `actor` None is the system itself.

    Raises AuditOutsideTransactionError outside a transaction. Appending locks the head of the
    chain until the transaction ends: call it last.
    """
    if not connection.in_atomic_block:
        raise AuditOutsideTransactionError("审计记录必须与所记的改动在同一事务中写入。")
    head = AuditHead.objects.select_for_update(no_key=True).filter(pk=1).first()
    if head is None:
        raise AuditHeadMissingError(
            "审计链头缺失，审计记录可能已被破坏。请运行 verify_audit 查明。"
        )
    trace = current_trace()
    known = actor if isinstance(actor, User) else None
    entry = AuditEntry(
        sequence=head.sequence + 1,
        at=at,
        actor=known,
        actor_name=actor_name(actor),
        roles=",".join(sorted(known.role_codes)) if known else "",
        address=trace.address,
        request_id=trace.request_id,
        verb=Verb(verb),
        object_type=obj._meta.label_lower if obj else "",
        object_id=str(obj.pk) if obj else "",
        object_label=(label or (str(obj) if obj else ""))[:200],
        succeeded=succeeded,
        reason=reason,
        detail=plain_value(detail or {}),
        previous_digest=head.digest,
    )
    seal = EntrySeal(*(getattr(entry, name) for name in ENTRY_FIELDS))
    rows = [
        seal.add(position, row.object_type, row.object_id, row.label, row.before, row.after)
        for position, row in enumerate(changes, start=1)
    ]
    entry.digest = seal.digest()
    entry.save(force_insert=True)
    _store_changes(entry, rows)
    head.sequence, head.digest = entry.sequence, entry.digest
    head.seal = head_seal(head.sequence, head.digest)
    head.save(force_update=True)
    return entry


def actor_name(actor: User | AnonymousUser | None) -> str:
    if actor is None:
        return SYSTEM_NAME
    return actor.name if isinstance(actor, User) else ANONYMOUS_NAME


class EntrySeal:
    """Digests an entry, given by its values in the order of ENTRY_FIELDS, then its changes."""

    def __init__(self, sequence: int, at: datetime, *values: Any) -> None:
        self._hmac = hmac.new(settings.AUDIT_KEY.encode(), b"entry\n", "sha256")
        self._write((sequence, at.astimezone(UTC).isoformat(), *values))

    def add(
        self,
        position: int,
        object_type: str,
        object_id: str,
        label: str,
        before: Snapshot | None,
        after: Snapshot | None,
    ) -> ChangeRow:
        """Takes in one change; returns the columns of its row, both sides as JSON text."""
        names = (position, object_type, object_id, label)
        texts = (_text(before), _text(after))
        self._write(names, *texts)
        return (*names, *texts)

    def digest(self) -> str:
        return self._hmac.hexdigest()

    def _write(self, values: tuple[Any, ...], *texts: str | None) -> None:
        lines = [_canonical.encode(values), *(text or "" for text in texts), ""]
        self._hmac.update("\n".join(lines).encode())


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _text(values: Snapshot | None) -> str | None:
    return None if values is None else _canonical.encode(values)


def _store_changes(entry: AuditEntry, rows: Sequence[ChangeRow]) -> None:
    """In one statement, however many the act touched."""
    insert_values(AuditChange, ("entry", *CHANGE_FIELDS), [(entry.sequence, *row) for row in rows])


def head_seal(sequence: int, digest: str) -> str:
    """Proves that the chain ended here: without the key, a cut tail cannot be re-sealed."""
    text = f"head\n{sequence}\n{digest}".encode()
    return hmac.new(settings.AUDIT_KEY.encode(), text, "sha256").hexdigest()
