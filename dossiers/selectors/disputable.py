"""What a member may object to: their records of every kind, how each is found and described.

One entry of RECORD_TYPES a kind of record; everything that speaks of objections goes by it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from accounts import audit
from accounts.models import AuditChange
from accounts.selectors.history import BOOKKEEPING
from attendance.choices import ATTENDED_STATUSES, AttendanceStatus
from attendance.models import Attendance, Meeting, OutsideInvitation, Speech
from attendance.querysets import SEPARATELY_COLLECTED
from core.models import Recorded
from dossiers.models import HandIn
from members.choices import RecordKind
from members.models import Commendation, ConductFinding, Member, Sanction
from proposals.models import Article, Proposal, PublicOpinionReport, Research

Values = Callable[[Any], Any]


@dataclass(frozen=True)
class RecordType:
    """A kind of record. `paths` lead from it to its members; `parts` are rows that belong to it.

    `kind` tells what a department collects it as; `kinds` are all that it may be.
    """

    model: type[Recorded]
    heading: str
    kinds: tuple[RecordKind, ...]
    title: Values
    status: Values
    on: Values
    year_path: str
    order: str
    paths: tuple[str, ...] = ("member",)
    related: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    kind: Values = field(default=lambda record: None)
    organiser: Values = field(default=lambda record: "")
    #: What of other rows the member reads as part of the record.
    read_along: Values = field(default=lambda record: ())
    tone: Values = field(default=lambda record: "")

    @property
    def label(self) -> str:
        """As objections name the type ("attendance.attendance")."""
        return self.model._meta.label_lower

    def kind_of(self, record: Recorded) -> RecordKind:
        return self.kind(record) or self.kinds[0]

    def rows(self, members: Iterable[Member]) -> QuerySet[Any]:
        """The bare rows of these members; one that is theirs in two ways is there twice."""
        keys = [member.pk for member in members]
        own = Q()
        for path in self.paths:
            own |= Q(**{f"{path}__in": keys})
        return self.model._default_manager.filter(own).order_by()

    def of(self, members: Iterable[Member]) -> QuerySet[Any]:
        """Records of these members."""
        return (
            self.read(self.rows(members))
            .prefetch_related(*self.parts)
            .order_by(self.order, "pk")
            .distinct()
        )

    def read(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with those their title is made of; unnamed, Django would join them all."""
        return rows.select_related(*self.related) if self.related else rows

    def in_year(self, members: Iterable[Member], year: int) -> QuerySet[Any]:
        return self.of(members).filter(**{self.year_path: year})


