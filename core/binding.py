"""Binding PDFs and pictures from many hands into one volume of A4 pages with running numbers.

What comes from outside is only ever drawn: no link, script, form or attachment of it goes along,
and a file that cannot be read is left out rather than spoiling the volume.
"""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import NameObject

#: Points.
A4 = (595.28, 841.89)
MARGIN = 36
MOST_PAGES = 300
#: Dots; a larger picture is refused before it is unpacked, and is drawn within these.
MOST_DOTS, DRAWN = 40_000_000, (1654, 2339)
#: What a page carries besides what is drawn on it.
EXTRAS = ("/Annots", "/AA", "/B", "/Metadata", "/PieceInfo", "/Thumb", "/StructParents")

#: pypdf tells of every fault it mends; that is for the log of an administrator.
logging.getLogger("pypdf").setLevel(logging.ERROR)


class NotBindableError(ValueError):
    """The file cannot be drawn on pages; the message says why, in Chinese."""


@dataclass(frozen=True)
class Sheets:
    """Pages of A4, ready to be bound."""

    pages: tuple[PageObject, ...]

    def __len__(self) -> int:
        return len(self.pages)


def sheets_of_pdf(content: bytes) -> Sheets:
    """The pages of a PDF, shrunk to A4 where they are larger. Raises NotBindableError."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise NotBindableError("文件已加密")
        count = len(reader.pages)
        if count == 0:
            raise NotBindableError("文件没有页面")
        if count > MOST_PAGES:
            raise NotBindableError(f"文件有{count}页，超过{MOST_PAGES}页")
        sheets = Sheets(tuple(_drawn(page) for page in reader.pages))
        bound([sheets])
    except NotBindableError:
        raise
    except (Exception, RecursionError) as error:
        raise NotBindableError("文件损坏") from error
    return sheets


def sheets_of_picture(content: bytes) -> Sheets:
    """A picture on a page. Raises NotBindableError."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as opened:
            if opened.width * opened.height > MOST_DOTS:
                raise NotBindableError("图片过大")
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
        white = Image.new("RGBA", upright.size, "white")
        picture = Image.alpha_composite(white, upright).convert("RGB")
        picture.thumbnail(DRAWN)
        stream = io.BytesIO()
        picture.save(stream, "PDF", resolution=200.0)
    except NotBindableError:
        raise
    except Exception as error:
        raise NotBindableError("图片损坏") from error
    return sheets_of_pdf(stream.getvalue())


def bound(volume: Sequence[Sheets], *, marks: bytes = b"") -> bytes:
    """One PDF of all sheets; `marks` is a PDF with as many pages, drawn over them."""
    writer = PdfWriter()
    for sheets in volume:
        for page in sheets.pages:
            writer.add_page(page)
    if marks:
        overlay = PdfReader(io.BytesIO(marks)).pages
        for page, mark in zip(writer.pages, overlay, strict=True):
            page.merge_page(mark)
    writer.metadata = None
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _drawn(page: PageObject) -> PageObject:
    """The page on A4, upright, in the middle, never enlarged."""
    for name in EXTRAS:
        if name in page:
            del page[NameObject(name)]
    page.transfer_rotation_to_content()
    box = page.cropbox
    width, height = float(box.width), float(box.height)
    if not (0 < width < 20_000 and 0 < height < 20_000):
        raise NotBindableError("页面尺寸不正常")
    whole = abs(width - A4[0]) < 2 and abs(height - A4[1]) < 2
    room = A4 if whole else (A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN)
    scale = 1.0 if whole else min(1.0, room[0] / width, room[1] / height)
    across = (A4[0] - width * scale) / 2 - float(box.left) * scale
    up = (A4[1] - height * scale) / 2 - float(box.bottom) * scale
    sheet = PageObject.create_blank_page(width=A4[0], height=A4[1])
    sheet.merge_transformed_page(page, Transformation().scale(scale).translate(across, up))
    for name in EXTRAS:
        if name in sheet:
            del sheet[NameObject(name)]
    return sheet
