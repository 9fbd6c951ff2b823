"""What happened to a member's records since they last looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone

from accounts.choices import Verb
from accounts.models import AuditChange, AuditEntry, User
from dossiers.selectors.disputable import RECORD_TYPES, RecordType, shown
from dossiers.selectors.own import anchor_of
from members.models import Member
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


def record_news(*, user: User, seats: Iterable[Member], since: datetime) -> list[NewsGroup]:
    """The latest first; what the account did itself is none."""
    own = list(seats)
    found = [item for entry in RECORD_TYPES.values() for item in _of_type(entry, own, user, since)]
    groups: dict[tuple[NewsKind, str, date, int], list[News]] = {}
    for item in sorted(found, key=lambda item: (item.at, item.date), reverse=True):
        key = (item.kind, item.anchor, timezone.localdate(item.at), item.date.year)
        groups.setdefault(key, []).append(item)
    return [NewsGroup(items[0], len(items)) for items in groups.values()]


def _of_type(entry: RecordType, seats: list[Member], user: User, since: datetime) -> Iterable[News]:
    records = {record.pk: record for record in entry.of(seats)}
    owners = _owners(entry, records.values())
    touched = _changes(owners, user, since) if owners else ()
    latest: dict[int, tuple[NewsKind, datetime]] = {}
    for label, key, before, moment in touched:
        pk = owners.get((label, key))
        if pk is None:
            continue
        kind = _kind(label == entry.label, label in ADOPTED, is_new=before is None)
        known = latest.get(pk)
        # Of one act the weightiest is told: a record entered together with its adoption is new.
        if known is None or known[1] != moment or WEIGHT[kind] > WEIGHT[known[0]]:
            latest[pk] = (kind, moment)
    return [_news(entry, records[pk], kind, moment) for pk, (kind, moment) in latest.items()]


def _changes(owners: dict[tuple[str, str], int], user: User, since: datetime) -> QuerySet[Any, Any]:
    """What others changed of these rows, in the order it was done."""
    changes = AuditChange.objects.filter(
        Q(entry__actor__isnull=True) | ~Q(entry__actor=user),
        entry__at__gte=since,
        object_type__in={label for label, _ in owners},
        object_id__in=[key for _, key in owners],
    )
    return changes.order_by("entry_id", "position").values_list(
        "object_type", "object_id", "before", "entry__at"
    )


def _owners(entry: RecordType, records: Iterable[Any]) -> dict[tuple[str, str], int]:
    """Keys of the rows and of their parts, as the trail names them, with the record's."""
    found: dict[tuple[str, str], int] = {}
    for record in records:
        rows = [record, *(row for part in entry.parts for row in getattr(record, part).all())]
        found |= {(row._meta.label_lower, str(row.pk)): record.pk for row in rows}
    return found


def _kind(is_record: bool, is_adoption: bool, *, is_new: bool) -> NewsKind:
    if is_new and is_record:
        return NewsKind.ENTERED
    return NewsKind.ADOPTED if is_new and is_adoption else NewsKind.CORRECTED


def _news(entry: RecordType, record: Any, kind: NewsKind, moment: datetime) -> News:
    told = shown(record)
    return News(kind, entry.heading, anchor_of(entry), told.title, told.date, moment)
