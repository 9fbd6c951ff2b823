"""Official letters: what GB/T 9704 puts where, and nothing read but fonts."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from core.official import (
    AnnexTable,
    Cell,
    LetterForm,
    OfficialLetter,
    balanced,
    print_official_letter,
)
from tests.core.test_letters import PAYLOADS

BODY = "根据有关规定，现将有关情况通报如下。\n一、基本情况\n该委员情况属实。"
LETTER = OfficialLetter(
    form=LetterForm.DOCUMENT,
    masthead="政协试验市委员会办公室文件",
    number="试协办字〔2026〕12号",
    title="关于有关情况的通报函",
    body=BODY,
    issued_date=date(2026, 3, 5),
    issuer="政协试验市委员会办公室",
    addressees=("市委组织部", "市委统战部"),
    copied_to=("市纪委市监委",),
    printer="政协试验市委员会办公室",
)
MILLIMETRE = 72 / 25.4


def pages(letter: OfficialLetter) -> list[str]:
    reader = PdfReader(io.BytesIO(print_official_letter(letter)))
    return ["".join(sheet.extract_text().split()) for sheet in reader.pages]


def placed(letter: OfficialLetter, page: int = 0) -> list[tuple[str, float, float]]:
    """(text, x, y) of each run, in points from the upper left corner."""
    sheet = PdfReader(io.BytesIO(print_official_letter(letter))).pages[page]
    height = float(sheet.mediabox.height)
    found = []

    def visit(text, transform, matrix, *_):
        if text.strip():
            x = matrix[4] * transform[0] + matrix[5] * transform[2] + transform[4]
            y = matrix[4] * transform[1] + matrix[5] * transform[3] + transform[5]
            found.append((text.strip(), x, height - y))

    sheet.extract_text(visitor_text=visit)
    return found


def test_letter_holds_its_parts_in_order():
    assert "".join(pages(LETTER)) == (
        "政协试验市委员会办公室文件试协办字〔2026〕12号关于有关情况的通报函市委组织部、市委统战部："
        "根据有关规定，现将有关情况通报如下。一、基本情况该委员情况属实。政协试验市委员会办公室"
        "2026年3月5日抄送：市纪委市监委。政协试验市委员会办公室2026年3月5日印发—1—"
    )


def test_page_is_a4_with_the_type_area_of_the_standard():
    sheet = PdfReader(io.BytesIO(print_official_letter(LETTER))).pages[0]
    size = (float(sheet.mediabox.width), float(sheet.mediabox.height))
    assert size == pytest.approx((210 * MILLIMETRE, 297 * MILLIMETRE), abs=0.5)
    lefts = [x for text, x, _ in placed(LETTER) if text.startswith("市委组织部")]
    assert lefts == [pytest.approx(28 * MILLIMETRE, abs=0.5)]


def test_full_page_has_22_lines_of_28_characters():
    long = replace(LETTER, body="文" * 28 * 80, copied_to=(), printer="", addressees=())
    reader = PdfReader(io.BytesIO(print_official_letter(long)))
    lines = [line for line in reader.pages[1].extract_text().splitlines() if "文" in line]
    assert [len(line.strip()) for line in lines] == [28] * 22


def test_page_numbers_stand_outside():
    letter = replace(LETTER, body="文" * 28 * 40)
    (odd,) = [x for text, x, _ in placed(letter, 0) if text == "— 1 —"]
    (even,) = [x for text, x, _ in placed(letter, 1) if text == "— 2 —"]
    assert odd > 150 * MILLIMETRE
    assert even < 40 * MILLIMETRE


def test_colophon_stands_at_the_foot_of_the_last_page():
    letter = replace(LETTER, body="文" * 28 * 40)
    sheets = pages(letter)
    assert [text.count("印发") for text in sheets] == [0] * (len(sheets) - 1) + [1]
    (foot,) = [y for text, _, y in placed(letter, len(sheets) - 1) if text.endswith("印发")]
    assert foot == pytest.approx(262 * MILLIMETRE, abs=20)


def test_table_follows_on_a_page_of_its_own_and_is_named():
    table = AnnexTable("委员情况表", ("姓名", "应出席"), [(Cell("李明"), Cell("3"))], "注：试验。")
    *_, text, annex = pages(replace(LETTER, tables=(table,)))
    assert "附件：委员情况表政协试验市委员会办公室2026年3月5日" in text
    assert annex.startswith("附件委员情况表姓名应出席李明3注：试验。抄送")


def test_signature_never_stands_without_text():
    table = AnnexTable("委员情况表", ("姓名",), [(Cell("李明"),)])
    for lines in (2, 5, 8):
        letter = replace(LETTER, body="\n".join(["情况属实。"] * lines), tables=(table,))
        (signed,) = [text for text in pages(letter) if "办公室2026年3月5日" in text][:1]
        assert "情况属实。附件：委员情况表政协" in signed


def test_several_tables_are_numbered():
    tables = [AnnexTable(name, ("姓名",), [(Cell("李明"),)]) for name in ("名单", "调整情况")]
    *_, text, first, second = pages(replace(LETTER, tables=tables))
    assert "附件：1.名单2.调整情况" in text
    assert (first[:5], second[:7]) == ("附件1名单", "附件2调整情况")


def test_draft_says_that_it_is_not_issued():
    assert "未印发" in pages(replace(LETTER, is_draft=True))[0]
    assert "未印发" not in pages(LETTER)[0]


def test_record_has_its_facts_and_places_to_sign():
    record = replace(
        LETTER,
        form=LetterForm.RECORD,
        issuer="",
        addressees=(),
        printer="",
        facts=(("委员姓名", "李明"), ("约谈地点", "302室")),
        signs=("被约谈委员", "约谈领导"),
    )
    (text,) = pages(record)
    assert "编号：试协办字〔2026〕12号委员姓名李明约谈地点302室" in text
    assert "被约谈委员：年月日约谈领导：年月日" in text
    assert "政协试验市委员会办公室文件" not in text


def test_body_of_ten_thousand_characters_runs_over_pages():
    text = "".join(pages(replace(LETTER, body="字" * 10_000)))
    assert text.count("字") == 10_000 + LETTER.number.count("字")


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于有关情况的函", ["关于有关情况的函"]),
        ("十" * 20, ["十" * 20]),
        ("十" * 21, ["十" * 11, "十" * 10]),
        (
            "关于李建国同志拟责令辞去委员有关情况的通报函",
            ["关于李建国同志拟责令辞去", "委员有关情况的通报函"],
        ),
        (
            "关于李明同志辞去政协萍乡市第十四届委员会委员的公告",
            ["关于李明同志辞去", "政协萍乡市第十四届委员会委员的公告"],
        ),
    ],
)
def test_title_is_broken_into_even_lines(title, lines):
    assert balanced(title) == lines


@pytest.mark.parametrize("length", [1, 19, 40, 41, 60, 200])
def test_no_line_of_a_title_is_too_long(length):
    lines = balanced(("关于甲的" * 50)[:length])
    assert "".join(lines) == ("关于甲的" * 50)[:length]
    assert max(map(len, lines)) <= 20


def test_same_letter_gives_the_same_bytes():
    assert print_official_letter(LETTER) == print_official_letter(LETTER)


def test_hostile_words_are_printed_and_read_nothing(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密文件")
    words = "".join(payload.format(url=Path(secret).as_uri()) for payload in PAYLOADS[0:3:2])
    hostile = replace(
        LETTER,
        title=words,
        body=words,
        issuer=words,
        addressees=(words,),
        copied_to=(words,),
        facts=((words, words),),
        signs=(words,),
        present=((words, words),),
        tables=(AnnexTable(words, (words,), [(Cell(words),)], words),),
    )
    content = print_official_letter(hostile)
    assert b"/EmbeddedFile" not in content
    text = "".join(
        "".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(content)).pages
    )
    assert "秘密" not in text
    assert text.count("<imgsrc=") == 15
