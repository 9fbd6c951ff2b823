"""The facts of a term's year: of each member, sector and committee, and of the assembly."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dossiers.facts.catalogue import RUNNING_STATES, Holder, Number
from dossiers.facts.events import EventFacts, event_states, longest_run


@dataclass(frozen=True, slots=True)
class Subject:
    """`pk` is the row's key; `key` is what people call it: 委员编号, a name, the term's code."""

    holder: Holder
    pk: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """One event counted for a sector, a committee or the assembly; `topic` may be empty."""

    on: date
    record: str
    topic: str = ""


class AskedValues(dict[str, Number | None]):
    """The numbers of the measures asked for; to read another is a mistake, not a nought."""

    def get(self, measure: str, default: object = None, /) -> Number | None:
        return self[measure]


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A serving member's numbers; a measure that is not listed is 0.

    `suspended_all_year` looks no further than the year's last day, whenever it is asked.
    `presences` holds, by event (primary key), what the member's attendance rows say;
    `non_voting` the events at which they sat without a vote. `years` holds a measure's value
    year by year where a rule compares years; `sources` names records that others supplied.
    """

    subject: Subject
    sector: str
    is_standing: bool
    suspended_all_year: bool
    values: Mapping[str, Number | None]
    presences: Mapping[int, int] = field(default_factory=dict)
    non_voting: frozenset[int] = frozenset()
    years: Mapping[str, Mapping[int, Number]] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def value(self, measure: str) -> Number | None:
        """None where the measure has no value yet (a score without a scheme)."""
        return self.values.get(measure, 0)


@dataclass(frozen=True, slots=True)
class OrganFacts:
    """What a sector, a committee or the assembly held, by measure, in date order.

    `liaison` is the special committee that liaises with a sector and is told of its findings.
    """

    subject: Subject
    occasions: Mapping[str, tuple[Occasion, ...]]
    liaison: Subject | None = None

    def within(self, measure: str, start: date, end: date) -> tuple[Occasion, ...]:
        """The occasions from `start` to `end`, both included; of one topic the first only."""
        counted: list[Occasion] = []
        topics: set[str] = set()
        for occasion in self.occasions.get(measure, ()):
            if start <= occasion.on <= end and occasion.topic not in topics:
                counted.append(occasion)
                topics |= {occasion.topic} if occasion.topic else set()
        return tuple(counted)


@dataclass(frozen=True, slots=True)
class TermFrame:
    """A term as rules see it; `end_date` is its last day."""

    pk: int
    code: str
    name: str
    is_county: bool
    start_date: date
    end_date: date


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """Everything the rules look at, as it stood on `on`.

    `deadline` is the last day on which the year's forms and reports are in time.
    """

    term: TermFrame
    year: int
    on: date
    deadline: date
    events: Mapping[int, EventFacts]
    members: tuple[MemberFacts, ...]
    sectors: tuple[OrganFacts, ...]
    committees: tuple[OrganFacts, ...]
    assembly: OrganFacts

    def member(self, pk: int) -> MemberFacts | None:
        return next((facts for facts in self.members if facts.subject.pk == pk), None)

    def with_refusals(self, refusals: Mapping[int, tuple[str, ...]]) -> "DutyFacts":
        """The same facts, knowing who refused to hand in an ordered resignation.

        `refusals` names the records of each refusal by the member's primary key.
        """
        if not refusals:
            return self
        return replace(
            self,
            members=tuple(
                _with_refusals(facts, refusals[facts.subject.pk])
                if facts.subject.pk in refusals
                else facts
                for facts in self.members
            ),
        )

    def events_behind(self, member: MemberFacts, measure: str) -> tuple[int, ...]:
        """The events (primary keys, in order) a measure of attendance counts for a member."""
        stem, _, state = measure.rpartition(".")
        group = stem.removeprefix("term.")
        events = self._events_of(member, group, year=None if stem != group else self.year)
        if state in RUNNING_STATES:
            return longest_run(
                self._events_of(member, group, year=None),
                member.presences,
                state,
                ends_in=None if stem != group else self.year,
            )
        return tuple(
            event.pk for event in events if state in event_states(member.presences[event.pk])
        )

    def _events_of(
        self, member: MemberFacts, group: str, year: int | None
    ) -> tuple[EventFacts, ...]:
        events = (self.events[pk] for pk in member.presences)
        belonging = (
            event
            for event in events
            if group in (event.non_voting_groups if event.pk in member.non_voting else event.groups)
            and (year is None or event.on.year == year)
        )
        return tuple(sorted(belonging, key=lambda event: event.order))


def _with_refusals(facts: MemberFacts, records: tuple[str, ...]) -> MemberFacts:
    return replace(
        facts,
        values={**facts.values, "term.refusals": len(records)},
        sources={**facts.sources, "term.refusals": records},
    )


#: The shape of one member's facts as other systems read them; a leaf names its measure.
YEAR_SUMMARY: Mapping[str, Any] = {
    "plenary": {
        state: f"plenary.{state}" for state in ("expected", "attended", "leave", "unexcused")
    },
    "standing": {
        state: f"standing.{state}" for state in ("expected", "attended", "leave", "unexcused")
    },
    "activities": {"attended": "activities.attended", "spoken": "activities.spoken"},
    "proposals": {
        part: f"proposals.{part}" for part in ("first", "cosigned", "adopted", "excellent")
    },
    "speeches": {
        group: {manner: f"speeches.{group}.{manner}" for manner in ("submitted", "oral", "written")}
        for group in ("plenary", "standing")
    },
    "opinions": {part: f"opinions.{part}" for part in ("submitted", "adopted", "instructed")},
    "research": {part: f"research.{part}" for part in ("own", "topics", "inspections")},
    "themed": {"attended": "themed.attended"},
    "training": {"attended": "training.attended"},
    "external": {"attended": "external.attended"},
    "articles": "articles",
    "awards": "awards",
    "penalties": "penalties",
    "score": "score",
}


def year_summary(facts: MemberFacts) -> dict[str, Any]:
    """The numbers of one member's year, nested as `YEAR_SUMMARY`."""
    return _filled(YEAR_SUMMARY, facts)


def _filled(shape: Mapping[str, Any], facts: MemberFacts) -> dict[str, Any]:
    return {
        name: _filled(part, facts) if isinstance(part, Mapping) else facts.value(part)
        for name, part in shape.items()
    }
