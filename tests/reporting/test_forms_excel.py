import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from reporting.exporters.layout import CellKind, annual_return_sheet, form_sheets
from reporting.exporters.worksheets import MOST_LINES, form_workbook
from reporting.selectors.records import ProposalLine
from tests.building import make_member, make_term
from tests.reporting.forms import busy_member, forms_of
from tests.reporting.test_forms_layout import LABELS, labels

pytestmark = pytest.mark.django_db


def opened(sheets):
    return openpyxl.load_workbook(io.BytesIO(form_workbook(sheets)))


def words(page):
    """Every text of the page, row by row."""
    return [cell.value for row in page.iter_rows() for cell in row if cell.value is not None]


def test_worksheets_show_the_same_words_in_the_same_order_as_paper():
    sheets = form_sheets(forms_of(busy_member(make_term())))
    book = opened(sheets)
    assert book.sheetnames == ["委员履职情况登记表", "常委述职表"]
    for sheet, page in zip(sheets, book, strict=True):
        texts = [str(text).replace("\n", "") for text in words(page)]
        expected = [sheet.name, sheet.subtitle]
        for row in sheet.rows:
            for cell in row:
                printed = cell.lines if cell.kind == CellKind.TEXT else ("".join(cell.lines),)
                expected += [text for text in printed if text]
        assert [text for text in texts if text] == expected
        assert [text for text in labels(sheet) if text and text not in texts] == []


def test_labels_are_merged_over_what_they_name():
    page = opened(form_sheets(forms_of(busy_member(make_term()))))["委员履职情况登记表"]
    merged = {str(area) for area in page.merged_cells.ranges}
    (label,) = (
        cell for row in page.iter_rows() for cell in row if str(cell.value).startswith("参加市政协")
    )
    last = label.row + 3  # three meetings and the line of totals
    assert f"A{label.row}:A{last}" in merged
    assert f"B{label.row}:F{label.row}" in merged


def test_every_cell_of_the_form_has_its_frame():
    for page in opened(form_sheets(forms_of(busy_member(make_term())))):
        for area in page.merged_cells.ranges:
            if area.min_row > 2:
                left = page.cell(area.min_row, area.min_col)
                right = page.cell(area.min_row, area.max_col)
                assert left.border.left.style == "thin"
                assert right.border.right.style == "thin"


def test_page_prints_on_a4_with_running_numbers_and_repeated_heading():
    for page in opened(form_sheets(forms_of(busy_member(make_term())))):
        assert page.page_setup.paperSize == 9
        assert page.page_setup.fitToWidth == 1
        assert page.page_setup.fitToHeight == 0
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert page.print_title_rows in {"$1:$5", "$1:$4"}
        assert page.print_area.endswith(f"${page.max_row}")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "#N/A", "＝1", "\t=1", "'=1", '=HYPERLINK("x")', "true"],
)
def test_text_people_typed_never_becomes_a_formula(text):
    member = make_member(make_term(), name=text, employer_post=text)
    data = forms_of(member).annual_return
    line = ProposalLine(date(2023, 1, 1), text, "", True, "", "", False, False)
    page = opened([annual_return_sheet(replace(data, proposals=(line,)))]).active
    assert {cell.data_type for row in page.iter_rows() for cell in row} <= {"s", "n"}
    assert text.strip() in words(page)


def test_long_paragraph_goes_on_in_further_rows_and_loses_nothing():
    data = forms_of(make_member(make_term())).annual_return
    title = "".join(chr(0x4E00 + n) for n in range(3000))
    line = ProposalLine(date(2023, 1, 1), "1", title, True, "", "", False, False)
    page = opened([annual_return_sheet(replace(data, proposals=(line,)))]).active
    pieces = [text for text in words(page) if any(c in str(text) for c in (title[0], title[1500]))]
    assert len(pieces) > 1
    assert title in "".join(str(text) for text in words(page))
    assert max(row.height or 0 for row in page.row_dimensions.values()) <= 18 * MOST_LINES + 6


def test_counts_are_numbers():
    sheets = form_sheets(forms_of(busy_member(make_term())))
    page = opened(sheets)["常委述职表"]
    numbers = [
        cell.value for row in page.iter_rows() for cell in row if isinstance(cell.value, int)
    ]
    expected = [
        int(cell.lines[0]) for row in sheets[1].rows for cell in row if cell.kind == CellKind.NUMBER
    ]
    assert numbers == expected
    assert LABELS.isdisjoint({CellKind.NUMBER})
