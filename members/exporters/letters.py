"""A notice on paper, as it was sent."""

from django.template.loader import render_to_string

from core.letters import print_letter
from members.models import Notice


def notice_letter(notice: Notice) -> bytes:
    """The PDF of a notice whose term and assembly are loaded."""
    return print_letter(
        render_to_string(
            "members/notice_letter.html",
            {"notice": notice, "paragraphs": notice_paragraphs(notice)},
        )
    )


def notice_paragraphs(notice: Notice) -> list[tuple[str, str]]:
    """(class, text) of each line: the addressee stands at the margin, headings in their face."""
    lines = [line.strip() for line in notice.body.splitlines() if line.strip()]
    return [(_kind(place, line), line) for place, line in enumerate(lines)]


def _kind(place: int, line: str) -> str:
    if place == 0 and line.endswith("："):
        return "to"
    numbered = line[0] in "一二三四五六七八九十" and line[1:2] in ("、", "十")
    return "heading" if numbered else ""
