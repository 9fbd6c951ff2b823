"""Pictures people send, made anew before they are kept: small, upright, and nothing but a picture."""

import hashlib
import io
from base64 import b64encode
from dataclasses import dataclass, field
from typing import IO

from django.core.files.base import ContentFile
from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

#: Dots; a larger picture is refused before it is unpacked, and what is kept is drawn within these.
MOST_DOTS = 40_000_000
KEPT_SIZE = (1200, 480)
#: How far from white counts as a stroke when the empty margin is cut off.
FAINTEST = 40


class UnreadablePictureError(ValueError):
    """The file is no picture, or one far too large."""


@dataclass(frozen=True)
class Picture:
    """A PNG to be printed; `digest` stands for what it shows."""

    digest: str
    content: bytes = field(repr=False, compare=False)

    @classmethod
    def of(cls, content: bytes) -> "Picture":
        return cls(hashlib.sha256(content).hexdigest(), content)

    @property
    def base64(self) -> str:
        return b64encode(self.content).decode()


def signature_picture(file: IO[bytes]) -> ContentFile:
    """A signature as PNG: on white, without its empty margin, within KEPT_SIZE.

    Raises UnreadablePictureError.
    """
    try:
        picture = _drawn(file)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise UnreadablePictureError(str(error)) from error
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return ContentFile(stream.getvalue(), "签名.png")


def _drawn(file: IO[bytes]) -> Image.Image:
    file.seek(0)
    with Image.open(file, formats=["PNG", "JPEG"]) as opened:
        if opened.width * opened.height > MOST_DOTS:
            raise UnreadablePictureError(f"{opened.width}×{opened.height}")
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    paper = Image.new("RGBA", upright.size, "white")
    grey = Image.alpha_composite(paper, upright).convert("L")
    strokes = ImageChops.invert(grey).point(lambda depth: 255 if depth > FAINTEST else 0)
    box = strokes.getbbox()
    if box is None:
        raise UnreadablePictureError("empty")
    kept = grey.crop(box)
    kept.thumbnail(KEPT_SIZE)
    return kept
