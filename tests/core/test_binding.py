"""Binding: whatever comes from outside is drawn or left out, and spoils nothing."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript
from pypdf.annotations import Link

from core.binding import A4, NotBindableError, bound, sheets_of_pdf, sheets_of_picture


def pdf(*sizes, rotation=0, script="", password="", link=False) -> bytes:
    writer = PdfWriter()
    for width, height in sizes:
        writer.add_blank_page(width=width, height=height).rotate(rotation)
    if script:
        writer.add_open_action(JavaScript(script))
    if link:
        writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url="https://x.example/"))
    if password:
        writer.encrypt(password)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def picture(kind="PNG", size=(300, 200), mode="RGB") -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, "white").save(stream, kind)
    return stream.getvalue()


def sizes_of(content) -> set[tuple[int, int]]:
    return {
        (round(page.mediabox.width), round(page.mediabox.height))
        for page in PdfReader(io.BytesIO(content)).pages
    }


def test_pages_of_any_size_become_a4():
    content = pdf((595, 842), (2000, 300), (842, 595), (100, 100))
    sheets = sheets_of_pdf(content)
    assert len(sheets) == 4
    assert sizes_of(bound([sheets, sheets_of_picture(picture())])) == {(595, 842)}
    assert sizes_of(bound([sheets_of_pdf(pdf((842, 595), rotation=90))])) == {(595, 842)}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "文件损坏"),
        (b"%PDF-1.7\n" + bytes(200), "文件损坏"),
        (pdf(A4)[:200], "文件损坏"),
        (pdf(A4, password="geheim"), "文件已加密"),
        (pdf(), "文件没有页面"),
        (pdf(*[A4] * 301), "文件有301页，超过300页"),
        (pdf((90_000, 90_000)), "页面尺寸不正常"),
        (b"PK\x03\x04 not a pdf", "文件损坏"),
    ],
)
def test_file_that_cannot_be_drawn_is_refused_with_why(content, fault):
    with pytest.raises(NotBindableError, match=f"^{fault}$"):
        sheets_of_pdf(content)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", pdf(A4)], ids=range(3))
def test_file_that_is_no_picture_is_refused(content):
    with pytest.raises(NotBindableError, match=r"^图片损坏$"):
        sheets_of_picture(content)


def test_huge_picture_is_refused_before_it_is_unpacked():
    with pytest.raises(NotBindableError, match="图片过大"):
        sheets_of_picture(picture(size=(8000, 5001), mode="1"))


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "L")])
def test_pictures_of_any_make_are_drawn(kind, mode):
    assert len(sheets_of_picture(picture(kind, mode=mode))) == 1


def test_scripts_and_links_do_not_go_along():
    content = pdf(A4, script="app.alert('x')", link=True)
    assert b"/JavaScript" in content
    volume = bound([sheets_of_pdf(content)])
    for trace in (b"/JavaScript", b"/JS", b"app.alert", b"/Annot", b"x.example", b"/OpenAction"):
        assert trace not in volume


def test_marks_are_drawn_over_every_page():
    marks = bound([sheets_of_picture(picture())] * 2)
    volume = bound([sheets_of_pdf(pdf(A4, A4))], marks=marks)
    pages = PdfReader(io.BytesIO(volume)).pages
    assert [len(page.images) for page in pages] == [1, 1]
    with pytest.raises(ValueError, match=r"shorter|longer"):
        bound([sheets_of_pdf(pdf(A4))], marks=marks)
