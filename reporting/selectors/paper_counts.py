"""The numbers of the 述职表 as its member reads them: each with the records it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dossiers.models import DutyPaper
from dossiers.selectors import EvidenceRow, duty_facts, evidence_rows, records_behind
from reporting.selectors.counts import FormCounts, form_counts

#: Row of the form → (column, unit, measure).
ROWS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "全体会议": (
        ("应出席", "次", "plenary.expected"),
        ("实出席", "次", "plenary.attended"),
        ("请假", "次", "plenary.leave"),
    ),
    "常委会议": (
        ("应出席", "次", "standing.expected"),
        ("实出席", "次", "standing.attended"),
        ("请假", "次", "standing.leave"),
    ),
    "出席会议活动": (
        ("参加", "次", "activities.attended"),
        ("发言", "次", "activities.spoken"),
    ),
    "提交提案情况": (
        ("第一提案人提案", "件", "proposals.first"),
        ("联名提案", "件", "proposals.cosigned"),
        ("采纳或解决提案", "件", "proposals.adopted"),
        ("优秀提案", "件", "proposals.excellent"),
    ),
    "提交大会发言情况：全体会议": (
        ("提交", "篇", "speeches.plenary.submitted"),
        ("口头发言", "篇", "speeches.plenary.oral"),
        ("书面发言", "篇", "speeches.plenary.written"),
    ),
    "提交大会发言情况：常委会议": (
        ("提交", "篇", "speeches.standing.submitted"),
        ("口头发言", "篇", "speeches.standing.oral"),
        ("书面发言", "篇", "speeches.standing.written"),
    ),
    "反映社情民意信息情况": (
        ("反映", "篇", "opinions.submitted"),
        ("采用", "篇", "opinions.adopted"),
        ("领导批示", "篇", "opinions.instructed"),
    ),
    "参与主题活动情况": (("参加", "次", "themed.attended"),),
    "应邀以委员身份参加外单位会议活动情况": (("参加", "次", "external.attended"),),
}
LABELS = {
    measure: f"{row}——{column}" for row, cells in ROWS.items() for column, _, measure in cells
}


@dataclass(frozen=True)
class CountCell:
    label: str
    unit: str
    measure: str
    number: int


@dataclass(frozen=True)
class CountRow:
    title: str
    cells: tuple[CountCell, ...]


def count_rows(paper: DutyPaper, *, on: date) -> list[CountRow]:
    """The numbers as the form prints them on the day; none of a member who left."""
    counts: FormCounts | None = form_counts(
        term=paper.campaign.term, year=paper.campaign.year, on=on, members=[paper.member_id]
    ).get(paper.member_id)
    if counts is None:
        return []
    return [
        CountRow(
            title,
            tuple(CountCell(label, unit, name, counts[name]) for label, unit, name in cells),
        )
        for title, cells in ROWS.items()
    ]


def counted_records(paper: DutyPaper, measure: str, *, on: date) -> tuple[EvidenceRow, ...]:
    """The records a number counts."""
    term, member = paper.campaign.term, paper.member_id
    facts = duty_facts(term=term, year=paper.campaign.year, on=on, members=[member])
    behind = records_behind(facts, wanted={member: [measure]}, measures=[measure])
    return evidence_rows(term, behind[member, measure])
