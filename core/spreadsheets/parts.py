"""The XML parts of a workbook, streamed through expat: what each element means to us."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol
from xml.parsers import expat

from core.spreadsheets.cells import (
    FORMULA,
    MAX_CELL_CHARACTERS,
    CellReader,
    CellValue,
    Styles,
    column_index,
)
from core.spreadsheets.guard import DAMAGED, ZIP_ERRORS, WorkbookRefusedError, chunks

MAX_ROWS = 100_000
MAX_COLUMNS = 200
#: Each level of nesting costs the XML reader memory; no workbook goes near this.
MAX_DEPTH = 64
#: Merged ranges are only known at the end of a sheet and kept till then.
MAX_MERGED = 100_000
RANGE = re.compile(r"([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})")

Attributes = dict[str, str]


class Handler(Protocol):
    """Hears a part's elements. Names may carry a prefix; `local` takes it off."""

    def start(self, name: str, attributes: Attributes) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def local(name: str) -> str:
    return name.rpartition(":")[2]


def parse(archive: zipfile.ZipFile, part: str, handler: Handler) -> Iterator[None]:
    """Feeds a part to its handler, pausing after each piece. Raises WorkbookRefusedError."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    try:
        for chunk in chunks(archive, part):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, *ZIP_ERRORS) as error:
        raise WorkbookRefusedError(DAMAGED) from error


def parse_whole(archive: zipfile.ZipFile, part: str, handler: Handler) -> None:
    for _ in parse(archive, part, handler):
        pass


def _refuse_doctype(*_: object) -> None:
    raise WorkbookRefusedError("文件内部含有文档类型或实体声明，可能有害，已拒绝。")


def _refuse_abnormal() -> None:
    raise WorkbookRefusedError("文件内部结构异常，不是正常的工作簿，已拒绝。")


class Listener:
    """A handler that counts what it hears, so that no part can make it remember too much."""

    max_elements: ClassVar[int] = 200_000

    def __init__(self) -> None:
        self._depth = 0
        self._elements = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > self.max_elements:
            _refuse_abnormal()
        self.opened(local(name), attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self.closed(local(name))

    def opened(self, name: str, attributes: Attributes) -> None:
        """An element begins; `name` without its prefix."""

    def closed(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Characters between tags."""


class RelationsHandler(Listener):
    """Which part a relation leads to; external targets are never looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            self.targets[attributes.get("Id", "")] = path.lstrip("/")
            self.kinds[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2]

    def part_of(self, kind: str) -> str:
        """The part of that kind, empty where there is none."""
        return next((self.targets[key] for key, value in self.kinds.items() if value == kind), "")


class OutlineHandler(Listener):
    """The sheets in their order, which of them are hidden, and from when dates count."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str]] = []
        self.hidden: set[str] = set()
        self.dates_from_1904 = False

    def opened(self, name: str, attributes: Attributes) -> None:
        match name:
            case "sheet":
                relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
                sheet_name = attributes.get("name", "").strip()
                self.sheets.append((sheet_name, relation))
                if attributes.get("state", "visible") != "visible":
                    self.hidden.add(sheet_name)
            case "workbookPr":
                self.dates_from_1904 = attributes.get("date1904", "0") in {"1", "true"}


