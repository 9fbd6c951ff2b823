"""The number that follows another, as a clerk would count on."""

import re
from collections.abc import Iterable

TRAILING_DIGITS = re.compile(r"(.*?)(\d+)", re.DOTALL)
YEAR_DIGITS = 4


def split_number(number: str, year: int) -> tuple[str, str] | None:
    """What stays and what counts on: `T20260012` of 2026 gives `T2026` and `0012`.

    None where the number does not end in digits.
    """
    match = TRAILING_DIGITS.fullmatch(number)
    if match is None:
        return None
    stem, digits = match.groups()
    if digits.startswith(str(year)) and len(digits) > YEAR_DIGITS:
        return stem + digits[:YEAR_DIGITS], digits[YEAR_DIGITS:]
    return stem, digits


def stem_for(stem: str, *, from_year: int, year: int) -> str:
    """The stem in another year: `T2026` becomes `T2027`; one without a year stays."""
    before, found, after = stem.rpartition(str(from_year))
    return f"{before}{year}{after}" if found else stem


def following(stem: str, *, width: int, taken: Iterable[str]) -> str:
    """The stem with one more than the highest number taken that counts on from it."""
    counted = [
        int(rest)
        for number in taken
        if (rest := number.removeprefix(stem)) != number and rest.isdecimal()
    ]
    return f"{stem}{max(counted, default=0) + 1:0{width}}"
