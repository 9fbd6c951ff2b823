"""The two forms as grids of cells with their words: laid out once, printed and written alike.

Labels and their order are those of the annexes (萍协字〔2022〕8号, 萍协办字〔2022〕31号).
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.pictures import Picture
from dossiers.choices import ReturnBlock
from reporting.choices import FormKind
from reporting.selectors import records
from reporting.selectors.forms import (
    AnnualReturnData,
    DutyForms,
    MeetingTotals,
    PerformanceFormData,
)

EMPTY = "无"
#: Stands where the reader may not know whether there is anything to know.
SANCTIONS_HIDDEN = "（惩处情况不在本表显示范围）"
DECLARED_ONLY = "（本人填报，待核实）"


class CellKind(StrEnum):
    BAND = "band"  # a heading across the form
    LABEL = "label"  # a label beside what it names
    HEAD = "head"  # a label above a number
    VALUE = "value"  # a short value
    NUMBER = "number"  # a count
    TEXT = "text"  # records or a member's own words, one paragraph a line
    SIGNATURE = "signature"  # a label with room for a pen


@dataclass(frozen=True)
class Cell:
    """`lines` are paragraphs in TEXT cells, elsewhere the lines the annex breaks the words into."""

    kind: CellKind
    lines: tuple[str, ...]
    columns: int = 1
    rows: int = 1
    picture: Picture | None = None


@dataclass(frozen=True)
class FormSheet:
    """`widths` of the columns in millimetres; a row lists the cells that begin in it.

    What the `heading_rows` say is repeated at the head of every page, with the title.
    """

    kind: FormKind
    title: tuple[str, ...]
    code: str
    member: str
    year: int
    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heading_rows: int

    @property
    def subtitle(self) -> str:
        return f"（{self.year}年度）"

    @property
    def name(self) -> str:
        return "".join(self.title)


def form_sheets(forms: DutyForms) -> list[FormSheet]:
    """The sheets of one member's year."""
    sheets = [annual_return_sheet(forms.annual_return)]
    if forms.performance_form is not None:
        sheets.append(performance_form_sheet(forms.performance_form))
    return sheets


def annual_return_sheet(data: AnnualReturnData) -> FormSheet:
    """委员履职情况登记表."""
    head, seat = data.head, data.head.seat
    sections = (
        (
            (f"参加{seat}会议（包括全体会议、常委会议、学习培训及{seat}组织的其他会议）",),
            _meetings(data),
        ),
        (("提交", "提案"), map(_proposal, data.proposals)),
        (("开展调研、视察活动",), _in_date_order(data.fieldwork, data.research)),
        (
            ("反映社情民意信息",),
            [*map(_opinion, data.opinions), *map(_article, data.articles)],
        ),
        (
            ("会议发言（含政协全体会议大会、常委会会议、分组讨论、协商座谈会等发言）",),
            map(_speech, data.speeches),
        ),
        (("参与主题活动",), (f"{_day(event.date)}　{event.title}" for event in data.themed)),
        (("提交履职报告",), map(_duty_report, data.duty_reports)),
        (("奖惩等情况",), _conduct(data.conduct, hides_sanctions=data.hides_sanctions)),
    )
    return FormSheet(
        kind=FormKind.ANNUAL_RETURN,
        title=(f"{_clean(head.assembly)}委员", "履职情况登记表"),
        code=head.code,
        member=_clean(head.name),
        year=head.year,
        widths=(18, 40, 16, 34, 16, 36),
        rows=(
            (Cell(CellKind.BAND, ("基本情况",), columns=6),),
            (
                _label("姓名"),
                _value(head.name),
                _label("党派"),
                _value(head.party),
                _label("界别"),
                _value(head.sector),
            ),
            (Cell(CellKind.BAND, ("履职情况",), columns=6),),
            *(
                (_label(*label), _text([*lines, *_declared(data, block)], columns=5))
                for block, (label, lines) in zip(ReturnBlock, sections, strict=True)
            ),
        ),
        heading_rows=3,
    )


