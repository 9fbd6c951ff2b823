"""Reading rule packs: strict, and refusing in words that tell the office what to mend."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from assessments.rulebook.packs import (
    OUTCOMES,
    Citation,
    CollectingDepartment,
    Condition,
    Duty,
    Judged,
    Operator,
    Organs,
    Pack,
    Period,
    Rule,
    RuleSubject,
)
from core.refusals import RefusalError
from dossiers.facts import MEASURES, Holder, Measure, Span

DATA = Path(__file__).parent / "data"
WINDOWED = frozenset({Period.HALF_YEAR, Period.QUARTER, Period.TWO_MONTHS})
HOLDERS = {
    RuleSubject.MEMBER: Holder.MEMBER,
    RuleSubject.STANDING_MEMBER: Holder.MEMBER,
    RuleSubject.SECTOR: Holder.SECTOR,
    RuleSubject.COMMITTEE: Holder.COMMITTEE,
    RuleSubject.ASSEMBLY: Holder.ASSEMBLY,
}
PACK_KEYS = {
    "id", "version", "name", "rules", "duties", "committees", "departments",
    "every_committee", "committee_duties", "organs_of",
}  # fmt: skip
RULE_KEYS = {
    "id", "title", "note", "subject", "period", "judged", "outcome", "all", "any",
    "citations", "county",
}  # fmt: skip
COUNTY_KEYS = {"period", "all", "any", "citations", "title", "note"}
#: An office duty: a time limit in working days, a date or dates of the year ("12-31"), a number not
#: to be exceeded, or days beforehand. `of_last_year`: what is due belongs to the year before.
DUTY_KEYS = {
    "id", "title", "citation", "workdays", "due", "of_last_year", "limit", "days_before",
}  # fmt: skip
CONDITION_KEYS = {"measure", "sum", "years_of", "at_least", "below"}

#: What is stored with findings has this much room.
LONGEST = {"title": 100, "version": 40}

Table = Mapping[str, Any]
Code = TypeVar("Code", bound=StrEnum)


class PackInvalidError(RefusalError):
    """A pack says something the engine does not know; the message names the file and the rule."""


class PackUnknownError(RefusalError):
    """No pack of that name is shipped."""


def pack_ids() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in DATA.glob("*.toml")))


@lru_cache(maxsize=16)
def load_pack(pack_id: str) -> Pack:
    """A shipped pack. Raises PackUnknownError."""
    if pack_id not in pack_ids():
        raise PackUnknownError(f"没有规则包“{pack_id}”。可用的有：{'、'.join(pack_ids())}。")
    path = DATA / f"{pack_id}.toml"
    return parse_pack(path.read_bytes(), source=path.name)


def parse_pack(content: bytes, *, source: str) -> Pack:
    """A pack from its text; `source` names the file in what is refused."""
    try:
        text = content.decode("utf-8")
        table = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackInvalidError(f"规则包{source}不是有效的TOML文件：{error}") from error
    except RecursionError as error:
        raise PackInvalidError(f"规则包{source}不是有效的TOML文件：括号层数过多。") from error
    return _Reader(source).pack(table, text, hashlib.sha256(content).hexdigest())


class _Reader:
    """Reads one pack and knows where it is, so that every refusal can say so."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = ""

    def refuse(self, problem: str) -> PackInvalidError:
        return PackInvalidError(f"规则包{self.source}{self.place}：{problem}")

    def pack(self, table: Table, text: str, sha256: str) -> Pack:
        self.only(table, PACK_KEYS)
        rules = self.tables(table, "rules")
        if not rules:
            raise self.refuse("没有任何规则（rules）。")
        city = tuple(self.rule(rule, is_county=False) for rule in rules)
        ids = [rule.id for rule in city]
        doubled = sorted({rule_id for rule_id in ids if ids.count(rule_id) > 1})
        self.place = ""
        if doubled:
            raise self.refuse(f"规则编号重复：{'、'.join(doubled)}。")
        county = tuple(self.rule(rule, is_county=True) for rule in rules)
        duties = tuple(self.duty(duty) for duty in self.tables(table, "duties"))
        self.place = ""
        return Pack(
            id=self.identifier(table),
            version=self.text(table, "version"),
            name=self.text(table, "name"),
            sha256=sha256,
            content=text,
            city_rules=city,
            county_rules=county,
            duties=duties,
            organs=self.organs(table),
        )

    def rule(self, table: Table, *, is_county: bool) -> Rule:
        self.place = f"，规则{table.get('id', '（无编号）')}"
        self.only(table, RULE_KEYS)
        subject = self.code(table, "subject", RuleSubject)
        usual_period = self.code(table, "period", Period)
        county = self.table(table, "county")
        self.only(county, COUNTY_KEYS)
        if is_county and county:
            table = self.overridden(table, county)
        period = self.code(table, "period", Period)
        outcome = self.text(table, "outcome")
        if outcome not in OUTCOMES:
            raise self.refuse(f"不认识的处理建议“{outcome}”，应为：{'、'.join(OUTCOMES)}。")
        if subject.is_member and period in WINDOWED:
            raise self.refuse("对委员的规则只能按年度（year）或届（term）。")
        if ("all" in table) == ("any" in table):
            raise self.refuse("条件须写在all或any之中，且只能写一处。")
        conditions = self.tables(table, "any" if "any" in table else "all")
        if not conditions:
            raise self.refuse("没有条件。")
        return Rule(
            id=self.identifier(table),
            title=self.text(table, "title"),
            subject=subject,
            period=period,
            judged=self.code(table, "judged", Judged),
            outcome=outcome,
            conditions=tuple(self.condition(c, subject, period) for c in conditions),
            any_suffices="any" in table,
            citations=self.citations(table),
            note=str(table.get("note", "")),
            windowed=usual_period in WINDOWED,
        )

    def overridden(self, table: Table, county: Table) -> Table:
        kept = dict(table)
        if "all" in county or "any" in county:
            kept.pop("all", None)
            kept.pop("any", None)
        return kept | dict(county)

    def condition(self, table: Table, subject: RuleSubject, period: Period) -> Condition:
        self.only(table, CONDITION_KEYS)
        sources = [key for key in ("measure", "sum", "years_of") if key in table]
        if len(sources) != 1:
            raise self.refuse("条件须写明measure、sum或years_of之一。")
        if sources == ["years_of"]:
            return self.years(table, subject, period)
        names = table[sources[0]]
        names = [names] if isinstance(names, str) else names
        if not isinstance(names, list) or not names:
            raise self.refuse("sum须列出至少一项。")
        for name in names:
            self.measure(name, subject, period)
        operators = [operator for operator in Operator if operator in table]
        if len(operators) != 1:
            raise self.refuse("条件须写明at_least（达到）或below（不足）之一。")
        return Condition(tuple(names), operators[0], self.number(table, operators[0]))

    def years(self, table: Table, subject: RuleSubject, period: Period) -> Condition:
        if period is not Period.TERM:
            raise self.refuse("years_of只能用于按届（term）的规则。")
        self.measure(table["years_of"], subject, Period.YEAR)
        if "below" not in table or "at_least" not in table:
            raise self.refuse("years_of须同时写明below（当年不足）和at_least（达到的年数）。")
        return Condition(
            (table["years_of"],),
            Operator.AT_LEAST,
            self.number(table, "at_least"),
            self.number(table, "below"),
        )

    def measure(self, name: object, subject: RuleSubject, period: Period) -> Measure:
        measure = MEASURES.get(name) if isinstance(name, str) else None
        if measure is None:
            raise self.refuse(f"不认识的指标“{name}”。")
        if measure.holder is not HOLDERS[subject]:
            raise self.refuse(f"指标“{name}”不属于这条规则的对象（{subject.value}）。")
        wrong = Span.YEAR if period is Period.TERM else Span.TERM
        if measure.span is wrong:
            raise self.refuse(f"指标“{name}”的统计时段与规则的period（{period.value}）不一致。")
        return measure

    def duty(self, table: Table) -> Duty:
        self.place = f"，工作{table.get('id', '（无编号）')}"
        self.only(table, DUTY_KEYS)
        details: dict[str, Any] = {
            key: self.positive(table, key)
            for key in ("workdays", "limit", "days_before")
            if key in table
        }
        if "due" in table:
            details["due"] = self.days_of_year(table["due"])
        if "of_last_year" in table:
            if not isinstance(table["of_last_year"], bool):
                raise self.refuse("“of_last_year”须为true或false。")
            details["of_last_year"] = table["of_last_year"]
        return Duty(
            self.identifier(table),
            self.text(table, "title"),
            MappingProxyType(details),
            self.citation(self.table(table, "citation")),
        )

    def positive(self, table: Table, key: str) -> int:
        value = self.number(table, key)
        if value == 0:
            raise self.refuse(f"“{key}”须为正整数。")
        return value

    def days_of_year(self, value: object) -> tuple[tuple[int, int], ...]:
        """(month, day) of each date; a day that some years lack is refused."""
        days = value if isinstance(value, list) else [value]
        found = []
        for day in days:
            try:
                parsed = date.fromisoformat(f"2001-{day}")
            except ValueError:
                raise self.refuse(f"“due”的值“{day}”不是有效的日期，应如“12-31”。") from None
            found.append((parsed.month, parsed.day))
        if not found:
            raise self.refuse("“due”没有写日期。")
        return tuple(found)

    def organs(self, table: Table) -> Organs:
        if "organs_of" in table:
            if {"committees", "departments"} & set(table):
                raise self.refuse("写了organs_of就不再列机构。")
            return load_pack(self.text(table, "organs_of")).organs
        committees = self.tables(table, "committees")
        liaisons = {
            sector: self.text(committee, "name")
            for committee in committees
            for sector in self.names(committee, "sectors")
        }
        return Organs(
            sectors=tuple(liaisons),
            committees=tuple(self.text(committee, "name") for committee in committees),
            liaisons=MappingProxyType(liaisons),
            departments=self.departments(table, committees),
        )

    def departments(
        self, table: Table, committees: Sequence[Table]
    ) -> tuple[CollectingDepartment, ...]:
        shared = self.names(self.table(table, "every_committee"), "own")
        extra = {
            self.text(duty, "committee"): self.names(duty, "collects")
            for duty in self.tables(table, "committee_duties")
        }
        offices = [
            CollectingDepartment(
                self.text(office, "name"),
                "",
                self.names(office, "collects"),
                self.names(office, "own"),
            )
            for office in self.tables(table, "departments")
        ]
        names = [self.text(committee, "name") for committee in committees]
        return (
            *offices,
            *(CollectingDepartment(name, name, extra.get(name, ()), shared) for name in names),
        )

    def citations(self, table: Table) -> tuple[Citation, ...]:
        rows = self.tables(table, "citations")
        if not rows:
            raise self.refuse("没有注明出处（citations）。")
        return tuple(self.citation(row) for row in rows)

    def citation(self, table: Table) -> Citation:
        self.only(table, {"document", "clause", "text"})
        return Citation(
            self.text(table, "document"), self.text(table, "clause"), self.text(table, "text")
        )

    def only(self, table: Table, known: set[str]) -> None:
        unknown = sorted(set(table) - known)
        if unknown:
            raise self.refuse(f"不认识的项：{'、'.join(unknown)}。")

    def text(self, table: Table, key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"缺少“{key}”，或者不是文字。")
        longest = LONGEST.get(key)
        if longest and len(value) > longest:
            raise self.refuse(f"“{key}”超过{longest}个字。")
        return value

    def identifier(self, table: Table) -> str:
        value = self.text(table, "id")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", value):
            raise self.refuse("“id”只能用字母、数字、连字符和下划线，不超过40个字。")
        return value

    def number(self, table: Table, key: str) -> int:
        value = table[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.refuse(f"“{key}”须为不小于0的整数。")
        return value

    def code(self, table: Table, key: str, codes: type[Code]) -> Code:
        value = self.text(table, key)
        try:
            return codes(value)
        except ValueError:
            known = "、".join(code.value for code in codes)
            raise self.refuse(f"“{key}”的值“{value}”不认识，应为：{known}。") from None

    def table(self, table: Table, key: str) -> Table:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(f"“{key}”的写法不对，应为一组键值。")
        return value

    def tables(self, table: Table, key: str) -> list[Table]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self.refuse(f"“{key}”的写法不对，应为若干组键值。")
        return value

    def names(self, table: Table, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self.refuse(f"“{key}”的写法不对，应为若干名称。")
        return tuple(value)
