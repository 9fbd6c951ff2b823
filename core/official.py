"""Official letters in the form of GB/T 9704-2012: red head, number, text, seal place, colophon.

Data in, PDF out; every word is text, never markup.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.template.loader import render_to_string

from core.letters import print_letter

TEMPLATE, STYLESHEET = "core/official_letter.html", "core/official_letter.css"
#: Points: the type area is 156 mm wide; a masthead is as large as fits, and not larger than this.
TYPE_AREA, LARGEST_MASTHEAD = 436, 48
#: Chinese characters; a longer numbered line is a sentence of the text, not a heading.
LONGEST_HEADING = 30
SHORT = 4
#: Characters of a title in one line; how far from the middle a pause is looked for, and where.
TITLE_LINE, NEAR, PAUSES = 20, 5, frozenset("的、，和去》）")
NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、")
FIGURE = re.compile(r"-?\d+(?:\.\d+)?%?|—")


class LetterForm(StrEnum):
    """`document`: red head and colophon; `minutes`: 纪要; `record`: a sheet without a red head."""

    DOCUMENT = "document"
    MINUTES = "minutes"
    RECORD = "record"


@dataclass(frozen=True)
class Cell:
    text: str

    @property
    def is_short(self) -> bool:
        """A figure or a name: kept in one line, in the middle."""
        return len(self.text) <= SHORT or FIGURE.fullmatch(self.text) is not None


@dataclass(frozen=True)
class AnnexTable:
    """附件 that is a table."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A paragraph; `lead` stands before it in the face of headings."""

    text: str
    lead: str = ""

    @property
    def is_heading(self) -> bool:
        return bool(self.lead) and not self.text


@dataclass(frozen=True)
class OfficialLetter:
    """`facts` are (name, value) above the text of a record; `present` are (出席, who) of minutes;
    `signs` are the parties who sign by hand. A draft has no number yet and says so.
    """

    form: LetterForm
    masthead: str
    number: str
    title: str
    body: str
    issued_date: date
    issuer: str = ""
    addressees: Sequence[str] = ()
    tables: Sequence[AnnexTable] = ()
    facts: Sequence[tuple[str, str]] = ()
    present: Sequence[tuple[str, str]] = ()
    signs: Sequence[str] = ()
    copied_to: Sequence[str] = ()
    printer: str = ""
    is_draft: bool = False

    @property
    def lines(self) -> list[Line]:
        return [_line(text) for raw in self.body.splitlines() if (text := raw.strip())]

    @property
    def title_lines(self) -> list[str]:
        """Lines of about the same length, none longer than the type area is wide."""
        return balanced(self.title)

    @property
    def masthead_points(self) -> int:
        return min(LARGEST_MASTHEAD, TYPE_AREA // max(len(self.masthead), 1))

    @property
    def signature_ems(self) -> float:
        """The date with four characters free on either side; the issuer is centred above it."""
        day = self.issued_date
        figures = len(f"{day.year}{day.month}{day.day}")
        return 3 + figures * 0.55 + 8


def balanced(title: str) -> list[str]:
    """The title in as few lines as it needs, broken where a reader would pause if there is such
    a place near the middle.
    """
    count = -(-len(title) // TITLE_LINE)
    lines = []
    for left in range(count, 1, -1):
        middle = -(-len(title) // left)
        near = sorted(range(middle - NEAR, middle + NEAR + 1), key=lambda at: abs(at - middle))
        pauses = [at for at in near if 0 < at <= TITLE_LINE and title[at - 1 : at] in PAUSES]
        rest = (left - 1) * TITLE_LINE
        cut = next((at for at in pauses if len(title) - at <= rest), middle)
        lines.append(title[:cut])
        title = title[cut:]
    return [*lines, title]


def print_official_letter(letter: OfficialLetter) -> bytes:
    """The PDF; raises FontUnavailableError."""
    return print_letter(render_to_string(TEMPLATE, {"letter": letter}), stylesheet=STYLESHEET)


def _line(text: str) -> Line:
    if not NUMBERED.match(text):
        return Line(text)
    lead, stop, rest = text.partition("。")
    if len(lead) > LONGEST_HEADING:
        return Line(text)
    return Line(rest.strip(), lead + (stop if rest.strip() else ""))
