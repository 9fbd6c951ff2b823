"""The rows each block of the forms lists, for many members at once: one query a block.

Every function returns {member pk: rows in date order}. `viewer` limits the rows to what that
account may see; None is the office's own command, which sees all. Rows dated after `until` are
not yet known; what was handed in for the year is, from the day it came.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from attendance.choices import (
    ATTENDED_STATUSES,
    STANDING_COMMITTEE_KINDS,
    AttendanceStatus,
    MeetingKind,
    SpeechManner,
    SpeechOccasion,
)
from attendance.models import Attendance, OutsideInvitation, Speech
from dossiers.choices import HandInKind
from dossiers.models import HandIn
from members.choices import Level, Post, SanctionKind
from members.models import Commendation, Member, Sanction, Tenure, Term
from proposals.choices import (
    AdoptionLevel,
    ExaminationResult,
    HandlingResult,
    PublicationLevel,
    ResearchKind,
)
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
)


@dataclass(frozen=True)
class Scope:
    """Whose records of which year, known on which day, seen by whom. `until` is not after the
    year; `today` is the day of looking.
    """

    term: Term
    year: int
    until: date
    today: date
    members: QuerySet[Member]
    viewer: User | None = None

    def during(self, field: str) -> Q:
        """Condition on a date: within the year and not after `until`."""
        return Q(**{f"{field}__gte": date(self.year, 1, 1), f"{field}__lte": self.until})

    def seen(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.viewer is None else queryset.visible_to(self.viewer)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class EventLine:
    """A member at a meeting or activity: `expected` and `attended` count its sittings."""

    date: date
    title: str
    kind: MeetingKind
    expected: int
    attended: int
    on_leave: int
    non_voting: bool

    @property
    def missed_with_leave(self) -> bool:
        """Absent throughout, every sitting on leave."""
        return self.attended == 0 and self.on_leave == self.expected


@dataclass(frozen=True)
class ProposalLine:
    date: date
    number: str
    title: str
    leads: bool
    examination: str
    handling: str
    is_major: bool
    is_outstanding: bool


@dataclass(frozen=True)
class ResearchLine:
    date: date
    title: str
    kind: str
    result: str


@dataclass(frozen=True)
class OpinionLine:
    """Levels as labels, from the lowest."""

    date: date
    title: str
    adopted_by: tuple[str, ...]
    instructed_by: tuple[str, ...]


@dataclass(frozen=True)
class ArticleLine:
    date: date
    title: str
    publication: str
    level: str


@dataclass(frozen=True)
class SpeechLine:
    date: date
    meeting: str
    title: str
    occasion: str
    manner: str


@dataclass(frozen=True)
class HandInLine:
    date: date
    year: int
    kind: str


@dataclass(frozen=True)
class ConductLine:
    date: date
    is_award: bool
    kind: str
    level: str
    cause: str
    document_number: str


@dataclass(frozen=True)
class InvitationLine:
    date: date
    title: str
    inviter: str


def events(scope: Scope) -> Mapping[int, list[EventLine]]:
    """Every meeting and activity of the year at which the member was expected."""
    rows = (
        scope.seen(Attendance.objects.filter(member__in=scope.members))
        .filter(scope.during("sitting__meeting__start_date"), sitting__meeting__term=scope.term)
        .values_list("member_id", "sitting__meeting_id")
        .annotate(
            on=Min("sitting__meeting__start_date"),
            number=Min("sitting__meeting__number"),
            title=Min("sitting__meeting__title"),
            kind=Min("sitting__meeting__kind"),
            expected=Count("pk"),
            attended=Count("pk", filter=Q(status__in=ATTENDED_STATUSES)),
            on_leave=Count("pk", filter=Q(status=AttendanceStatus.LEAVE)),
        )
        .order_by("on", "number")
    )
    standing = standing_periods(scope.members)
    found = defaultdict(list)
    for member, _, on, _, title, kind, expected, attended, on_leave in rows:
        non_voting = kind in STANDING_COMMITTEE_KINDS and not any(
            start <= on and (end is None or on < end) for start, end in standing.get(member, ())
        )
        line = EventLine(on, title, MeetingKind(kind), expected, attended, on_leave, non_voting)
        found[member].append(line)
    return found


def standing_periods(
    members: QuerySet[Member] | Sequence[Member],
) -> Mapping[int, list[tuple[date, date | None]]]:
    """When each was a standing member; leaving the assembly ends the post."""
    rows = Tenure.objects.filter(member__in=members, post=Post.STANDING_MEMBER).values_list(
        "member_id", "start_date", "end_date", "member__exited_date"
    )
    found = defaultdict(list)
    for member, start, end, exited in rows:
        ends = [day for day in (end, exited) if day is not None]
        found[member].append((start, min(ends) if ends else None))
    return found


def proposals(scope: Scope) -> Mapping[int, list[ProposalLine]]:
    seen = scope.seen(Proposal.objects.filter(scope.during("submitted_date"), term=scope.term))
    fields = (
        "submitted_date", "number", "title",
        "examination_result", "handling_result", "is_major", "is_outstanding",
    )  # fmt: skip
    led = seen.filter(lead_sponsor__in=scope.members).values_list("lead_sponsor_id", *fields)
    cosigned = CoSponsorship.objects.filter(
        member__in=scope.members, proposal__in=seen
    ).values_list("member_id", *(f"proposal__{field}" for field in fields))
    found = defaultdict(list)
    for leads, rows in ((True, led), (False, cosigned)):
        for member, on, number, title, examined, handled, major, outstanding in rows.order_by():
            line = ProposalLine(
                date=on,
                number=number,
                title=title,
                leads=leads,
                examination=_label(ExaminationResult, examined),
                handling=_label(HandlingResult, handled),
                is_major=major,
                is_outstanding=outstanding,
            )
            found[member].append(line)
    return _in_order(found, key=lambda line: (not line.leads, line.date, line.number))


def research(scope: Scope) -> Mapping[int, list[ResearchLine]]:
    seen = scope.seen(Research.objects.filter(scope.during("completed_date"), term=scope.term))
    rows = (
        ResearchParticipation.objects.filter(member__in=scope.members, research__in=seen)
        .order_by("research__completed_date", "research__number")
        .values_list(
            "member_id",
            "research__completed_date",
            "research__title",
            "research__kind",
            "research__result",
        )
    )
    return _grouped(
        (member, ResearchLine(on, title, _label(ResearchKind, kind), result))
        for member, on, title, kind, result in rows
    )


def opinions(scope: Scope) -> Mapping[int, list[OpinionLine]]:
    seen = scope.seen(
        PublicOpinionReport.objects.filter(scope.during("reported_date"), term=scope.term)
    )
    adopted = _levels(OpinionAdoption.objects.filter(report__in=seen), AdoptionLevel)
    instructed = _levels(OpinionInstruction.objects.filter(report__in=seen), Level)
    rows = (
        OpinionAuthorship.objects.filter(member__in=scope.members, report__in=seen)
        .order_by("report__reported_date", "report__number")
        .values_list("member_id", "report_id", "report__reported_date", "report__title")
    )
    return _grouped(
        (member, OpinionLine(on, title, adopted.get(report, ()), instructed.get(report, ())))
        for member, report, on, title in rows
    )


def articles(scope: Scope) -> Mapping[int, list[ArticleLine]]:
    rows = (
        scope.seen(Article.objects.filter(member__in=scope.members, term=scope.term))
        .filter(scope.during("published_date"))
        .order_by("published_date", "number")
        .values_list("member_id", "published_date", "title", "publication", "level")
    )
    return _grouped(
        (member, ArticleLine(on, title, publication, _label(PublicationLevel, level)))
        for member, on, title, publication, level in rows
    )


def speeches(scope: Scope) -> Mapping[int, list[SpeechLine]]:
    """In the year of the meeting, whatever the speech's own date."""
    rows = (
        scope.seen(Speech.objects.filter(member__in=scope.members))
        .filter(scope.during("meeting__start_date"), meeting__term=scope.term)
        .order_by("meeting__start_date", "meeting__number", "title")
        .values_list(
            "member_id",
            "meeting__start_date",
            "meeting__title",
            "title",
            "occasion",
            "manner",
            "meeting__kind",
        )
    )
    return _grouped(
        (
            member,
            SpeechLine(on, meeting, title, _occasion(occasion, kind), _label(SpeechManner, manner)),
        )
        for member, on, meeting, title, occasion, manner, kind in rows
    )


