"""Reading findings: what they suggest, how a rule came out, what is still owed."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from assessments.models import Finding, Run
from assessments.rulebook import Judgement, Owed, Pack, Rule, judge, load_pack, owed_minimums
from assessments.selectors.judging import NOBODY_REFUSES, Refusals, most_severe
from core.refusals import RefusalError
from dossiers.facts import MEASURES, Measure, Number
from dossiers.selectors import EvidenceRow, duty_facts, evidence_rows, records_behind
from members.choices import AssemblyLevel
from members.models import Member, Term


class RuleUnknownError(RefusalError):
    """The term's pack has no such rule on members."""


class NotServingError(RefusalError):
    """Rules look only at members serving on the as-of date."""


@dataclass(frozen=True)
class CountedFact:
    """One number a rule looks at, with the records counted."""

    measure: Measure
    value: Number | None
    rows: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class Explanation:
    """Why a rule is hit or not on a member: the facts, the records behind them, the clause."""

    pack: Pack
    rule: Rule
    judgement: Judgement
    facts: tuple[CountedFact, ...]


def pack_of(term: Term) -> Pack:
    """The pack the term is judged by."""
    return load_pack(term.rule_pack)


def member_rules(term: Term) -> tuple[Rule, ...]:
    """The rules of the term's pack that look at members, in the pack's order."""
    is_county = term.assembly.level == AssemblyLevel.COUNTY
    return tuple(
        rule for rule in pack_of(term).rules(is_county=is_county) if rule.subject.is_member
    )


def latest_as_of(*, term: Term, by: date) -> date | None:
    """The latest date a stored run looked from, of those that have come by the day."""
    runs = Run.objects.filter(term=term, as_of_date__lte=by)
    return runs.aggregate(latest=Max("as_of_date"))["latest"]


def suggested_actions(*, term: Term, year: int | None = None) -> dict[int, str]:
    """By member (primary key), the most severe outcome of their open or confirmed findings.

    With `year`, of that year's findings and of those kept for the whole term.
    """
    standing = Finding.objects.standing().filter(term=term, member__isnull=False)
    if year is not None:
        standing = standing.of_year(year)
    outcomes: dict[int, list[str]] = defaultdict(list)
    for member, outcome in standing.order_by().values_list("member_id", "outcome"):
        outcomes[member].append(outcome)
    return most_severe(outcomes)


def finding_evidence(finding: Finding) -> tuple[EvidenceRow, ...]:
    """The finding's evidence record by record."""
    return evidence_rows(finding.term, finding.records)


def explain(
    *, member: Member, rule_id: str, year: int, on: date, refusals: Refusals = NOBODY_REFUSES
) -> Explanation:
    """How a rule looks on a member, hit or not. Raises RuleUnknownError or NotServingError."""
    term = member.term
    pack = pack_of(term)
    facts = duty_facts(term=term, year=year, on=on, members=[member.pk]).with_refusals(refusals)
    rule = pack.rule(rule_id, is_county=facts.term.is_county)
    if rule is None or not rule.subject.is_member:
        raise RuleUnknownError(f"规则包{pack.name}没有这条对委员的规则：{rule_id}。")
    subject = facts.member(member.pk)
    if subject is None:
        raise NotServingError(f"{member}在{on}不在任，规则不适用。")
    behind = records_behind(facts, wanted={member.pk: rule.measures}, measures=rule.measures)
    rows = {row.record: row for row in evidence_rows(term, _flat(behind.values()))}
    return Explanation(
        pack=pack,
        rule=rule,
        judgement=judge(rule, subject, facts),
        facts=tuple(
            CountedFact(
                MEASURES[name],
                subject.value(name),
                tuple(rows[record] for record in behind[member.pk, name]),
            )
            for name in rule.measures
        ),
    )


def progress(
    *, term: Term, year: int, on: date, members: Collection[int] | None = None
) -> dict[int, tuple[Owed, ...]]:
    """By serving member (primary key): what the pack asks of them, met or not, and by when."""
    pack = pack_of(term)
    minimums = [rule for rule in member_rules(term) if rule.is_owed_minimum]
    measures = {name for rule in minimums for name in rule.measures}
    facts = duty_facts(term=term, year=year, on=on, members=members, measures=measures)
    return {person.subject.pk: owed_minimums(pack, facts, person) for person in facts.members}


def _flat(groups: Collection[tuple[str, ...]]) -> list[str]:
    return list(dict.fromkeys(record for group in groups for record in group))
