"""Judging facts by a rule pack: pure, the same answer for the same facts and pack.

`evaluate` is the yearly judgement of everybody; `judge` says of one subject and rule why it is
hit or not; `owed_minimums` says what a member still owes before it is judged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from assessments.rulebook.packs import (
    Condition,
    Judged,
    Operator,
    Pack,
    Period,
    Rule,
    RuleSubject,
    last_year_start,
)
from assessments.rulebook.windows import Window, windows_of
from dossiers.facts import (
    MEASURES,
    DutyFacts,
    MemberFacts,
    Number,
    OrganFacts,
    Span,
    Subject,
    leave_note,
)

SubjectFacts = MemberFacts | OrganFacts


class Verdict(StrEnum):
    HIT = "hit"
    CLEAR = "clear"
    NOT_DUE = "not_due"
    OUTSIDE_TERM = "outside_term"
    EXEMPT = "exempt"
    NOT_STANDING = "not_standing"
    NO_VALUE = "no_value"

    @property
    def label(self) -> str:
        return VERDICT_LABELS[self]


VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.HIT: "成立",
    Verdict.CLEAR: "不成立",
    Verdict.NOT_DUE: "尚未到考核时间",
    Verdict.OUTSIDE_TERM: "该时段不全在本届之内，不作考核",
    Verdict.EXEMPT: "自1月1日起一直暂停履职，不适用年度规则",
    Verdict.NOT_STANDING: "不是常委，不适用",
    Verdict.NO_VALUE: "尚无得分，不作判断",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition as it came out: what was counted, against what."""

    condition: Condition
    value: Number | None
    holds: bool
    text: str


@dataclass(frozen=True)
class Judgement:
    """One rule, one subject, one window; what it says in detail is worked out when asked."""

    rule: Rule
    facts: SubjectFacts
    window: Window
    verdict: Verdict

    @property
    def subject(self) -> Subject:
        return self.facts.subject

    @property
    def liaison(self) -> Subject | None:
        """The committee that is told of a sector's finding (萍协字〔2022〕21号 一)."""
        return self.facts.liaison if isinstance(self.facts, OrganFacts) else None

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        return tuple(
            _comparison(self.rule, condition, self.facts, self.window)
            for condition in self.rule.conditions
        )

    @property
    def deciding(self) -> tuple[Comparison, ...]:
        """The comparisons that decide: where any suffices, those that hold."""
        if not self.rule.any_suffices or self.verdict is not Verdict.HIT:
            return self.comparisons
        return tuple(comparison for comparison in self.comparisons if comparison.holds)

    @property
    def deciding_measures(self) -> tuple[str, ...]:
        """The measures whose records are the evidence."""
        return tuple(
            dict.fromkeys(
                name for comparison in self.deciding for name in comparison.condition.measures
            )
        )

    @cached_property
    def values(self) -> Mapping[str, Number | str | None]:
        """The numbers compared, by their names."""
        values: dict[str, Number | str | None] = {}
        if self.rule.windowed:
            values["window"] = self.window.name
        for comparison in self.deciding:
            values |= _values(comparison.condition, self.facts, self.window)
        return values

    @property
    def summary(self) -> str:
        """What was found, in a sentence."""
        texts = [comparison.text for comparison in self.deciding if comparison.text]
        told = f"请联系该界别的{self.liaison.name}督促。" if self.liaison else ""
        return f"{self.window.label}：{'；'.join(texts)}。{told}"


@dataclass(frozen=True, slots=True)
class Owed:
    """A minimum a member has to reach, and how far they are; `due` is the last day."""

    rule: Rule
    measure: str
    label: str
    unit: str
    done: Number
    required: int
    due: date

    @property
    def is_met(self) -> bool:
        return self.done >= self.required


def evaluate(pack: Pack, facts: DutyFacts) -> tuple[Judgement, ...]:
    """Every hit, sorted by rule, subject and window."""
    hits = [
        judgement
        for rule in pack.rules(is_county=facts.term.is_county)
        for window in _judged_windows(rule, facts)
        for judgement in _hits(rule, window, facts)
    ]
    return tuple(sorted(hits, key=_order))


