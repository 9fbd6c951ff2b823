"""Every measure by name: what it is called and over what stretch of time it counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

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
#: Groups whose attendance is followed through the whole term.
TERM_GROUPS = ("plenary", "standing", "training")
#: What can be said of a member and an event they were expected at.
EVENT_STATES = {
    "expected": "应出席{}",
    "attended": "出席{}",
    "leave": "因故请假全程不参加{}",
    "unexcused": "无故全程不参加{}",
    "partly_on_leave": "全程不参加{}（其中部分场次请假）",
}
#: Longest runs of consecutive absences, over the events the member was expected at.
RUNNING_GROUPS = ("plenary", "standing")
RUNNING_STATES = {
    "unexcused_running": "连续无故全程不参加{}",
    "missed_running": "连续全程不参加{}",
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
    for prefix, span, groups in (
        ("", Span.YEAR, tuple(EVENT_GROUPS)),
        ("term.", Span.TERM, TERM_GROUPS),
    ):
        for group in groups:
            event = EVENT_GROUPS[group]
            for state, label in EVENT_STATES.items():
                yield Measure(f"{prefix}{group}.{state}", label.format(event), "次", span)
        for group in RUNNING_GROUPS:
            for running, label in RUNNING_STATES.items():
                yield Measure(
                    f"{prefix}{group}.{running}", label.format(EVENT_GROUPS[group]), "次", span
                )


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
        ("opinions.unconverted", "反映社情民意信息（本人提案转来的除外）", "篇"),
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
        ("hand_ins.performance_report", "按时提交述职报告", "份"),
        ("hand_ins.performance_form", "按时提交述职表", "份"),
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
    {
        "hand_ins.annual_return",
        "hand_ins.performance_report",
        "hand_ins.performance_form",
        "hand_ins.annual_duty_report",
    }
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
