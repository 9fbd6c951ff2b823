"""How a Chinese name is found by whoever types letters: its spelling and its initials."""

from functools import lru_cache

from pypinyin import lazy_pinyin

#: Surnames read otherwise than the character alone; several readings where both are in use.
SURNAMES: dict[str, tuple[str, ...]] = {
    "万俟": ("mo qi",),
    "尉迟": ("yu chi",),
    "单于": ("chan yu",),
    "长孙": ("zhang sun",),
    "宓": ("mi", "fu"),
    "乐": ("yue", "le"),
    "仇": ("qiu",),
    "便": ("pian",),
    "区": ("ou",),
    "单": ("shan",),
    "卜": ("bu",),
    "召": ("shao",),
    "员": ("yun",),
    "缪": ("miao",),
    "翟": ("zhai", "di"),
    "盖": ("gai", "ge"),
    "祭": ("zhai", "ji"),
    "种": ("chong",),
    "秘": ("bi", "mi"),
    "繁": ("po",),
    "覃": ("qin", "tan"),
    "解": ("xie",),
    "郇": ("xun", "huan"),
    "隗": ("kui", "wei"),
    "查": ("zha",),
    "朴": ("piao",),
    "洗": ("xian",),
    "折": ("she",),
    "曾": ("zeng",),
    "黑": ("he",),
    "能": ("nai",),
    "重": ("chong",),
    "适": ("kuo", "shi"),
    "都": ("du",),
    "阚": ("kan",),
    "费": ("fei", "bi"),
    "佴": ("nai",),
    "牟": ("mou", "mu"),
}
LONGEST_SURNAME = max(map(len, SURNAMES))


@lru_cache(maxsize=8192)
def spellings(name: str) -> tuple[str, ...]:
    """Every spelling of the name and its initials, in small letters without blanks.

    `单文清` gives `shanwenqing` and `swq`.
    """
    found: dict[str, None] = {}
    for syllables in _readings(name):
        found["".join(syllables)] = None
        found["".join(syllable[0] for syllable in syllables)] = None
    return tuple(found)


def _readings(name: str) -> list[list[str]]:
    for length in range(LONGEST_SURNAME, 0, -1):
        if (surname := name[:length]) in SURNAMES:
            given = _spelled(name[length:])
            return [[*words.split(), *given] for words in SURNAMES[surname]]
    return [_spelled(name)]


def _spelled(text: str) -> list[str]:
    """Syllables; what is no Chinese character is left out unless it is a letter or digit."""
    plain = (part.replace("ü", "v").lower() for part in lazy_pinyin(text))
    return [kept for part in plain if (kept := "".join(m for m in part if m.isalnum()))]
