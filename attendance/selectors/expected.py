"""Whom a rule takes onto an expected list, and what applying it anew would change."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from attendance.choices import Capacity, Scope
from attendance.models import Expectation, Meeting, ScopeLine
from attendance.models.expected import ORGAN_OF
from core.bulk import among
from members.choices import Post
from members.models import Member, SectorGroup, Tenure

#: The standing committee is made up of these (政协章程).
STANDING_COMMITTEE_POSTS = (
    Post.STANDING_MEMBER,
    Post.CHAIRPERSON,
    Post.VICE_CHAIRPERSON,
    Post.SECRETARY_GENERAL,
)
CHAIRPERSONS_POSTS = STANDING_COMMITTEE_POSTS[1:]
MEMBER_FIELD = {
    Scope.SECTOR: "sector",
    Scope.COMMITTEE: "committee",
    Scope.LIAISON_GROUP: "liaison_group",
}


@dataclass(frozen=True, order=True)
class Line:
    """One line of a rule; `organ` is the key of the sector, committee or group it names."""

    scope: str
    organ: int | None = None


@dataclass(frozen=True)
class Place:
    """A member as the preview names them."""

    member: int
    code: str
    name: str
    sector: str


@dataclass(frozen=True)
class Difference:
    """What the rule would change. Suspended members are part of it without being shown.

    `mark` stands for exactly this difference: a clerk confirms what they have seen.
    """

    added: dict[int, int]
    left: frozenset[int]
    moved: dict[int, int]
    shown_added: tuple[Place, ...] = ()
    shown_left: tuple[Place, ...] = ()
    total: int = 0
    mark: str = field(default="", compare=False)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.left or self.moved)


def expected_of(meeting: Meeting) -> QuerySet[Expectation]:
    """The expected list as of the meeting's first day, by number; people in the same query."""
    return (
        Expectation.objects.filter(meeting=meeting)
        .expected()
        .select_related("member__person", "member__sector")
        .order_by("member__code")
    )


def rule_of(meeting: Meeting) -> list[Line]:
    return [line_of(row) for row in ScopeLine.objects.filter(meeting=meeting)]


def line_of(row: ScopeLine) -> Line:
    organ = ORGAN_OF.get(Scope(row.scope))
    return Line(row.scope, getattr(row, f"{organ}_id") if organ else None)


def members_of(line: Line, *, meeting: Meeting) -> QuerySet[Member]:
    """Serving on the meeting's first day; suspended members among them keep a place unseen."""
    on = meeting.start_date
    members = Member.objects.filter(term=meeting.term_id).serving(on)
    match line.scope:
        case Scope.ALL:
            return members
        case Scope.STANDING:
            return members.filter(_holds(STANDING_COMMITTEE_POSTS, on))
        case Scope.CHAIRPERSONS:
            return members.filter(_holds(CHAIRPERSONS_POSTS, on))
        case Scope.SECTOR_GROUP:
            groups = SectorGroup.objects.filter(pk=line.organ or 0, sector__isnull=False)
            return members.filter(sector__in=groups.values("sector"))
    return members.filter(**{MEMBER_FIELD[Scope(line.scope)]: line.organ})


def _holds(posts: Sequence[str], on: date) -> Exists:
    return Exists(Tenure.objects.covering(on).filter(member=OuterRef("pk"), post__in=posts))


def difference(*, meeting: Meeting, lines: Sequence[Line]) -> Difference:
    """What the lines would change on the list, in a number of queries that lines alone decide.

    A member in several lines is listed by the first. Who was picked, sits without a vote or was
    taken off by hand stays as they are.
    """
    ruled: dict[int, int] = {}
    for position, line in enumerate(lines):
        for member in members_of(line, meeting=meeting).values_list("pk", flat=True):
            ruled.setdefault(member, position)
    rows = Expectation.objects.filter(meeting=meeting).select_related("line")
    listed = {row.member_id: row for row in rows}
    added = {member: place for member, place in ruled.items() if member not in listed}
    by_rule = {
        member: row
        for member, row in listed.items()
        if row.line is not None and row.capacity == Capacity.EXPECTED and not row.removed_reason
    }
    left = frozenset(row.pk for member, row in by_rule.items() if member not in ruled)
    moved = {
        row.pk: ruled[member]
        for member, row in by_rule.items()
        if member in ruled and row.line is not None and line_of(row.line) != lines[ruled[member]]
    }
    leaving = [member for member in by_rule if member not in ruled]
    shown = _places([*added, *leaving], meeting)
    seen_left = tuple(place for place in shown if place.member not in added)
    seen_added = tuple(place for place in shown if place.member in added)
    gone = Expectation.objects.filter(pk__in=among(left))
    staying = rows.exclude(pk__in=gone.values("pk")).invitable().count()
    return Difference(
        added=added,
        left=left,
        moved=moved,
        shown_added=seen_added,
        shown_left=seen_left,
        total=staying + len(seen_added),
        mark=_mark(lines, added, left),
    )


def _places(members: Sequence[int], meeting: Meeting) -> tuple[Place, ...]:
    """Those of the members who may be named: not suspended on the meeting's first day."""
    rows = Member.objects.filter(pk__in=among(members)).exclude(
        pk__in=Member.objects.suspended(meeting.start_date).values("pk")
    )
    named = rows.order_by("code").values_list("pk", "code", "person__name", "sector__name")
    return tuple(Place(*values) for values in named)


def _mark(lines: Sequence[Line], added: dict[int, int], left: frozenset[int]) -> str:
    text = json.dumps([[(line.scope, line.organ) for line in lines], sorted(added), sorted(left)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def candidates(*, meeting: Meeting, words: str, limit: int = 20) -> list[Member]:
    """Members who may be added one by one: invitable on the day, not on the list; by name or
    number.
    """
    listed = Expectation.objects.filter(meeting=meeting).invitable().values("member")
    found = Member.objects.filter(term=meeting.term_id).invitable(meeting.start_date)
    found = found.filter(Q(person__name__contains=words) | Q(code__contains=words))
    return list(
        found.exclude(pk__in=listed).select_related("person", "sector").order_by("code")[:limit]
    )
