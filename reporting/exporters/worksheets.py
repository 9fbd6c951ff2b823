"""The two forms as worksheets that print on A4 like the paper ones."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.pictures import Picture
from reporting.exporters.flow import TEXT_PADDING, ems_of, lines_needed, split_text
from reporting.exporters.kept import kept_files, source_digest
from reporting.exporters.layout import Cell, CellKind, FormSheet

LINE_POINTS = 18
#: Excel allows a row at most 409 points; a longer paragraph goes on in the next row.
MOST_LINES = 20
#: Dots within which the signature is drawn.
SIGNATURE_SIZE = (240, 60)
THIN = Side(style="thin")


@dataclass(frozen=True)
class Face:
    font: str
    size: int
    horizontal: str
    vertical: str = "center"
    bordered: bool = True


FACES = {
    "title": Face("方正小标宋简体", 20, "center", bordered=False),
    "subtitle": Face("仿宋", 12, "center", bordered=False),
    CellKind.BAND: Face("黑体", 12, "center"),
    CellKind.LABEL: Face("黑体", 12, "center"),
    CellKind.HEAD: Face("黑体", 12, "center"),
    CellKind.SIGNATURE: Face("黑体", 12, "left"),
    CellKind.VALUE: Face("仿宋", 12, "center"),
    CellKind.NUMBER: Face("仿宋", 12, "center"),
    CellKind.TEXT: Face("仿宋", 12, "left", "top"),
}


def form_workbook(sheets: Iterable[FormSheet]) -> bytes:
    """A workbook with a worksheet for each form."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(str(sheet.kind.label))
        FormPage(page, sheet).fill()
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def worksheet_file(sheet: FormSheet) -> bytes:
    """The workbook of one form, made anew only where the form changed."""
    return kept_files().content(
        source_digest(__file__), repr(sheet), ending=".xlsx", make=lambda: form_workbook([sheet])
    )


