"""What a rule pack says, once it has been read and found in order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from dossiers.facts import BY_DEADLINE

#: Outcomes by code, from mild to severe.
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "remind": "提醒",
        "interview": "约谈",
        "advise_resign_standing": "劝辞常委职务",
        "order_resign_standing": "责令辞去常委职务",
        "advise_resign": "劝辞委员",
        "order_resign": "责令辞去委员",
        "revoke": "撤销委员资格",
    }
)


def severity(outcome: str) -> int:
    """The place of an outcome from mild (0) to severe."""
    return list(OUTCOMES).index(outcome)


class RuleSubject(StrEnum):
    MEMBER = "member"
    STANDING_MEMBER = "standing_member"
    SECTOR = "sector"
    COMMITTEE = "committee"
    ASSEMBLY = "assembly"

    @property
    def is_member(self) -> bool:
        return self in {RuleSubject.MEMBER, RuleSubject.STANDING_MEMBER}


class Period(StrEnum):
    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    TWO_MONTHS = "two_months"
    TERM = "term"


class Judged(StrEnum):
    """From when a rule may find something.

    AT_ONCE: absences, penalties, refusals. WHEN_ENDED: once the window is over, and the deadline
    where forms are owed. LAST_YEAR: from 1 January of the year in which the term ends.
    """

    AT_ONCE = "at_once"
    WHEN_ENDED = "when_ended"
    LAST_YEAR = "last_year"


class Operator(StrEnum):
    AT_LEAST = "at_least"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Citation:
    document: str
    clause: str
    text: str

    def as_json(self) -> dict[str, str]:
        return {"document": self.document, "clause": self.clause, "text": self.text}


@dataclass(frozen=True, slots=True)
class Condition:
    """The sum of the measures compared with a threshold.

    With `years_below` set, what is compared is the number of years of the term in which the
    (single) measure was below that figure.
    """

    measures: tuple[str, ...]
    operator: Operator
    threshold: int
    years_below: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """`windowed` rules name their window in the evidence, in a yearly variant too."""

    id: str
    title: str
    subject: RuleSubject
    period: Period
    judged: Judged
    outcome: str
    conditions: tuple[Condition, ...]
    any_suffices: bool
    citations: tuple[Citation, ...]
    note: str
    windowed: bool

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure the rule looks at, once each, in order."""
        return tuple(
            dict.fromkeys(name for condition in self.conditions for name in condition.measures)
        )

    @property
    def waits_for_deadline(self) -> bool:
        return not BY_DEADLINE.isdisjoint(self.measures)

    @property
    def is_owed_minimum(self) -> bool:
        return self.judged is not Judged.AT_ONCE and self.outcome == "remind"


@dataclass(frozen=True, slots=True)
class Duty:
    """An office duty with a date: shown on the work list, never a finding on a member.

    `details` holds what there is of `workdays`, `limit`, `days_before` (numbers), `due` (month and
    day, once or several times a year) and `of_last_year`.
    """

    id: str
    title: str
    details: Mapping[str, Any]
    citation: Citation


@dataclass(frozen=True, slots=True)
class CollectingDepartment:
    """Record kinds a department collects: all of them, or only of events it organised."""

    name: str
    committee: str
    collects: tuple[str, ...]
    own: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organs:
    """The organs a term starts with; `liaisons` names the committee by sector."""

    sectors: tuple[str, ...]
    committees: tuple[str, ...]
    liaisons: Mapping[str, str]
    departments: tuple[CollectingDepartment, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """One version of a rule pack; `content` is its exact text and `sha256` that text's digest.

    `city_rules` and `county_rules` are the same rules as they hold at each level.
    """

    id: str
    version: str
    name: str
    sha256: str
    content: str
    city_rules: tuple[Rule, ...]
    county_rules: tuple[Rule, ...]
    duties: tuple[Duty, ...]
    organs: Organs

    def rules(self, *, is_county: bool) -> tuple[Rule, ...]:
        return self.county_rules if is_county else self.city_rules

    def rule(self, rule_id: str, *, is_county: bool) -> Rule | None:
        return next((rule for rule in self.rules(is_county=is_county) if rule.id == rule_id), None)


def last_year_start(term_end: date) -> date:
    """1 January of the calendar year in which the term ends."""
    return date(term_end.year, 1, 1)
