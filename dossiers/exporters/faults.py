"""The list of faults of an import file, to be mended beside it."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from core.spreadsheets.writing import BODY, HEADER, put

#: Header, key of the fault, width.
COLUMNS = (
    ("工作表", "sheet", 14),
    ("行", "row", 8),
    ("列", "column", 16),
    ("所填内容", "value", 30),
    ("问题", "problem", 50),
    ("办法", "remedy", 50),
)


def fault_list(faults: Iterable[Mapping[str, Any]]) -> bytes:
    """One row a fault, as .xlsx."""
    book = Workbook()
    book.add_named_style(HEADER)
    book.add_named_style(BODY)
    page = book.active
    page.title = "错误清单"
    for number, (label, _, width) in enumerate(COLUMNS, start=1):
        put(page.cell(1, number), label, HEADER)
        page.column_dimensions[get_column_letter(number)].width = width
    for row, fault in enumerate(faults, start=2):
        for number, (_, key, _) in enumerate(COLUMNS, start=1):
            put(page.cell(row, number), fault[key], BODY)
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
