"""Binding PDFs and pictures from many hands into one volume of A4 pages with running numbers.

What comes from outside is only ever drawn: no link, script, form or attachment of it goes along,
and a file that cannot be read is left out rather than spoiling the volume.
"""

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageOps
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import NameObject

#: Points.
A4 = (595.28, 841.89)
MARGIN, WIDEST, TOLERANCE = 36, 20_000, 2
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
    """Pages of A4, ready to be bound: a PDF of `count` pages."""

    content: bytes = field(repr=False)
    count: int

    def __len__(self) -> int:
        return self.count


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
        writer = PdfWriter()
        for page in reader.pages:
            _draw(page, writer)
        return Sheets(_written(writer), count)
    except NotBindableError:
        raise
    except (Exception, RecursionError) as error:
        raise NotBindableError("文件损坏") from error


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
        for page in PdfReader(io.BytesIO(sheets.content)).pages:
            writer.add_page(page)
    if marks:
        overlay = PdfReader(io.BytesIO(marks)).pages
        for page, mark in zip(writer.pages, overlay, strict=True):
            page.merge_page(mark)
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    writer.metadata = None
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _draw(page: PageObject, writer: PdfWriter) -> None:
    """The page on a new A4 page: upright, in the middle, never enlarged."""
    for name in EXTRAS:
        if name in page:
            del page[NameObject(name)]
    turned = Transformation().rotate(-page.rotation)
    box = page.cropbox
    corners = [turned.apply_on(corner) for corner in (box.lower_left, box.upper_right)]
    left, right = sorted(float(x) for x, _ in corners)
    bottom, top = sorted(float(y) for _, y in corners)
    width, height = right - left, top - bottom
    if not (0 < width < WIDEST and 0 < height < WIDEST):
        raise NotBindableError("页面尺寸不正常")
    whole = abs(width - A4[0]) < TOLERANCE and abs(height - A4[1]) < TOLERANCE
    edge = 0 if whole else 2 * MARGIN
    scale = 1.0 if whole else min(1.0, (A4[0] - edge) / width, (A4[1] - edge) / height)
    across = (A4[0] - width * scale) / 2 - left * scale
    up = (A4[1] - height * scale) / 2 - bottom * scale
    sheet = writer.add_blank_page(width=A4[0], height=A4[1])
    sheet.merge_transformed_page(page, turned.scale(scale).translate(across, up))
