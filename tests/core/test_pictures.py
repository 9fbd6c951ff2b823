from io import BytesIO

import pytest
from PIL import Image

from core import pictures
from core.pictures import Picture, UnreadablePictureError, signature_picture
from tests.dossiers.papers import drawn


def kept(content):
    return Image.open(BytesIO(signature_picture(BytesIO(content)).read()))


def test_signature_keeps_its_strokes_and_loses_its_margin():
    picture = kept(drawn((600, 200), ((100, 60), (400, 140))))
    assert (picture.format, picture.mode) == ("PNG", "L")
    assert 300 <= picture.width <= 310
    assert 80 <= picture.height <= 90
    assert picture.getextrema() == (0, 255)


@pytest.mark.parametrize(("dots", "may"), [(600 * 200, True), (600 * 200 - 1, False)])
def test_huge_picture_is_refused_before_it_is_unpacked(monkeypatch, dots, may):
    monkeypatch.setattr(pictures, "MOST_DOTS", dots)
    if may:
        assert kept(drawn())
    else:
        with pytest.raises(UnreadablePictureError):
            kept(drawn())


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", drawn(stroke=None)])
def test_what_shows_nothing_is_refused(content):
    with pytest.raises(UnreadablePictureError):
        signature_picture(BytesIO(content))


def test_picture_is_known_by_what_it_shows():
    first, other = Picture.of(drawn()), Picture.of(drawn((300, 100)))
    assert first == Picture.of(drawn())
    assert first != other
    assert "content" not in repr(first)