def _words(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _sitting_title(row: Attendance) -> str:
    meeting = row.sitting.meeting
    return f"{meeting.title}（{row.sitting.short_name}）"


def _attendance_tone(row: Attendance) -> str:
    if row.status in ATTENDED_STATUSES:
        return "good"
    return "bad" if row.status == AttendanceStatus.ABSENT else ""


def _meeting_facts(meeting: Meeting) -> tuple[Any, ...]:
    return (meeting.title, meeting.kind, meeting.start_date, meeting.end_date)


def _conduct(model: type[Recorded], heading: str, title: Values, tone: str) -> RecordType:
    return RecordType(
        model=model,
        heading=heading,
        kinds=(RecordKind.CONDUCT,),
        title=title,
        status=lambda row: _words(row.get_level_display(), row.cause, row.document_number),
        on=lambda row: row.date,
        year_path="date__year",
        order="date",
        tone=lambda row: tone,
    )


RECORD_TYPES: dict[str, RecordType] = {
    entry.label: entry
    for entry in (
        RecordType(
            model=Attendance,
            heading="会议活动",
            kinds=(RecordKind.ATTENDANCE, *SEPARATELY_COLLECTED.values()),
            kind=lambda row: SEPARATELY_COLLECTED.get(row.sitting.meeting.kind),
            title=_sitting_title,
            status=lambda row: _words(row.get_status_display(), row.leave_reason),
            on=lambda row: row.sitting.meeting.start_date,
            year_path="sitting__meeting__start_date__year",
            order="sitting__meeting__start_date",
            related=("sitting__meeting",),
            organiser=lambda row: row.sitting.meeting.organiser,
            read_along=lambda row: _meeting_facts(row.sitting.meeting),
            tone=_attendance_tone,
        ),
        RecordType(
            model=Speech,
            heading="会议发言",
            kinds=(RecordKind.SPEECH,),
            title=lambda row: row.title,
            status=lambda row: _words(
                row.meeting.title, row.get_occasion_display(), row.get_manner_display()
            ),
            on=lambda row: row.date or row.meeting.start_date,
            year_path="meeting__start_date__year",
            order="meeting__start_date",
            related=("meeting",),
            organiser=lambda row: row.meeting.organiser,
            read_along=lambda row: _meeting_facts(row.meeting),
        ),
        RecordType(
            model=Proposal,
            heading="提案",
            kinds=(RecordKind.PROPOSAL,),
            title=lambda row: f"{row.number} {row.title}",
            status=lambda row: _words(
                row.get_examination_result_display(),
                row.get_handling_result_display(),
                "重点提案" if row.is_major else "",
                "优秀提案" if row.is_outstanding else "",
            ),
            on=lambda row: row.submitted_date,
            year_path="submitted_date__year",
            order="submitted_date",
            paths=("lead_sponsor", "cosponsors"),
            parts=("cosponsorships",),
        ),
        RecordType(
            model=PublicOpinionReport,
            heading="社情民意信息",
            kinds=(RecordKind.OPINION,),
            title=lambda row: f"{row.number} {row.title}",
            status=lambda row: _words(
                *(f"{item.get_level_display()}采用" for item in row.adoptions.all()),
                *(f"{item.get_level_display()}领导批示" for item in row.instructions.all()),
            ),
            on=lambda row: row.reported_date,
            year_path="reported_date__year",
            order="reported_date",
            paths=("authors",),
            parts=("authorships", "adoptions", "instructions"),
        ),
        RecordType(
            model=Research,
            heading="调研视察",
            kinds=(RecordKind.RESEARCH,),
            title=lambda row: f"{row.number} {row.title}",
            status=lambda row: _words(row.get_kind_display(), row.result),
            on=lambda row: row.completed_date,
            year_path="completed_date__year",
            order="completed_date",
            paths=("participants",),
            parts=("participations",),
            organiser=lambda row: row.organiser,
        ),
        RecordType(
            model=Article,
            heading="发表文章",
            kinds=(RecordKind.ARTICLE,),
            title=lambda row: row.title,
            status=lambda row: _words(row.publication, row.get_level_display()),
            on=lambda row: row.published_date,
            year_path="published_date__year",
            order="published_date",
        ),
        RecordType(
            model=OutsideInvitation,
            heading="外单位活动",
            kinds=(RecordKind.INVITATION,),
            title=lambda row: row.title,
            status=lambda row: row.inviter,
            on=lambda row: row.date,
            year_path="date__year",
            order="date",
        ),
        RecordType(
            model=HandIn,
            heading="材料提交",
            kinds=(RecordKind.HAND_IN,),
            title=lambda row: f"{row.year}年度{row.get_kind_display().removeprefix('年度')}",
            status=lambda row: "",
            on=lambda row: row.submitted_date,
            year_path="year",
            order="submitted_date",
        ),
        _conduct(Commendation, "奖励", lambda row: row.kind, "good"),
        _conduct(Sanction, "惩处", lambda row: row.get_kind_display(), "bad"),
        _conduct(ConductFinding, "行为认定", lambda row: row.get_kind_display(), "bad"),
    )
}


def type_of(record: Recorded) -> RecordType:
    return RECORD_TYPES[record._meta.label_lower]


def title_of(record: Recorded) -> str:
    """The record in a line, as both sides read it."""
    entry = type_of(record)
    return f"{entry.on(record):%Y-%m-%d} {entry.title(record)}"


def own_record(member: Member, record_type: str, record_id: int | None) -> Recorded | None:
    """The record if it is there and is (still) the member's; a type not known is none."""
    entry = RECORD_TYPES.get(record_type)
    if entry is None or record_id is None:
        return None
    return entry.of([member]).filter(pk=record_id).first()


def digest_of(record: Recorded | None) -> str:
    """A mark of everything the record says, its parts included; "" where there is none."""
    if record is None:
        return ""
    entry = type_of(record)
    rows: list[Any] = [_said(record)]
    for part in entry.parts:
        rows += [_said(row) for row in getattr(record, part).order_by("pk")]
    rows.append([str(value) for value in entry.read_along(record)])
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _said(row: Model) -> dict[str, Any]:
    return {name: value for name, value in audit.snapshot(row).items() if name not in BOOKKEEPING}


def entered_since(member: Member, kind: str, since: datetime) -> list[Recorded]:
    """Records of the kind that were entered for the member, or put to their name, since then."""
    found: list[Recorded] = []
    for entry in RECORD_TYPES.values():
        if kind not in entry.kinds:
            continue
        records = list(entry.of([member]))
        touched = _touched(records, entry, since)
        found += [record for record in records if record.pk in touched]
    return found


def _touched(records: list[Any], entry: RecordType, since: datetime) -> set[int]:
    """Keys of the records which, or a part of which, the audit trail names since then."""
    owners: dict[tuple[str, str], int] = {}
    for record in records:
        rows: list[Any] = [record]
        for part in entry.parts:
            rows += getattr(record, part).all()
        owners |= {(row._meta.label_lower, str(row.pk)): record.pk for row in rows}
    named = AuditChange.objects.filter(
        entry__at__gte=since,
        object_type__in={kind for kind, _ in owners},
        object_id__in=[key for _, key in owners],
    ).values_list("object_type", "object_id")
    return {owners[row] for row in named if row in owners}


@dataclass(frozen=True)
class OwnRecord:
    """One record as its member reads it. `model` and `pk` name it."""

    model: str
    pk: int
    date: date
    title: str
    status: str
    tone: str


def shown(record: Recorded) -> OwnRecord:
    entry = type_of(record)
    return OwnRecord(
        model=entry.label,
        pk=record.pk,
        date=entry.on(record),
        title=entry.title(record),
        status=entry.status(record),
        tone=entry.tone(record),
    )
