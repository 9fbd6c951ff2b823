"""Records of a member as rows that say where they come from, and the blocks they stand in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from core.models import Recorded
from members.models import Member


@dataclass(frozen=True)
class Row:
    """One record: when, what, how it stands, and who entered it when.

    `model` ("attendance.meeting") and `pk` name the page on which it is kept.
    """

    date: date | None
    title: str
    status: str
    entered_by: str
    entered_at: datetime | None
    model: str
    pk: int
    #: good, warn or bad: only ever beside the word in `status`.
    tone: str = ""


@dataclass(frozen=True)
class Block:
    """The records of one kind. `model` and `query` name the list in which they are all found."""

    title: str
    rows: list[Row]
    model: str
    query: str
    totals: str = ""


def enterer(record: Recorded) -> str:
    return record.recorded_by.name if record.recorded_by else "系统"


def within(year: int | None, path: str) -> Q:
    return Q() if year is None else Q(**{f"{path}__year": year})


def mine(records: QuerySet, user: User, condition: Q) -> QuerySet:
    """The records meeting the condition, without those the account may not see."""
    return records.visible_to(user).filter(condition).select_related("recorded_by")  # type: ignore[attr-defined]


def row(record: Recorded, on: date | None, title: str, status: str = "", tone: str = "") -> Row:
    return Row(
        date=on,
        title=title,
        status=status,
        entered_by=enterer(record),
        entered_at=record.recorded_at,
        model=record._meta.label_lower,
        pk=record.pk,
        tone=tone,
    )


def listed(member: Member, path: str, year: int | None, date_path: str = "") -> str:
    """Query string of the admin list that holds the same records."""
    query = f"{path}__id__exact={member.pk}&term={member.term.code}"
    return f"{query}&{date_path}__year={year}" if year and date_path else query


def joined(parts: Iterable[Any]) -> str:
    return " · ".join(str(part) for part in parts if part)
