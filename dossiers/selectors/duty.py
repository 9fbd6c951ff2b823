"""Gathering the facts of a term's year: for all members at once, in a fixed number of queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from attendance.choices import (
    ATTENDED_STATUSES,
    STANDING_COMMITTEE_KINDS,
    AttendanceStatus,
    MeetingKind,
)
from attendance.models import Attendance, Meeting, Speech
from core.bulk import among
from dossiers.facts import (
    RUNNING_GROUPS,
    RUNNING_STATES,
    TERM_GROUPS,
    AskedValues,
    DutyFacts,
    EventFacts,
    Holder,
    MemberFacts,
    Number,
    OrganFacts,
    Presence,
    Subject,
    TermFrame,
    event_states,
    is_event_measure,
    longest_run,
)
from dossiers.selectors.campaigns import forms_deadline
from dossiers.selectors.measures import (
    ROWS_AT_ONCE,
    SPEECH_MEASURES,
    Frame,
    event_groups,
    speech_measures,
    work_counts,
)
from dossiers.selectors.organs import MeetingRow, committee_facts, occasions, sector_facts
from members.choices import AssemblyLevel, Post
from members.models import Member, SuspensionPeriod, Tenure, Term

PRESENCE_BITS = 3
PRESENCE_OF: Mapping[str, int] = {
    **{status.value: Presence.ATTENDED for status in ATTENDED_STATUSES},
    AttendanceStatus.LEAVE.value: Presence.LEAVE,
    AttendanceStatus.ABSENT.value: Presence.ABSENT,
}
#: Kinds of event whose attendance is followed through the whole term.
TERM_KINDS = (MeetingKind.PLENARY_SESSION, *STANDING_COMMITTEE_KINDS, MeetingKind.TRAINING)

Values = dict[str, Number | None]
Stretch = tuple[date, date | None]


@dataclass
class _Gathered:
    """What is known of one member while the facts are being put together."""

    subject: Subject
    sector: str
    joined: date
    is_new: bool
    standing: list[Stretch] = field(default_factory=list)
    suspended: list[Stretch] = field(default_factory=list)
    values: Values = field(default_factory=lambda: defaultdict(int, score=None))
    presences: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    non_voting: set[int] = field(default_factory=set)

    def stands(self, on: date) -> bool:
        return any(start <= on and (end is None or on < end) for start, end in self.standing)


def duty_facts(
    *,
    term: Term,
    year: int,
    on: date,
    members: Collection[int] | None = None,
    left_since: date | None = None,
    measures: Collection[str] | None = None,
) -> DutyFacts:
    """The facts of the year as they stood on `on`, for members serving then.

    `members` (primary keys) limits them to some; `left_since` takes in those who left on that day
    or later: the number of queries stays the same. `measures` limits the facts to these numbers
    of the members: another cannot be read then, and of the organs nothing is told.
    """
    frame = _frame(term, year, on)
    people = _members(term, frame, members, left_since)
    _add_periods(people, term)
    meetings = _meetings(term, frame, members, measures)
    events = _events(meetings)
    organs = occasions(meetings, term) if measures is None else {}
    if events:
        _add_attendance(people, events, frame, members)
    if events and (measures is None or not SPEECH_MEASURES.isdisjoint(measures)):
        _add_speeches(people, events, frame, members)
    _add_works(people, frame, members, measures)
    return DutyFacts(
        term=frame.term,
        year=year,
        on=on,
        deadline=frame.deadline,
        events=events,
        members=tuple(_member_facts(person, events, frame, measures) for person in people.values()),
        sectors=sector_facts(term, organs) if measures is None else (),
        committees=committee_facts(term, organs) if measures is None else (),
        assembly=OrganFacts(
            Subject(Holder.ASSEMBLY, term.pk, term.code, term.assembly.name),
            organs.get((Holder.ASSEMBLY, term.pk), {}),
        ),
    )


def _frame(term: Term, year: int, on: date) -> Frame:
    return Frame(
        term=TermFrame(
            pk=term.pk,
            code=term.code,
            name=term.name,
            is_county=term.assembly.level == AssemblyLevel.COUNTY,
            start_date=term.start_date,
            end_date=term.end_date,
        ),
        year=year,
        on=on,
        deadline=forms_deadline(term=term, year=year),
    )


def _of(rows: QuerySet, members: Collection[int] | None, path: str) -> QuerySet:
    return rows if members is None else rows.filter(**{f"{path}__in": among(members)})


def _members(
    term: Term, frame: Frame, members: Collection[int] | None, left_since: date | None
) -> dict[int, _Gathered]:
    earlier = Member.objects.filter(person=OuterRef("person"), term__start_date__lt=term.start_date)
    every = Member.objects.filter(term=term)
    served = every.served(left_since, frame.on) if left_since else every.serving(frame.on)
    rows = (
        _of(served, members, "pk")
        .order_by("code")
        .values_list("pk", "code", "person__name", "sector__name", "joined_date", Exists(earlier))
    )
    return {
        pk: _Gathered(
            Subject(Holder.MEMBER, pk, code, name),
            sector,
            joined,
            is_new=joined.year == frame.year and not known,
        )
        for pk, code, name, sector, joined, known in rows
    }


def _add_periods(people: dict[int, _Gathered], term: Term) -> None:
    fields = ("member_id", "start_date", "end_date")
    standing = Tenure.objects.filter(member__term=term, post=Post.STANDING_MEMBER)
    suspended = SuspensionPeriod.objects.filter(member__term=term)
    rows = (
        standing.order_by()
        .values_list(Value("standing"), *fields)
        .union(suspended.order_by().values_list(Value("suspended"), *fields), all=True)
    )
    for state, pk, start, end in rows:
        if pk in people:
            getattr(people[pk], state).append((start, end))


def _meetings(
    term: Term,
    frame: Frame,
    members: Collection[int] | None,
    measures: Collection[str] | None,
) -> list[MeetingRow]:
    """The term's up to the as-of date, in order; where numbers of some members are asked for,
    those they were at, and none where no number comes of meetings.
    """
    rows = Meeting.objects.filter(term=term, start_date__lte=frame.on).order_by()
    if measures is not None and not any(map(_comes_of_meetings, measures)):
        return []
    if measures is not None and members is not None:
        sat = Attendance.objects.filter(member__in=among(members)).values("sitting__meeting")
        spoke = Speech.objects.filter(member__in=among(members)).values("meeting")
        rows = rows.filter(Q(pk__in=sat) | Q(pk__in=spoke))
    fields = ("pk", "number", "start_date", "kind", "sector_id", "committee_id", "topic")
    return sorted(rows.values_list(*fields), key=lambda row: (row[2], row[1]))


def _comes_of_meetings(measure: str) -> bool:
    return is_event_measure(measure) or measure in SPEECH_MEASURES


def _events(meetings: Iterable[MeetingRow]) -> dict[int, EventFacts]:
    return {
        pk: EventFacts(pk, number, on, order, *event_groups(kind))
        for order, (pk, number, on, kind, *_) in enumerate(meetings)
    }


def _add_attendance(
    people: dict[int, _Gathered],
    events: Mapping[int, EventFacts],
    frame: Frame,
    members: Collection[int] | None,
) -> None:
    rows = Attendance.objects.filter(
        Q(sitting__meeting__start_date__range=(frame.year_start, frame.year_end))
        | Q(sitting__meeting__kind__in=TERM_KINDS, sitting__meeting__start_date__lte=frame.on),
        sitting__meeting__term=frame.term.pk,
    )
    seen = _of(rows, members, "member_id").order_by()
    presences = {pk: person.presences for pk, person in people.items()}
    nobody: dict[int, int] = defaultdict(int)
    statuses = seen.values_list("member_id", "sitting__meeting_id", "status")
    for pk, meeting, status in statuses.iterator(ROWS_AT_ONCE):
        presences.get(pk, nobody)[meeting] |= PRESENCE_OF[status]
    calendar = _Calendar(events, frame.year)
    for person in people.values():
        _count_events(person, calendar)


def _count_events(person: _Gathered, calendar: "_Calendar") -> None:
    """Counts alike events together: a member's many events are of few kinds."""
    person.non_voting |= {
        pk
        for pk in person.presences.keys() & calendar.council
        if not person.stands(calendar.events[pk].on)
    }
    kinds, non_voting = calendar.kinds, person.non_voting
    alike = Counter(
        [
            (calendar.non_voting_kinds if pk in non_voting else kinds)[pk] | presence
            for pk, presence in person.presences.items()
        ]
    )
    for kind, number in alike.items():
        for measure in calendar.measures(kind):
            person.values[measure] += number  # type: ignore[operator]


