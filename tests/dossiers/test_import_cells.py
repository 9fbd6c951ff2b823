"""Cells and sheets that look otherwise than they are stored."""

import re
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from attendance.models import Meeting
from dossiers.importers import ImportRefusedError, examine_workbook, import_workbook
from members.models import Person
from tests.building import make_member, make_term
from tests.dossiers.workbooks import AT, MEETINGS, ROSTER, faults, load, person

pytestmark = pytest.mark.django_db

TOPICS = (*MEETINGS, "议题", "备注")


@pytest.fixture
def term():
    return make_term()


def meeting(number, topic=None):
    return (number, "会", "其他会议", "2022-03-01", topic, None)


def load_book(term, path, fill):
    """Imports a workbook that `fill` has written sheet by sheet."""
    book = Workbook()
    book.remove(book.active)
    fill(book)
    book.save(path)
    return load_path(term, path)


def load_path(term, path):
    try:
        return import_workbook(path=path, filename="book.xlsx", term=term, actor=None, at=AT)
    except ImportRefusedError as refusal:
        return refusal.plan


def merging(*ranges, rows):
    def fill(book):
        page = book.create_sheet("会议活动")
        for row in rows:
            page.append(row)
        for reference in ranges:
            page.merge_cells(reference)

    return fill


@pytest.mark.parametrize(
    ("reference", "column"), [("E2:E3", "议题"), ("E2:F3", "议题"), ("B3:E3", "类别")]
)
def test_merged_cells_below_the_header_are_refused(term, tmp_path, reference, column):
    rows = [TOPICS, meeting("HY-1", "甲"), meeting("HY-2", "乙"), meeting("HY-3", "丙")]
    load(term, tmp_path, {"会议活动": rows})

    plan = load_book(term, tmp_path / "merged.xlsx", merging(reference, rows=rows))

    places = [(f.row, f.column, f.problem, f.remedy) for f in plan.faults if "合并" in f.problem]
    assert places == [
        (int(reference[1]), column, f"{reference} 是合并单元格", "请取消合并后逐行填写")
    ]
    assert list(Meeting.objects.order_by("number").values_list("topic", flat=True)) == [
        "甲", "乙", "丙",
    ]  # fmt: skip


def test_rows_of_a_merged_range_are_left_out_together(term, tmp_path):
    rows = [TOPICS, meeting("HY-1", "甲"), meeting("HY-2"), meeting("HY-3", "丙")]
    load_book(term, tmp_path / "book.xlsx", merging("E2:E3", rows=rows))

    plan = import_workbook(
        path=tmp_path / "book.xlsx",
        filename="book.xlsx",
        term=term,
        actor=None,
        at=AT,
        skip_bad_rows=True,
    )

    assert list(Meeting.objects.values_list("number", flat=True)) == ["HY-3"]
    assert plan.counts["会议活动"] == {"created": 1, "updated": 0, "unchanged": 0, "rejected": 2}


@pytest.mark.parametrize("reference", ["A1:B1", "E2:F2", "F2:F3", "G2:H3", "E9:E20", "E3:E4"])
def test_merged_cells_that_hide_no_value_are_in_order(term, tmp_path, reference):
    rows = [TOPICS, meeting("HY-1", "甲"), meeting("HY-2"), meeting("HY-3")]
    if reference == "A1:B1":
        rows[0] = (*TOPICS[:4], "议题", "备注")

    def fill(book):
        merging(rows=rows)(book)
        page = book["会议活动"]
        if reference == "A1:B1":
            page.move_range("A1:F4", cols=2)
            page.merge_cells("A1:B1")
        else:
            page.merge_cells(reference)

    plan = load_book(term, tmp_path / "book.xlsx", fill)

    assert faults(plan) == []
    assert plan.counts["会议活动"]["created"] == 3


def test_sheet_merged_everywhere_is_told_of_shortly(term, tmp_path):
    rows = [TOPICS, *(meeting(f"HY-{number}", "甲") for number in range(300))]
    references = [f"E{number}:E{number + 1}" for number in range(2, 300, 2)]

    plan = load_book(term, tmp_path / "book.xlsx", merging(*references, rows=rows))

    assert len(plan.faults) == 100
    assert plan.counts["会议活动"]["rejected"] == 300


