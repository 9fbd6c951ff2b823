"""The yearly summary: every member's counts in a row, totals by sector and committee, findings."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from accounts.models import User
from assessments.choices import FindingState, SubjectKind
from assessments.models import Finding
from dossiers.facts import MemberFacts, Number
from dossiers.selectors import duty_facts
from members.choices import Party
from members.models import Member, Term
from members.querysets import MemberQuerySet
from reporting.selectors.forms import reads_sanctions

#: Group heading -> (column heading, measure): every count of a member's year.
COUNT_COLUMNS: Mapping[str, Sequence[tuple[str, str]]] = {
    "全体会议": (
        ("应出席（次）", "plenary.expected"),
        ("实出席（次）", "plenary.attended"),
        ("请假（次）", "plenary.leave"),
        ("无故缺席（次）", "plenary.unexcused"),
    ),
    "常委会会议": (
        ("应出席（次）", "standing.expected"),
        ("实出席（次）", "standing.attended"),
        ("请假（次）", "standing.leave"),
        ("无故缺席（次）", "standing.unexcused"),
    ),
    "出席会议活动": (("参加（次）", "activities.attended"), ("发言（次）", "activities.spoken")),
    "提交提案": (
        ("第一提案人提案（件）", "proposals.first"),
        ("联名提案（件）", "proposals.cosigned"),
        ("采纳或解决提案（件）", "proposals.adopted"),
        ("优秀提案（件）", "proposals.excellent"),
    ),
    "全体会议大会发言": (
        ("提交（篇）", "speeches.plenary.submitted"),
        ("口头发言（篇）", "speeches.plenary.oral"),
        ("书面发言（篇）", "speeches.plenary.written"),
    ),
    "常委会会议发言": (
        ("提交（篇）", "speeches.standing.submitted"),
        ("口头发言（篇）", "speeches.standing.oral"),
        ("书面发言（篇）", "speeches.standing.written"),
    ),
    "反映社情民意信息": (
        ("反映（篇）", "opinions.submitted"),
        ("采用（篇）", "opinions.adopted"),
        ("领导批示（篇）", "opinions.instructed"),
    ),
    "开展调研、视察活动": (
        ("自主调研（份）", "research.own"),
        ("调研协商课题（个）", "research.topics"),
        ("视察考察（次）", "research.inspections"),
    ),
    "主题活动": (("参加（次）", "themed.attended"),),
    "学习培训": (("参加（次）", "training.attended"),),
    "外单位会议活动": (("参加（次）", "external.attended"),),
    "发表文章": (("发表（篇）", "articles"),),
    "奖惩": (("奖励（项）", "awards"), ("惩处（项）", "penalties")),
    "履职得分": (("得分（分）", "score"),),
}
MEASURES = tuple(measure for columns in COUNT_COLUMNS.values() for _, measure in columns)
#: Adding these up over members says nothing.
NOT_ADDED = {"score"}
NO_COMMITTEE = "未编入专委会"

Numbers = tuple[Number | None, ...]


@dataclass(frozen=True)
class SummaryRow:
    """A member; `counts` in the order of MEASURES, None where there is no number to show."""

    code: str
    name: str
    party: str
    sector: str
    committee: str
    employer_post: str
    is_standing: bool
    counts: Numbers


@dataclass(frozen=True)
class Subtotal:
    name: str
    members: int
    counts: Numbers


@dataclass(frozen=True)
class FindingRow:
    title: str
    subject_kind: str
    subject: str
    window: str
    outcome: str
    state: str
    summary: str
    clauses: str
    decision: str


@dataclass(frozen=True)
class Summary:
    """`on` is the day the year is looked at from."""

    term: str
    year: int
    on: date
    rows: tuple[SummaryRow, ...]
    sectors: tuple[Subtotal, ...]
    committees: tuple[Subtotal, ...]
    total: Subtotal
    findings: tuple[FindingRow, ...]


def year_summary(
    *, term: Term, year: int, on: date, members: MemberQuerySet, viewer: User | None
) -> Summary:
    """The summary of these members; `viewer` None is the office's own command."""
    people = list(members.select_related("person", "sector", "committee").order_by("code"))
    chosen = {member.pk for member in people}
    facts = {
        member.subject.pk: member
        for member in duty_facts(term=term, year=year, on=on, members=chosen).members
    }
    hidden = set() if viewer is None or reads_sanctions(viewer) else {"penalties"}
    rows = tuple(_row(member, facts.get(member.pk), hidden) for member in people)
    return Summary(
        term=term.name,
        year=year,
        on=on,
        rows=rows,
        sectors=_subtotals(
            rows, lambda row: row.sector, [m.sector.name for m in _by_sector(people)]
        ),
        committees=_subtotals(
            rows, lambda row: row.committee, [_committee(m) for m in _by_committee(people)]
        ),
        total=_subtotal("合计", rows),
        findings=tuple(_findings(term, year, on, chosen, viewer)),
    )