def judge(
    rule: Rule, subject: SubjectFacts, facts: DutyFacts, window: Window | None = None
) -> Judgement:
    """How a rule looks on a subject, hit or not; `window` defaults to the year or the term."""
    if window is None:
        window = windows_of(rule.period, year=facts.year, term=facts.term)[0]
    return Judgement(rule, subject, window, _verdict(rule, subject, window, facts))


def windows_for(rule: Rule, facts: DutyFacts) -> tuple[Window, ...]:
    """Every window of the rule in the year, judged or not."""
    return windows_of(rule.period, year=facts.year, term=facts.term)


def owed_minimums(pack: Pack, facts: DutyFacts, member: MemberFacts) -> tuple[Owed, ...]:
    """What the pack asks of a member in the year and the term, met or not."""
    return tuple(
        owed
        for rule in pack.rules(is_county=facts.term.is_county)
        if rule.subject.is_member and rule.is_owed_minimum and _concerns(rule, member)
        for owed in _owed(rule, facts, member)
    )


def _owed(rule: Rule, facts: DutyFacts, member: MemberFacts) -> Iterator[Owed]:
    window = windows_of(rule.period, year=facts.year, term=facts.term)[0]
    if rule.period is not Period.TERM and not window.lies_within(facts.term):
        return
    due = facts.deadline if rule.waits_for_deadline else min(window.end, facts.term.end_date)
    conditions = rule.conditions
    if not all(_holds(c, member, window) for c in conditions if c.operator is Operator.AT_LEAST):
        return
    for condition in conditions:
        done = _value(condition, member, window)
        if condition.operator is Operator.BELOW and done is not None:
            measure = MEASURES[condition.measures[0]]
            yield Owed(
                rule, measure.name, measure.label, measure.unit, done, condition.threshold, due
            )


def _order(judgement: Judgement) -> tuple[str, str, str]:
    return judgement.rule.id, judgement.subject.key, judgement.window.name


def _judged_windows(rule: Rule, facts: DutyFacts) -> tuple[Window, ...]:
    return tuple(
        window for window in windows_for(rule, facts) if _timing(rule, window, facts) is None
    )


def _timing(rule: Rule, window: Window, facts: DutyFacts) -> Verdict | None:
    """Why the rule is not judged on this window yet, or at all; None where it is."""
    if rule.judged is Judged.LAST_YEAR:
        return None if facts.on >= last_year_start(facts.term.end_date) else Verdict.NOT_DUE
    if rule.judged is Judged.WHEN_ENDED:
        if not window.lies_within(facts.term):
            return Verdict.OUTSIDE_TERM
        ends = max(window.end, facts.deadline) if rule.waits_for_deadline else window.end
        return None if facts.on >= ends else Verdict.NOT_DUE
    return None


def _concerns(rule: Rule, member: MemberFacts) -> bool:
    return _exclusion(rule, member) is None


def _exclusion(rule: Rule, member: MemberFacts) -> Verdict | None:
    if rule.subject is RuleSubject.STANDING_MEMBER and not member.is_standing:
        return Verdict.NOT_STANDING
    if rule.period is Period.YEAR and member.suspended_all_year:
        return Verdict.EXEMPT
    return None


def _subjects(rule: Rule, facts: DutyFacts) -> Iterable[SubjectFacts]:
    if rule.subject is RuleSubject.SECTOR:
        return facts.sectors
    if rule.subject is RuleSubject.COMMITTEE:
        return facts.committees
    if rule.subject is RuleSubject.ASSEMBLY:
        return (facts.assembly,)
    return [member for member in facts.members if _exclusion(rule, member) is None]


def _hits(rule: Rule, window: Window, facts: DutyFacts) -> Iterator[Judgement]:
    subjects = _subjects(rule, facts)
    if len(rule.conditions) == 1:  # most rules: spare the many who are not hit the detour
        condition = rule.conditions[0]
        hit = [subject for subject in subjects if _holds(condition, subject, window)]
    else:
        hit = [subject for subject in subjects if _is_hit(rule, subject, window)]
    for subject in hit:
        yield Judgement(rule, subject, window, Verdict.HIT)


