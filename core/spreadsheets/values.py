"""From what a clerk typed to what is meant: text, numbers, dates, choices, lists.

Every parser takes a cell's value and returns the parsed one, None where the cell is empty, or
raises BadValueError saying what is wrong and how to mend it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from core.spreadsheets.cells import CellValue, ErrorValue, Formula

Parser = Callable[[CellValue], Any]

#: Full-width letters, digits and signs as their plain twins; other text is left as typed.
HALF_WIDTH = {ord("！") + offset: ord("!") + offset for offset in range(94)} | {ord("　"): " "}
#: Control characters, and those that show nothing: copied along from web pages and messages.
UNSEEN_CHARACTERS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    r"\ufeff\ud800-\udfff]"
)
#: The dots that part the names of minorities, in all the shapes they are typed in.
NAME_DOTS = dict.fromkeys(map(ord, "·•・‧∙⋅."))
ESCAPED_LINE_END = re.compile(r"_x000[dD]_\n?")
BETWEEN_HANZI = re.compile(
    r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff])\s+(?=[\u3400-\u9fff\U00020000-\U0003ffff])"
)
LIST_SEPARATORS = re.compile(r"[、,，;；\n]")
DATE_TEXT = re.compile(
    r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|(\d{2})(\d{2})?)(?:[ T]0{1,2}:00(?::00)?)?"
)
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2199, 12, 31)
EPOCH = date(1899, 12, 30)
BARE_SERIAL = re.compile(r"\d{5}(\.\d+)?")
#: Days from the first day of workbooks that count from 1900 to that of those from 1904.
DAYS_TO_1904 = 1462
DATE_FORMS = "请写成 2023-03-05、2023/3/5 或 2023年3月5日"


class BadValueError(Exception):
    """A cell that cannot be understood: what is wrong, and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def shown(value: CellValue | None) -> str:
    """The cell as a clerk would read it, cut short."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else str(value)
    return str(value)[:100]


def plain(value: CellValue) -> str:
    """The trimmed text of a cell. Raises BadValueError for formulas and error cells."""
    if isinstance(value, str):
        return UNSEEN_CHARACTERS.sub("", ESCAPED_LINE_END.sub("\n", value)).strip()
    if isinstance(value, Formula):
        raise BadValueError("单元格是公式，不能导入", "请复制后“选择性粘贴—数值”，再保存导入")
    if isinstance(value, ErrorValue):
        raise BadValueError(f"单元格显示错误 {value}", "请改为实际内容或清空")
    if isinstance(value, bool):
        raise BadValueError("单元格是逻辑值，不是文字", "请改为应填的文字")
    if isinstance(value, datetime):
        return shown(value)
    return str(value)


def narrow(value: CellValue) -> str:
    return plain(value).translate(HALF_WIDTH).strip()


@lru_cache(maxsize=8192)
def name_form(name: str) -> str:
    """A name as it is compared: blanks, dots, width and case of letters make no difference."""
    return "".join(unicodedata.normalize("NFKC", name).translate(NAME_DOTS).split()).casefold()


def text(*, longest: int) -> Parser:
    """Free text of at most so many characters."""

    def parse(value: CellValue) -> str | None:
        content = plain(value)
        if len(content) > longest:
            raise BadValueError(f"共 {len(content)} 个字，超过 {longest} 个字", "请缩短后重新导入")
        return content or None

    return parse


def number_text(*, longest: int) -> Parser:
    """A code or number kept as text: full-width characters made plain."""
    check = text(longest=longest)
    return lambda value: check(narrow(value))


def person_name(*, longest: int) -> Parser:
    """A name; the blanks that line up two-character names are taken out."""
    check = text(longest=longest)
    return lambda value: check(BETWEEN_HANZI.sub("", plain(value)))


def integer(*, lowest: int, highest: int, unit: str) -> Parser:
    def parse(value: CellValue) -> int | None:
        content = narrow(value)
        if not content:
            return None
        if not re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", content) or not (
            lowest <= (number := int(float(content))) <= highest
        ):
            raise BadValueError(f"{unit}应为 {lowest} 到 {highest} 的整数", "请改为整数")
        return number

    return parse


def year(value: CellValue) -> int | None:
    content = narrow(value).removesuffix("年度").removesuffix("年")
    return integer(lowest=1949, highest=2199, unit="年度")(content)


def day(value: CellValue) -> date | None:
    """A date in any of the forms offices write, or Excel's own."""
    if isinstance(value, datetime):
        return _within(value.date())
    content = narrow(value).replace(" 年", "年")
    if not content:
        return None
    parts = _date_parts(content)
    if parts is not None and parts[2] is not None:
        return _date_of(*parts)
    if BARE_SERIAL.fullmatch(content):
        return _within(EPOCH + timedelta(days=int(float(content))))
    raise BadValueError("不是日期", DATE_FORMS)