def performance_form_sheet(data: PerformanceFormData) -> FormSheet:
    """市政协常委述职表; its grid has a column of labels and twelve narrow ones."""
    head, counts = data.head, data.counts
    rows: list[tuple[Cell, ...]] = [
        (
            _label("姓名"),
            _value(head.name, columns=5),
            _label("电话", columns=2),
            _value(head.phone, columns=5),
        ),
        (
            _label("党派"),
            _value(head.party, columns=5),
            _label("界别", columns=2),
            _value(head.sector, columns=5),
        ),
        (_label("单位职务"), _value(head.employer_post, columns=12)),
        (
            _label("遵守政治纪律", "和政治规矩情况"),
            _own_words(data.political_discipline),
        ),
        (
            _label("参加会议", "活动情况", rows=5),
            _head("", columns=3),
            _head("应出席（次）", columns=3),
            _head("实出席（次）", columns=3),
            _head("请假（次）", columns=3),
        ),
        _numbers("全体会议", counts, "plenary.expected", "plenary.attended", "plenary.leave"),
        _numbers("常委会议", counts, "standing.expected", "standing.attended", "standing.leave"),
        (
            _head(
                "出席会议活动（应参加学习培训、专题协商、调研、视察考察、专委会、界别，"
                "对外受邀参加会议活动等）",
                columns=6,
                rows=2,
            ),
            _head("参加（次）", columns=3),
            _head("发言（次）", columns=3),
        ),
        (
            _number(counts, "activities.attended", columns=3),
            _number(counts, "activities.spoken", columns=3),
        ),
        (
            _label("提交提案", "情况", rows=2),
            _head("第一提案人", "提案（件）", columns=3),
            _head("联名提案", "（件）", columns=3),
            _head("采纳或解决", "提案（件）", columns=3),
            _head("优秀提案", "（件）", columns=3),
        ),
        tuple(
            _number(counts, f"proposals.{part}", columns=3)
            for part in ("first", "cosigned", "adopted", "excellent")
        ),
        (
            _label("提交大会", "发言情况", rows=3),
            _head("", columns=3),
            _head("提交（篇）", columns=3),
            _head("口头发言（篇）", columns=3),
            _head("书面发言（篇）", columns=3),
        ),
        _numbers("全体会议", counts, *_speeches("plenary")),
        _numbers("常委会议", counts, *_speeches("standing")),
        (
            _label("反映社情民意", "信息情况", rows=2),
            _head("反映（篇）", columns=4),
            _head("采用（篇）", columns=4),
            _head("领导批示（篇）", columns=4),
        ),
        tuple(
            _number(counts, f"opinions.{part}", columns=4)
            for part in ("submitted", "adopted", "instructed")
        ),
        (_label("参与主题", "活动情况", rows=2), _head("参加（次）", columns=12)),
        (_number(counts, "themed.attended", columns=12),),
        (
            _label("奖惩等情况"),
            _text(_conduct(data.conduct, hides_sanctions=data.hides_sanctions), columns=12),
        ),
        (
            _label("应邀以委员身份", "参加外单位会议", "活动情况", rows=2),
            _head("参加（次）", columns=12),
        ),
        (_number(counts, "external.attended", columns=12),),
        (_label("需反映的其他", "情况及建议"), _own_words(data.suggestions)),
        (Cell(CellKind.SIGNATURE, ("常委签字：",), columns=13, picture=data.signature),),
    ]
    return FormSheet(
        kind=FormKind.PERFORMANCE_FORM,
        title=(f"{head.seat}常委述职表",),
        code=head.code,
        member=_clean(head.name),
        year=head.year,
        widths=(34, *([10.5] * 12)),
        rows=tuple(rows),
        heading_rows=2,
    )