class _Calendar:
    """The events, alike ones under one number; its lowest bits are left for the presence."""

    def __init__(self, events: Mapping[int, EventFacts], year: int) -> None:
        self.events = events
        self._alike: list[tuple[tuple[str, ...], bool]] = []
        self._known: dict[int, tuple[str, ...]] = {}
        self.kinds = {
            pk: self._number(event.groups, event.on.year == year) for pk, event in events.items()
        }
        self.council = {
            pk for pk, event in events.items() if event.groups is not event.non_voting_groups
        }
        self.non_voting_kinds = {
            pk: self._number(events[pk].non_voting_groups, events[pk].on.year == year)
            for pk in self.council
        }

    def measures(self, kind: int) -> tuple[str, ...]:
        """Every measure an event of this kind, with this presence, counts for."""
        if kind not in self._known:
            groups, is_in_year = self._alike[kind >> PRESENCE_BITS]
            states = event_states(kind & ((1 << PRESENCE_BITS) - 1))
            of_year = [f"{group}.{state}" for group in groups for state in states]
            of_term = [
                f"term.{group}.{state}"
                for group in groups
                if group in TERM_GROUPS
                for state in states
            ]
            self._known[kind] = (*(of_year if is_in_year else ()), *of_term)
        return self._known[kind]

    def _number(self, groups: tuple[str, ...], is_in_year: bool) -> int:
        if (groups, is_in_year) not in self._alike:
            self._alike.append((groups, is_in_year))
        return self._alike.index((groups, is_in_year)) << PRESENCE_BITS


