"""Reads the sheets of a guarded workbook as located rows, one pass, one row at a time.

The parts are streamed through expat instead of being loaded by a spreadsheet library: a cell
far out, a text used a million times or a sheet of empty rows costs nothing, formulas are seen
where they stand, and the caps stop the reader in the middle of a hostile part.
"""

import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.spreadsheets.cells import CellReader
from core.spreadsheets.guard import RESAVE, WORKBOOK_PART, WorkbookRefusedError, open_archive
from core.spreadsheets.parts import (
    MergedRange,
    OutlineHandler,
    RelationsHandler,
    Row,
    SharedStringsHandler,
    SheetHandler,
    StylesHandler,
    parse,
    parse_whole,
)

__all__ = ["MergedRange", "Page", "Row", "Workbook", "WorkbookRefusedError", "open_workbook"]

WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"
EPOCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's days know no zone
EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True)
class Workbook:
    """An open workbook. Sheets are named without blanks around; of `repeated` names, borne by
    several sheets, only one sheet is kept.
    """

    archive: zipfile.ZipFile
    parts: dict[str, str]
    cells: CellReader
    hidden: frozenset[str]
    repeated: frozenset[str]

    @property
    def sheet_names(self) -> list[str]:
        return list(self.parts)

    def rows(self, sheet_name: str) -> "Page":
        return Page(self, sheet_name)


class Page:
    """A sheet, read once: its rows with at least one cell that is not empty.

    `merged` is known once all rows have been read. Reading raises WorkbookRefusedError.
    """

    def __init__(self, workbook: Workbook, sheet_name: str) -> None:
        self._handler = SheetHandler(sheet_name, workbook.cells)
        self._parsing = parse(workbook.archive, workbook.parts[sheet_name], self._handler)
        self.counts_from_1904 = workbook.cells.epoch == EPOCH_1904

    def __iter__(self) -> Iterator[Row]:
        for _ in self._parsing:
            yield from self._handler.take_rows()
        yield from self._handler.take_rows()

    @property
    def merged(self) -> list[MergedRange]:
        return self._handler.merged


@contextmanager
def open_workbook(path: Path) -> Iterator[Workbook]:
    """Raises WorkbookRefusedError for a file that is no workbook or is dangerous."""
    with open_archive(path) as archive:
        yield _read_outline(archive)


def _read_outline(archive: zipfile.ZipFile) -> Workbook:
    relations, outline = RelationsHandler(), OutlineHandler()
    names = frozenset(archive.namelist())
    if WORKBOOK_RELATIONS in names:
        parse_whole(archive, WORKBOOK_RELATIONS, relations)
    parse_whole(archive, WORKBOOK_PART, outline)
    sheets = [
        (name, relations.targets[relation])
        for name, relation in outline.sheets
        if relations.kinds.get(relation) == "worksheet"
    ]
    parts = dict(sheets)
    times = Counter(name for name, _ in sheets)
    if not parts or not names.issuperset(parts.values()):
        raise WorkbookRefusedError(f"文件中没有可读取的工作表。{RESAVE}。")
    styles, strings = StylesHandler(), SharedStringsHandler()
    for handler, kind in ((styles, "styles"), (strings, "sharedStrings")):
        part = relations.part_of(kind)
        if part in names:
            parse_whole(archive, part, handler)
    epoch = EPOCH_1904 if outline.dates_from_1904 else EPOCH_1900
    return Workbook(
        archive=archive,
        parts=parts,
        cells=CellReader(strings.texts, styles.styles(), epoch),
        hidden=frozenset(outline.hidden),
        repeated=frozenset(name for name, count in times.items() if count > 1),
    )