def counted_from_1904(value: CellValue) -> CellValue:
    """The cell of a workbook whose days count from 1904: a day without a date's format as one
    counted from 1900, anything else as it is.
    """
    if isinstance(value, datetime) or not BARE_SERIAL.fullmatch(content := narrow(value)):
        return value
    return float(content) + DAYS_TO_1904


def month(value: CellValue) -> date | None:
    """A month as its first day; a day given with it is dropped.

    Of a number the last 0 is lost: 1975.10 and 1975.1 are one. Five digits may be a year and a
    month or one of Excel's days.
    """
    if isinstance(value, datetime):
        return _within(value.date()).replace(day=1)
    content = narrow(value)
    if not content:
        return None
    if BARE_SERIAL.fullmatch(content) or (
        isinstance(value, float) and re.fullmatch(r"\d{4}\.1", content)
    ):
        raise BadValueError("是数字，不能确定是哪个月", "请写成 1975-10、1975/10 或 1975年10月")
    parts = _date_parts(content)
    if parts is not None and parts[1] is not None:
        return _date_of(parts[0], parts[1], parts[2] or "1").replace(day=1)
    raise BadValueError("不是年月", "请写成 1975-03、1975/3 或 1975年3月")


def _date_parts(content: str) -> tuple[str, str | None, str | None] | None:
    found = DATE_TEXT.fullmatch(content)
    if found is None:
        return None
    year_, month_, day_, packed_month, packed_day = found.groups()
    return year_, month_ or packed_month, day_ or packed_day


def _date_of(year_: str, month_: str | None, day_: str | None) -> date:
    try:
        return _within(date(int(year_), int(month_ or 0), int(day_ or 0)))
    except ValueError as error:
        raise BadValueError("没有这一天", "请核对年月日") from error


def _within(found: date) -> date:
    if not FIRST_DATE <= found <= LAST_DATE:
        raise BadValueError("日期超出合理范围", "请核对年份")
    return found


def one_of(labels: Mapping[str, str]) -> Parser:
    """The code of a label; `labels` maps what is written to what is stored."""
    known = "、".join(labels)

    def parse(value: CellValue) -> str | None:
        content = narrow(value)
        if not content:
            return None
        if content not in labels:
            raise BadValueError("不是可选的内容", f"只能填：{known}")
        return labels[content]

    return parse


def any_of(labels: Mapping[str, str]) -> Parser:
    """Codes of one or more labels, in the order of `labels`, each once."""
    parse_one = one_of(labels)
    order = list(labels.values())

    def parse(value: CellValue) -> tuple[str, ...] | None:
        codes = {parse_one(item) for item in _items(narrow(value))}
        return tuple(sorted(codes, key=order.index)) or None

    return parse


def yes_or_no(value: CellValue) -> bool | None:
    if isinstance(value, bool):
        return value
    content = narrow(value)
    if content not in {"", "是", "否"}:
        raise BadValueError("不是可选的内容", "只能填：是、否")
    return {"是": True, "否": False}.get(content)


def numbers_list(value: CellValue) -> tuple[str, ...] | None:
    """Numbers or names parted by 、 , or ; in their order, each once."""
    return tuple(dict.fromkeys(_items(narrow(value)))) or None


def _items(content: str) -> Iterable[str]:
    return (
        BETWEEN_HANZI.sub("", item.strip())
        for item in LIST_SEPARATORS.split(content)
        if item.strip()
    )
