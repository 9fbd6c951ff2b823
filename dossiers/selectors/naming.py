"""From a record's name (`sheet:key`) to what it says: for readers who want to see the row."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Model, Q

from attendance.models import Attendance, Meeting, OutsideInvitation, Speech
from dossiers.choices import HandInKind
from dossiers.models import HandIn
from members.choices import ConductKind, SanctionKind
from members.models import Commendation, ConductFinding, Sanction, Term
from proposals.models import Article, Proposal, PublicOpinionReport, Research


@dataclass(frozen=True)
class EvidenceRow:
    """One record in words. `model` is its label (app.model) and `pk` its key, empty if gone."""

    record: str
    sheet: str
    on: date | None
    title: str
    status: str
    model: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class _Sheet:
    """How one sheet's keys are looked up and told: all rows of a sheet in one query."""

    model: type[Model]
    related: tuple[str, ...]
    condition: Callable[[Term, Sequence[str]], Q]
    key: Callable[..., tuple[str, ...]]
    tell: Callable[..., tuple[date | None, str, str]]


def _by_number(
    model: type[Model], tell: Callable[..., tuple[date | None, str, str]]
) -> tuple[_Sheet, ...]:
    return (
        _Sheet(
            model,
            (),
            lambda term, key: Q(term=term, number=key[0]),
            lambda row: (row.number,),
            tell,
        ),
    )


def _conduct(model: type[Model], sort: str, codes: dict[str, str]) -> _Sheet:
    """`codes` turns the words of 种类 back into what is stored."""
    return _Sheet(
        model,
        ("member",),
        lambda term, key: (
            Q(member__term=term, member__code=key[0], date=key[1])
            & (Q(kind=codes.get(key[3], key[3])) if key[2] == sort else Q(pk__in=[]))
        ),
        lambda row: (row.member.code, row.date.isoformat(), sort, _kind(row)),
        lambda row: (row.date, _kind(row), row.document_number),
    )


def _kind(row: Model) -> str:
    shown = getattr(row, "get_kind_display", None)
    return shown() if shown else row.kind  # type: ignore[attr-defined]


def _codes(choices: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {label: code for code, label in choices}


HAND_INS = _codes(HandInKind.choices)

SHEETS: dict[str, tuple[_Sheet, ...]] = {
    "会议活动": _by_number(
        Meeting, lambda row: (row.start_date, row.title, row.get_kind_display())
    ),
    "提案": _by_number(
        Proposal, lambda row: (row.submitted_date, row.title, row.get_handling_result_display())
    ),
    "社情民意": _by_number(PublicOpinionReport, lambda row: (row.reported_date, row.title, "")),
    "调研视察": _by_number(
        Research, lambda row: (row.completed_date, row.title, row.get_kind_display())
    ),
    "发表文章": _by_number(Article, lambda row: (row.published_date, row.title, row.publication)),
    "考勤": (
        _Sheet(
            Attendance,
            ("sitting__meeting", "member"),
            lambda term, key: Q(
                sitting__meeting__term=term,
                sitting__meeting__number=key[0],
                sitting__number=key[1],
                member__code=key[2],
            ),
            lambda row: (row.sitting.meeting.number, str(row.sitting.number), row.member.code),
            lambda row: (
                row.sitting.meeting.start_date,
                f"{row.sitting.meeting.title}（第{row.sitting.number}场）",
                row.get_status_display() + (f"：{row.leave_reason}" if row.leave_reason else ""),
            ),
        ),
    ),
    "会议发言": (
        _Sheet(
            Speech,
            ("meeting", "member"),
            lambda term, key: Q(
                meeting__term=term, meeting__number=key[0], member__code=key[1], title=key[2]
            ),
            lambda row: (row.meeting.number, row.member.code, row.title),
            lambda row: (row.meeting.start_date, row.title, row.get_manner_display()),
        ),
    ),
    "外单位活动": (
        _Sheet(
            OutsideInvitation,
            ("member",),
            lambda term, key: Q(member__term=term, member__code=key[0], date=key[1], title=key[2]),
            lambda row: (row.member.code, row.date.isoformat(), row.title),
            lambda row: (row.date, row.title, row.inviter),
        ),
    ),
    "奖惩": (
        _conduct(Commendation, "奖励", {}),
        _conduct(Sanction, "惩处", _codes(SanctionKind.choices)),
        _conduct(ConductFinding, "行为认定", _codes(ConductKind.choices)),
    ),
    "材料提交": (
        _Sheet(
            HandIn,
            ("member",),
            lambda term, key: Q(
                member__term=term,
                member__code=key[0],
                year=key[1],
                kind=HAND_INS.get(key[2], ""),
            ),
            lambda row: (row.member.code, str(row.year), row.get_kind_display()),
            lambda row: (row.submitted_date, f"{row.year}年度{row.get_kind_display()}", "已提交"),
        ),
    ),
}
#: SQLite refuses conditions more than a thousand deep.
RECORDS_A_QUERY = 200
#: Keys whose last part is free text and may contain the separator: how many parts there are.
LAST_PART = {"会议发言": 3, "外单位活动": 3, "奖惩": 4}


def evidence_rows(term: Term, records: Sequence[str]) -> tuple[EvidenceRow, ...]:
    """The records in the given order; one that is no longer there says so."""
    by_sheet: dict[str, list[str]] = defaultdict(list)
    for record in records:
        by_sheet[record.partition(":")[0]].append(record)
    told: dict[str, EvidenceRow] = {}
    for sheet, named in by_sheet.items():
        for source in SHEETS.get(sheet, ()):
            for first in range(0, len(named), RECORDS_A_QUERY):
                told |= _told(term, sheet, source, named[first : first + RECORDS_A_QUERY])
    return tuple(told.get(record) or _plain(record) for record in records)


def _told(term: Term, sheet: str, source: _Sheet, records: Sequence[str]) -> dict[str, EvidenceRow]:
    wanted = Q(pk__in=[])
    for record in records:
        wanted |= source.condition(term, _key(sheet, record))
    rows = source.model._default_manager.filter(wanted).select_related(*source.related)
    told = {}
    for row in rows:
        record = f"{sheet}:{'|'.join(source.key(row))}"
        on, title, status = source.tell(row)
        told[record] = EvidenceRow(record, sheet, on, title, status, row._meta.label_lower, row.pk)
    return told


def _key(sheet: str, record: str) -> list[str]:
    return record.partition(":")[2].split("|", LAST_PART.get(sheet, 9) - 1)


def _plain(record: str) -> EvidenceRow:
    sheet, _, key = record.partition(":")
    status = "该记录已不存在" if sheet in SHEETS else ""
    return EvidenceRow(record, sheet, None, key.replace("|", " "), status)
