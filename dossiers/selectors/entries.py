"""What a unit has entered: how many this month, and the latest of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from accounts.models import User
from attendance.models import Meeting
from attendance.selectors.entry import of_duty
from dossiers.models import HandIn
from dossiers.selectors.duplicates import COMPARED, collected
from members.choices import RecordKind
from members.models import Term
from members.selectors.duties import Duties

#: Entries shown together.
LATEST = 12
#: Kinds whose records are the attendance of meetings.
AT_MEETINGS = (RecordKind.PLENARY_ATTENDANCE, RecordKind.ATTENDANCE, RecordKind.THEMED_ACTIVITY)
#: The permission one needs to add a record of each kind.
ADDING: Mapping[RecordKind, str] = {
    RecordKind.PLENARY_ATTENDANCE: "attendance.add_attendance",
    RecordKind.ATTENDANCE: "attendance.add_attendance",
    RecordKind.THEMED_ACTIVITY: "attendance.add_attendance",
    RecordKind.SPEECH: "attendance.add_speech",
    RecordKind.INVITATION: "attendance.add_outsideinvitation",
    RecordKind.PROPOSAL: "proposals.add_proposal",
    RecordKind.OPINION: "proposals.add_publicopinionreport",
    RecordKind.RESEARCH: "proposals.add_research",
    RecordKind.ARTICLE: "proposals.add_article",
    RecordKind.CONDUCT: "members.add_commendation",
    RecordKind.HAND_IN: "dossiers.add_handin",
}


@dataclass(frozen=True)
class KindLine:
    """One kind the account collects. `model` names its table ("proposals.proposal")."""

    kind: RecordKind
    model: str
    this_month: int
    latest_at: datetime | None


@dataclass(frozen=True)
class EntryLine:
    """A record entered: when it happened, what it is, who put it in and when."""

    kind: RecordKind
    model: str
    pk: int
    on: date
    title: str
    entered_by: str
    entered_at: datetime


def kind_lines(*, term: Term, duties: Duties, user: User, since: datetime) -> list[KindLine]:
    """The kinds collected, in the order of the plan; two figures each, one query a kind."""
    lines = []
    for kind in RecordKind:
        if duties.opens(kind):
            rows = records_of(kind, term=term, duties=duties, user=user)
            counted = rows.order_by().aggregate(
                number=Count("pk", filter=Q(recorded_at__gte=since)), latest=Max("recorded_at")
            )
            label = rows.model._meta.label_lower
            lines.append(KindLine(kind, label, counted["number"], counted["latest"]))
    return lines


def latest_entries(
    *, term: Term, duties: Duties, user: User, since: datetime, kind: RecordKind | None = None
) -> list[EntryLine]:
    """The latest of what was entered since then; one query a kind."""
    lines = [
        line
        for each in ([kind] if kind else RecordKind)
        if duties.opens(each)
        for line in _latest(each, term, duties, user, since)
    ]
    return sorted(lines, key=lambda line: (line.entered_at, line.pk), reverse=True)[:LATEST]


def records_of(kind: RecordKind, *, term: Term, duties: Duties, user: User) -> QuerySet[Any, Any]:
    """Records of the kind that fall to these duties; of attendance, the meetings."""
    if kind in COMPARED:
        return collected(kind, term=term, duties=duties, user=user)
    if kind == RecordKind.HAND_IN:
        return HandIn.objects.filter(member__term=term).visible_to(user)
    meetings = Meeting.objects.filter(term=term).filter(of_duty(kind))
    organisers = duties.organisers(kind)
    return meetings.filter(organiser__in=organisers) if organisers else meetings


def _latest(
    kind: RecordKind, term: Term, duties: Duties, user: User, since: datetime
) -> list[EntryLine]:
    rows = records_of(kind, term=term, duties=duties, user=user).filter(recorded_at__gte=since)
    title, on = _paths(kind)
    values = rows.order_by("-recorded_at", "-pk").values_list(
        "pk", on, title, "recorded_by__name", "recorded_at"
    )[:LATEST]
    label = rows.model._meta.label_lower
    return [
        EntryLine(kind, label, pk, day, told, by or "系统", at) for pk, day, told, by, at in values
    ]


def _paths(kind: RecordKind) -> tuple[str, str]:
    """Where a record of the kind has its title and its date."""
    if kind in COMPARED:
        return COMPARED[kind].title, COMPARED[kind].on
    if kind == RecordKind.HAND_IN:
        return "member__person__name", "submitted_date"
    return "title", "start_date"