def invitations(scope: Scope) -> Mapping[int, list[InvitationLine]]:
    rows = (
        scope.seen(OutsideInvitation.objects.filter(member__in=scope.members))
        .filter(scope.during("date"))
        .order_by("date", "title")
        .values_list("member_id", "date", "title", "inviter")
    )
    return _grouped(
        (member, InvitationLine(on, title, inviter)) for member, on, title, inviter in rows
    )


#: What 提交履职报告 lists; the forms themselves are not reports.
DUTY_REPORTS = (
    HandInKind.PERFORMANCE_REPORT,
    HandInKind.ANNUAL_DUTY_REPORT,
    HandInKind.TERM_DUTY_REPORT,
)


def duty_reports(scope: Scope) -> Mapping[int, list[HandInLine]]:
    """Reports handed in for the year: one belongs to it on whatever day it came, and is known
    from that day on.
    """
    rows = (
        scope.seen(HandIn.objects.filter(member__in=scope.members, kind__in=DUTY_REPORTS))
        .filter(year=scope.year, submitted_date__lte=scope.today)
        .order_by("submitted_date", "kind")
        .values_list("member_id", "submitted_date", "year", "kind")
    )
    return _grouped(
        (member, HandInLine(on, year, _label(HandInKind, kind))) for member, on, year, kind in rows
    )


