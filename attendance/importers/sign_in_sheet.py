"""Reads a filled-in list of a sitting: what it says of whom, and what is wrong where."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from attendance.choices import ATTENDED_STATUSES, AttendanceStatus
from attendance.models import Sitting
from attendance.selectors.roster import Place, others_in_term, roster
from attendance.services.sign_in import status_at
from attendance.services.sign_in_batch import Arrival
from core.refusals import RefusalError
from core.spreadsheets.cells import CellValue
from core.spreadsheets.reading import Row, open_workbook
from core.spreadsheets.values import (
    BadValueError,
    name_form,
    narrow,
    number_text,
    one_of,
    person_name,
)

HEADERS = ("委员编号", "姓名", "状态", "到会时间")
REQUIRED_HEADERS = ("委员编号", "状态", "到会时间")
#: Rows before the header: a title and a note.
HEADER_WITHIN = 10
CLOCK = re.compile(r"(\d{1,2})[:时点](\d{1,2})分?(?::\d{2})?")
LABELS = {label: code for code, label in AttendanceStatus.choices} | {"未到": ""}
#: A date without a day, as Excel keeps a time alone.
NO_DAY = 1900


class NotASignInSheetError(RefusalError):
    """No sheet has the headings of the list."""


@dataclass(frozen=True)
class Fault:
    row: int
    column: str
    problem: str
    remedy: str


@dataclass
class SheetReading:
    """`unchanged` rows say what is known already; `walk_ins` names members not on the list."""

    arrivals: list[Arrival] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    walk_ins: list[str] = field(default_factory=list)
    late: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Line:
    """One row of the sheet, understood cell by cell."""

    row: int
    code: str
    name: str
    status: str
    arrived: time | None


def read_sign_in_sheet(*, path: Path, sitting: Sitting) -> SheetReading:
    """Raises WorkbookRefusedError or NotASignInSheetError."""
    places = roster(sitting)
    known = {place.code: place for place in [*places, *others_in_term(sitting, places)]}
    reading, seen = SheetReading(), {}
    for line in _lines(path, reading):
        earlier = seen.setdefault(line.code, line.row)
        if earlier != line.row:
            _fault(reading, line, "委员编号", f"与第 {earlier} 行重复", "请只留一行")
            continue
        _weigh(line, known.get(line.code), sitting, reading)
    return reading


def _lines(path: Path, reading: SheetReading) -> Iterable[Line]:
    with open_workbook(path) as book:
        for name in book.sheet_names:
            rows = iter(book.rows(name))
            columns = _find_header(rows)
            if columns is None:
                continue
            for row in rows:
                if (line := _line(row, columns, reading)) is not None:
                    yield line
            return
    raise NotASignInSheetError(
        f"文件中没有签到表：找不到表头“{'、'.join(REQUIRED_HEADERS)}”。请下载本场签到表填写。"
    )


def _find_header(rows: Iterable[Row]) -> dict[str, int] | None:
    for row in rows:
        if row.number > HEADER_WITHIN:
            return None
        named = {str(value).strip(): column for column, value in row.cells.items()}
        if all(header in named for header in REQUIRED_HEADERS):
            return {header: named[header] for header in HEADERS if header in named}
    return None


def _line(row: Row, columns: Mapping[str, int], reading: SheetReading) -> Line | None:
    """None where the row is empty or a cell cannot be understood, which is then told."""
    parsers = {
        "委员编号": number_text(longest=30),
        "姓名": person_name(longest=50),
        "状态": one_of(LABELS),
        "到会时间": _clock,
    }
    values, faults = {}, []
    for header, column in columns.items():
        value = row.cells.get(column)
        try:
            values[header] = None if value is None else parsers[header](value)
        except BadValueError as error:
            faults.append(Fault(row.number, header, error.problem, error.remedy))
    reading.faults += faults
    if faults or not any(values.values()):
        return None
    code = values["委员编号"]
    if code is None:
        reading.faults.append(Fault(row.number, "委员编号", "没有填写", "请填委员编号"))
        return None
    name, status = values.get("姓名") or "", values["状态"] or ""
    return Line(row.number, code, name, status, values["到会时间"])


def _clock(value: CellValue) -> time | None:
    """A time of day: 08:25, 8点25, Excel's own, or the time of a moment."""
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value < 1:
        return (datetime(NO_DAY, 1, 1) + timedelta(days=round(value, 6))).time()  # noqa: DTZ001
    content = narrow(value)
    if not content:
        return None
    found = CLOCK.fullmatch(content)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise BadValueError("不是时间", "请写成 08:25")
    return time(int(found[1]), int(found[2]))


def _weigh(line: Line, place: Place | None, sitting: Sitting, reading: SheetReading) -> None:
    if place is None:
        remedy = "请核对编号；暂停履职或已退出的委员不在名单之中，不能签到"
        return _fault(reading, line, "委员编号", "本届没有可以签到的这位委员", remedy)
    if line.name and name_form(line.name) != name_form(place.name):
        problem = f"与编号不符，{place.code} 是{place.name}"
        return _fault(reading, line, "姓名", problem, "请核对编号和姓名")
    if _says_nothing_new(line, place):
        reading.unchanged += 1
        return None
    if line.status and line.status not in ATTENDED_STATUSES:
        remedy = "请假以批准的申请为准，缺席在结束签到时生成；此处请留空"
        return _fault(reading, line, "状态", "签到表中不能填请假或缺席", remedy)
    if place.came:
        remedy = "需要改动的，请在签到页用“更正”"
        return _fault(reading, line, "状态", f"{place.name}已签到（{place.state}）", remedy)
    return _take(line, place, sitting, reading)


def _says_nothing_new(line: Line, place: Place) -> bool:
    if not line.status and line.arrived is None:
        return True
    arrived = timezone.localtime(place.arrived_at) if place.arrived_at else None
    same_time = (arrived and (arrived.hour, arrived.minute)) == (
        line.arrived and (line.arrived.hour, line.arrived.minute)
    )
    return bool(line.status) and line.status == place.status and same_time


def _take(line: Line, place: Place, sitting: Sitting, reading: SheetReading) -> None:
    at = _moment(sitting, line.arrived)
    by_time = status_at(sitting, at) if at is not None else AttendanceStatus.PRESENT
    status = line.status or by_time
    if status == AttendanceStatus.PRESENT and by_time == AttendanceStatus.LATE:
        remedy = "请把状态改为迟到，或改正到会时间"
        return _fault(reading, line, "状态", "到会时间在开会之后，却填了出席", remedy)
    reading.arrivals.append(Arrival(place.member, status, at))
    reading.late += status == AttendanceStatus.LATE
    if not place.listed:
        reading.walk_ins.append(f"{place.name}（{place.code}）")
    return None


def _moment(sitting: Sitting, arrived: time | None) -> datetime | None:
    """On the day of the sitting; None where no time was written."""
    if arrived is None:
        return None
    day = timezone.localdate(sitting.starts_at) if sitting.starts_at else sitting.meeting.start_date
    return timezone.make_aware(datetime.combine(day, arrived))


def _fault(reading: SheetReading, line: Line, column: str, problem: str, remedy: str) -> None:
    reading.faults.append(Fault(line.row, column, problem, remedy))
