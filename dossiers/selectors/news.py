"""What happened to a member's records since they last looked."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextChoices, Value
from django.utils import timezone

from accounts.choices import Verb
from accounts.models import AuditChange, AuditEntry, User
from dossiers.selectors.disputable import RECORD_TYPES
from dossiers.selectors.own import HeldRecord, anchor_of
from proposals.models import OpinionAdoption, OpinionInstruction

#: News is never older than this, nor younger than a first visit would show.
LONGEST, FIRST = timedelta(days=60), timedelta(days=14)
ADOPTED = {OpinionAdoption._meta.label_lower, OpinionInstruction._meta.label_lower}


class NewsKind(TextChoices):
    ENTERED = "entered", "新录入"
    CORRECTED = "corrected", "有更正"
    ADOPTED = "adopted", "被采用"


WEIGHT = {NewsKind.CORRECTED: 0, NewsKind.ADOPTED: 1, NewsKind.ENTERED: 2}


@dataclass(frozen=True)
class News:
    """The last that happened to one record."""

    kind: NewsKind
    heading: str
    anchor: str
    title: str
    date: date
    at: datetime


def news_since(*, user: User, at: datetime) -> datetime:
    """The sign-in before this one; who signs in for the first time hears of two weeks."""
    entries = AuditEntry.objects.filter(
        actor=user, verb=Verb.SIGN_IN, at__gte=at - LONGEST, at__lte=at
    )
    before = entries.order_by("-sequence").values_list("at", flat=True)[1:2]
    return next(iter(before), at - FIRST)


@dataclass(frozen=True)
class NewsGroup:
    """What happened to records of one kind on one day; `first` stands for all `count` of them."""

    first: News
    count: int


def record_news(*, user: User, records: Collection[HeldRecord], since: datetime) -> list[NewsGroup]:
    """The latest first; what the account did itself is none."""
    touched = _touched(records, user, since)
    found = [item for label, latest in touched.items() for item in _of_type(label, latest)]
    groups: dict[tuple[NewsKind, str, date, int], list[News]] = {}
    for item in sorted(found, key=lambda item: (item.at, item.date), reverse=True):
        key = (item.kind, item.anchor, timezone.localdate(item.at), item.date.year)
        groups.setdefault(key, []).append(item)
    return [NewsGroup(items[0], len(items)) for items in groups.values()]


#: Type and key of a row, as the trail names it.
Name = tuple[str, str]
#: Of records of one type, by key: what happened last.
Latest = dict[int, tuple[NewsKind, datetime]]


def _touched(records: Collection[HeldRecord], user: User, since: datetime) -> dict[str, Latest]:
    """By type, the records that others changed, or a part of which they changed."""
    owners = {(record.label, str(record.pk)): record for record in records} | _parts(records)
    found: dict[str, Latest] = {label: {} for label in RECORD_TYPES}
    for label, key, before, moment in _changes(owners, user, since) if owners else ():
        record = owners[label, key]
        latest = found[record.label]
        kind = _kind(label == record.label, label in ADOPTED, is_new=before is None)
        known = latest.get(record.pk)
        # Of one act the weightiest is told: a record entered together with its adoption is new.
        if known is None or known[1] != moment or WEIGHT[kind] > WEIGHT[known[0]]:
            latest[record.pk] = (kind, moment)
    return found


def _parts(records: Collection[HeldRecord]) -> dict[Name, HeldRecord]:
    """The rows that belong to records, each with its record."""
    known = {(record.label, record.pk): record for record in records}
    queries: list[QuerySet[Any, Any]] = []
    for label, entry in RECORD_TYPES.items():
        keys = [pk for of, pk in known if of == label]
        for part in entry.parts if keys else ():
            link = getattr(entry.model, part).field
            rows = link.model._default_manager.filter(**{f"{link.name}__in": keys}).order_by()
            queries.append(
                rows.values_list(
                    Value(link.model._meta.label_lower), "pk", Value(label), link.attname
                )
            )
    if not queries:
        return {}
    first, *others = queries
    rows = first.union(*others, all=True) if others else first
    return {(part, str(pk)): known[label, record] for part, pk, label, record in rows}


def _changes(names: Iterable[Name], user: User, since: datetime) -> QuerySet[Any, Any]:
    """What others changed of these rows, in the order it was done."""
    keys: dict[str, list[str]] = {}
    for label, key in names:
        keys.setdefault(label, []).append(key)
    named = Q()
    for label, own in keys.items():
        named |= Q(object_type=label, object_id__in=own)
    changes = AuditChange.objects.filter(
        Q(entry__actor__isnull=True) | ~Q(entry__actor=user), named, entry__at__gte=since
    )
    return changes.order_by("entry_id", "position").values_list(
        "object_type", "object_id", "before", "entry__at"
    )


def _kind(is_record: bool, is_adoption: bool, *, is_new: bool) -> NewsKind:
    if is_new and is_record:
        return NewsKind.ENTERED
    return NewsKind.ADOPTED if is_new and is_adoption else NewsKind.CORRECTED


def _of_type(label: str, latest: Latest) -> Iterator[News]:
    if not latest:
        return
    entry = RECORD_TYPES[label]
    records = entry.read(entry.model._default_manager.all()).in_bulk(latest)
    for pk, (kind, moment) in latest.items():
        if pk in records:  # unless it was deleted this very moment
            title, on = entry.title(records[pk]), entry.on(records[pk])
            yield News(kind, entry.heading, anchor_of(entry), title, on, moment)
