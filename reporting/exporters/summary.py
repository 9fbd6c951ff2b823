"""履职情况汇总表.xlsx: one row a member, subtotals, findings."""

import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from reporting.exporters.kept import kept_files, source_digest
from reporting.selectors.summary import COUNT_COLUMNS, FindingRow, Subtotal, Summary, SummaryRow

NAME = "履职情况汇总表.xlsx"
Value = str | int | Decimal | None
MEMBER_COLUMNS = (
    ("委员编号", 10), ("姓名", 12), ("党派", 10), ("界别", 14),
    ("专委会", 20), ("单位职务", 28), ("常委", 6),
)  # fmt: skip
SUBTOTAL_COLUMNS = (("人数", 8),)
FINDING_COLUMNS = (
    ("规则", 26), ("对象类别", 10), ("对象", 18), ("时段", 12), ("建议", 14),
    ("状态", 10), ("说明", 60), ("条款", 40), ("处理理由", 30),
)  # fmt: skip
COUNT_WIDTH = 9
THIN = Side(style="thin", color="999999")
FRAME = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def summary_workbook(summary: Summary) -> bytes:
    """The workbook; text that people typed stays text."""
    book = Workbook(write_only=True)
    styles = Styles(book.create_sheet("汇总表"))
    heading = f"{summary.term}委员履职情况汇总表（{summary.year}年度，截至{_day(summary)}）"
    page = Page(styles.page, styles, MEMBER_COLUMNS, with_counts=True, frozen="C4")
    page.open(heading)
    for row in summary.rows:
        page.write(_member_values(row), row.counts)
    page.write(("", "合计", "", "", "", f"{summary.total.members}人", ""), summary.total.counts)
    for title, subtotals, label in (
        ("界别小计", summary.sectors, ("界别", 20)),
        ("专委会小计", summary.committees, ("专委会", 24)),
    ):
        page = Page(
            book.create_sheet(title),
            styles,
            (label, *SUBTOTAL_COLUMNS),
            with_counts=True,
            frozen="B4",
        )
        page.open(f"{heading}　{title}")
        for subtotal in (*subtotals, summary.total):
            page.write(_subtotal_values(subtotal), subtotal.counts)
    page = Page(
        book.create_sheet("考核发现"), styles, FINDING_COLUMNS, with_counts=False, frozen="A3"
    )
    page.open(f"{heading}　考核发现")
    for finding in summary.findings:
        page.write(_finding_values(finding), ())
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def summary_file(summary: Summary) -> bytes:
    """The workbook, made anew only where a number or a word of it changed."""
    return kept_files().content(
        source_digest(__file__),
        repr(summary),
        ending=".xlsx",
        make=lambda: summary_workbook(summary),
    )


class Styles:
    """The few looks the workbook has, each registered once: styles are openpyxl's slow side."""

    def __init__(self, page: WriteOnlyWorksheet) -> None:
        self.page = page
        centre = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head = PatternFill("solid", fgColor="F3F0EA")
        self.title = self._look(Font(name="黑体", size=16), Alignment(vertical="center"))
        self.head = self._look(Font(name="黑体", size=10), centre, FRAME, head)
        self.text = self._look(
            Font(name="宋体", size=10),
            Alignment(vertical="center", wrap_text=True),
            FRAME,
            quoted=True,
        )
        self.number = self._look(Font(name="宋体", size=10), centre, FRAME)

    def _look(
        self,
        font: Font,
        alignment: Alignment,
        border: Border | None = None,
        fill: PatternFill | None = None,
        *,
        quoted: bool = False,
    ) -> StyleArray:
        model = WriteOnlyCell(self.page)
        model.font, model.alignment, model.quotePrefix = font, alignment, quoted
        if border:
            model.border = border
        if fill:
            model.fill = fill
        return model._style


class Page:
    """One worksheet written from the top: title, headings (two rows with counts), rows."""

    def __init__(
        self,
        page: WriteOnlyWorksheet,
        styles: Styles,
        columns: Sequence[tuple[str, int]],
        *,
        with_counts: bool,
        frozen: str,
    ) -> None:
        self.page = page
        self.blank = WriteOnlyCell(page)
        self.styles = styles
        self.columns = columns
        self.with_counts = with_counts
        widths = [width for _, width in columns]
        if with_counts:
            widths += [COUNT_WIDTH for group in COUNT_COLUMNS.values() for _ in group]
        for position, width in enumerate(widths, start=1):
            page.column_dimensions[get_column_letter(position)].width = width
        page.freeze_panes = frozen
        page.page_setup.paperSize = Worksheet.PAPERSIZE_A3
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.print_title_rows = "2:3" if with_counts else "2:2"
        page.oddFooter.center.text = "第 &P 页 共 &N 页"

    def open(self, title: str) -> None:
        self.page.append(self._cell(text, self.styles.title) for text in (title,))
        names = [name for name, _ in self.columns]
        if not self.with_counts:
            self._heads(names)
            return
        groups = [
            name if position == 0 else ""
            for name, group in COUNT_COLUMNS.items()
            for position in range(len(group))
        ]
        self._heads([*names, *groups])
        counts = [name for group in COUNT_COLUMNS.values() for name, _ in group]
        self._heads([*([""] * len(names)), *counts])
        self._merge_heads()

    def write(self, values: Iterable[str | int], counts: Iterable[Value]) -> None:
        self.page.append(self._row(values, counts))

    def _row(self, values: Iterable[str | int], counts: Iterable[Value]) -> Iterator[WriteOnlyCell]:
        for value in values:
            yield self._cell(value, self.styles.text)
        for count in counts:
            yield self._cell(count, self.styles.number)

    def _heads(self, names: Iterable[str]) -> None:
        self.page.append(self._cell(name, self.styles.head) for name in names)

    def _merge_heads(self) -> None:
        for position in range(1, len(self.columns) + 1):
            letter = get_column_letter(position)
            self.page.merged_cells.add(f"{letter}2:{letter}3")
        start = len(self.columns) + 1
        for group in COUNT_COLUMNS.values():
            end = start + len(group) - 1
            if end > start:
                self.page.merged_cells.add(f"{get_column_letter(start)}2:{get_column_letter(end)}2")
            start = end + 1

    def _cell(self, value: Value, style: StyleArray) -> WriteOnlyCell:
        """Filled anew for each value: a row is written cell by cell, as it is handed over."""
        cell = self.blank
        cell._style = style
        if isinstance(value, str):
            cell._value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
        else:
            cell._value, cell.data_type = value, "n"
        return cell


def _member_values(row: SummaryRow) -> Sequence[str]:
    return (
        row.code, row.name, row.party, row.sector,
        row.committee, row.employer_post, "是" if row.is_standing else "",
    )  # fmt: skip


def _subtotal_values(subtotal: Subtotal) -> Sequence[str | int]:
    return (subtotal.name, subtotal.members)


def _finding_values(row: FindingRow) -> Sequence[str]:
    return (
        row.title, row.subject_kind, row.subject, row.window, row.outcome,
        row.state, row.summary, row.clauses, row.decision,
    )  # fmt: skip


def _day(summary: Summary) -> str:
    return f"{summary.on.year}年{summary.on.month}月{summary.on.day}日"