def _is_hit(rule: Rule, subject: SubjectFacts, window: Window) -> bool:
    held = (_holds(condition, subject, window) for condition in rule.conditions)
    return any(held) if rule.any_suffices else all(held)


def _verdict(rule: Rule, subject: SubjectFacts, window: Window, facts: DutyFacts) -> Verdict:
    excluded = _exclusion(rule, subject) if isinstance(subject, MemberFacts) else None
    reason = excluded or _timing(rule, window, facts)
    if reason is not None:
        return reason
    if any(_value(condition, subject, window) is None for condition in rule.conditions):
        return Verdict.NO_VALUE
    return Verdict.HIT if _is_hit(rule, subject, window) else Verdict.CLEAR


def _holds(condition: Condition, subject: SubjectFacts, window: Window) -> bool:
    """A condition on a value nobody has worked out yet holds for nobody."""
    value = _value(condition, subject, window)
    if value is None:
        return False
    if condition.operator is Operator.BELOW:
        return value < condition.threshold
    return value >= condition.threshold


def _value(condition: Condition, subject: SubjectFacts, window: Window) -> Number | None:
    if isinstance(subject, OrganFacts):
        return sum(
            len(subject.within(name, window.start, window.end)) for name in condition.measures
        )
    if condition.years_below is not None:
        years = subject.years.get(condition.measures[0])
        if years is None:
            return None
        return sum(1 for figure in years.values() if figure < condition.years_below)
    if len(condition.measures) == 1:
        return subject.values.get(condition.measures[0], 0)
    values = [subject.value(name) for name in condition.measures]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _comparison(
    rule: Rule, condition: Condition, subject: SubjectFacts, window: Window
) -> Comparison:
    return Comparison(
        condition,
        _value(condition, subject, window),
        _holds(condition, subject, window),
        _sentence(rule, condition, subject, window),
    )


def _values(
    condition: Condition, subject: SubjectFacts, window: Window
) -> dict[str, Number | str | None]:
    """The numbers behind a condition; of a sum, the parts that are not nought."""
    total = _value(condition, subject, window)
    if isinstance(subject, OrganFacts) or condition.years_below is not None:
        return {_value_name(condition): total}
    parts = {MEASURES[name].value_name: subject.value(name) for name in condition.measures}
    values: dict[str, Number | str | None] = {
        name: value for name, value in parts.items() if value or len(parts) == 1 or not total
    }
    for name in condition.measures:
        note = leave_note(name)
        if note and subject.value(name) and subject.value(note):
            values[MEASURES[note].value_name] = subject.value(note)
    return values


def _value_name(condition: Condition) -> str:
    name = MEASURES[condition.measures[0]].value_name
    return name if condition.years_below is None else f"years_{name}_below_{condition.years_below}"


def _sentence(rule: Rule, condition: Condition, subject: SubjectFacts, window: Window) -> str:
    measures = [MEASURES[name] for name in condition.measures]
    if measures[0].span is Span.STATE:
        return ""
    value, unit = _value(condition, subject, window), measures[-1].unit
    if condition.years_below is not None:
        counted, unit = f"{measures[0].label}低于{condition.years_below}{unit}", "年"
    else:
        named = measures
        if isinstance(subject, MemberFacts) and len(measures) > 1:
            named = [m for m in measures if subject.value(m.name)] or measures
        counted = "、".join(measure.label for measure in named)
    sentence = f"{counted}{'尚无' if value is None else value}{unit}"
    if condition.operator is Operator.BELOW and rule.is_owed_minimum:
        sentence += f"，应不少于{condition.threshold}{unit}"
    return sentence + _leave_sentence(condition, subject)


def _leave_sentence(condition: Condition, subject: SubjectFacts) -> str:
    if isinstance(subject, OrganFacts):
        return ""
    notes = [note for name in condition.measures if (note := leave_note(name))]
    partly = sum(subject.value(note) or 0 for note in notes)
    counted = any(subject.value(name) for name in condition.measures)
    return f"（其中{partly}次有部分场次请假，请酌情）" if partly and counted else ""
