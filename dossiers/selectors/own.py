"""A person's own dossier: every record with where it came from, and how many there are."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, Value

from attendance.choices import ATTENDED_STATUSES
from attendance.models import Attendance
from core.models import Recorded
from dossiers.choices import DeclaredState
from dossiers.models import Declaration, Submission
from dossiers.selectors.disputable import RECORD_TYPES, OwnRecord, RecordType, shown
from members.choices import RecordKind
from members.models import CollectionDuty, Member

#: Collects what no department does.
OFFICE = "委员联络科"


@dataclass(frozen=True)
class DossierRow:
    """A record, the department that answers for it, who entered it and when (None: not kept).

    `is_submitted`: it came of what the member handed in; `declared`: what the member has put
    beside it and the office has accepted.
    """

    shown: OwnRecord
    source: str
    entered_by: str
    entered_at: datetime | None
    is_submitted: bool
    declared: str


@dataclass(frozen=True)
class DossierSection:
    """The year's records of one kind; `anchor` names its place on the page."""

    heading: str
    anchor: str
    rows: list[DossierRow]


class HeldRecord(NamedTuple):
    """That there is a record: its type and key, the year it counts for; `attended` of a sitting
    the person came to.
    """

    label: str
    pk: int
    year: int
    attended: bool


@dataclass(frozen=True)
class Total:
    """How many records of a kind; `attended` where one may also be absent."""

    heading: str
    anchor: str
    count: int
    attended: int | None = None


@dataclass(frozen=True)
class Duties:
    """Which department collects what, in each term (D3 二)."""

    rows: Mapping[tuple[int, str], list[CollectionDuty]]

    def source(self, term: int, kind: str, organiser: str) -> str:
        for duty in self.rows.get((term, kind), ()):
            if not duty.own_only or duty.department.name == organiser:
                return duty.department.name
        return OFFICE


def dossier_year(seats: Iterable[Member], year: int) -> list[DossierSection]:
    """Kinds without a record are left out."""
    own = list(seats)
    duties = _duties(own)
    submitted = _submitted(own)
    declared = _declared(own)
    sections = []
    for entry in RECORD_TYPES.values():
        records = entry.in_year(own, year).select_related(*entry.related, "recorded_by")
        rows = [_row(entry, record, own, duties, submitted, declared) for record in records]
        if rows:
            sections.append(DossierSection(entry.heading, anchor_of(entry), rows))
    return sections


def accepted_additions(seats: Iterable[Member], year: int) -> list[Declaration]:
    """What the member added to the year's papers and the office accepted, no record holding it."""
    return list(
        Declaration.objects.filter(
            paper__member__in=list(seats),
            paper__campaign__year=year,
            record_id__isnull=True,
            state=DeclaredState.ACCEPTED,
        ).order_by("date", "pk")
    )


def held_records(seats: Iterable[Member]) -> list[HeldRecord]:
    """Every record of the person, of whatever kind and year, in one statement."""
    own = list(seats)
    first, *others = [
        entry.rows(own).values_list(
            Value(entry.label),
            "pk",
            entry.year_path,
            F("status") if entry.model is Attendance else Value(""),
        )
        for entry in RECORD_TYPES.values()
    ]
    return [
        HeldRecord(label, pk, int(year), status in ATTENDED_STATUSES)
        for label, pk, year, status in first.union(*others)
    ]


def totals_by_year(records: Collection[HeldRecord]) -> dict[int, list[Total]]:
    """How many there are of each kind, kinds without a record left out."""
    counts = Counter((record.year, record.label) for record in records)
    attended = Counter((record.year, record.label) for record in records if record.attended)
    return {
        year: [
            Total(
                entry.heading,
                anchor_of(entry),
                counts[year, label],
                attended[year, label] if entry.model is Attendance else None,
            )
            for label, entry in RECORD_TYPES.items()
            if (year, label) in counts
        ]
        for year in {year for year, _ in counts}
    }


def anchor_of(entry: RecordType) -> str:
    return entry.model._meta.model_name or ""


def _row(
    entry: RecordType,
    record: Recorded,
    seats: list[Member],
    duties: Duties,
    submitted: set[tuple[str, int]],
    declared: Mapping[tuple[str, int], str],
) -> DossierRow:
    name = (entry.label, record.pk)
    term = _term_on(seats, entry.on(record))
    return DossierRow(
        shown=shown(record),
        source=duties.source(term, entry.kind_of(record), entry.organiser(record)),
        entered_by=record.recorded_by.name if record.recorded_by else "",
        entered_at=record.recorded_at,
        is_submitted=name in submitted,
        declared=declared.get(name, ""),
    )


def _term_on(seats: list[Member], on: date) -> int:
    for seat in seats:
        if seat.term.start_date <= on <= seat.term.end_date:
            return seat.term_id
    return seats[0].term_id


def _duties(seats: list[Member]) -> Duties:
    rows: dict[tuple[int, str], list[CollectionDuty]] = {}
    found = CollectionDuty.objects.filter(department__term__in={seat.term_id for seat in seats})
    ordered = found.select_related("department").order_by(
        "own_only", "department__sequence", "department__name"
    )
    for duty in ordered:
        rows.setdefault((duty.department.term_id, RecordKind(duty.record_kind)), []).append(duty)
    return Duties(rows)


def _submitted(seats: list[Member]) -> set[tuple[str, int]]:
    found = Submission.objects.filter(member__in=seats, record_id__isnull=False)
    return {(kind, pk) for kind, pk in found.values_list("record_type", "record_id") if pk}


def _declared(seats: list[Member]) -> dict[tuple[str, int], str]:
    found = Declaration.objects.filter(
        paper__member__in=seats, record_id__isnull=False, state=DeclaredState.ACCEPTED
    )
    rows = found.order_by("pk").values_list("record_type", "record_id", "text")
    return {(kind, pk): text for kind, pk, text in rows if pk}