def _groups_for(person: _Gathered, event: EventFacts) -> tuple[str, ...]:
    if event.groups is event.non_voting_groups or person.stands(event.on):
        return event.groups
    person.non_voting.add(event.pk)
    return event.non_voting_groups


def _add_speeches(
    people: dict[int, _Gathered],
    events: Mapping[int, EventFacts],
    frame: Frame,
    members: Collection[int] | None,
) -> None:
    rows = Speech.objects.filter(
        meeting__term=frame.term.pk,
        meeting__start_date__range=(frame.year_start, frame.year_end),
    )
    spoken = _of(rows, members, "member_id").order_by()
    for pk, meeting, manner, occasion in spoken.values_list(
        "member_id", "meeting_id", "manner", "occasion"
    ):
        person = people.get(pk)
        if person is not None:
            for measure in speech_measures(_groups_for(person, events[meeting]), manner, occasion):
                person.values[measure] += 1  # type: ignore[operator]


def _add_works(
    people: dict[int, _Gathered],
    frame: Frame,
    members: Collection[int] | None,
    measures: Collection[str] | None,
) -> None:
    for measure, pk, number in work_counts(frame, members, measures):
        if pk in people:
            people[pk].values[measure] += number  # type: ignore[operator]


def _member_facts(
    person: _Gathered,
    events: Mapping[int, EventFacts],
    frame: Frame,
    measures: Collection[str] | None,
) -> MemberFacts:
    _count_runs(person, events, frame.year)
    person.values["served_since_january"] = int(person.joined <= frame.year_start)
    person.values["joined_new"] = int(person.is_new)
    return MemberFacts(
        subject=person.subject,
        sector=person.sector,
        is_standing=person.stands(frame.on),
        suspended_all_year=_covers(
            person.suspended, frame.year_start, min(frame.on, frame.year_end)
        ),
        values=person.values if measures is None else _asked(person.values, measures),
        presences=person.presences,
        non_voting=frozenset(person.non_voting),
    )


def _asked(values: Values, measures: Collection[str]) -> AskedValues:
    return AskedValues({name: values.get(name, 0) for name in measures})


def _count_runs(person: _Gathered, events: Mapping[int, EventFacts], year: int) -> None:
    for group in RUNNING_GROUPS:
        if not (
            person.values.get(f"term.{group}.unexcused") or person.values.get(f"term.{group}.leave")
        ):
            continue
        attended = [
            events[pk] for pk in person.presences if group in _groups_for(person, events[pk])
        ]
        attended.sort(key=lambda event: event.order)
        for state in RUNNING_STATES:
            for prefix, ends_in in (("", year), ("term.", None)):
                run = longest_run(attended, person.presences, state, ends_in=ends_in)
                person.values[f"{prefix}{group}.{state}"] = len(run)


def _covers(stretches: list[Stretch], start: date, end: date) -> bool:
    """Whether the half-open stretches together hold on every day from `start` to `end`."""
    reached = start
    for begins, ends in sorted(stretches, key=itemgetter(0)):
        if begins <= reached:
            reached = date.max if ends is None else max(reached, ends)
    return reached > end
