"""Writing text that stays text: what a person typed never becomes a formula."""

from datetime import date, datetime
from typing import Any

from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

from core.spreadsheets.cells import MAX_CELL_CHARACTERS

FONT = "宋体"
HEADING_FONT = "黑体"
ACCENT = "A61B29"
PAPER = "F6F1EA"
LINE = Side(style="thin", color="BFB8AE")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)

#: Made once a workbook and shared by all its cells: styles are what writing costs.
HEADER = NamedStyle(
    "表头",
    font=Font(name=HEADING_FONT, size=11),
    fill=PatternFill("solid", fgColor=PAPER),
    alignment=Alignment(horizontal="center", vertical="center", wrap_text=True),
    border=BORDER,
)
REQUIRED_HEADER = NamedStyle(
    "必填表头",
    font=Font(name=HEADING_FONT, size=11, color="FFFFFF"),
    fill=PatternFill("solid", fgColor=ACCENT),
    alignment=Alignment(horizontal="center", vertical="center", wrap_text=True),
    border=BORDER,
)
TITLE = NamedStyle("标题", font=Font(name=HEADING_FONT, size=16, color=ACCENT))
BODY = NamedStyle(
    "正文",
    font=Font(name=FONT, size=11),
    alignment=Alignment(vertical="top", wrap_text=True),
    border=BORDER,
)
PLAIN = NamedStyle(
    "说明", font=Font(name=FONT, size=11), alignment=Alignment(vertical="top", wrap_text=True)
)


def put(cell: Cell, value: Any, style: NamedStyle | None = None) -> None:
    """Gives the cell a value; text is stored as text whatever it begins with."""
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL_CHARACTERS]
        cell.value = text
        cell.data_type = "s"
    elif value is None or isinstance(value, int | float | date | datetime):
        cell.value = value
    else:
        put(cell, str(value))
    if style is not None:
        cell.style = style.name
