"""When records reached the office: one group a meeting, and one for all works of a kind that share
the day of the event, the organiser and the day of arrival.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, Max, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from attendance.choices import MeetingKind, SignInMethod
from attendance.models import Attendance, Expectation, Meeting, OutsideInvitation, Sitting, Speech
from attendance.querysets import SEPARATELY_COLLECTED
from members.choices import RecordKind
from members.models import Commendation, Sanction, Term
from proposals.models import Article, Proposal, PublicOpinionReport, Research

#: Meetings held for what they are: no member is expected, so no attendance is owed.
WITHOUT_MEMBERS = (MeetingKind.SECRETARIES_MEETING, MeetingKind.PARTY_BUILDING_SEMINAR)
#: Rows made on the spot wait for the sitting to be closed; others were entered afterwards.
ON_THE_SPOT = (SignInMethod.STAFF, SignInMethod.HALL_CODE, SignInMethod.MEMBER_CODE)


@dataclass(frozen=True)
class Source:
    """A table of records that are dated by `path` and arrive one by one.

    `last_day` names the last day of an event that may take several.
    """

    kind: RecordKind
    model: type[Model]
    path: str
    title: str
    organiser: str = ""
    term: str = "term"
    last_day: str = ""

    def rows(self, term: Term, since: date, until: date) -> QuerySet:
        on = Coalesce(self.last_day, self.path) if self.last_day else F(self.path)
        return (
            self.model._default_manager.filter(**{self.term: term}, recorded_at__isnull=False)
            .annotate(on=on, arrived=TruncDate("recorded_at"))
            .filter(on__gte=since, on__lte=until)
            .order_by()
        )


SOURCES = (
    Source(
        RecordKind.SPEECH,
        Speech,
        "meeting__start_date",
        "title",
        organiser="meeting__organiser",
        term="meeting__term",
        last_day="meeting__end_date",
    ),
    Source(RecordKind.PROPOSAL, Proposal, "submitted_date", "title"),
    Source(RecordKind.OPINION, PublicOpinionReport, "reported_date", "title"),
    Source(RecordKind.ARTICLE, Article, "published_date", "title"),
    Source(RecordKind.RESEARCH, Research, "completed_date", "title", organiser="organiser"),
    Source(RecordKind.INVITATION, OutsideInvitation, "date", "title", term="member__term"),
    Source(RecordKind.CONDUCT, Commendation, "date", "kind", term="member__term"),
    Source(RecordKind.CONDUCT, Sanction, "date", "member__person__name", term="member__term"),
)


@dataclass(frozen=True)
class Group:
    """Records of one source, day, organiser and day of arrival; `pk` where it is one meeting."""

    kind: RecordKind
    model: type[Model]
    on: date
    organiser: str
    arrived: date | None
    count: int
    pk: int | None = None


def meeting_groups(term: Term, since: date, until: date) -> Iterator[Group]:
    """Meetings that owe attendance, with the day on which the last of it arrived."""
    rows = Attendance.objects.filter(sitting=OuterRef("pk"))
    entered = rows.exclude(method__in=ON_THE_SPOT)
    sittings = Sitting.objects.filter(meeting=OuterRef("pk"))
    waiting = sittings.filter(closed_at__isnull=True).exclude(Exists(entered))
    attended = Attendance.objects.filter(sitting__meeting=OuterRef("pk"))
    expectations = Expectation.objects.filter(meeting=OuterRef("pk"))
    meetings = (
        Meeting.objects.filter(term=term)
        .annotate(
            last_day=Coalesce("end_date", "start_date"),
            owes=Exists(attended) | Exists(expectations) | ~Q(organiser=""),
            incomplete=Exists(waiting) | ~Exists(sittings),
        )
        .filter(last_day__gte=since, last_day__lte=until, owes=True)
        .exclude(kind__in=WITHOUT_MEMBERS)
        .order_by()
    )
    arrivals = _arrivals(meetings.filter(incomplete=False))
    for pk, kind, on, organiser, incomplete in meetings.values_list(
        "pk", "kind", "last_day", "organiser", "incomplete"
    ):
        record_kind = SEPARATELY_COLLECTED.get(MeetingKind(kind), RecordKind.ATTENDANCE)
        arrived = None if incomplete else arrivals.get(pk)
        if incomplete or arrived is not None:
            yield Group(record_kind, Meeting, on, organiser, arrived, 1, pk)


def _arrivals(meetings: QuerySet[Meeting]) -> dict[int, date]:
    """The day on which each meeting's last sitting was closed, or first entered."""
    first = Attendance.objects.filter(sitting=OuterRef("pk")).order_by("recorded_at")
    sittings = Sitting.objects.filter(meeting__in=meetings.values("pk")).annotate(
        arrived=TruncDate(Coalesce("closed_at", first.values("recorded_at")[:1]))
    )
    rows = sittings.order_by().values_list("meeting").annotate(last=Max("arrived"))
    return {meeting: last for meeting, last in rows if last is not None}


def work_groups(term: Term, since: date, until: date) -> Iterator[Group]:
    """One grouped query a table."""
    for source in SOURCES:
        names = ["on", "arrived", *filter(None, [source.organiser])]
        rows = source.rows(term, since, until).values_list(*names).annotate(count=Count("pk"))
        for on, arrived, *organiser, count in rows:
            yield Group(
                source.kind, source.model, on, organiser[0] if organiser else "", arrived, count
            )
