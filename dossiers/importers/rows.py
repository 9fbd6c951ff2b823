"""From the rows of a sheet to parsed rows that remember where they stood."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from core.spreadsheets.cells import CellValue, Formula
from core.spreadsheets.reading import MergedRange, Page, Row
from core.spreadsheets.values import BadValueError, counted_from_1904, plain, shown
from dossiers.importers.columns import MEMBER, Column, Sheet
from dossiers.importers.problems import HEADER_ROW, Problem, ProblemLog

#: Stands beside 委员编号 on any sheet: read where the number is empty.
NAME_COLUMN = "姓名"
#: Merged ranges told one by one; a sheet with more has them everywhere.
MOST_MERGED = 100


@dataclass(slots=True)
class ParsedRow:
    """One row: its place, its cells as they stood, its values by field, and the name that stands
    beside the member's number.
    """

    number: int
    cells: dict[int, CellValue]
    values: dict[str, Any]
    beside: str = ""


@dataclass
class SheetRows:
    """The rows of one sheet, and what became of them.

    `unreadable` rows hold the values of those cells that could be read.
    """

    sheet: Sheet
    log: ProblemLog
    places: dict[str, int] = field(default_factory=dict)
    name_place: int | None = None
    rows: list[ParsedRow] = field(default_factory=list)
    unreadable: list[ParsedRow] = field(default_factory=list)
    total: int = 0

    @property
    def fields(self) -> frozenset[str]:
        """Fields the sheet speaks of: an absent column leaves the stored values alone."""
        named = [] if self.name_place is None else self.sheet.member_fields
        return frozenset([*self.places, *named])

    def is_good(self, row: ParsedRow) -> bool:
        return row.number not in self.log.bad_rows[self.sheet.name]

    def drop(self, row: ParsedRow) -> None:
        """Leaves the row out without a fault of its own: it repeats one that has a fault."""
        self.log.bad_rows[self.sheet.name].add(row.number)

    def good_rows(self) -> Iterator[ParsedRow]:
        bad = self.log.bad_rows[self.sheet.name]
        return (row for row in self.rows if row.number not in bad)

    def problem(
        self, row: ParsedRow, field_name: str, problem: str, remedy: str, *, follows: bool = False
    ) -> Problem:
        place = self.places.get(field_name)
        if place is None and field_name in self.sheet.member_fields:
            place = self.name_place
        value = shown(row.cells.get(place)) if place is not None else ""
        label = self.sheet.label(field_name)
        return Problem(self.sheet.name, row.number, label, value, problem, remedy, follows)

    def refuse(
        self, row: ParsedRow, field_name: str, problem: str, remedy: str, *, follows: bool = False
    ) -> None:
        self.log.refuse(self.problem(row, field_name, problem, remedy, follows=follows))

    def refuse_name(self, row: ParsedRow, problem: str, remedy: str) -> None:
        """Refuses the row for the name beside the number."""
        name = Problem(self.sheet.name, row.number, NAME_COLUMN, row.beside, problem, remedy)
        self.log.refuse(name)

    def caution(self, row: ParsedRow, field_name: str, problem: str, remedy: str) -> None:
        self.log.caution(self.problem(row, field_name, problem, remedy))


def parse_sheet(sheet: Sheet, page: Page, log: ProblemLog) -> SheetRows:
    """Reads the headers, then every row; faults go to the log."""
    parsed = SheetRows(sheet, log)
    rows = iter(page)
    header = next(rows, None)
    complete = _read_headers(parsed, header)
    readers = [
        _CellReader(column, parsed.places.get(column.field), from_1904=page.counts_from_1904)
        for column in sheet.columns
    ]
    places = frozenset(parsed.places.values())
    for row in rows:
        if complete and places.isdisjoint(row.cells):
            continue
        parsed.total += 1
        if complete:
            values, sound = _read_row(parsed, row, readers)
        else:
            values, sound = _read_what_can_be(row, readers), False
            log.bad_rows[sheet.name].add(row.number)
        kept = parsed.rows if sound else parsed.unreadable
        kept.append(ParsedRow(row.number, row.cells, values, _beside(parsed, row)))
    if header is not None and page.merged:
        _refuse_merged(parsed, header.number, page.merged)
    return parsed


def _refuse_merged(parsed: SheetRows, header: int, merged: Iterable[MergedRange]) -> None:
    """Below the header a merged range hides the values of all its cells but the first.

    Read as blanks they would clear what is stored.
    """
    named = {place: parsed.sheet.by_field[name].name for name, place in parsed.places.items()}
    if parsed.name_place is not None:
        named[parsed.name_place] = NAME_COLUMN
    known = {row.number: row for row in (*parsed.rows, *parsed.unreadable)}
    numbers = sorted(known)
    bad, told = parsed.log.bad_rows[parsed.sheet.name], 0
    for area in merged:
        top, left = known.get(area.rows.start), area.columns.start
        first = None if top is None else top.cells.get(left)
        hidden = [place for place in named if place in area.columns]
        if len(area.rows) == 1 and left in hidden:
            hidden.remove(left)
        if first is None or not hidden or area.rows.start <= header:
            continue
        told += 1
        if told > MOST_MERGED:
            bad.update(numbers)
            break
        within = slice(bisect_left(numbers, area.rows.start), bisect_left(numbers, area.rows.stop))
        bad.update(numbers[within])
        name, problem = named[min(hidden)], f"{area.reference} 是合并单元格"
        remedy = "请取消合并后逐行填写"
        parsed.log.refuse(
            Problem(parsed.sheet.name, area.rows.start, name, shown(first), problem, remedy)
        )


def _read_headers(parsed: SheetRows, header: Row | None) -> bool:
    """Notes where each column stands; False where a required one is missing."""
    sheet, log = parsed.sheet, parsed.log
    number = header.number if header else HEADER_ROW
    for place, cell in sorted(header.cells.items()) if header else ():
        _read_header(parsed, number, place, cell)
    missing = [
        column.name
        for column in sheet.columns
        if column.required and column.field not in parsed.places
        if not (column.refers == MEMBER and parsed.name_place is not None)
    ]
    for name in missing:
        remedy = f"请在表头补上“{name}”一列，或从模板复制表头"
        log.refuse(Problem(sheet.name, number, name, "", "缺少必需的表头", remedy))
    return not missing


def _read_header(parsed: SheetRows, number: int, place: int, cell: CellValue) -> None:
    sheet, log = parsed.sheet, parsed.log
    if isinstance(cell, Formula):
        remedy = "请把表头改为文字"
        log.refuse(Problem(sheet.name, number, "", str(cell), "表头是公式，不能导入", remedy))
        return
    name = "".join(plain(shown(cell)).split()).rstrip("*＊")
    column = sheet.by_name.get(name)
    if column is None and name == NAME_COLUMN and sheet.member_fields:
        parsed.name_place = place
    elif column is None:
        remedy = "本列不导入；如需导入，请按模板更正表头"
        log.caution(Problem(sheet.name, number, name, "", "不认识的列，已忽略", remedy))
    elif column.field in parsed.places:
        remedy = "请删去多余的一列"
        log.refuse(Problem(sheet.name, number, name, "", "表头重复", remedy))
    else:
        parsed.places[column.field] = place


class _CellReader:
    """Parses the cells of one column; what has been read once is not read again."""

    __slots__ = ("_from_1904", "_known", "column", "place")

    def __init__(self, column: Column, place: int | None, *, from_1904: bool) -> None:
        self.column = column
        self.place = place
        self._from_1904 = from_1904 and column.is_date
        self._known: dict[Any, Any] = {}

    def read(self, cell: CellValue) -> Any:
        """Raises BadValueError."""
        # 1, 1.0 and True are one key of a dict but not one value of a cell.
        known_as = (type(cell), cell)
        if known_as in self._known:
            return self._known[known_as]
        value = self.column.parse(counted_from_1904(cell) if self._from_1904 else cell)
        if value is None:
            value = self.column.empty
        self._known[known_as] = value
        return value


def _read_row(
    parsed: SheetRows, row: Row, readers: list[_CellReader]
) -> tuple[dict[str, Any], bool]:
    """Values by field, and whether all cells could be read."""
    values: dict[str, Any] = {}
    sound = True
    for reader in readers:
        column = reader.column
        cell = None if reader.place is None else row.cells.get(reader.place)
        try:
            value = column.empty if cell is None else reader.read(cell)
            if column.refers == MEMBER and value == "":
                value = _name_beside(parsed, row)
            if column.required and value in ("", None, ()):
                raise BadValueError("必填，不能为空", "请填写")
        except BadValueError as bad:
            problem = Problem(
                parsed.sheet.name, row.number, column.name, shown(cell), bad.problem, bad.remedy
            )
            parsed.log.refuse(problem)
            sound = False
            continue
        values[column.field] = value
    return values, sound


def _read_what_can_be(row: Row, readers: list[_CellReader]) -> dict[str, Any]:
    """Of a sheet without all its headers: enough to tell what rests on the row."""
    values: dict[str, Any] = {}
    for reader in readers:
        cell = None if reader.place is None else row.cells.get(reader.place)
        if cell is not None:
            with suppress(BadValueError):
                values[reader.column.field] = reader.read(cell)
    return values


def _name_beside(parsed: SheetRows, row: Row) -> str:
    cell = None if parsed.name_place is None else row.cells.get(parsed.name_place)
    return "" if cell is None else "".join(plain(cell).split())


def _beside(parsed: SheetRows, row: Row) -> str:
    """The name beside the number where it is text: of a formula nobody knows what it says."""
    cell = None if parsed.name_place is None else row.cells.get(parsed.name_place)
    return "".join(plain(cell).split()) if isinstance(cell, str) else ""
