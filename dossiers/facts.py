"""Facts of a term's year: plain numbers about members, sectors, committees and the assembly.

Nothing here reads a database. A *measure* is one countable thing under one name; what it counts
(table and filter) is written once, in `dossiers.selectors.measures`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

Number = int | Decimal


class Span(StrEnum):
    """How far back a measure counts, always up to the as-of date."""

    YEAR = "year"
    TERM = "term"
    WINDOW = "window"  # whatever part of the term the asker names
    STATE = "state"  # 1 where it holds, 0 where not


class Holder(StrEnum):
    """Whose measure it is."""

    MEMBER = "member"
    SECTOR = "sector"
    COMMITTEE = "committee"
    ASSEMBLY = "assembly"


@dataclass(frozen=True, slots=True)
class Measure:
    """`label` and `unit` as a sentence uses them: 反映社情民意信息 0 篇."""

    name: str
    label: str
    unit: str
    span: Span
    holder: Holder = Holder.MEMBER

    @property
    def value_name(self) -> str:
        return self.name.replace(".", "_")


#: Kinds of event as facts tell them apart. An event may belong to more than one group.
EVENT_GROUPS = {
    "plenary": "全体会议",
    "standing": "常委会会议",
    "activities": "其他会议活动",
    "themed": "主题活动",
    "training": "学习培训",
    "events": "各类会议活动",
}
#: What can be said of a member and an event they were expected at.
EVENT_STATES = {
    "expected": "应出席{}",
    "attended": "出席{}",
    "leave": "因故请假全程不参加{}",
    "unexcused": "无故全程不参加{}",
    "partly_on_leave": "全程不参加{}（其中部分场次请假）",
}
#: 惩处 and 行为认定 are counted kind by kind, so that a pack can name the ones it means.
SANCTION_LABELS = {
    "warning": "警告",
    "serious_warning": "严重警告",
    "party_post_removed": "撤销党内职务",
    "party_probation": "留党察看",
    "party_expelled": "开除党籍",
    "administrative_warning": "政务警告",
    "administrative_demerit": "政务记过",
    "administrative_major_demerit": "政务记大过",
    "administrative_demotion": "政务降级",
    "administrative_dismissal": "政务撤职",
    "administrative_expulsion": "政务开除",
    "criminal_liability": "追究刑事责任",
    "other": "其他惩处",
}
CONDUCT_LABELS = {
    "political_discipline": "违反政治纪律政治规矩",
    "public_morality": "违反社会公德职业道德家庭美德",
    "charter_violation": "严重违反政协章程或决议",
}


def _event_measures() -> Iterable[Measure]:
    for prefix, span in (("", Span.YEAR), ("term.", Span.TERM)):
        for group, event in EVENT_GROUPS.items():
            for state, label in EVENT_STATES.items():
                yield Measure(f"{prefix}{group}.{state}", label.format(event), "次", span)
    for group in ("plenary", "standing"):
        event = EVENT_GROUPS[group]
        for running, label in (
            ("unexcused_running", f"连续无故全程不参加{event}"),
            ("missed_running", f"连续全程不参加{event}"),
        ):
            yield Measure(f"{group}.{running}", label, "次", Span.YEAR)
            yield Measure(f"term.{group}.{running}", label, "次", Span.TERM)


def _speech_measures() -> Iterable[Measure]:
    for group, label in (("plenary", "全体会议大会发言"), ("standing", "常委会会议发言")):
        for manner, verb in (("submitted", "提交"), ("oral", "口头"), ("written", "书面")):
            yield Measure(f"speeches.{group}.{manner}", f"{label}{verb}", "篇", Span.YEAR)
    yield Measure("activities.spoken", "在其他会议活动口头发言", "次", Span.YEAR)


def _work_measures() -> Iterable[Measure]:
    for name, label, unit in (
        ("proposals.first", "作为第一提案人提交提案", "件"),
        ("proposals.cosigned", "联名提案", "件"),
        ("proposals.adopted", "提案采纳或解决", "件"),
        ("proposals.excellent", "优秀提案", "件"),
        ("opinions.submitted", "反映社情民意信息", "篇"),
        ("opinions.adopted", "社情民意信息被采用", "篇"),
        ("opinions.instructed", "社情民意信息获批示", "篇"),
        ("research.own", "完成自主调研履职作业", "份"),
        ("research.topics", "参加调研协商课题", "个"),
        ("research.inspections", "参加视察考察", "次"),
        ("external.attended", "应邀参加外单位活动", "次"),
        ("articles", "发表文章", "篇"),
        ("awards", "奖励", "项"),
        ("penalties", "惩处", "项"),
        ("hand_ins.annual_return", "按时提交履职情况登记表", "份"),
        ("hand_ins.performance", "按时提交述职报告或述职表", "份"),
        ("hand_ins.annual_duty_report", "按时提交年度履职报告", "份"),
    ):
        yield Measure(name, label, unit, Span.YEAR)
    yield Measure("term.research.topics", "参加调研协商课题", "个", Span.TERM)
    yield Measure("term.hand_ins.term_duty_report", "提交届末履职报告", "份", Span.TERM)
    for kind, label in SANCTION_LABELS.items():
        yield Measure(f"term.sanctions.{kind}", label, "次", Span.TERM)
    for kind, label in CONDUCT_LABELS.items():
        yield Measure(f"term.conduct.{kind}", label, "次", Span.TERM)


def _state_measures() -> Iterable[Measure]:
    yield Measure("served_since_january", "自1月1日起在任", "", Span.STATE)
    yield Measure("joined_new", "本年度新任", "", Span.STATE)
    yield Measure("term.refusals", "经提醒、劝说后拒不提交书面申请", "次", Span.TERM)
    yield Measure("score", "履职得分", "分", Span.YEAR)


def _organ_measures() -> Iterable[Measure]:
    for name, label, unit in (
        ("sector.activities", "界别活动", "次"),
        ("committee.study_seminars", "学习座谈活动", "次"),
        ("assembly.thematic_standing_meetings", "专题议政性常委会会议", "次"),
        ("assembly.major_consultations", "重要协商活动", "次"),
        ("assembly.oversight_topics", "民主监督议题", "项"),
        ("assembly.secretaries_meetings", "秘书长和办公室主任工作会议", "次"),
        ("assembly.party_building_seminars", "党的建设工作座谈会", "次"),
    ):
        yield Measure(name, label, unit, Span.WINDOW, Holder(name.partition(".")[0]))


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for measures in (
            _event_measures(),
            _speech_measures(),
            _work_measures(),
            _state_measures(),
            _organ_measures(),
        )
        for measure in measures
    }
)

#: Measures of what is in time only up to the campaign's deadline.
BY_DEADLINE = frozenset(
    {"hand_ins.annual_return", "hand_ins.performance", "hand_ins.annual_duty_report"}
)

#: An absence that was partly on leave is told beside it, for the office to weigh.
PARTLY_ON_LEAVE = {
    "unexcused": "partly_on_leave",
    "unexcused_running": "partly_on_leave",
}


def leave_note(measure: str) -> str | None:
    """The measure that says how many of these absences were partly on leave."""
    stem, _, state = measure.rpartition(".")
    return f"{stem}.{PARTLY_ON_LEAVE[state]}" if state in PARTLY_ON_LEAVE else None


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


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A serving member's numbers; a measure that is not listed is 0.

    `events` names, by measure, the meetings (primary keys) behind it. `years` holds a measure's
    value year by year where a rule compares years; `sources` names records that others supplied.
    """

    subject: Subject
    sector: str
    is_standing: bool
    suspended_all_year: bool
    values: Mapping[str, Number | None]
    years: Mapping[str, Mapping[int, Number]] = field(default_factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def value(self, measure: str) -> Number | None:
        """None where the measure has no value yet (a score without a scheme)."""
        return self.values.get(measure, 0)


@dataclass(frozen=True, slots=True)
class OrganFacts:
    """What a sector, a committee or the assembly held, by measure, in date order."""

    subject: Subject
    occasions: Mapping[str, tuple[Occasion, ...]]

    def within(self, measure: str, start: date, end: date) -> tuple[Occasion, ...]:
        """The occasions from `start` to `end`, both included."""
        return tuple(
            occasion for occasion in self.occasions.get(measure, ()) if start <= occasion.on <= end
        )


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
