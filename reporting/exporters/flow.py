"""How many lines a text takes: enough to know what stands beside a label, and what does not."""

import math
from collections.abc import Iterable, Iterator

#: Forms are set in 12 pt.
EM_MILLIMETRES = 12 * 25.4 / 72
#: Millimetres of a column that padding and borders take.
LABEL_PADDING, TEXT_PADDING = 1.5, 3.6


def ems_of(widths: Iterable[float], padding: float) -> float:
    """Ems a line holds in columns of these widths (millimetres)."""
    return (sum(widths) - padding) / EM_MILLIMETRES


def lines_needed(text: str, ems: float) -> int:
    """Lines a text takes where a line holds so many ems."""
    return max(1, math.ceil(sum(map(_width, text)) / ems))


def split_text(text: str, ems: float) -> Iterator[str]:
    """Pieces of the text of at most so many ems each; a text that fits is one piece."""
    piece, taken = "", 0.0
    for character in text:
        if taken + _width(character) > ems:
            yield piece
            piece, taken = "", 0.0
        piece += character
        taken += _width(character)
    yield piece


def _width(character: str) -> float:
    """A Latin letter is half as wide as a Chinese character."""
    return 1.0 if character > "\u2000" else 0.5
