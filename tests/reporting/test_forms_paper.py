import io
import re
import socket
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from pypdf import PdfReader

from core.fonts import MISSING, FontShelf
from reporting.exporters import press
from reporting.exporters.kept import KeptFiles
from reporting.exporters.layout import CellKind, annual_return_sheet, form_sheets
from reporting.exporters.paper import FormPrinter
from reporting.selectors.records import ProposalLine, ResearchLine
from tests.building import make_member, make_tenure, make_term
from tests.reporting.forms import busy_member, forms_of
from tests.reporting.test_forms_layout import ANNUAL_RETURN_LABELS, PERFORMANCE_FORM_LABELS

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def shelf():
    return FontShelf(settings.FONTS_DIR)


@pytest.fixture
def printer(shelf, tmp_path):
    return FormPrinter(shelf, KeptFiles(tmp_path / "cache"))


def pages(pdf: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def in_order(words, text):
    """Whether the words follow one another in the text."""
    position = 0
    for word in map(squeezed, words):
        position = text.find(word, position)
        if position < 0:
            return False
        position += len(word)
    return True


def fonts_of(pdf: bytes) -> set[tuple[str, str, bool]]:
    """Name without the subset's tag, encoding, and whether the outlines are inside."""
    found = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            name = str(font["/BaseFont"]).partition("+")[2]
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            found.add((name, str(font["/Encoding"]), "/FontFile2" in descriptor))
    return found


def with_proposals(count, title):
    member = busy_member(make_term())
    data = forms_of(member).annual_return
    lines = tuple(
        ProposalLine(date(2023, 1, 1), f"号{n}", title, True, "立案", "", False, False)
        for n in range(count)
    )
    return annual_return_sheet(replace(data, proposals=lines))


def test_both_forms_print_every_label_in_the_order_of_the_annex(printer):
    annual_return, performance_form = form_sheets(forms_of(busy_member(make_term())))
    text = "".join(pages(printer.print_sheet(annual_return)))
    assert in_order(ANNUAL_RETURN_LABELS, text)
    text = "".join(pages(printer.print_sheet(performance_form)))
    assert in_order(PERFORMANCE_FORM_LABELS[:-3], text)
    assert squeezed(PERFORMANCE_FORM_LABELS[-1]) in text


def test_records_are_printed(printer):
    sheet, _ = form_sheets(forms_of(busy_member(make_term())))
    text = "".join(pages(printer.print_sheet(sheet)))
    for cell in (cell for row in sheet.rows for cell in row if cell.kind == CellKind.TEXT):
        assert in_order(cell.lines, text)


def test_long_form_repeats_its_heading_numbers_its_pages_and_marks_what_goes_on(printer):
    found = pages(printer.print_sheet(with_proposals(80, "关于推进城乡养老服务体系建设的建议")))
    assert len(found) >= 4
    for number, text in enumerate(found, start=1):
        assert f"第{number}页共{len(found)}页" in text
        assert "委员履职情况登记表" in text
        assert text.count("张䶮") == 1
    assert "（续）" not in found[0]
    assert "（续）" in found[1]
    assert [f"号{n}关于" in "".join(found) for n in range(80)] == [True] * 80


def test_page_that_begins_with_a_new_block_is_not_marked_as_going_on(printer):
    found = pages(printer.print_sheet(form_sheets(forms_of(make_member(make_term())))[0]))
    assert len(found) == 2
    assert "（续）" not in found[1]


def test_monster_member_loses_no_line(printer):
    """200 records and texts of 2,000 characters, each ending in a mark of its own."""
    member = busy_member(make_term())
    data = forms_of(member).annual_return
    research = tuple(
        ResearchLine(date(2023, 5, 1), f"调研{n}", "自主调研", "长" * 2000 + f"止{n}号")
        for n in range(6)
    )
    proposals = tuple(
        ProposalLine(date(2023, 1, 1), f"号{n}号", "题" * 200, True, "立案", "", False, False)
        for n in range(194)
    )
    sheet = annual_return_sheet(replace(data, research=research, proposals=proposals))
    text = "".join(pages(printer.print_sheet(sheet)))
    assert [f"止{n}号" in text for n in range(6)] == [True] * 6
    assert [f"号{n}号" in text for n in range(194)] == [True] * 194
    assert text.count("长") == 12_000


def test_rare_characters_are_printed_with_embedded_fonts(printer):
    sheet = form_sheets(forms_of(make_member(make_term(), name="䶮㛃𬱖𫖯喆堃")))[0]
    pdf = printer.print_sheet(sheet)
    assert "䶮㛃𬱖𫖯喆堃" in pages(pdf)[0]
    found = fonts_of(pdf)
    assert {"FormText", "FormText-4d", "FormText-36", "FormLabel"} <= {name for name, *_ in found}
    # A character no font covers would stand in a font of another encoding.
    assert {encoding for _, encoding, _ in found} == {"/Identity-H"}
    assert all(inside for *_, inside in found)
    assert all(name.startswith("Form") for name, *_ in found)


def test_character_without_glyph_is_named_and_printed_as_a_mark(printer):
    sheet = form_sheets(forms_of(make_member(make_term(), "0012", name="王\ue863")))[0]
    (missing,) = printer.missing_glyphs([sheet])
    assert (missing.code, missing.name, missing.characters) == ("0012", "王\ue863", "\ue863")
    assert "U+E863" in str(missing)
    pdf = printer.print_sheet(sheet)
    assert f"王{MISSING}" in pages(pdf)[0]
    assert printer.missing_glyphs(form_sheets(forms_of(make_member(make_term("b"))))) == []


def test_same_facts_give_the_same_bytes_whatever_was_printed_before(shelf, tmp_path):
    term = make_term()
    first, second = busy_member(term), make_member(term, name="𬱖")
    sheet = form_sheets(forms_of(first))[0]
    alone = FormPrinter(shelf, KeptFiles(tmp_path / "a")).print_sheet(sheet)
    among = FormPrinter(shelf, KeptFiles(tmp_path / "b")).print_sheets(
        [form_sheets(forms_of(second))[0], sheet], processes=1
    )
    assert among[1].read_bytes() == alone


def test_unchanged_form_is_not_printed_again(printer, monkeypatch):
    member = busy_member(make_term())
    sheets = form_sheets(forms_of(member))
    first = printer.print_sheets(sheets, processes=1)
    printed = []
    original = press.print_to
    monkeypatch.setattr(
        press,
        "print_to",
        lambda style, html, path: (printed.append(path), original(style, html, path)),
    )
    assert printer.print_sheets(sheets, processes=1) == first
    assert printed == []
    member.employer_post = "新任职务"
    member.save()
    changed = printer.print_sheets(form_sheets(forms_of(member)), processes=1)
    assert printed == [changed[1]]


def test_other_processes_print_the_same_and_tell_how_far_they_are(shelf, tmp_path):
    sheets = [
        annual_return_sheet(
            replace(data, head=replace(data.head, code=str(number), name=f"委员{number}"))
        )
        for data in [forms_of(busy_member(make_term())).annual_return]
        for number in range(14)
    ]
    told = []
    shared = FormPrinter(shelf, KeptFiles(tmp_path / "a")).print_sheets(
        sheets, processes=2, progress=lambda done, total: told.append((done, total))
    )
    alone = FormPrinter(shelf, KeptFiles(tmp_path / "b")).print_sheets(sheets[:1], processes=1)
    assert shared[0].read_bytes() == alone[0].read_bytes()
    assert told[-1] == (14, 14)
    assert "委员13" in pages(shared[13].read_bytes())[0]


def test_forms_nobody_asked_for_are_forgotten(printer):
    sheet = form_sheets(forms_of(make_member(make_term())))[0]
    (path,) = printer.print_sheets([sheet], processes=1)
    printer.kept.forget_unused(before=timezone.now() - timedelta(days=1))
    assert path.exists()
    printer.kept.forget_unused(before=timezone.now() + timedelta(days=1))
    assert not path.exists()


def test_book_numbers_the_pages_of_each_form_from_one(printer):
    term = make_term()
    sheets = [
        sheet
        for member in (busy_member(term), make_member(term, name="后一位"))
        for sheet in form_sheets(forms_of(member))
    ]
    numbers = [
        re.search(r"第(\d)页共(\d)页", text).groups() for text in pages(printer.bind(sheets))
    ]
    assert numbers == [("1", "2"), ("2", "2")] * 3


PAYLOADS = (
    '<img src="{url}">',
    '<img src="file:///etc/hostname">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="file:///etc/hostname">',
    '<a rel="attachment" href="file:///etc/hostname">x</a>',
    "<style>@import url({url});</style>",
    '<p style="background: url({url})">x</p>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
    '<object data="{url}"></object>',
    '<iframe src="{url}"></iframe>',
    '<img src="ftp://127.0.0.1/x">',
    '<base href="{url}">',
    "</title><img src={url}>",
)


@pytest.fixture
def listener():
    """A port on which somebody would be heard."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def was_called(server) -> bool:
    try:
        server.accept()[0].close()
    except TimeoutError:
        return False
    return True


def test_text_that_asks_for_files_or_addresses_is_printed_as_text(printer, listener):
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    payloads = [payload.replace("{url}", url) for payload in PAYLOADS]
    data = forms_of(busy_member(make_term(), name="<b>{{7*7}}</b>")).annual_return
    lines = tuple(
        ProposalLine(date(2023, 1, 1), str(n), payload, True, "", "", False, False)
        for n, payload in enumerate(payloads)
    )
    pdf = printer.print_sheet(annual_return_sheet(replace(data, proposals=lines)))
    text = "".join(pages(pdf))
    assert [squeezed(payload) in text for payload in payloads] == [True] * len(payloads)
    assert "<b>{{7*7}}</b>" in text
    assert not was_called(listener)
    assert b"/EmbeddedFile" not in pdf


@pytest.mark.parametrize("payload", PAYLOADS)
def test_press_itself_reads_nothing_about(payload, listener, printer):
    """Even where markup reaches the engine (an edited template)."""
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    sheet = form_sheets(forms_of(make_member(make_term())))[0]
    style = printer._wording([sheet]).style
    pdf = press.press_for(style).print(payload.replace("{url}", url) + "<p>正文")
    assert not was_called(listener)
    assert b"/EmbeddedFile" not in pdf
    assert pages(pdf)[-1].endswith("正文") or "正文" in pages(pdf)[-1]


def test_press_refuses_every_address_but_its_fonts(tmp_path):
    font, other = tmp_path / "a.ttf", tmp_path / "b.ttf"
    font.write_bytes(b"font")
    other.write_bytes(b"other")
    reader = press.PackagedOnly([font])
    assert reader.fetch(font.as_uri()).read() == b"font"
    for url in (other.as_uri(), "http://127.0.0.1/", "data:text/plain,x", f"{font.as_uri()}?x"):
        with pytest.raises(press.ForbiddenAddressError):
            reader.fetch(url)


def test_without_the_fast_library_printing_is_refused_loudly(printer, monkeypatch):
    monkeypatch.setattr(press, "harfbuzz_subset", None)
    with pytest.raises(press.PressUnavailableError, match="libharfbuzz-subset0"):
        printer.print_sheet(form_sheets(forms_of(make_member(make_term())))[0])


def test_standing_member_form_leaves_room_to_sign(printer):
    term = make_term()
    member = make_member(term)
    make_tenure(member, term.start_date)
    sheet = form_sheets(forms_of(member))[1]
    assert pages(printer.print_sheet(sheet))[-1].count("常委签字：") == 1
