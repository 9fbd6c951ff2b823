"""What a sector, a committee or the assembly has to hold at least, window by window."""

from dataclasses import dataclass
from datetime import date

from assessments.rulebook import (
    Judged,
    Rule,
    Verdict,
    Window,
    judge,
    last_year_start,
    windows_for,
)
from assessments.selectors.findings import pack_of
from dossiers.facts import MEASURES, DutyFacts, Holder, Occasion, OrganFacts
from members.choices import AssemblyLevel
from members.models import Term


@dataclass(frozen=True)
class OrganMinimum:
    """One minimum in one window; `judged_from` is the first day on which it may be found short."""

    rule: Rule
    label: str
    unit: str
    window: Window
    done: int
    required: int
    verdict: Verdict
    judged_from: date
    occasions: tuple[Occasion, ...]

    @property
    def is_asked(self) -> bool:
        """A window that lies partly outside the term asks for nothing."""
        return self.verdict is not Verdict.OUTSIDE_TERM

    @property
    def is_met(self) -> bool:
        return self.done >= self.required

    @property
    def missing(self) -> int:
        return max(0, self.required - self.done) if self.is_asked else 0

    @property
    def is_overdue(self) -> bool:
        return self.verdict is Verdict.HIT


def organ_rules(term: Term, holder: Holder) -> tuple[Rule, ...]:
    """The pack's minimums on sectors, on committees or on the assembly, at the term's level."""
    is_county = term.assembly.level == AssemblyLevel.COUNTY
    return tuple(
        rule
        for rule in pack_of(term).rules(is_county=is_county)
        if rule.subject.value == holder.value and rule.is_owed_minimum
    )


def organ_minimums(term: Term, facts: DutyFacts, organ: OrganFacts) -> tuple[OrganMinimum, ...]:
    """Every minimum of the organ in the facts' year, met or not, as the rules judge it."""
    return tuple(
        _minimum(rule, facts, organ, window)
        for rule in organ_rules(term, organ.subject.holder)
        for window in windows_for(rule, facts)
    )


def _minimum(rule: Rule, facts: DutyFacts, organ: OrganFacts, window: Window) -> OrganMinimum:
    judgement = judge(rule, organ, facts, window)
    comparison = judgement.comparisons[0]
    measures = comparison.condition.measures
    last_year = rule.judged is Judged.LAST_YEAR
    return OrganMinimum(
        rule=rule,
        label=MEASURES[measures[0]].label,
        unit=MEASURES[measures[0]].unit,
        window=window,
        done=int(comparison.value or 0),
        required=comparison.condition.threshold,
        verdict=judgement.verdict,
        judged_from=last_year_start(facts.term.end_date) if last_year else window.end,
        occasions=tuple(
            occasion
            for name in measures
            for occasion in organ.within(name, window.start, window.end)
        ),
    )
