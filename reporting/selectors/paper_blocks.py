"""The 登记表 as its member fills it: block by block the records, each with its source, and what
the member adds beside them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import F

from attendance.choices import ATTENDED_STATUSES, AttendanceStatus, MeetingKind
from attendance.models import Attendance, Speech
from core.models import Recorded
from dossiers.choices import ReturnBlock
from dossiers.models import Declaration, DutyPaper, HandIn, PaperBlock
from dossiers.selectors.disputable import RECORD_TYPES, shown, type_of
from dossiers.selectors.papers import declarations_of, is_confirmed, last_returned_at
from members.models import Commendation, Sanction
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from reporting.selectors.forms import FIELDWORK_KINDS
from reporting.selectors.records import DUTY_REPORTS


@dataclass(frozen=True)
class Target:
    """A record one may object to, or say differently of."""

    model: str
    pk: int
    label: str = ""


@dataclass
class PaperRecord:
    """A line of a block; a meeting of several sittings is one line with a target a sitting."""

    date: date
    title: str
    status: str
    tone: str
    entered_by: str
    entered_at: datetime | None
    targets: list[Target]
    declared: list[Declaration] = field(default_factory=list)


@dataclass
class FilledBlock:
    """`added` are lines the records do not hold at all."""

    block: ReturnBlock
    row: PaperBlock
    is_confirmed: bool
    records: list[PaperRecord]
    added: list[Declaration]


def filled_blocks(paper: DutyPaper, *, today: date) -> list[FilledBlock]:
    """Every block in the form's order, as it prints on the day; the number of queries does not
    grow with the records.
    """
    rows = {row.block: row for row in PaperBlock.objects.filter(paper=paper)}
    returned = last_returned_at(paper)
    records = _records(paper, today)
    said: dict[str, list[Declaration]] = defaultdict(list)
    for declaration in declarations_of(paper):
        said[declaration.block].append(declaration)
    blocks = []
    for block in ReturnBlock:
        row = rows.get(block, PaperBlock(paper=paper, block=block))
        lines = records.get(block, [])
        added = _beside(lines, said[block])
        blocks.append(FilledBlock(block, row, is_confirmed(row, returned), lines, added))
    return blocks


def _beside(lines: Sequence[PaperRecord], said: Iterable[Declaration]) -> list[Declaration]:
    """Puts what is said of a record beside it; returns the rest."""
    places = {(target.model, target.pk): line.declared for line in lines for target in line.targets}
    rest: list[Declaration] = []
    for declaration in said:
        key = (declaration.record_type, declaration.record_id or 0)
        places.get(key, rest).append(declaration)
    return rest


def _records(paper: DutyPaper, today: date) -> dict[ReturnBlock, list[PaperRecord]]:
    found: dict[ReturnBlock, list[PaperRecord]] = defaultdict(list)
    year = paper.campaign.year
    for model, block_of in SOURCES.items():
        entry = RECORD_TYPES[model._meta.label_lower]
        rows = entry.in_year([paper.member], year).annotate(entered_by=F("recorded_by__name"))
        known = [row for row in rows if entry.on(row) <= today]
        lines = _meetings(known) if model is Attendance else _lines(known, block_of)
        for block, line in lines:
            found[block].append(line)
    return {block: sorted(lines, key=lambda line: line.date) for block, lines in found.items()}


def _lines(
    rows: Iterable, block_of: Callable[..., ReturnBlock | None]
) -> Iterable[tuple[ReturnBlock, PaperRecord]]:
    for row in rows:
        block = block_of(row)
        if block is not None:
            own = shown(row)
            yield block, _line(row, own.title, own.status, own.tone, [Target(own.model, own.pk)])


def _meetings(rows: Iterable[Attendance]) -> Iterable[tuple[ReturnBlock, PaperRecord]]:
    """One line a meeting, as the form prints it."""
    ordered = sorted(
        rows,
        key=lambda row: (
            row.sitting.meeting.start_date,
            row.sitting.meeting_id,
            row.sitting.number,
        ),
    )
    for _, group in groupby(ordered, key=lambda row: row.sitting.meeting_id):
        sittings = list(group)
        meeting = sittings[0].sitting.meeting
        attended = [row for row in sittings if row.status in ATTENDED_STATUSES]
        block = _meeting_block(meeting.kind)
        if block == ReturnBlock.THEMED and not attended:
            continue
        targets = [
            Target(row._meta.label_lower, row.pk, row.sitting.short_name if sittings[1:] else "")
            for row in sittings
        ]
        words, tone = _presence(sittings, len(attended))
        yield block, _line(sittings[0], meeting.title, words, tone, targets)


def _presence(sittings: Sequence[Attendance], attended: int) -> tuple[str, str]:
    if len(sittings) == 1:
        row = sittings[0]
        return type_of(row).status(row), type_of(row).tone(row)
    if attended:
        return f"共{len(sittings)}场，到{attended}场", "good"
    on_leave = all(row.status == AttendanceStatus.LEAVE for row in sittings)
    return (f"共{len(sittings)}场，请假", "") if on_leave else (f"共{len(sittings)}场，缺席", "bad")


def _meeting_block(kind: str) -> ReturnBlock:
    if kind in FIELDWORK_KINDS:
        return ReturnBlock.FIELDWORK
    return ReturnBlock.THEMED if kind == MeetingKind.THEMED_ACTIVITY else ReturnBlock.MEETINGS


def _line(row: Any, title: str, status: str, tone: str, targets: list[Target]) -> PaperRecord:
    return PaperRecord(
        date=type_of(row).on(row),
        title=title,
        status=status,
        tone=tone,
        entered_by=row.entered_by or "",
        entered_at=row.recorded_at,
        targets=targets,
    )


def _hand_in_block(row: HandIn) -> ReturnBlock | None:
    return ReturnBlock.DUTY_REPORTS if row.kind in DUTY_REPORTS else None


#: Which block the records of each kind fill.
SOURCES: dict[type[Recorded], Callable[..., ReturnBlock | None]] = {
    Attendance: lambda row: _meeting_block(row.sitting.meeting.kind),
    Proposal: lambda row: ReturnBlock.PROPOSALS,
    Research: lambda row: ReturnBlock.FIELDWORK,
    PublicOpinionReport: lambda row: ReturnBlock.OPINIONS,
    Article: lambda row: ReturnBlock.OPINIONS,
    Speech: lambda row: ReturnBlock.SPEECHES,
    HandIn: _hand_in_block,
    Commendation: lambda row: ReturnBlock.CONDUCT,
    Sanction: lambda row: ReturnBlock.CONDUCT,
}
