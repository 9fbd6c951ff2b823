"""Reading exit cases, and asking the rules with what only cases know."""

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Prefetch, Q

from assessments.rulebook import OUTCOMES, Pack
from assessments.selectors import Assessment, Explanation, Refusals, assess, most_severe, pack_of
from assessments.selectors import explain as explain_rule
from dossiers.facts import Holder
from exits.choices import Act, CaseKind
from exits.models import Case, CaseStep
from members.models import Member, Term


def refusals(*, term: Term, on: date) -> Refusals:
    """By member: the refusals recorded in 责令辞去 cases open on the date.

    A refusal counts only after the member was both reminded and persuaded
    (萍协办字〔2022〕19号 一（二）3（5）).
    """
    steps = CaseStep.objects.filter(date__lte=on).order_by("date", "pk")
    cases = (
        Case.objects.filter(
            Q(closed_date__isnull=True) | Q(closed_date__gt=on),
            member__term=term,
            kind=CaseKind.ORDER_RESIGN,
            opened_date__lte=on,
        )
        .annotate(code=F("member__code"))
        .prefetch_related(Prefetch("steps", queryset=steps, to_attr="dated_steps"))
        .order_by("opened_date", "pk")
    )
    found: dict[int, tuple[str, ...]] = {}
    for case in cases:
        refused = refused_on(case.dated_steps)
        if refused is not None:
            record = f"退出事项:{case.code}|{case.opened_date}|拒不提交书面申请|{refused}"
            found[case.member_id] = (*found.get(case.member_id, ()), record)
    return found


def refused_on(steps: list[CaseStep]) -> date | None:
    """The date of the first refusal that followed a reminder and a persuasion."""
    for step in steps:
        if step.kind == Act.REFUSE:
            earlier = {other.kind for other in steps if other.date <= step.date}
            if {Act.REMIND, Act.PERSUADE} <= earlier:
                return step.date
    return None


def explain(*, member: Member, rule_id: str, year: int, on: date) -> Explanation:
    """How a rule looks on a member, hit or not, refusals in exit cases included.

    Raises RuleUnknownError or NotServingError.
    """
    return explain_rule(
        member=member,
        rule_id=rule_id,
        year=year,
        on=on,
        refusals=refusals(term=member.term, on=on),
    )


@dataclass(frozen=True)
class Difference:
    """A member whose suggested action differs between two packs; empty where there is none."""

    key: str
    name: str
    sector: str
    usual: str
    changed: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What a changed pack would find against what the term's own pack finds."""

    usual: Assessment
    changed: Assessment
    differences: tuple[Difference, ...]
    rules: tuple[tuple[str, str, int, int], ...]


def compare_packs(*, term: Term, year: int, on: date, pack: Pack) -> Comparison:
    """Judges the year by the term's own pack and by another; nothing is stored.

    `rules` lists (id, title, hits by the own pack, hits by the other) where the numbers differ.
    """
    known = refusals(term=term, on=on)
    usual = assess(term=term, year=year, on=on, pack=pack_of(term), refusals=known)
    changed = assess(term=term, year=year, on=on, pack=pack, refusals=known)
    return Comparison(usual, changed, _differences(usual, changed), _rule_counts(usual, changed))


def _differences(usual: Assessment, changed: Assessment) -> tuple[Difference, ...]:
    before, after = _by_member(usual), _by_member(changed)
    outcomes_before = most_severe({pk: [o for o, _ in hits] for pk, hits in before.items()})
    outcomes_after = most_severe({pk: [o for o, _ in hits] for pk, hits in after.items()})
    differences = []
    for facts in usual.facts.members:
        pk = facts.subject.pk
        was, now = outcomes_before.get(pk, ""), outcomes_after.get(pk, "")
        if was != now:
            titles_before = {title for _, title in before.get(pk, ())}
            titles_after = {title for _, title in after.get(pk, ())}
            differences.append(
                Difference(
                    facts.subject.key,
                    facts.subject.name,
                    facts.sector,
                    OUTCOMES.get(was, ""),
                    OUTCOMES.get(now, ""),
                    tuple(sorted(titles_after - titles_before)),
                    tuple(sorted(titles_before - titles_after)),
                )
            )
    return tuple(differences)


def _by_member(assessment: Assessment) -> dict[int, list[tuple[str, str]]]:
    hits: dict[int, list[tuple[str, str]]] = {}
    for hit in assessment.hits:
        judgement = hit.judgement
        if judgement.subject.holder is Holder.MEMBER:
            pair = (judgement.rule.outcome, judgement.rule.title)
            hits.setdefault(judgement.subject.pk, []).append(pair)
    return hits


def _rule_counts(usual: Assessment, changed: Assessment) -> tuple[tuple[str, str, int, int], ...]:
    titles = {
        hit.judgement.rule.id: hit.judgement.rule.title for hit in (*usual.hits, *changed.hits)
    }
    counts = [
        (rule_id, title, _hits_of(usual, rule_id), _hits_of(changed, rule_id))
        for rule_id, title in sorted(titles.items())
    ]
    return tuple(row for row in counts if row[2] != row[3])


def _hits_of(assessment: Assessment, rule_id: str) -> int:
    return sum(hit.judgement.rule.id == rule_id for hit in assessment.hits)