class StylesHandler(Listener):
    """Number formats of the cell styles, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._ids: list[str] = []
        self._in_cell_formats = False

    def opened(self, name: str, attributes: Attributes) -> None:
        match name:
            case "numFmt":
                self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            case "cellXfs":
                self._in_cell_formats = True
            case "xf" if self._in_cell_formats:
                self._ids.append(attributes.get("numFmtId", "0"))

    def closed(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cell_formats = False

    def styles(self) -> Styles:
        return Styles.of(self._ids, self._codes)


class SharedStringsHandler(Listener):
    """The texts that cells point to, kept once each; phonetic guides are no part of them."""

    max_elements = 6_000_000

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._length = 0
        self._listening = self._phonetic = False

    def opened(self, name: str, attributes: Attributes) -> None:
        match name:
            case "t":
                self._listening = not self._phonetic
            case "rPh":
                self._phonetic = True

    def closed(self, name: str) -> None:
        match name:
            case "t":
                self._listening = False
            case "rPh":
                self._phonetic = False
            case "si":
                self.texts.append("".join(self._pieces))
                self._pieces.clear()
                self._length = 0

    def text(self, data: str) -> None:
        if self._listening:
            self._length += len(data)
            if self._length > MAX_CELL_CHARACTERS:
                _refuse_abnormal()
            self._pieces.append(data)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something: its number as Excel shows it, its cells by column (0 = A)."""

    number: int
    cells: dict[int, CellValue]


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells shown as one: all but the first are stored empty. Columns: 0 = A."""

    reference: str
    rows: range
    columns: range


class SheetHandler:
    """Builds the rows of a sheet; stops at the caps. Called a million times: kept flat."""

    def __init__(self, sheet_name: str, cells: CellReader) -> None:
        self._name = sheet_name
        self._cells = cells
        self._rows: list[Row] = []
        self._row: dict[int, CellValue] = {}
        self._depth = self._number = self._seen_rows = 0
        self._column = -1
        self._seen_cells = 0
        self._type = self._style = ""
        self._formula = self._listening = self._phonetic = False
        self._pieces: list[str] = []
        self.merged: list[MergedRange] = []

    def take_rows(self) -> list[Row]:
        """The rows finished since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._listening = not self._phonetic
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._formula = True
        elif self._depth > MAX_DEPTH:
            _refuse_abnormal()
        else:
            self._start_other(name, attributes)

    def _start_other(self, name: str, attributes: Attributes) -> None:
        if name == "rPh":
            self._phonetic = True
        elif name == "mergeCell":
            self._note_merged(attributes.get("ref", ""))
        elif ":" in name:
            self._depth -= 1
            self.start(local(name), attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._listening = False
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic = False
        elif ":" in name:
            self._depth += 1
            self.end(local(name))

    def text(self, data: str) -> None:
        if self._listening:
            self._pieces.append(data)
            if len(data) > MAX_CELL_CHARACTERS or len(self._pieces) > MAX_CELL_CHARACTERS:
                _refuse_abnormal()

    def _start_row(self, attributes: Attributes) -> None:
        self._number = int(attributes.get("r", self._number + 1))
        self._seen_rows += 1
        self._column, self._seen_cells = -1, 0
        # One row more than the cap: the headers.
        if max(self._number, self._seen_rows) > MAX_ROWS + 1 or self._depth > MAX_DEPTH:
            raise WorkbookRefusedError(
                f"工作表《{self._name}》超过 {MAX_ROWS} 行，已拒绝。请删去多余的空行，或分成几个文件导入。"
            )

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._column = self._column + 1 if reference is None else column_index(reference)
        self._seen_cells += 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "0")
        self._formula = False
        self._pieces.clear()
        if self._column >= MAX_COLUMNS or self._seen_cells > MAX_COLUMNS or self._depth > MAX_DEPTH:
            raise WorkbookRefusedError(
                f"工作表《{self._name}》超过 {MAX_COLUMNS} 列，已拒绝。请删去右侧多余的列。"
            )

    def _end_cell(self) -> None:
        if self._formula:
            self._row[self._column] = FORMULA
        elif self._pieces:
            value = self._cells.value("".join(self._pieces), self._type, self._style)
            if not (isinstance(value, str) and (value == "" or value.isspace())):
                self._row[self._column] = value

    def _note_merged(self, reference: str) -> None:
        found = RANGE.fullmatch(reference)
        if found is None:
            return
        if len(self.merged) >= MAX_MERGED:
            _refuse_abnormal()
        left, top, right, bottom = found.groups()
        rows = range(int(top), int(bottom) + 1)
        columns = range(column_index(left), column_index(right) + 1)
        self.merged.append(MergedRange(reference, rows, columns))

    def _end_row(self) -> None:
        if self._row:
            self._rows.append(Row(self._number, self._row))
            self._row = {}
