"""How long a text is, as a limit on characters counts it."""

import unicodedata

#: Spaces and breaks of every width, marks without a width of their own. The page counts by the
#: same classes while one types (static/reporting/papers.js).
NOT_COUNTED = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


def counted_length(text: str) -> int:
    """Characters and punctuation count one each, spaces and line breaks none."""
    return sum(unicodedata.category(character) not in NOT_COUNTED for character in text)