def inert(cell: ExcelCell, text: str) -> None:
    """Writes what people typed as text, whatever it begins with: never a formula or an error."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"


class FormPage:
    """One worksheet being filled from the top; its columns are those of the form."""

    def __init__(self, page: Worksheet, sheet: FormSheet) -> None:
        self.page = page
        self.sheet = sheet
        self.columns = len(sheet.widths)
        self.row = 1
        self._styles: dict[tuple[object, bool, bool], StyleArray] = {}
        #: Column a row's cells begin in, where a label reaches down from above.
        self._reaching: list[int] = [0] * self.columns

    def fill(self) -> None:
        self._heading_line(self.sheet.name, "title", height=36)
        self._heading_line(self.sheet.subtitle, "subtitle", height=20)
        for number, cells in enumerate(self.sheet.rows, start=1):
            if cells[-1].kind == CellKind.TEXT:
                self._flowing(cells)
            else:
                self._plain(cells)
            if number == self.sheet.heading_rows:
                self.page.print_title_rows = f"1:{self.row - 1}"
        self._set_up_printing()

    def _heading_line(self, text: str, face: str, *, height: int) -> None:
        self._put(Cell(CellKind.BAND, (text,), columns=self.columns), 1, face=face)
        self._end_row(height)

    def _plain(self, cells: tuple[Cell, ...]) -> None:
        column, lines = 1, 1
        for cell in cells:
            while self._reaching[column - 1]:
                column += 1
            self._put(cell, column)
            for covered in range(column - 1, column - 1 + cell.columns):
                self._reaching[covered] = cell.rows
            if cell.rows == 1:
                lines = max(lines, self._lines(cell, column))
            column += cell.columns
        self._reaching = [max(0, rows - 1) for rows in self._reaching]
        is_signature = cells[0].kind == CellKind.SIGNATURE
        self._end_row(56 if is_signature else LINE_POINTS * lines + 6)

    def _flowing(self, cells: tuple[Cell, ...]) -> None:
        """A label beside its paragraphs, each in a row of its own: long ones cross pages."""
        label, text = cells
        pieces = list(self._pieces(text)) or [("", 3)]
        shortfall = self._lines(label, 1) - sum(lines for _, lines in pieces)
        first = self.row
        for position, (piece, lines) in enumerate(pieces, start=1):
            last = position == len(pieces)
            cell = Cell(CellKind.TEXT, (piece,), columns=text.columns)
            self._put(cell, 2, top=position == 1, bottom=last)
            extra = max(0, shortfall) if last else 0
            self._end_row(LINE_POINTS * (lines + extra) + (6 if last else 0))
        self._put(Cell(CellKind.LABEL, label.lines, rows=self.row - first), 1, row=first)

    def _pieces(self, text: Cell) -> Iterator[tuple[str, int]]:
        width = ems_of(self.sheet.widths[1:], TEXT_PADDING)
        for line in text.lines:
            for piece in split_text(line, width * MOST_LINES):
                yield piece, lines_needed(piece, width)

    def _lines(self, cell: Cell, column: int) -> int:
        widths = self.sheet.widths[column - 1 : column - 1 + cell.columns]
        width = int(ems_of(widths, 1.5))
        return sum(lines_needed(line, width) for line in cell.lines)

    def _put(
        self,
        cell: Cell,
        column: int,
        *,
        row: int | None = None,
        face: object = None,
        top: bool = True,
        bottom: bool = True,
    ) -> None:
        """Writes a cell over the columns and rows it covers."""
        row = row or self.row
        style = self._style(face or cell.kind, top=top, bottom=bottom)
        for covered_row in range(row, row + cell.rows):
            for covered in range(column, column + cell.columns):
                self.page.cell(covered_row, covered)._style = style
        corner = self.page.cell(row, column)
        if cell.kind == CellKind.NUMBER:
            corner.value = int(cell.lines[0])
        else:
            inert(corner, "\n".join(cell.lines))
        if cell.picture is not None:
            self._hang(cell.picture, row)
        if cell.columns > 1 or cell.rows > 1:
            # Not `merge_cells`, which works the borders out again, slowly: every covered cell
            # has its own already.
            end = f"{get_column_letter(column + cell.columns - 1)}{row + cell.rows - 1}"
            self.page.merged_cells.add(f"{corner.coordinate}:{end}")

    def _hang(self, picture: Picture, row: int) -> None:
        """The signature beside its label."""
        image = Image(io.BytesIO(picture.content))
        scale = min(SIGNATURE_SIZE[0] / image.width, SIGNATURE_SIZE[1] / image.height)
        image.width, image.height = image.width * scale, image.height * scale
        self.page.add_image(image, f"{get_column_letter(2)}{row}")

    def _style(self, face: object, *, top: bool, bottom: bool) -> StyleArray:
        """Made once a worksheet: styles are what openpyxl is slow at."""
        key = (face, top, bottom)
        if key not in self._styles:
            look = FACES[face]
            model = ExcelCell(self.page, row=1, column=1)
            model.font, model.alignment = _font(look), _alignment(look)
            model.quotePrefix = face != CellKind.NUMBER
            if look.bordered:
                model.border = Border(
                    left=THIN,
                    right=THIN,
                    top=THIN if top else None,
                    bottom=THIN if bottom else None,
                )
            self._styles[key] = model._style
        return self._styles[key]

    def _end_row(self, height: float) -> None:
        self.page.row_dimensions[self.row].height = min(height, 409)
        self.row += 1

    def _set_up_printing(self) -> None:
        page = self.page
        for position, width in enumerate(self.sheet.widths, start=1):
            pixels = width / 25.4 * 96
            page.column_dimensions[get_column_letter(position)].width = (pixels - 5) / 7
        page.print_area = f"A1:{get_column_letter(self.columns)}{self.row - 1}"
        page.page_setup.paperSize = page.PAPERSIZE_A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.print_options.horizontalCentered = True
        page.page_margins.left = page.page_margins.right = 0.9
        page.page_margins.top, page.page_margins.bottom = 0.85, 0.85
        page.oddFooter.center.text = "第 &P 页 共 &N 页"
        page.sheet_view.showGridLines = False


@cache
def _font(look: Face) -> Font:
    return Font(name=look.font, size=look.size)


@cache
def _alignment(look: Face) -> Alignment:
    return Alignment(horizontal=look.horizontal, vertical=look.vertical, wrap_text=True)
