"""How a sheet of the import workbook is laid out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

from core.spreadsheets import values
from core.spreadsheets.values import Parser
from members.choices import RecordKind

#: The longest title, and the longest other text, in characters.
TITLE_LENGTH = 200
TEXT_LENGTH = 10_000
NUMBER_LENGTH = 50
MEMBER_CODE_LENGTH = 30

MEMBER, MEMBERS, MEETING, SECTOR, COMMITTEE = "member", "members", "meeting", "sector", "committee"


@dataclass(frozen=True)
class Column:
    """One column: its header, the field it fills, how a cell is read.

    `empty` is what an empty cell means. `refers` names what the cell's text points to.
    `options` are offered as a drop-down list in the template.
    """

    name: str
    field: str
    parse: Parser
    required: bool = False
    key: bool = False
    empty: Any = ""
    refers: str = ""
    options: tuple[str, ...] = ()
    note: str = ""
    width: int = 14
    #: What is written for each stored code.
    words: Mapping[Any, str] = field(default_factory=dict)

    @property
    def is_date(self) -> bool:
        return self.parse is values.day


@dataclass(frozen=True)
class Sheet:
    """One sheet. `kinds` are the records it carries, for the departments that collect them."""

    name: str
    columns: tuple[Column, ...]
    kinds: tuple[RecordKind, ...] = ()
    note: str = ""
    by_name: Mapping[str, Column] = field(init=False, repr=False)
    by_field: Mapping[str, Column] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})
        object.__setattr__(self, "by_field", {column.field: column for column in self.columns})

    @property
    def key_fields(self) -> tuple[str, ...]:
        return tuple(column.field for column in self.columns if column.key)

    @property
    def member_fields(self) -> tuple[str, ...]:
        """Fields that name one member: a column 姓名 may stand in for their numbers."""
        return tuple(column.field for column in self.columns if column.refers == MEMBER)

    def label(self, field_name: str) -> str:
        return self.by_field[field_name].name


def written(choices: type[TextChoices]) -> dict[str, str]:
    """What is written in a cell, and the code it stands for."""
    return {str(label): str(code) for code, label in choices.choices}


# Columns by what they hold ------------------------------------------------------------------
def number(name: str, field_name: str = "number") -> Column:
    """The number that identifies a row within the term."""
    parse = values.number_text(longest=NUMBER_LENGTH)
    return Column(name, field_name, parse, required=True, key=True)


def title(name: str, *, key: bool = False) -> Column:
    parse = values.text(longest=TITLE_LENGTH)
    return Column(name, "title", parse, required=True, key=key, width=40)


def text(name: str, field_name: str, *, longest: int = TEXT_LENGTH, width: int = 20) -> Column:
    return Column(name, field_name, values.text(longest=longest), width=width)


def day(
    name: str, field_name: str, *, required: bool = False, key: bool = False, note: str = ""
) -> Column:
    return Column(
        name, field_name, values.day, required, key, empty=None, note=note or "如 2023-03-05"
    )


def choice(
    name: str,
    field_name: str,
    choices: type[TextChoices],
    *,
    required: bool = False,
    key: bool = False,
    width: int = 14,
) -> Column:
    labels = written(choices)
    parse = values.one_of(labels)
    return Column(
        name,
        field_name,
        parse,
        required,
        key,
        options=tuple(labels),
        width=width,
        words={code: label for label, code in labels.items()},
    )


def levels(name: str, field_name: str, choices: type[TextChoices]) -> Column:
    """One or more levels in a cell."""
    labels = written(choices)
    note = "可填一项或多项，用“、”分隔：" + "、".join(labels)
    words = {code: label for label, code in labels.items()}
    return Column(name, field_name, values.any_of(labels), empty=(), note=note, words=words)


def yes_or_no(name: str, field_name: str) -> Column:
    return Column(name, field_name, values.yes_or_no, empty=False, options=("是", "否"), width=8)


def member(name: str = "委员编号", field_name: str = "member", *, key: bool = False) -> Column:
    """A member of the term, by number or by a name that is unique in it."""
    parse = values.person_name(longest=TEXT_LENGTH)
    return Column(name, field_name, _narrowed(parse), True, key, refers=MEMBER)


def members(name: str, field_name: str, *, required: bool = False) -> Column:
    note = "委员编号，多人用“、”分隔"
    parse = values.numbers_list
    return Column(name, field_name, parse, required, empty=(), refers=MEMBERS, note=note, width=24)


def meeting(*, key: bool = True) -> Column:
    parse = values.number_text(longest=TEXT_LENGTH)
    return Column("会议编号", "meeting", parse, True, key, refers=MEETING)


def organ(name: str, kind: str, *, required: bool = False) -> Column:
    """A sector or a special committee of the term."""
    parse = values.text(longest=TEXT_LENGTH)
    return Column(name, kind, parse, required, empty=None, refers=kind, width=18)


def _narrowed(parse: Parser) -> Parser:
    narrow: Callable[[Any], str] = values.narrow
    return lambda value: parse(narrow(value))
