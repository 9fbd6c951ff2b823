"""Nothing on the office's pages is left in English by the admin theme."""

import re
from pathlib import Path

import pytest
import unfold
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

THEME = Path(unfold.__file__).parent
TEMPLATES = sorted(
    [*(THEME / "templates").rglob("*.html"), *(THEME / "contrib/filters").rglob("*.html")]
)
WORDS = re.compile(r"""\{%\s*trans(?:late)?\s+("[^"]+"|'[^']+')""")
#: Pages this system does not use.
UNUSED = ("unfold_crispy", "logged_out.html", "add_form.html")


def english(template: Path) -> list[str]:
    words = [found[1:-1] for found in WORDS.findall(template.read_text(encoding="utf-8"))]
    with override("zh-hans"):
        return [word for word in words if gettext(word) == word and re.search("[A-Za-z]", word)]


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: str(path.relative_to(THEME)).replace("/", ":")
)
def test_theme_speaks_chinese(template):
    if any(part in str(template) for part in UNUSED):
        return
    assert english(template) == []


@pytest.mark.parametrize("number", [1, 3])
def test_note_above_a_faulty_form_is_chinese(number):
    template = "unfold/helpers/messages/errornote.html"
    note = render_to_string(template, {"errors": dict.fromkeys(range(number), "错")})
    assert "请改正下面标红的各处。" in note
