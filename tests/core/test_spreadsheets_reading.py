"""What the cells of a workbook are read as."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from core.spreadsheets import values
from core.spreadsheets.cells import ErrorValue, Formula
from core.spreadsheets.reading import open_workbook
from core.spreadsheets.values import BadValueError
from core.spreadsheets.writing import put
from tests.core.test_spreadsheets_guard import make


def read(path, name="表"):
    with open_workbook(path) as workbook:
        return [(row.number, row.cells) for row in workbook.rows(name)]


def saved(tmp_path, fill):
    book = Workbook()
    book.active.title = "表"
    fill(book.active)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_rows_keep_their_numbers_and_cells_their_columns(tmp_path):
    def fill(page):
        page["B2"], page["D5"] = "乙", 4

    assert read(saved(tmp_path, fill)) == [(2, {1: "乙"}), (5, {3: 4})]


def test_cells_are_read_by_type_and_format(tmp_path):
    def fill(page):
        page.append([1, 1.5, True, date(2023, 3, 5), "=A1", "#N/A", 12, 44990])
        page["F1"].data_type = "e"
        page["G1"].number_format = "0000"
        page["H1"].number_format = 'yyyy"年"m"月"d"日"'

    assert read(saved(tmp_path, fill)) == [
        (
            1,
            {
                0: 1,
                1: 1.5,
                2: True,
                3: datetime.fromisoformat("2023-03-05"),
                4: Formula(),
                5: ErrorValue("#N/A"),
                6: "0012",
                7: datetime.fromisoformat("2023-03-05"),
            },
        )
    ]


def test_dates_from_1904_are_understood(tmp_path):
    book = Workbook()
    book.epoch = datetime.fromisoformat("1904-01-01")
    book.active.title = "表"
    book.active["A1"] = date(2023, 3, 5)
    book.save(tmp_path / "book.xlsx")

    assert read(tmp_path / "book.xlsx") == [(1, {0: datetime.fromisoformat("2023-03-05")})]


def test_inline_rich_and_phonetic_text_is_read_as_one(tmp_path):
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>张</t></r><r><t>三</t></r>'
        "<rPh><t>zhang</t></rPh></is></c>"
        '<c r="B1" t="s"><v>0</v></c><c r="C1" t="str"><f>A1</f><v>x</v></c></row>'
    )
    strings = "<sst><si><r><t>李</t></r><r><t>四</t></r><rPh><t>li</t></rPh></si></sst>"

    assert read(make(tmp_path / "book.xlsx", rows, strings=strings)) == [
        (1, {0: "张三", 1: "李四", 2: Formula()})
    ]


def test_prefixed_names_and_missing_references_are_understood(tmp_path):
    rows = "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:f>A1</x:f><x:v>2</x:v></x:c></x:row>"

    assert read(make(tmp_path / "book.xlsx", rows.join(('<y xmlns:x="z">', "</y>")))) == [
        (1, {0: 1, 1: Formula()})
    ]


@pytest.mark.parametrize(
    "written",
    [
        "2023-03-05",
        "2023/3/5",
        "2023.3.5",
        "2023年3月5日",
        "２０２３年３月５日",
        " 2023-3-5 ",
        "20230305",
        "2023-03-05 00:00:00",
        datetime.fromisoformat("2023-03-05"),
        datetime.fromisoformat("2023-03-05 09:30"),
        44990,
        "44990",
    ],
)
def test_day_is_read_in_all_its_forms(written):
    assert values.day(written) == date(2023, 3, 5)


@pytest.mark.parametrize(
    "written", ["2023-02-29", "2023-13-01", "去年", "2023-3", "0023-03-05", "12", True, Formula()]
)
def test_day_that_is_none_is_refused(written):
    with pytest.raises(BadValueError):
        values.day(written)


@pytest.mark.parametrize("written", ["1975-03", "1975/3", "1975年3月", "1975.3.21", "197503"])
def test_month_is_read_as_its_first_day(written):
    assert values.month(written) == date(1975, 3, 1)


@pytest.mark.parametrize(
    ("written", "found"), [("0", None), ("1", 1), ("３", 3), (9, 9), ("10", None), ("1.5", None)]
)
def test_integer_keeps_to_its_bounds(written, found):
    parse = values.integer(lowest=1, highest=9, unit="场次")

    if found is None:
        with pytest.raises(BadValueError, match="场次应为 1 到 9 的整数"):
            parse(written)
    else:
        assert parse(written) == found


@pytest.mark.parametrize("parse", [values.day, values.month, values.year, values.numbers_list])
def test_truth_values_are_yes_or_no_only(parse):
    with pytest.raises(BadValueError, match="逻辑值"):
        parse(True)
    assert (values.yes_or_no(True), values.yes_or_no(False)) == (True, False)


def test_unseen_characters_are_left_out():
    unseen = "\u200b\u200e\u202e\u2060\ufeff\x07"

    assert values.narrow(f"{unseen}00{unseen}12{unseen}") == "0012"
    assert values.text(longest=3)(unseen) is None


@pytest.mark.parametrize(
    "typed",
    ["买买提·阿不都", "买买提．阿不都", "买买提•阿不都", " 买买提 ・ 阿不都 ", "买买提‧阿不都"],
)
def test_names_are_compared_in_one_form(typed):
    assert values.name_form(typed) == values.name_form("买买提·阿不都")
    assert values.name_form("王伟（女）") == values.name_form("王伟 (女)")
    assert values.name_form("王伟") != values.name_form("王玮")


def test_merged_ranges_are_known_when_the_rows_are_read(tmp_path):
    def fill(page):
        page.append(["甲", "乙"])
        page.merge_cells("B2:C5")

    with open_workbook(saved(tmp_path, fill)) as workbook:
        page = workbook.rows("表")
        assert [row.number for row in page] == [1]
        assert [(each.rows, each.columns) for each in page.merged] == [(range(2, 6), range(1, 3))]


def test_text_is_trimmed_and_measured():
    parse = values.text(longest=3)

    assert parse("　甲 乙 ") == "甲 乙"
    assert parse("   ") is None
    with pytest.raises(BadValueError, match="共 4 个字，超过 3 个字"):
        parse("甲乙丙丁")


def test_blanks_inside_names_are_taken_out():
    parse = values.person_name(longest=50)

    assert parse("张　三") == "张三"
    assert parse("Anna  Li") == "Anna  Li"


def test_lists_are_parted_by_the_usual_signs():
    assert values.numbers_list("0001、0002,0003；0001;０００４") == ("0001", "0002", "0003", "0004")


def test_choices_are_named_when_missed():
    parse = values.one_of({"立案": "on_file", "不予立案": "not_on_file"})

    assert parse(" 立案 ") == "on_file"
    with pytest.raises(BadValueError) as bad:
        parse("立")
    assert bad.value.remedy == "只能填：立案、不予立案"


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "{=", "'=", "|"])
def test_written_text_never_becomes_a_formula(tmp_path, mark):
    text = f"{mark}1+1"
    book = Workbook()
    put(book.active.cell(1, 1), text)
    buffer = BytesIO()
    book.save(buffer)

    cell = load_workbook(BytesIO(buffer.getvalue())).active.cell(1, 1)

    assert cell.data_type == "s"
    assert cell.value.strip() == text.strip()
