"""Two records side by side: what each says, and where they differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from django.utils import timezone

from dossiers.selectors.duplicates import COMPARED, Suspect
from members.choices import RecordKind
from members.models import Member

#: Fields that say nothing about the record itself.
LEFT_OUT = frozenset({"id", "term", "version", "recorded_by", "recorded_at"})
#: Lists that belong to a record, by kind: name in the table, label, path to what is shown.
LISTS: dict[RecordKind, tuple[tuple[str, str], ...]] = {
    RecordKind.PROPOSAL: (("cosponsorships", "联名人"),),
    RecordKind.OPINION: (
        ("authorships", "报送人"),
        ("adoptions", "采用"),
        ("instructions", "批示"),
    ),
    RecordKind.RESEARCH: (("participations", "参加人"),),
}


@dataclass(frozen=True)
class ComparedLine:
    """One property of both records, in words."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True)
class ListedPair:
    """A suspicion with both records."""

    suspect: Suspect
    first: Model
    second: Model
    first_on: Any
    second_on: Any
    members: str

    @property
    def percent(self) -> int:
        return round(self.suspect.likeness * 100)


def compared_rows(kind: RecordKind, rows: Sequence[Model]) -> list[ComparedLine]:
    """Every property of the two, then who entered each and when."""
    one, other = _loaded(kind, rows)
    lines = [
        ComparedLine(str(field.verbose_name), _shown(one, field), _shown(other, field))
        for field in one._meta.concrete_fields
        if field.name not in LEFT_OUT
    ]
    lines += [
        ComparedLine(label, _listed(one, name), _listed(other, name))
        for name, label in LISTS.get(kind, ())
    ]
    lines.append(ComparedLine("录入", _entered(one), _entered(other)))
    return [line for line in lines if line.first or line.second]


def listed_pairs(pairs: Iterable[Suspect]) -> list[ListedPair]:
    """The pairs with their records, a fixed number of queries a kind."""
    pairs = list(pairs)
    found: dict[RecordKind, dict[int, Any]] = {}
    for kind in {pair.kind for pair in pairs}:
        keys = {key for pair in pairs if pair.kind == kind for key in (pair.first, pair.second)}
        rows = COMPARED[kind].model._default_manager.filter(pk__in=keys)
        found[kind] = {row.pk: row for row in _with_people(kind, rows)}
    listed = []
    for pair in pairs:
        one, other = found[pair.kind].get(pair.first), found[pair.kind].get(pair.second)
        if one is not None and other is not None:
            both = [name for name in _people(pair.kind, one) if name in _people(pair.kind, other)]
            on = COMPARED[pair.kind].on
            listed.append(
                ListedPair(pair, one, other, _at(one, on), _at(other, on), "、".join(both))
            )
    return listed


def _with_people(kind: RecordKind, rows: QuerySet[Any]) -> QuerySet[Any]:
    alike = COMPARED[kind]
    related = [f"{alike.member}__person"] if alike.member else []
    if alike.on.startswith("meeting__"):
        related.append("meeting")
    rows = rows.select_related("recorded_by", *related)
    for links, _ in alike.links:
        name = next(name for name, _ in LISTS[kind])
        people = links._default_manager.select_related("member__person").order_by("sequence")
        rows = rows.prefetch_related(Prefetch(name, people))
    return rows


def _loaded(kind: RecordKind, rows: Sequence[Model]) -> list[Any]:
    keys = [row.pk for row in rows]
    return list(
        _with_people(kind, COMPARED[kind].model._default_manager.filter(pk__in=keys)).order_by("pk")
    )


def _people(kind: RecordKind, row: Any) -> list[str]:
    alike = COMPARED[kind]
    people: list[Member] = [getattr(row, alike.member)] if alike.member else []
    if alike.links:
        people += [link.member for link in getattr(row, LISTS[kind][0][0]).all()]
    return [member.person.name for member in people]


def _at(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


def _shown(row: Any, field: Any) -> str:
    display = getattr(row, f"get_{field.name}_display", None)
    value = display() if display else getattr(row, field.name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _listed(row: Any, name: str) -> str:
    shown = [
        link.member.person.name if hasattr(link, "member") else str(link)
        for link in getattr(row, name).all()
    ]
    return "、".join(shown)


def _entered(row: Any) -> str:
    who = row.recorded_by.name if row.recorded_by else "系统"
    if row.recorded_at is None:
        return who
    return f"{who} {timezone.localtime(row.recorded_at):%Y-%m-%d %H:%M}"