def test_two_sheets_of_one_name_are_refused(term, tmp_path):
    def fill(book):
        for name, number in (("会议活动 ", "HY-1"), ("会议活动", "HY-2")):
            page = book.create_sheet(name)
            page.append(MEETINGS)
            page.append((number, "会", "其他会议", "2022-03-01"))
        for name in ("统计", "统计 "):
            book.create_sheet(name).append(("甲",))

    plan = load_book(term, tmp_path / "book.xlsx", fill)

    assert [(fault.sheet, fault.row) for fault in plan.faults] == [("会议活动", 1)]
    assert "同名" in plan.faults[0].problem
    assert Meeting.objects.count() == 0


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheet_is_imported_with_a_warning(term, tmp_path, state):
    def fill(book):
        book.create_sheet("统计")
        page = book.create_sheet("会议活动")
        page.append(MEETINGS)
        page.append(("HY-1", "会", "其他会议", "2022-03-01"))
        page.sheet_state = state

    plan = load_book(term, tmp_path / "book.xlsx", fill)

    assert [(warning.sheet, "隐藏" in warning.problem) for warning in plan.log.warnings] == [
        ("统计", False),
        ("会议活动", True),
    ]
    assert Meeting.objects.count() == 1


def from_1904(path, *serials):
    """A workbook counting from 1904, the meetings beginning on the days of these serials."""
    book = Workbook()
    book.epoch = datetime.fromisoformat("1904-01-01")
    page = book.active
    page.title = "会议活动"
    page.append(MEETINGS)
    for number, _ in enumerate(serials):
        page.append((f"HY-{number}", "会", "其他会议", date(2022, 3, 1)))
    book.save(path)
    changed = path.with_name("changed.xlsx")
    rest = iter(serials)
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(changed, "w") as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                content = re.sub(rb"(?<=<v>)43159(?=</v>)", lambda _: next(rest), content)
            copy.writestr(entry, content)
    return changed


def test_day_beyond_the_calendar_is_refused_in_its_place(term, tmp_path):
    plan = load_path(term, from_1904(tmp_path / "book.xlsx", b"43159", b"2958465"))

    assert faults(plan) == [("会议活动", 3, "开始日期")]
    assert Meeting.objects.count() == 0


@pytest.mark.parametrize("written", [43159, "43159", "４３１５９"])
def test_bare_days_count_from_where_the_workbook_counts(term, tmp_path, written):
    def fill(book):
        book.epoch = datetime.fromisoformat("1904-01-01")
        page = book.create_sheet("会议活动")
        page.append(MEETINGS)
        page.append(("HY-1", "会", "其他会议", written))

    assert faults(load_book(term, tmp_path / "book.xlsx", fill)) == []
    assert Meeting.objects.get().start_date == date(2022, 3, 1)


@pytest.mark.parametrize("written", [1975.1, 19751, "19751", 27454])
def test_month_that_became_a_number_is_refused(term, tmp_path, written):
    headers = (*ROSTER, "出生年月")

    plan = load(term, tmp_path, {"委员名册": [headers, (*person("0009", "甲"), written)]})

    assert faults(plan) == [("委员名册", 2, "出生年月")]
    assert "1975-10" in plan.faults[0].remedy


@pytest.mark.parametrize("written", ["1975-10", "1975.10", "197510", 197510, date(1975, 10, 3)])
def test_month_is_stored_as_meant(term, tmp_path, written):
    headers = (*ROSTER, "出生年月")

    assert (
        faults(load(term, tmp_path, {"委员名册": [headers, (*person("0009", "甲"), written)]}))
        == []
    )
    assert Person.objects.get().birth_month == date(1975, 10, 1)


@pytest.mark.parametrize(("place", "column"), [(0, "委员编号"), (1, "姓名"), (3, "界别")])
def test_truth_value_is_no_text(term, tmp_path, place, column):
    row = list(person("0009", "甲"))
    row[place] = True

    plan = load(term, tmp_path, {"委员名册": [ROSTER, row]})

    assert faults(plan) == [("委员名册", 2, column)]


def test_truth_value_is_yes_or_no(term, tmp_path):
    make_member(term, "0001")
    headers = ("提案号", "案由", "第一提案人", "提交日期", "重点", "优秀")

    plan = load(
        term, tmp_path, {"提案": [headers, ("T1", "建议", "0001", "2022-05-01", True, False)]}
    )

    assert faults(plan) == []


def test_examining_writes_nothing(term, tmp_path):
    path = from_1904(tmp_path / "book.xlsx", b"43159")

    examine_workbook(path=path, filename="book.xlsx", term=term)

    assert Meeting.objects.count() == 0