# Cells --------------------------------------------------------------------------------------
def _label(*lines: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell(CellKind.LABEL, lines, columns, rows)


def _head(*lines: str, columns: int = 1, rows: int = 1) -> Cell:
    return Cell(CellKind.HEAD, lines, columns, rows)


def _value(text: str, *, columns: int = 1) -> Cell:
    return Cell(CellKind.VALUE, (_clean(text),), columns)


def _text(lines: Iterable[str], *, columns: int) -> Cell:
    kept = tuple(filter(None, map(_clean, lines)))
    return Cell(CellKind.TEXT, kept or (EMPTY,), columns)


def _own_words(text: str) -> Cell:
    """What the member writes; nothing yet leaves room for a pen, for 无 is theirs to say."""
    return Cell(CellKind.TEXT, tuple(filter(None, map(_clean, text.splitlines()))), 12)


def _number(counts: dict[str, int], measure: str, *, columns: int) -> Cell:
    return Cell(CellKind.NUMBER, (str(counts[measure]),), columns)


def _numbers(label: str, counts: dict[str, int], *measures: str) -> tuple[Cell, ...]:
    numbers = (_number(counts, measure, columns=3) for measure in measures)
    return (_head(label, columns=3), *numbers)


def _speeches(occasion: str) -> Sequence[str]:
    return [f"speeches.{occasion}.{part}" for part in ("submitted", "oral", "written")]


# Words --------------------------------------------------------------------------------------
SPACES = re.compile(r"[ \t\r\n\x0b\x0c\u2028\u2029]+")


def _clean(text: str) -> str:
    """One line without characters that have no place on paper."""
    line = SPACES.sub(" ", text).strip()
    return "".join(c for c in line if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _notes(*notes: str) -> str:
    """（甲；乙） of those that are not empty."""
    kept = [note for note in notes if note]
    return f"（{'；'.join(kept)}）" if kept else ""


def _meetings(data: AnnualReturnData) -> Iterable[str]:
    yield from map(_event, data.meetings)
    if data.meetings:
        yield _totals(data.totals)


def _totals(totals: MeetingTotals) -> str:
    return (
        f"合计：应出席{totals.expected}次，出席{totals.attended}次，"
        f"请假{totals.on_leave}次，缺席{totals.absent}次。"
    )


def _event(event: records.EventLine) -> str:
    return f"{_day(event.date)}　{event.title}，{_status(event)}"


def _status(event: records.EventLine) -> str:
    if event.attended:
        word = "列席" if event.non_voting else "出席"
        if event.attended < event.expected:
            return f"{word}（共{event.expected}场，到{event.attended}场）"
        return word
    return "请假" if event.missed_with_leave else "缺席"


def _declared(data: AnnualReturnData, block: ReturnBlock) -> Iterable[str]:
    """What the member adds; not looked at yet, it says so (only on the member's own print)."""
    for line in data.declared.get(block, ()):
        day = f"{_day(line.date)}　" if line.date else ""
        yield f"{day}{line.text}{DECLARED_ONLY if line.is_pending else ''}"


def _proposal(proposal: records.ProposalLine) -> str:
    role = "第一提案人" if proposal.leads else "联名"
    notes = _notes(
        role,
        proposal.examination,
        proposal.handling,
        "重点提案" if proposal.is_major else "",
        "优秀提案" if proposal.is_outstanding else "",
    )
    return f"{proposal.number}　{proposal.title}{notes}"


def _in_date_order(
    events: Sequence[records.EventLine], research: Sequence[records.ResearchLine]
) -> Iterable[str]:
    lines = [(event.date, f"{_event(event)}（{event.kind.label}）") for event in events]
    lines += [
        (
            item.date,
            f"{_day(item.date)}　{item.title}"
            + _notes(item.kind, f"成果：{item.result}" if item.result else ""),
        )
        for item in research
    ]
    return (line for _, line in sorted(lines, key=lambda pair: pair[0]))


def _opinion(opinion: records.OpinionLine) -> str:
    notes = _notes(
        f"{'、'.join(opinion.adopted_by)}采用" if opinion.adopted_by else "",
        f"{'、'.join(opinion.instructed_by)}领导批示" if opinion.instructed_by else "",
    )
    return f"{_day(opinion.date)}　{opinion.title}{notes}"


def _article(article: records.ArticleLine) -> str:
    level = f"{article.level}级" if article.level else ""
    return f"{_day(article.date)}　发表文章《{article.title}》{_notes(article.publication, level)}"


def _speech(speech: records.SpeechLine) -> str:
    notes = _notes(speech.occasion, speech.manner)
    return f"{_day(speech.date)}　{speech.meeting}：{speech.title}{notes}"


def _duty_report(report: records.HandInLine) -> str:
    return f"{report.year}年度　{report.kind}，{_day(report.date)}提交"


def _conduct(lines: Iterable[records.ConductLine], *, hides_sanctions: bool) -> Iterable[str]:
    for line in lines:
        what = "奖励" if line.is_award else "惩处"
        level = f"{line.level}级" if line.level else ""
        notes = _notes(level, line.cause, line.document_number)
        yield f"{_day(line.date)}　{what}：{line.kind}{notes}"
    if hides_sanctions:
        yield SANCTIONS_HIDDEN