def _row(member: Member, facts: MemberFacts | None, hidden: Collection[str]) -> SummaryRow:
    return SummaryRow(
        code=member.code,
        name=member.person.name,
        party=str(Party(member.party).label),
        sector=member.sector.name,
        committee=_committee(member),
        employer_post=member.employer_post,
        is_standing=facts is not None and facts.is_standing,
        counts=tuple(
            None if facts is None or measure in hidden else facts.value(measure)
            for measure in MEASURES
        ),
    )


def _committee(member: Member) -> str:
    return member.committee.name if member.committee else NO_COMMITTEE


def _by_sector(people: Iterable[Member]) -> list[Member]:
    return sorted(people, key=lambda member: (member.sector.sequence, member.sector.name))


def _by_committee(people: Iterable[Member]) -> list[Member]:
    """Members of no committee come last."""
    return sorted(
        people,
        key=lambda member: (
            member.committee is None,
            member.committee.sequence if member.committee else 0,
            _committee(member),
        ),
    )


def _subtotals(
    rows: Sequence[SummaryRow], group: Callable[[SummaryRow], str], names: Iterable[str]
) -> tuple[Subtotal, ...]:
    """One for each name, in the order given (names may repeat)."""
    order = {name: position for position, name in enumerate(dict.fromkeys(names))}
    grouped = groupby(sorted(rows, key=lambda row: order[group(row)]), key=group)
    return tuple(_subtotal(name, tuple(found)) for name, found in grouped)


def _subtotal(name: str, rows: Sequence[SummaryRow]) -> Subtotal:
    columns = zip(*(row.counts for row in rows), strict=True) if rows else [()] * len(MEASURES)
    counts = tuple(
        None if measure in NOT_ADDED else _sum(column)
        for measure, column in zip(MEASURES, columns, strict=True)
    )
    return Subtotal(name, len(rows), counts)


def _sum(column: Iterable[Number | None]) -> Number | None:
    known = [number for number in column if number is not None]
    return sum(known) if known else None


def _findings(
    term: Term, year: int, on: date, members: Collection[int], viewer: User | None
) -> Iterable[FindingRow]:
    """Of these members, and of the bodies where the whole term is looked at."""
    found = Finding.objects.filter(term=term).of_year(year).exclude(state=FindingState.WITHDRAWN)
    if viewer is not None:
        found = found.visible_to(viewer)
    whole = not Member.objects.filter(term=term).serving(on).exclude(pk__in=members).exists()
    for finding in found.order_by("rule", "subject_key", "window"):
        if finding.member_id in members or (finding.member_id is None and whole):
            yield FindingRow(
                title=finding.title,
                subject_kind=str(SubjectKind(finding.subject_kind).label),
                subject=_subject(finding),
                window="全届" if finding.window == "term" else finding.window,
                outcome=finding.get_outcome_display(),
                state=finding.get_state_display(),
                summary=finding.summary,
                clauses="；".join(
                    f"{citation['document']} {citation['clause']}" for citation in finding.citations
                ),
                decision=finding.decision_reason,
            )


def _subject(finding: Finding) -> str:
    if finding.subject_kind == SubjectKind.MEMBER:
        return f"{finding.subject_key} {finding.subject_name}"
    return finding.subject_name
