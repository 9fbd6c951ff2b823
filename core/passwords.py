"""What a password must be like. Lengths are characters; every message says how to mend it."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from pypinyin import lazy_pinyin

CLASSES = (
    re.compile(r"[a-z]"),
    re.compile(r"[A-Z]"),
    re.compile(r"[0-9]"),
    re.compile(r"[^A-Za-z0-9]"),
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
PHONE = re.compile(r"1[3-9]\d{9}")


class CharacterClassesValidator:
    """Of lower case, upper case, digits and other characters, at least `minimum` kinds."""

    def __init__(self, minimum: int = 3) -> None:
        self.minimum = minimum

    def validate(self, password: str, user: Any = None) -> None:
        if sum(bool(kind.search(password)) for kind in CLASSES) < self.minimum:
            raise ValidationError(
                f"密码太简单：大写字母、小写字母、数字、符号中至少用{self.minimum}种。",
                code="password_classes",
            )

    def get_help_text(self) -> str:
        return f"大写字母、小写字母、数字、符号中至少用{self.minimum}种。"


class ContextWordsValidator:
    """No name of the house, no name or number of the person, no year."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = tuple(folded(word) for word in words)

    def validate(self, password: str, user: Any = None) -> None:
        text = folded(password)
        words = {*self.words, *words_of(user)}
        if any(word in text for word in words) or YEAR.search(text) or PHONE.search(text):
            raise ValidationError(
                "密码中不能有单位名称、本人姓名或其拼音、账号、手机号和年份，请换一个别人想不到的。",
                code="password_context",
            )

    def get_help_text(self) -> str:
        return "不能含有单位名称、本人姓名或其拼音、账号、手机号和年份。"


def folded(text: str) -> str:
    """Full-width and upper-case spellings count as the plain ones."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(user: Any) -> set[str]:
    """What is known of the account: its name, the name's pinyin, its number. Short ones are not
    searched for: they would turn up by chance.
    """
    name = getattr(user, "name", "")
    words = {folded(name), "".join(lazy_pinyin(name)), folded(getattr(user, "username", ""))}
    return {word for word in words if len(word) >= (2 if not word.isascii() else 4)}
