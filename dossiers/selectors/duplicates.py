"""Records that may be the same one entered twice: one member, near dates, near titles.

Nothing follows from a suspicion by itself; a person looks at both and decides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from attendance.models import OutsideInvitation, Speech
from members.choices import RecordKind
from members.models import Commendation, Term
from members.selectors.duties import Duties
from proposals.models import (
    Article,
    CoSponsorship,
    DistinctPair,
    OpinionAuthorship,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
)

#: They are looked for among records dated no longer ago.
SUSPECTS_SINCE = timedelta(days=365)
#: Dates this many days apart are still near.
NEAR_DAYS = 30
#: Titles at least this alike (0 to 1, punctuation left out) are near.
LIKENESS = 0.85
PUNCTUATION = re.compile(r"[\s\W_]+")

PairKey = tuple[int, int]


@dataclass(frozen=True)
class Alike:
    """How the records of one kind are compared.

    `links` leads from a table of members to the record; without one the record names its member.
    """

    model: type[Model]
    term: str
    title: str
    on: str
    member: str = ""
    links: tuple[tuple[type[Model], str], ...] = ()
    organiser: str = ""


COMPARED: Mapping[RecordKind, Alike] = {
    RecordKind.PROPOSAL: Alike(
        Proposal, "term", "title", "submitted_date", "lead_sponsor", ((CoSponsorship, "proposal"),)
    ),
    RecordKind.OPINION: Alike(
        PublicOpinionReport, "term", "title", "reported_date", "", ((OpinionAuthorship, "report"),)
    ),
    RecordKind.RESEARCH: Alike(
        Research,
        "term",
        "title",
        "completed_date",
        "",
        ((ResearchParticipation, "research"),),
        "organiser",
    ),
    RecordKind.ARTICLE: Alike(Article, "term", "title", "published_date", "member"),
    RecordKind.SPEECH: Alike(
        Speech, "meeting__term", "title", "meeting__start_date", "member", (), "meeting__organiser"
    ),
    RecordKind.INVITATION: Alike(OutsideInvitation, "member__term", "title", "date", "member"),
    RecordKind.CONDUCT: Alike(Commendation, "member__term", "kind", "date", "member"),
}


@dataclass(frozen=True, slots=True)
class Entered:
    """A record as it is compared."""

    pk: int
    on: date
    title: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """Two records (primary keys in order) of one kind that may be the same."""

    kind: RecordKind
    first: int
    second: int
    likeness: float


def likeness(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1; spaces and punctuation do not count."""
    return _likeness(_plain(one), _plain(other))


def suspects(*, term: Term, duties: Duties, user: User, since: date, until: date) -> list[Suspect]:
    """All pairs of the kinds collected, not yet found distinct, the latest entered first.

    At least one of the two is dated within the period. The number of queries is fixed.
    """
    distinct = _distinct(term)
    found: list[Suspect] = []
    for kind, alike in COMPARED.items():
        if duties.opens(kind):
            records = _records(alike, collected(kind, term=term, duties=duties, user=user))
            for suspect in _pairs(kind, records, _by_member(alike, term, records)):
                near = any(
                    since <= records[key].on <= until for key in (suspect.first, suspect.second)
                )
                if near and (kind, suspect.first, suspect.second) not in distinct:
                    found.append(suspect)
    return sorted(found, key=lambda suspect: (-suspect.second, suspect.kind))


def suspects_of(kind: RecordKind, record: Model, *, term: Term) -> list[Suspect]:
    """The pairs one record may be half of, in a fixed number of queries."""
    alike = COMPARED.get(kind)
    if alike is None:
        return []
    members = _members_of(alike, record)
    done_by = Q(pk__in=[])
    if alike.member:
        done_by |= Q(**{f"{alike.member}__in": members})
    for links, parent in alike.links:
        keys = links._base_manager.filter(member__in=members).values(parent)
        done_by |= Q(pk__in=keys)
    rows = alike.model._base_manager.filter(done_by, **{alike.term: term})
    records = _records(alike, rows)
    mine = records.get(record.pk)
    if mine is None:
        return []
    distinct = _distinct(term)
    return [
        suspect
        for other in records.values()
        if other.pk != mine.pk
        if (suspect := _compared(kind, mine, other))
        if (kind, suspect.first, suspect.second) not in distinct
    ]