def conduct(scope: Scope) -> Mapping[int, list[ConductLine]]:
    """Awards and penalties; a conduct finding (行为认定) is neither."""
    found = defaultdict(list)
    for model, is_award in ((Commendation, True), (Sanction, False)):
        rows = (
            scope.seen(model.objects.filter(member__in=scope.members))
            .filter(scope.during("date"))
            .order_by()
            .values_list("member_id", "date", "kind", "level", "cause", "document_number")
        )
        for member, on, kind, level, cause, document_number in rows:
            line = ConductLine(
                date=on,
                is_award=is_award,
                kind=kind if is_award else _label(SanctionKind, kind),
                level=_label(Level, level),
                cause=cause,
                document_number=document_number,
            )
            found[member].append(line)
    return _in_order(found, key=lambda line: (line.date, not line.is_award, line.kind))


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code else ""


def _occasion(code: str, meeting_kind: str) -> str:
    """An empty occasion means 大会发言 at a plenary session, and nothing elsewhere."""
    if code == SpeechOccasion.OTHER:
        return ""
    if code or meeting_kind != MeetingKind.PLENARY_SESSION:
        return _label(SpeechOccasion, code)
    return str(SpeechOccasion.PLENARY_FLOOR.label)


def _levels(rows: QuerySet[Any], choices: Any) -> Mapping[int, tuple[str, ...]]:
    """{report: labels of its levels, from the lowest}."""
    held = defaultdict(set)
    for report, level in rows.values_list("report_id", "level"):
        held[report].add(level)
    return {
        report: tuple(str(choice.label) for choice in choices if choice.value in levels)
        for report, levels in held.items()
    }


def _grouped(rows: Iterable[tuple[int, Any]]) -> Mapping[int, list[Any]]:
    found = defaultdict(list)
    for member, line in rows:
        found[member].append(line)
    return found


def _in_order(found: Mapping[int, list[Any]], *, key: Any) -> Mapping[int, list[Any]]:
    return {member: sorted(lines, key=key) for member, lines in found.items()}
