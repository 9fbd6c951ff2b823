"""The empty import workbook: headers, drop-down lists and notes, made from the importers' columns.

An exporter cannot import the importers, so the caller hands the sheets over.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Protocol

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core.spreadsheets.parts import MAX_ROWS
from core.spreadsheets.writing import BODY, HEADER, PLAIN, REQUIRED_HEADER, TITLE, put

TEXT_FORMAT, DATE_FORMAT = "@", "yyyy-mm-dd"
#: Excel takes at most this many characters in a list written into the validation itself.
LONGEST_LIST = 255
HEADER_HEIGHT = 30
NOTE_WIDTHS = (14, 16, 8, 90)
RULES = (
    "一、每类数据一张工作表，各部门可只报本部门负责的工作表；不需要的工作表可删去或留空。",
    "二、红底表头为必填列，其余可留空；表头文字不要改动，列的先后不限。",
    "三、编号请按文本填写，保留前面的 0；不记得委员编号的，可加一列“姓名”，本届无重名即可识别。",
    "　　多名委员之间用“、”分隔。",
    "四、日期可写成 2023-03-05、2023/3/5、2023年3月5日；结束日期、退出日期、卸任日期填不再担任的第一天。",
    "五、同一编号再次导入即为修改：表中有该列而单元格留空的，清空原值；没有该列的，保留原值。",
    "　　导入不会删除记录。",
    "六、不要使用公式。题目、案由等标题不超过 200 字，其他文字不超过 10000 字。",
    "七、单个文件不超过 10 MB，每张工作表不超过 100000 行、200 列，不含宏、密码。",
    "八、文件有错时一行也不导入，并逐条指出错在哪一行哪一列、如何改正；也可选择跳过有错的行。",
)


class TemplateColumn(Protocol):
    name: str
    required: bool
    options: tuple[str, ...]
    note: str
    width: int

    @property
    def is_date(self) -> bool: ...


class TemplateSheet(Protocol):
    name: str
    note: str

    @property
    def columns(self) -> Iterable[TemplateColumn]: ...


def workbook_template(*, sheets: Iterable[TemplateSheet], notes_sheet: str) -> bytes:
    """The template as .xlsx."""
    book = Workbook()
    for style in (HEADER, REQUIRED_HEADER, TITLE, BODY, PLAIN):
        book.add_named_style(style)
    notes = book.active
    notes.title = notes_sheet
    sheets = list(sheets)
    _write_notes(notes, sheets)
    for sheet in sheets:
        _write_sheet(book.create_sheet(sheet.name), sheet)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_notes(page: Worksheet, sheets: Iterable[TemplateSheet]) -> None:
    put(page.cell(1, 1), "政协委员履职数据工作簿填表说明", TITLE)
    page.row_dimensions[1].height = HEADER_HEIGHT
    for number, width in enumerate(NOTE_WIDTHS, start=1):
        page.column_dimensions[get_column_letter(number)].width = width
    row = 2
    for rule in RULES:
        put(page.cell(row, 1), rule, PLAIN)
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(NOTE_WIDTHS))
        page.row_dimensions[row].height = 34 if len(rule) > 60 else 18
        row += 1
    row += 1
    for number, label in enumerate(("工作表", "列", "必填", "说明"), start=1):
        put(page.cell(row, number), label, HEADER)
    for sheet in sheets:
        row = _write_sheet_notes(page, row + 1, sheet)
    page.sheet_view.showGridLines = False
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _write_sheet_notes(page: Worksheet, row: int, sheet: TemplateSheet) -> int:
    """Returns the last row written."""
    lines = [("", "", sheet.note)]
    lines += [
        (column.name, "必填" if column.required else "", _explained(column))
        for column in sheet.columns
    ]
    for offset, line in enumerate(lines):
        for number, value in enumerate((sheet.name if offset == 0 else "", *line), start=1):
            put(page.cell(row + offset, number), value, BODY)
    return row + len(lines) - 1


def _explained(column: TemplateColumn) -> str:
    options = "可选：" + "、".join(column.options) if column.options else ""
    return "；".join(part for part in (column.note, options) if part)


def _write_sheet(page: Worksheet, sheet: TemplateSheet) -> None:
    for number, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(number)
        put(page.cell(1, number), column.name, REQUIRED_HEADER if column.required else HEADER)
        dimension = page.column_dimensions[letter]
        dimension.width = max(column.width, 2 * len(column.name) + 4)
        dimension.number_format = DATE_FORMAT if column.is_date else TEXT_FORMAT
        _offer_options(page, letter, column)
    page.row_dimensions[1].height = HEADER_HEIGHT
    page.freeze_panes = "A2"


def _offer_options(page: Worksheet, letter: str, column: TemplateColumn) -> None:
    listed = ",".join(column.options)
    if not listed or len(listed) > LONGEST_LIST:
        return
    offer = DataValidation(
        type="list",
        formula1=f'"{listed}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="请从列表中选择",
        error="只能填：" + listed.replace(",", "、"),
    )
    offer.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
    page.add_data_validation(offer)
