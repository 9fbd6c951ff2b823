"""Speeches, outside invitations and activities held, entered by whoever collects them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import save_record
from attendance.choices import ATTENDED_STATUSES, AttendanceStatus, MeetingKind
from attendance.models import Attendance, Meeting, OutsideInvitation, Sitting, Speech
from attendance.querysets import SEPARATELY_COLLECTED
from attendance.services.sign_in import NotSignedInError
from attendance.services.statuses import contradicted_by
from core.inserting import unless_known
from core.refusals import RefusalError
from members.choices import RecordKind
from members.models import Member, Term
from members.selectors.duties import refuse_uncollected

#: Links of an attendance row, which come checked: asking for each would be queries a row.
LINKS = ("sitting", "member", "recorded_by", "leave_request")
#: What marking changes of a row; the last four where the new status contradicts them.
AMENDED = (
    "status",
    "leave_reason",
    "version",
    "arrived_at",
    "left_at",
    "device_mark",
    "leave_request",
)


class AlreadyEnteredError(RefusalError):
    """The very record is stored already, perhaps since a moment ago."""


class NotMemberThenError(RefusalError):
    """Somebody named was no member, or was suspended, on the day."""


class NoSuchSittingError(RefusalError):
    """The meeting has no sitting of that number."""


class MarkedMeanwhileError(RefusalError):
    """Somebody else has marked the same member since the list was opened."""


def attendance_duty(meeting_kind: str) -> RecordKind:
    """Which kind of record the attendance of such a meeting is, for those who collect it."""
    return SEPARATELY_COLLECTED.get(MeetingKind(meeting_kind), RecordKind.ATTENDANCE)


@transaction.atomic
def enter_speech(
    *,
    meeting: Meeting,
    member: Member,
    title: str,
    manner: str,
    occasion: str = "",
    date: date | None = None,
    actor: User | None,
    at: datetime,
) -> Speech:
    """Raises NotCollectedError, NotMemberThenError, AlreadyEnteredError or ValidationError."""
    refuse_uncollected(
        actor=actor, term=meeting.term, kind=RecordKind.SPEECH, organiser=meeting.organiser
    )
    refuse_not_members_then([member], meeting.start_date)
    speech = Speech(
        meeting=meeting, member=member, title=title, manner=manner, occasion=occasion, date=date
    )

    def refuse_known() -> None:
        if Speech.objects.filter(meeting=meeting, member=member, title=title).exists():
            raise AlreadyEnteredError(
                f"{member}在“{meeting.title}”上的发言“{title}”已经录入过，没有重复保存。"
            )

    with unless_known(refuse_known):
        return save_record(obj=speech, actor=actor, at=at)


@transaction.atomic
def enter_invitations(
    *,
    term: Term,
    members: Sequence[Member],
    date: date,
    title: str,
    inviter: str = "",
    actor: User | None,
    at: datetime,
) -> list[OutsideInvitation]:
    """One row a member, one audit entry. Raises as `enter_speech`."""
    refuse_uncollected(actor=actor, term=term, kind=RecordKind.INVITATION)
    refuse_not_members_then(members, date)

    def refuse_known() -> None:
        known = OutsideInvitation.objects.filter(date=date, title=title, member__in=members)
        if names := [str(row.member) for row in known.select_related("member__person")]:
            raise AlreadyEnteredError(f"{'、'.join(names)}同日的“{title}”已经录入过，没有保存。")

    rows = [
        OutsideInvitation(
            member=member,
            date=date,
            title=title,
            inviter=inviter,
            recorded_by=actor,
            recorded_at=at,
        )
        for member in members
    ]
    with unless_known(refuse_known):
        for row in rows:
            row.full_clean()
            row.save(force_insert=True)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=rows[0],
        label=f"外单位活动 {title}（{len(rows)}人）",
        changes=[audit.changes_of(row, None, audit.snapshot(row)) for row in rows],
    )
    return rows


@transaction.atomic
def enter_activity(
    *,
    term: Term,
    number: str,
    title: str,
    kind: str,
    start_date: date,
    organiser: str,
    place: str = "",
    attended: Sequence[Member] = (),
    actor: User | None,
    at: datetime,
) -> Meeting:
    """An activity already held, in one sitting, with those who came.

    Raises NotCollectedError, AlreadyEnteredError, NotMemberThenError or ValidationError.
    """
    refuse_uncollected(actor=actor, term=term, kind=attendance_duty(kind), organiser=organiser)
    refuse_not_members_then(attended, start_date, unless_suspended=True)
    meeting = Meeting(
        term=term,
        number=number,
        title=title,
        kind=kind,
        start_date=start_date,
        organiser=organiser,
        place=place,
        recorded_by=actor,
        recorded_at=at,
    )

    def refuse_taken() -> None:
        if Meeting.objects.filter(term=term, number=number).exists():
            raise AlreadyEnteredError(
                f"编号“{number}”本届已经用过（可能刚被他人使用），没有保存。请换一个编号。"
            )

    with unless_known(refuse_taken):
        meeting.full_clean()
        meeting.save(force_insert=True)
    sitting = Sitting(meeting=meeting)
    sitting.save(force_insert=True)
    rows: list[Meeting | Sitting | Attendance] = [meeting, sitting]
    came = [_new_row(sitting, member, AttendanceStatus.PRESENT, actor, at) for member in attended]
    rows += Attendance.objects.bulk_create(came)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=meeting,
        changes=[audit.changes_of(row, None, audit.snapshot(row)) for row in rows],
    )
    return meeting


@transaction.atomic
def mark_attendance(
    *,
    meeting: Meeting,
    number: int,
    marks: Mapping[Member, str],
    seen: Mapping[Member, str],
    reasons: Mapping[Member, str],
    actor: User | None,
    at: datetime,
) -> list[Attendance]:
    """Writes a status for each member marked at the sitting of that number, with one audit entry.

    A first sitting not there yet is opened. `seen` is what the list showed ("" where there was
    no row): whoever was marked otherwise since is not overwritten. `reasons` are of leave.
    Returns the rows written.
    Raises NotCollectedError, MarkedMeanwhileError, NotSignedInError or NotMemberThenError.
    """
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    refuse_uncollected(
        actor=actor,
        term=meeting.term,
        kind=attendance_duty(meeting.kind),
        organiser=meeting.organiser,
    )
    sitting, changes = _sitting(meeting, number)
    rows = Attendance.objects.select_for_update(no_key=True).filter(
        sitting=sitting, member__in=marks
    )
    stored = {row.member_id: row for row in rows}
    others = [
        f"{member}（现为{stored[member.pk].get_status_display() if member.pk in stored else '无'}）"
        for member in marks
        if (stored[member.pk].status if member.pk in stored else "") != seen.get(member, "")
    ]
    if others:
        raise MarkedMeanwhileError(
            f"{'、'.join(others)}在您打开名单之后已由他人登记，这次没有保存。请重新打开名单核对。"
        )
    _refuse_absent_walk_ins(marks, stored)
    new = [member for member in marks if member.pk not in stored]
    refuse_not_members_then(new, meeting.start_date, unless_suspended=True)
    new_rows, amended, before = [], [], {}
    for member, status in marks.items():
        row = stored.get(member.pk)
        if row is not None:
            before[member.pk] = audit.snapshot(row)
        else:
            row = _new_row(sitting, member, status, actor, at)
        _give_status(row, status, reasons.get(member, row.leave_reason))
        if member.pk not in before:
            new_rows.append(row)
        elif audit.snapshot(row) != before[member.pk]:
            row.version += 1
            amended.append(row)
    Attendance.objects.bulk_create(new_rows)
    Attendance.objects.bulk_update(amended, AMENDED)
    written = [*amended, *new_rows]
    names = {member.pk: str(member) for member in marks}
    for row in written:
        label = f"{names[row.member_id]} {row.get_status_display()}"
        changes.append(
            audit.changes_of(row, before.get(row.member_id), audit.snapshot(row), label=label)
        )
    if written:
        audit.record(
            actor=actor,
            verb=Verb.UPDATE,
            at=at,
            obj=sitting,
            label=f"考勤 {meeting.number} {sitting.short_name}（{len(written)}人）",
            changes=changes,
        )
    return written


def _give_status(row: Attendance, status: str, leave_reason: str) -> None:
    row.status = status
    row.leave_reason = leave_reason if status == AttendanceStatus.LEAVE else ""
    for attribute, empty in contradicted_by(status).items():
        setattr(row, attribute, empty)
    row.clean_fields(exclude=LINKS)


def _refuse_absent_walk_ins(marks: Mapping[Member, str], stored: Mapping[int, Attendance]) -> None:
    wrong = [
        str(member)
        for member, status in marks.items()
        if member.pk in stored and stored[member.pk].is_walk_in and status not in ATTENDED_STATUSES
    ]
    if wrong:
        raise NotSignedInError(
            f"{'、'.join(wrong)}不在名单之中，没有缺席或请假；没有到会的，请在签到页撤销签到。"
        )


def _sitting(meeting: Meeting, number: int) -> tuple[Sitting, list[audit.Change]]:
    """The sitting, and the change by which it was opened where it had to be."""
    known = Sitting.objects.filter(meeting=meeting, number=number).first()
    if known is not None:
        return known, []
    if number != 1:
        raise NoSuchSittingError(f"“{meeting}”没有第{number}场，请重新打开名单。")
    sitting = Sitting(meeting=meeting, number=number)
    sitting.full_clean()
    sitting.save(force_insert=True)
    return sitting, [audit.changes_of(sitting, None, audit.snapshot(sitting))]


def refuse_not_members_then(
    members: Sequence[Member], on: date, *, unless_suspended: bool = False
) -> None:
    """Raises NotMemberThenError naming all who did not serve, or were suspended, on the day."""
    wrong = [f"{member}在{on}不在任" for member in members if not member.serves(on)]
    if unless_suspended:
        suspended = Member.objects.filter(pk__in=[member.pk for member in members]).suspended(on)
        wrong += [f"{member}在{on}暂停履职" for member in suspended.select_related("person")]
    if wrong:
        raise NotMemberThenError(f"{'；'.join(wrong)}，没有保存。请核对日期或委员。")


def _new_row(
    sitting: Sitting, member: Member, status: str, actor: User | None, at: datetime
) -> Attendance:
    return Attendance(
        sitting=sitting, member=member, status=status, recorded_by=actor, recorded_at=at
    )
