"""What a cell's text means under its type and number format."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from core.spreadsheets.guard import DAMAGED, WorkbookRefusedError

#: Excel itself keeps at most this many characters in a cell.
MAX_CELL_CHARACTERS = 32_767
#: Ids of the built-in number formats that show a date.
DATE_FORMAT_IDS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
#: What must be left out of a format before looking for its date letters.
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
DATE_LETTERS = re.compile(r"[yd]|e(?![+-])", re.IGNORECASE)
PADDED = re.compile(r"0{2,50}")
COLUMN_LETTERS = re.compile(r"[A-Za-z]{1,3}")
#: Whole days Excel can show: up to 31 December 9999.
LAST_SERIAL = 2_958_465
#: Serial 60 is the day 1900-02-29 that never was; before it dates are one day off.
FIRST_TRUE_SERIAL = 61


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that would have to be calculated. It never is."""

    def __str__(self) -> str:
        return "（公式）"


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """A cell that shows #N/A and the like."""

    text: str

    def __str__(self) -> str:
        return self.text


CellValue = str | int | float | bool | datetime | Formula | ErrorValue
FORMULA = Formula()


@dataclass(frozen=True, slots=True)
class Styles:
    """Which cell styles show dates, and which pad a number with zeros to a width."""

    dates: frozenset[str]
    widths: Mapping[str, int]

    @classmethod
    def of(cls, format_ids: Sequence[str], codes: Mapping[str, str]) -> Self:
        dates, widths = set(), {}
        for position, format_id in enumerate(format_ids):
            code = codes.get(format_id, "")
            if PADDED.fullmatch(code):
                widths[str(position)] = len(code)
            elif _shows_date(format_id, code):
                dates.add(str(position))
        return cls(frozenset(dates), widths)


def _shows_date(format_id: str, code: str) -> bool:
    if code:
        return bool(DATE_LETTERS.search(QUOTED.sub("", code.partition(";")[0])))
    return format_id.isdecimal() and int(format_id) in DATE_FORMAT_IDS


def column_index(reference: str) -> int:
    """Column of a reference such as AB12, 0 = A."""
    return _column_of(reference.rstrip("0123456789"))


@cache
def _column_of(letters: str) -> int:
    if not COLUMN_LETTERS.fullmatch(letters):
        raise WorkbookRefusedError(DAMAGED)
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


@dataclass(frozen=True)
class CellReader:
    """Turns a cell's text into a value. `epoch` is day 0 of the workbook's dates."""

    texts: Sequence[str]
    styles: Styles
    epoch: datetime

    def value(self, text: str, kind: str, style: str) -> CellValue:
        """Raises ValueError or IndexError where the file contradicts itself."""
        if kind == "s":
            return self.texts[int(text)]
        if kind == "n":
            return self._number(text, style)
        if kind == "b":
            return text.strip() == "1"
        if kind == "e":
            return ErrorValue(text)
        if kind == "d":
            return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
        return text

    def _number(self, text: str, style: str) -> CellValue:
        number = float(text)
        if style in self.styles.dates and FIRST_TRUE_SERIAL <= number <= LAST_SERIAL:
            with suppress(OverflowError):  # The last four years, where days count from 1904.
                return self.epoch + timedelta(days=round(number, 6))
        if not number.is_integer():
            return number
        width = self.styles.widths.get(style)
        return int(number) if width is None else str(int(number)).zfill(width)