def collected(kind: RecordKind, *, term: Term, duties: Duties, user: User) -> QuerySet[Any]:
    """Records of the kind that fall to these duties; their own by others they only see."""
    alike = COMPARED[kind]
    rows = alike.model._default_manager.filter(**{alike.term: term}).visible_to(user)  # type: ignore[attr-defined]
    organisers = duties.organisers(kind)
    if not duties.opens(kind):
        return rows.none()
    return rows.filter(**{f"{alike.organiser}__in": organisers}) if organisers else rows


def _records(alike: Alike, rows: QuerySet[Any]) -> dict[int, Entered]:
    values = rows.order_by().values_list("pk", alike.on, alike.title)
    return {pk: Entered(pk, on, _plain(title)) for pk, on, title in values}


def _by_member(alike: Alike, term: Term, records: Mapping[int, Entered]) -> list[list[Entered]]:
    """The records of each member, in the order of their dates."""
    done: dict[int, list[Entered]] = {}
    for member, key in _authorship(alike, term):
        if key in records:
            done.setdefault(member, []).append(records[key])
    return [sorted(works, key=lambda work: (work.on, work.pk)) for works in done.values()]


def _authorship(alike: Alike, term: Term) -> Iterator[tuple[int, int]]:
    if alike.member:
        rows = alike.model._base_manager.filter(**{alike.term: term})
        yield from rows.values_list(f"{alike.member}_id", "pk")
    for links, parent in alike.links:
        rows = links._base_manager.filter(**{f"{parent}__term": term})
        yield from rows.values_list("member_id", f"{parent}_id")


def _members_of(alike: Alike, record: Model) -> list[int]:
    members = [getattr(record, f"{alike.member}_id")] if alike.member else []
    for links, parent in alike.links:
        members += links._base_manager.filter(**{parent: record}).values_list(
            "member_id", flat=True
        )
    return members


def _pairs(
    kind: RecordKind, records: Mapping[int, Entered], by_member: Iterable[Sequence[Entered]]
) -> list[Suspect]:
    seen: dict[PairKey, Suspect | None] = {}
    for works in by_member:
        for work, other in _near(works):
            key = min(work.pk, other.pk), max(work.pk, other.pk)
            if key not in seen:
                seen[key] = _compared(kind, work, other)
    return [suspect for suspect in seen.values() if suspect]


def _near(works: Sequence[Entered]) -> Iterator[tuple[Entered, Entered]]:
    """Pairs of near date among works in the order of their dates."""
    for place, work in enumerate(works):
        for other in works[place + 1 :]:
            if (other.on - work.on).days > NEAR_DAYS:
                break
            yield work, other


def _compared(kind: RecordKind, one: Entered, other: Entered) -> Suspect | None:
    if abs((one.on - other.on).days) > NEAR_DAYS:
        return None
    alike = _likeness(one.title, other.title)
    if alike < LIKENESS:
        return None
    return Suspect(kind, min(one.pk, other.pk), max(one.pk, other.pk), alike)


def _likeness(one: str, other: str) -> float:
    """0 where a quicker look already says that they are not near."""
    first, second = sorted((one, other))
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if matcher.real_quick_ratio() < LIKENESS or matcher.quick_ratio() < LIKENESS:
        return 0.0
    return matcher.ratio()


def _plain(title: str) -> str:
    return PUNCTUATION.sub("", title)


def _distinct(term: Term) -> set[tuple[str, int, int]]:
    rows = DistinctPair.objects.filter(term=term)
    return set(rows.values_list("kind", "first_id", "second_id"))


def records_like(
    kind: RecordKind, *, term: Term, members: Iterable[int], title: str, on: date
) -> list[Model]:
    """Records of these members (keys) that something not entered yet may be the same as."""
    alike = COMPARED[kind]
    keys = list(members)
    done_by = Q(pk__in=[])
    if alike.member:
        done_by |= Q(**{f"{alike.member}__in": keys})
    for links, parent in alike.links:
        done_by |= Q(pk__in=links._base_manager.filter(member__in=keys).values(parent))
    near = {f"{alike.on}__range": (on - timedelta(NEAR_DAYS), on + timedelta(NEAR_DAYS))}
    rows = alike.model._base_manager.filter(done_by, **{alike.term: term}, **near)
    wanted = _plain(title)
    named = {pk: _plain(other) for pk, other in rows.values_list("pk", alike.title)}
    same = [pk for pk, other in named.items() if _likeness(wanted, other) >= LIKENESS]
    return list(alike.model._default_manager.filter(pk__in=same).order_by("pk"))
