"""Where members stand in a year: counts, rules one by one, what is still owed and by whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from assessments.rulebook import Judgement, Operator, Owed, judge, owed_minimums
from assessments.selectors import member_rules, pack_of, progress
from dossiers.facts import MEASURES
from dossiers.selectors import duty_facts
from exits.selectors import refusals
from members.models import Member, Sector, SpecialCommittee, Term


@dataclass(frozen=True)
class Standing:
    """How every rule looks on a member as of a date, and the minimums they owe."""

    year: int
    on: date
    judgements: tuple[Judgement, ...]
    owed: tuple[Owed, ...]


@dataclass(frozen=True)
class RuleProgress:
    """A minimum, and how many of those it is asked of have reached it."""

    measure: str
    label: str
    unit: str
    required: int
    due: date
    done: int
    asked: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.asked

    @property
    def missing(self) -> int:
        return self.asked - self.done


@dataclass(frozen=True)
class Part:
    """One minimum among the members of one body: of how many it is asked, who has not reached it."""

    measure: str
    asked: int
    missing: int


@dataclass(frozen=True)
class BodyProgress:
    """The members of one sector or committee, minimum by minimum."""

    name: str
    serving: int
    parts: list[Part]


@dataclass(frozen=True)
class TermProgress:
    rules: list[RuleProgress]
    sectors: list[BodyProgress]
    committees: list[BodyProgress]


@dataclass
class _Tally:
    members: int = 0
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, owed: Iterable[Owed]) -> None:
        self.members += 1
        for item in owed:
            self.asked[item.measure] += 1
            self.done[item.measure] += item.is_met

    def part(self, measure: str) -> Part:
        asked = self.asked[measure]
        return Part(measure, asked, asked - self.done[measure])


def as_of(term: Term, year: int, today: date) -> date:
    """The date a year is looked at from: its last day in the term, or today while it runs."""
    return min(today, date(year, 12, 31), term.end_date)


def standing_of(member: Member, *, year: int, on: date) -> Standing | None:
    """None where the member did not serve on the date: no rule looks at them then."""
    term = member.term
    facts = duty_facts(term=term, year=year, on=on, members=[member.pk])
    facts = facts.with_refusals(refusals(term=term, on=on))
    subject = facts.member(member.pk)
    if subject is None:
        return None
    return Standing(
        year=year,
        on=on,
        judgements=tuple(judge(rule, subject, facts) for rule in member_rules(term)),
        owed=owed_minimums(pack_of(term), facts, subject),
    )


def term_progress(*, term: Term, year: int, on: date) -> TermProgress:
    """What the year and the term ask of everybody, and how far each sector and committee is."""
    owed = progress(term=term, year=year, on=on)
    whole = _Tally()
    sectors: defaultdict[int, _Tally] = defaultdict(_Tally)
    committees: defaultdict[int, _Tally] = defaultdict(_Tally)
    organs = Member.objects.filter(term=term).values_list("pk", "sector_id", "committee_id")
    for pk, sector, committee in organs:
        if pk in owed:
            for tally in (whole, sectors[sector], committees[committee]):
                tally.add(owed[pk])
    asked = {item.measure: item for items in owed.values() for item in items}
    ordered = [name for name in minimums(term) if name in asked]
    return TermProgress(
        rules=[
            RuleProgress(
                measure=name,
                label=asked[name].label,
                unit=asked[name].unit,
                required=asked[name].required,
                due=asked[name].due,
                done=whole.done[name],
                asked=whole.asked[name],
            )
            for name in ordered
        ],
        sectors=_bodies(Sector.objects.filter(term=term), sectors, ordered),
        committees=_bodies(SpecialCommittee.objects.filter(term=term), committees, ordered),
    )


def _bodies(
    organs: Iterable[Sector | SpecialCommittee], tallies: Mapping[int, _Tally], measures: list[str]
) -> list[BodyProgress]:
    return [
        BodyProgress(
            name=organ.name,
            serving=tallies[organ.pk].members,
            parts=[tallies[organ.pk].part(name) for name in measures],
        )
        for organ in organs
        if organ.pk in tallies
    ]


def minimums(term: Term) -> dict[str, str]:
    """What the pack asks of members at least: measures with their labels, in the pack's order."""
    return {
        condition.measures[0]: MEASURES[condition.measures[0]].label
        for rule in member_rules(term)
        if rule.is_owed_minimum
        for condition in rule.conditions
        if condition.operator is Operator.BELOW
    }


def behind(*, term: Term, year: int, on: date, measure: str) -> list[int]:
    """Members (primary keys) who have not reached the minimum yet."""
    return [
        pk
        for pk, items in progress(term=term, year=year, on=on).items()
        if any(item.measure == measure and not item.is_met for item in items)
    ]
