"""互通委员信息 (萍协办字〔2022〕19号 三（四）): what a department is told of its side, yearly; and the
roster for 有关单位, disciplinary and judicial organs among them (三（五）).

Every table is read for all members at once: the number of queries does not grow with them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from assessments.choices import FindingState
from assessments.models import Finding
from core.dates import written
from dossiers.selectors import duty_facts
from exits.choices import CaseKind, InterviewState, PaperKind, PaperVariant, Partner
from exits.models import Case, Interview
from exits.models.constraints import AFTER_DECISION
from exits.procedures import kinds_where
from exits.selectors.papers import (
    department_name,
    full_department_name,
    values_of_term,
    wording_for,
)
from exits.wording import Wording, filled
from members.choices import Party
from members.models import Member, SuspensionPeriod, Term
from members.querysets import MemberQuerySet

MEASURES = ("events.expected", "events.attended", "events.leave", "events.unexcused")
SIDE_WORDS = {Partner.ORGANIZATION: "中共党员", Partner.UNITED_FRONT: "非中共党员"}
EVERYBODY = "全体"
PERFORMANCE_COLUMNS = (
    "序号", "姓名", "界别", "单位职务", "应出席", "出席", "请假", "无故缺席", "有关情形",
)  # fmt: skip
ROSTER_COLUMNS = ("序号", "姓名", "党派", "界别", "单位职务")
CHANGE_COLUMNS = ("序号", "类别", "姓名", "界别", "单位职务", "日期", "决定文号")


@dataclass(frozen=True)
class Exchange:
    """A letter to a department as it is begun with, and its tables; `members` are in them."""

    wording: Wording
    appendix: tuple[Mapping[str, Any], ...]
    members: frozenset[int]


def exchange_of(
    *, topic: str, term: Term, year: int, on: date, partner: str = "", receiver: str = ""
) -> Exchange:
    """About the members of the department's side, as they stood on `on`, a day of the year.

    `receiver`: whom the roster of all members goes to, which goes to no department.
    """
    side = None if topic == PaperVariant.ROSTER_OTHERS else Partner(partner)
    shared = dict(values_of_term(term, on)) | {
        "年度": str(year),
        "会商部门": department_name(term.assembly, side) if side else "",
        "会商部门全称": full_department_name(term.assembly, side) if side else "",
        "收文单位": receiver,
        "委员范围": SIDE_WORDS[side] if side else EVERYBODY,
        "统计日期": written(on),
    }
    build = _performance if topic == PaperVariant.PERFORMANCE else _roster
    values, appendix, members = build(term, side, year, on)
    wording = filled(wording_for(PaperKind.EXCHANGE, topic), shared | values)
    return Exchange(wording, appendix, members)


def of_side(term: Term, side: Partner | None) -> MemberQuerySet:
    """中共党员 are 组织部's, the others 统战部's; without a side, all."""
    rows = Member.objects.filter(term=term)
    if side is not None:
        is_cpc = Q(party=Party.CPC)
        rows = rows.filter(is_cpc if side == Partner.ORGANIZATION else ~is_cpc)
    return rows.select_related("person", "sector").order_by("code")


Tables = tuple[dict[str, str], tuple[Mapping[str, Any], ...], frozenset[int]]


def _performance(term: Term, side: Partner | None, year: int, on: date) -> Tables:
    """Whoever left in the year is told of with what they did until then."""
    start = date(year, 1, 1)
    members = list(of_side(term, side).served(start, on))
    keys = [member.pk for member in members]
    facts = {
        one.subject.pk: [int(one.value(name) or 0) for name in MEASURES]
        for one in duty_facts(term=term, year=year, on=on, members=keys, left_since=start).members
    }
    findings = _findings(keys, year)
    cases, interviews = _cases(keys, year, on), _interviews(keys, year, on)
    left = {one.pk: f"{written(one.exited_date)}退出" for one in members if not one.serves(on)}
    rows, sums = [], [0] * len(MEASURES)
    for place, member in enumerate(members, start=1):
        counts = facts.get(member.pk, [0] * len(MEASURES))
        sums = [total + count for total, count in zip(sums, counts, strict=True)]
        known = (findings, interviews, cases)
        remarks = [words for source in known for words in source.get(member.pk, ())]
        remarks += [left[member.pk]] if member.pk in left else []
        rows.append([str(place), *_about(member), *map(str, counts), "；".join(remarks)])
    values = dict(zip(("应出席", "实出席", "请假", "无故缺席"), map(str, sums), strict=True)) | {
        "委员人数": str(len(members) - len(left)),
        "退出人数": str(len(left)),
        "发现人数": str(len(findings)),
        "事项人数": str(len(cases)),
    }
    tables: tuple[Mapping[str, Any], ...] = (
        {
            "title": f"{_scope(side)}委员{year}年度履职情况表",
            "columns": list(PERFORMANCE_COLUMNS),
            "rows": rows,
            "note": f"注：出席为各类会议活动次数，统计截至{written(on)}，年度内退出的委员计至退出之日；"
            "全程不参加且无请假的计为无故缺席。",
        },
    )
    return values, tables, frozenset(keys)


def _roster(term: Term, side: Partner | None, year: int, on: date) -> Tables:
    members = list(of_side(term, side).serving(on))
    roster = [
        [str(place), member.person.name, member.get_party_display(), *_about(member)[1:]]
        for place, member in enumerate(members, start=1)
    ]
    changes = _changes(term, side, date(year, 1, 1), on)
    if side is not None:
        changes += _suspensions(term, side, date(year, 1, 1), on)
    changes.sort(key=lambda change: (change[0], change[2].code, change[1]))
    counted = [kind for _, kind, *_ in changes]
    told = [member.pk for member in members] + [member.pk for _, _, member, _ in changes]
    rows = [
        [str(place), kind, *_about(member), written(day), number or "—"]
        for place, (day, kind, member, number) in enumerate(changes, start=1)
    ]
    values = {
        "委员人数": str(len(members)),
        "增补人数": str(counted.count("增补")),
        "退出人数": str(counted.count("退出")),
        "暂停人数": str(counted.count("暂停履职")),
    }
    tables: tuple[Mapping[str, Any], ...] = (
        {
            "title": f"{_scope(side)}委员名单",
            "columns": list(ROSTER_COLUMNS),
            "rows": roster,
            "note": f"注：名单截至{written(on)}。",
        },
        {
            "title": f"{year}年度委员调整情况表",
            "columns": list(CHANGE_COLUMNS),
            "rows": rows,
            "note": "" if rows else "注：本年度没有调整。",
        },
    )
    return values, tables, frozenset(told)


def _scope(side: Partner | None) -> str:
    return SIDE_WORDS[side] if side else EVERYBODY


def _about(member: Member) -> list[str]:
    return [member.person.name, member.sector.name, member.employer_post or "—"]


Change = tuple[date, str, Member, str]


def _changes(term: Term, side: Partner | None, start: date, on: date) -> list[Change]:
    """Who joined after the term began, and who left, from `start` to `on`."""
    within = (start, on)
    members = list(
        of_side(term, side).filter(Q(joined_date__range=within) | Q(exited_date__range=within))
    )
    decided = Case.objects.filter(
        member__in=[member.pk for member in members],
        kind__in=kinds_where(ends_membership=True),
        state__in=AFTER_DECISION,
    )
    numbers = dict(decided.values_list("member", "decision_number"))
    changes: list[Change] = []
    for member in members:
        if start <= member.joined_date <= on and member.joined_date > term.start_date:
            changes.append((member.joined_date, "增补", member, ""))
        if member.exited_date is not None and start <= member.exited_date <= on:
            changes.append((member.exited_date, "退出", member, numbers.get(member.pk, "")))
    return changes


def _suspensions(term: Term, side: Partner, start: date, on: date) -> list[Change]:
    """Who was suspended or reinstated. The departments consulted on it are told; whoever else is
    to know is named in 二（二）（四）.
    """
    within = (start, on)
    periods = list(
        SuspensionPeriod.objects.filter(member__in=of_side(term, side).order_by().values("pk"))
        .filter(Q(start_date__range=within) | Q(end_date__range=within))
        .select_related("member__person", "member__sector")
    )
    resumed = Case.objects.filter(
        kind=CaseKind.REINSTATEMENT, suspension__in=[period.pk for period in periods]
    )
    numbers = dict(resumed.values_list("suspension", "decision_number"))
    changes: list[Change] = []
    for period in periods:
        if start <= period.start_date <= on:
            changes.append((period.start_date, "暂停履职", period.member, period.decision_number))
        end = period.end_date
        if end is not None and start <= end <= on and end != period.member.exited_date:
            changes.append((end, "恢复履职", period.member, numbers.get(period.pk, "")))
    return changes


def _findings(members: Sequence[int], year: int) -> dict[int, list[str]]:
    """Confirmed findings of the year, in words."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Finding.objects.filter(member__in=members, state=FindingState.CONFIRMED).of_year(year)
    for finding in rows.order_by("member", "rule"):
        words = f"{finding.title}（建议{finding.get_outcome_display()}）"
        if finding.member_id is not None and words not in found[finding.member_id]:
            found[finding.member_id].append(words)
    return dict(found)


def _cases(members: Sequence[int], year: int, on: date) -> dict[int, list[str]]:
    """Cases the departments were informed of, as far as they were open in the year."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = Case.objects.filter(member__in=members, informed_date__lte=on).filter(
        Q(closed_date__isnull=True) | Q(closed_date__gte=date(year, 1, 1))
    )
    for case in rows.order_by("member", "opened_date", "pk"):
        found[case.member_id].append(f"{case.get_kind_display()}（{case.get_state_display()}）")
    return dict(found)


def _interviews(members: Sequence[int], year: int, on: date) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = Interview.objects.filter(
        member__in=members, state__in=[InterviewState.HELD, InterviewState.CLOSED]
    )
    for interview in rows.order_by("member", "held_at", "pk"):
        if interview.held_at is None:
            continue
        held = timezone.localdate(interview.held_at)
        if held.year == year and held <= on:
            words = f"{held.month}月{held.day}日{interview.get_kind_display()}"
            found[interview.member_id].append(words)
    return dict(found)
