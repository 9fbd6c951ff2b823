"""Letters: Chinese on paper, and nothing read but fonts."""

import io
from pathlib import Path

import pytest
from django.template import Context, engines
from pypdf import PdfReader

from core.fonts import MISSING
from core.letters import print_letter

LETTER = (
    '{% extends "core/letter.html" %}{% block name %}通知{% endblock %}'
    "{% block heading %}关于召开会议的通知{% endblock %}"
    "{% block letter %}{{ words }}{% endblock %}"
)
UNKNOWN = "\U0001f9ff"
PAYLOADS = [
    '<img src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    "<style>@import url({url}); p {{ background: url({url}) }}</style>",
    '<object data="{url}"></object>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
]


def rendered(words: str) -> str:
    template = engines["django"].engine.from_string(LETTER)
    return template.render(Context({"words": words}))


def text_of(pdf: bytes) -> str:
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(text.split())


def test_letter_is_printed_with_rare_characters():
    pdf = print_letter(rendered("请王喆、李䶮同志出席。"))
    assert "关于召开会议的通知请王喆、李䶮同志出席。" in text_of(pdf)


def test_character_without_a_font_is_printed_as_missing():
    assert f"王{MISSING}同志" in text_of(print_letter(rendered(f"王{UNKNOWN}同志")))


def test_same_letter_gives_the_same_bytes():
    assert print_letter(rendered("同样的话")) == print_letter(rendered("同样的话"))


def test_words_are_not_markup():
    assert "<b>粗</b>" in text_of(print_letter(rendered("<b>粗</b>")))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_is_read_from_outside(payload, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("秘密文件")
    plain = len(print_letter("<p>正文"))
    pdf = print_letter(payload.format(url=Path(secret).as_uri()) + "<p>正文")
    assert b"/EmbeddedFile" not in pdf
    assert "秘密" not in text_of(pdf)
    assert abs(len(pdf) - plain) < 2000
