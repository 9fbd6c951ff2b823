"""滞后榜: by department, which records reached the office in time, late, or not at all.

A record is due a fixed number of working days after the event (萍协字〔2022〕8号 三.1; the number is
the pack's). Meetings count once, by their last day: their attendance has arrived when every sitting
has been closed or entered afterwards. Of written work only what has arrived can be counted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property

from assessments.rulebook import Citation
from assessments.selectors import pack_of
from attendance.models import Meeting
from core.workdays import WorkCalendar
from members.choices import RecordKind
from members.models import CollectionDuty, Term
from members.selectors.calendar import work_calendar
from reporting.selectors.arrivals import SOURCES, Group, meeting_groups, work_groups

#: The unit that answers for whatever no other department collects.
LIAISON_SECTION = "委员联络科"
#: The pack's number of working days, under this key of the duty.
WORKDAYS = "workdays"


class Arrival(StrEnum):
    """Where a record stands against its time limit."""

    ON_TIME = "on_time"
    LATE = "late"
    OUTSTANDING = "outstanding"
    AWAITED = "awaited"


LABELS = {
    Arrival.ON_TIME: "按时",
    Arrival.LATE: "迟报",
    Arrival.OUTSTANDING: "逾期未报",
    Arrival.AWAITED: "未到期",
}


@dataclass(frozen=True)
class TimeLimit:
    """The duty as the pack has it, with the words it rests on."""

    workdays: int
    title: str
    citation: Citation


def time_limit(term: Term) -> TimeLimit | None:
    """None where the pack sets no time limit for records."""
    for duty in pack_of(term).duties:
        if WORKDAYS in duty.details:
            return TimeLimit(duty.details[WORKDAYS], duty.title, duty.citation)
    return None


@dataclass(frozen=True)
class Judged:
    """A group against its time limit; `delay` in working days, 0 where in time or not yet due."""

    group: Group
    department: str
    due: date
    arrival: Arrival
    delay: int


@dataclass(frozen=True)
class Line:
    """What one department collects of one kind."""

    department: str
    kind: RecordKind
    on_time: int
    late: int
    outstanding: int
    awaited: int
    longest: int

    @property
    def behind(self) -> int:
        return self.late + self.outstanding


@dataclass(frozen=True)
class Board:
    """One department: its kinds, and their sums."""

    department: str
    lines: tuple[Line, ...]

    def _sum(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)

    @property
    def on_time(self) -> int:
        return self._sum("on_time")

    @property
    def late(self) -> int:
        return self._sum("late")

    @property
    def outstanding(self) -> int:
        return self._sum("outstanding")

    @property
    def awaited(self) -> int:
        return self._sum("awaited")

    @property
    def behind(self) -> int:
        return self._sum("behind")

    @property
    def longest(self) -> int:
        return max(line.longest for line in self.lines)


@dataclass(frozen=True)
class Timeliness:
    """Everything that is judged of a span of days, seen on a date."""

    term: Term
    since: date
    on: date
    limit: TimeLimit
    judged: tuple[Judged, ...]
    is_provisional: bool

    @cached_property
    def boards(self) -> tuple[Board, ...]:
        """The department that is furthest behind first."""
        kinds: dict[str, dict[RecordKind, list[Judged]]] = defaultdict(lambda: defaultdict(list))
        for item in self.judged:
            kinds[item.department][item.group.kind].append(item)
        boards = [
            Board(
                name, tuple(_line(name, kind, found[kind]) for kind in RecordKind if kind in found)
            )
            for name, found in kinds.items()
        ]
        boards.sort(
            key=lambda board: (-board.outstanding, -board.late, -board.longest, board.department)
        )
        return tuple(boards)

    def matching(self, *, arrival: Arrival, department: str = "", kind: str = "") -> list[Judged]:
        """The latest event first."""
        found = [
            item
            for item in self.judged
            if item.arrival == arrival
            and (not department or item.department == department)
            and (not kind or item.group.kind == kind)
        ]
        return sorted(found, key=lambda item: (item.group.on, item.group.pk or 0), reverse=True)


def _line(department: str, kind: RecordKind, items: Iterable[Judged]) -> Line:
    counts: dict[Arrival, int] = defaultdict(int)
    longest = 0
    for item in items:
        counts[item.arrival] += item.group.count
        longest = max(longest, item.delay)
    return Line(
        department,
        kind,
        counts[Arrival.ON_TIME],
        counts[Arrival.LATE],
        counts[Arrival.OUTSTANDING],
        counts[Arrival.AWAITED],
        longest,
    )


def timeliness(
    *,
    term: Term,
    year: int,
    on: date,
    calendar: WorkCalendar | None = None,
    departments: Collection[str] | None = None,
) -> Timeliness | None:
    """The records of events of the year up to the date, in a fixed number of queries.

    Only events since the term is measured (`collected_from`, else its start) count. `departments`
    narrows it to these. None where the pack sets no time limit.
    """
    limit = time_limit(term)
    if limit is None:
        return None
    since = max(date(year, 1, 1), term.collected_from or term.start_date)
    until = min(date(year, 12, 31), term.end_date, on)
    judge = _Judge(calendar or work_calendar(), limit.workdays, on, Collectors(term))
    groups = [*meeting_groups(term, since, until), *work_groups(term, since, until)]
    judged = [judge(group) for group in groups]
    if departments is not None:
        judged = [item for item in judged if item.department in departments]
    return Timeliness(
        term=term,
        since=since,
        on=on,
        limit=limit,
        judged=tuple(judged),
        is_provisional=any(judge.calendar.is_provisional(item.due) for item in judged),
    )


def outstanding_meetings(
    *, term: Term, on: date, calendar: WorkCalendar, departments: Collection[str] | None = None
) -> list[Judged]:
    """Meetings held whose attendance has not arrived, over the whole time the term is measured:
    the first due first.
    """
    limit = time_limit(term)
    if limit is None:
        return []
    since, until = term.collected_from or term.start_date, min(term.end_date, on)
    judge = _Judge(calendar, limit.workdays, on, Collectors(term))
    judged = [judge(group) for group in meeting_groups(term, since, until) if group.arrived is None]
    if departments is not None:
        judged = [item for item in judged if item.department in departments]
    return sorted(judged, key=lambda item: (item.due, item.group.pk))


class Collectors:
    """Which department answers for a record (采集分工), in one query."""

    def __init__(self, term: Term) -> None:
        duties = CollectionDuty.objects.filter(department__term=term).order_by(
            "department__sequence", "department__name"
        )
        self._own: set[tuple[str, str]] = set()
        self._all: dict[str, str] = {}
        for kind, own_only, name in duties.values_list(
            "record_kind", "own_only", "department__name"
        ):
            if own_only:
                self._own.add((kind, name))
            else:
                self._all.setdefault(kind, name)

    def of(self, kind: RecordKind, organiser: str) -> str:
        if (kind, organiser) in self._own:
            return organiser
        return self._all.get(kind, LIAISON_SECTION)


class _Judge:
    def __init__(
        self, calendar: WorkCalendar, workdays: int, on: date, collectors: Collectors
    ) -> None:
        self.calendar = calendar
        self.on = on
        self.collectors = collectors
        self.due = cache(lambda event: calendar.due(event, workdays))
        self.delay = cache(calendar.workdays_between)

    def __call__(self, group: Group) -> Judged:
        due = self.due(group.on)
        seen = group.arrived or self.on
        is_late = seen > due
        if group.arrived is None:
            arrival = Arrival.OUTSTANDING if is_late else Arrival.AWAITED
        else:
            arrival = Arrival.LATE if is_late else Arrival.ON_TIME
        department = self.collectors.of(group.kind, group.organiser)
        return Judged(group, department, due, arrival, self.delay(due, seen) if is_late else 0)


@dataclass(frozen=True)
class Record:
    """One line of a list behind a number."""

    model: str
    pk: int
    title: str
    judged: Judged


def records_of(*, term: Term, items: Collection[Judged]) -> list[Record]:
    """The records behind judged groups, one by one: a query a table that occurs among them."""
    found: list[Record] = []
    meetings = {item.group.pk: item for item in items if item.group.pk is not None}
    titles = dict(Meeting.objects.filter(pk__in=meetings).values_list("pk", "title"))
    found += [Record("attendance.meeting", pk, titles[pk], item) for pk, item in meetings.items()]
    for source in SOURCES:
        wanted = {
            (item.group.on, item.group.arrived, item.group.organiser): item
            for item in items
            if item.group.model is source.model
        }
        if not wanted:
            continue
        days = {on for on, _, _ in wanted}
        names = ["pk", "on", "arrived", source.title, *filter(None, [source.organiser])]
        rows = source.rows(term, min(days), max(days)).values_list(*names)
        for pk, on, arrived, title, *organiser in rows:
            item = wanted.get((on, arrived, organiser[0] if organiser else ""))
            if item is not None:
                found.append(Record(source.model._meta.label_lower, pk, title, item))
    found.sort(key=lambda record: (record.judged.group.on, record.model, record.pk), reverse=True)
    return found
