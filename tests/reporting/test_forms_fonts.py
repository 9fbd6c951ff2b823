import io
import shutil

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from core import fonts
from core.fonts import (
    LABEL,
    TEXT,
    FontShelf,
    FontUnavailableError,
    cut_font,
    packaged_source,
)
from reporting.checks import printing_is_possible


def test_cut_font_has_the_characters_and_truetype_outlines():
    data = cut_font(packaged_source(TEXT), "政协䶮")
    font = TTFont(io.BytesIO(data))
    assert set(font.getBestCmap()) == {ord(character) for character in "政协䶮"}
    assert "glyf" in font
    assert "CFF " not in font
    assert font["glyf"][font.getBestCmap()[ord("䶮")]].numberOfContours > 0


def test_cutting_twice_gives_the_same_bytes():
    source = packaged_source(TEXT)
    assert cut_font(source, "政协") == cut_font(source, "协政")


def test_rare_character_brings_its_block_and_no_other():
    shelf = FontShelf(settings.FONTS_DIR)
    core = {cut.family for cut in shelf.cuts("政协")}
    assert {cut.family for cut in shelf.cuts("政协䶮")} - core == {"FormText-4d"}
    assert {cut.family for cut in shelf.cuts("政", titles="䶮")} - core == {"FormTitle-4d"}


def test_glyphs_without_ink_do_not_count():
    source = packaged_source(TEXT)
    assert source.prints("政")
    assert source.prints(" ")
    assert not source.prints("\ue000")


def test_font_the_office_owns_comes_first(tmp_path):
    office = tmp_path / "office"
    office.mkdir()
    font = TTFont(io.BytesIO(cut_font(packaged_source(LABEL), "仿宋")))
    font["name"].setName("FangSong_GB2312", 1, 3, 1, 0x409)
    font.save(office / "owned.ttf")
    (office / "notes.txt").write_text("不是字体", encoding="utf-8")
    shelf = FontShelf(tmp_path)
    assert shelf.sources[TEXT][0].path.name == "owned.ttf"
    assert len(shelf.sources[TEXT]) == 2
    assert len(shelf.sources[LABEL]) == 1
    assert shelf.digest != FontShelf(settings.FONTS_DIR).digest


def test_missing_font_is_told_with_its_remedy(monkeypatch):
    role = fonts.Role("X", "No Such Font", "Regular", "", ())
    with pytest.raises(FontUnavailableError, match=r"No Such Font.*scripts/setup"):
        packaged_source(role)


def test_machine_without_fontconfig_is_told_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FontUnavailableError, match="fontconfig"):
        packaged_source(fonts.Role("Y", "Noto Serif CJK SC", "Regular", "", ()))


def test_checks_tell_what_printing_lacks(monkeypatch):
    assert printing_is_possible() == []
    monkeypatch.setattr("reporting.checks.fast_subsetting", lambda: False)
    assert [message.id for message in printing_is_possible()] == ["reporting.W001"]
    assert shutil.which("fc-match")
