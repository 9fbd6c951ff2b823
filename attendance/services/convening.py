"""Calling a meeting: the notice, the replies, the papers, and last year's meeting once more."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import delete_record, save_record
from attendance.choices import Participation, Reply
from attendance.models import Expectation, Meeting, MeetingMaterial, ScopeLine, Sitting
from attendance.models.expected import ORGAN_OF
from attendance.selectors.convening import (
    SUBJECT,
    invited,
    latest_reply_by,
    notices_of,
    told_members,
)
from core.dates import planned
from core.refusals import RefusalError
from members.choices import NoticeKind
from members.models import Member, Notice
from members.services.notices import send_notice


class NobodyToTellError(RefusalError):
    """The list is empty, or all on it have been told."""


class NoticeTooLateError(RefusalError):
    """A notice of a meeting that is over, or a reply asked for after it begins."""


class NoticeSentError(RefusalError):
    """A notice went out after the clerk opened the form."""


class ReplyClosedError(RefusalError):
    """The meeting is over, or names are taken no longer."""


@transaction.atomic
def send_meeting_notice(
    *,
    meeting: Meeting,
    title: str,
    body: str,
    reply_by: date | None,
    only_untold: bool,
    actor: User | None,
    at: datetime,
    sent_before: int | None = None,
) -> Notice:
    """Tells everybody who may be invited, or only those no notice of this meeting has reached.

    Non-voting seats are invited by themselves. `sent_before` is how many notices of the meeting
    the clerk has seen: a form sent twice is one notice. Raises NobodyToTellError,
    NoticeTooLateError, NoticeSentError or django's ValidationError.
    """
    meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    if sent_before is not None and notices_of(meeting).count() != sent_before:
        raise NoticeSentError("这次会议刚刚已经发过通知，没有重复发送。请看下方的发送情况。")
    _refuse_late_notice(meeting, reply_by, at)
    members = Member.objects.filter(pk__in=invited(meeting).values("member"))
    if only_untold:
        members = members.exclude(pk__in=told_members(meeting))
    told = list(members)
    if not told:
        raise NobodyToTellError(
            "名单上的委员都已通知过，没有需要补发的人。"
            if only_untold
            else "应到名单还是空的，请先确定应到范围。"
        )
    return send_notice(
        term=meeting.term,
        kind=NoticeKind.MEETING,
        title=title,
        body=body,
        members=told,
        subject=f"{SUBJECT}{meeting.pk}",
        path=reverse("attendance:meeting-detail", args=[meeting.pk]),
        reply_by=reply_by,
        actor=actor,
        at=at,
    )


def _refuse_late_notice(meeting: Meeting, reply_by: date | None, at: datetime) -> None:
    today = timezone.localdate(at)
    if (meeting.end_date or meeting.start_date) < today:
        raise NoticeTooLateError("会议已经开过，不能再发会议通知。")
    if reply_by is not None and not today <= reply_by <= meeting.start_date:
        raise NoticeTooLateError(
            f"回复期限须在今天和会议首日（{planned(meeting.start_date)}）之间。"
        )


@transaction.atomic
def reply_to_meeting(
    *,
    expectation: Expectation,
    reply: str,
    actor: User | None,
    at: datetime,
    on_behalf: bool = False,
) -> Expectation:
    """Writes down whether a member comes; the same answer twice is one.

    Members answer until the meeting is over; names are put down until the day asked for. The
    office may enter a reply `on_behalf` later, as long as the meeting is not over.
    Raises ReplyClosedError.
    """
    row = (
        Expectation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("meeting", "member__person")
        .get(pk=expectation.pk)
    )
    _refuse_late_reply(row.meeting, reply, at, on_behalf)
    if not Expectation.objects.filter(pk=row.pk).invitable().exists():
        raise ReplyClosedError("您不在这次会议的应到名单中，如有疑问请联系委员联络科。")
    if row.reply == reply:
        return row
    before = audit.snapshot(row)
    row.reply, row.replied_at = reply, at
    row.version += 1
    row.full_clean()
    row.save()
    change = audit.changes_of(row, before, audit.snapshot(row))
    reason = "委员联络科代为登记" if on_behalf else ""
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=row, reason=reason, changes=[change])
    return row


def _refuse_late_reply(meeting: Meeting, reply: str, at: datetime, on_behalf: bool) -> None:
    today = timezone.localdate(at)
    if today > (meeting.end_date or meeting.start_date):
        raise ReplyClosedError("会议已经结束，不能再回复。")
    if on_behalf or meeting.participation != Participation.SIGN_UP or reply != Reply.ATTENDING:
        return
    last = latest_reply_by(meeting)
    if last is not None and today > last:
        raise ReplyClosedError(f"报名已于{planned(last)}截止。确需参加的，请联系承办部门。")


@transaction.atomic
def attach_material(
    *,
    meeting: Meeting,
    title: str,
    file: File,
    must_return: bool,
    actor: User | None,
    at: datetime,
) -> MeetingMaterial:
    """Lays a paper before those invited. Raises django's ValidationError."""
    material = MeetingMaterial(
        meeting=meeting, title=title.strip(), file=file, must_return=must_return
    )
    return save_record(obj=material, actor=actor, at=at)


@transaction.atomic
def withdraw_material(
    *, material: MeetingMaterial, reason: str, actor: User | None, at: datetime
) -> None:
    """Takes a paper away, the file with it. Raises ReasonMissingError."""
    storage, name = material.file.storage, str(material.file.name)
    delete_record(obj=material, actor=actor, at=at, reason=reason)
    transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def copy_meeting(
    *,
    meeting: Meeting,
    number: str,
    title: str,
    start_date: date,
    actor: User | None,
    at: datetime,
) -> Meeting:
    """A new meeting like another: its sittings at the same hours, its rule; no list, no papers.

    Raises django's ValidationError, as for a number in use.
    """
    shift = start_date - meeting.start_date
    copy = Meeting(
        term=meeting.term,
        number=number.strip(),
        title=title.strip(),
        kind=meeting.kind,
        start_date=start_date,
        end_date=meeting.end_date and meeting.end_date + shift,
        organiser=meeting.organiser,
        place=meeting.place,
        sector=meeting.sector,
        committee=meeting.committee,
        participation=meeting.participation,
        copied_from=meeting,
        recorded_by=actor,
        recorded_at=at,
    )
    copy.full_clean()
    copy.save(force_insert=True)
    parts: list[Sitting | ScopeLine] = [
        Sitting(
            meeting=copy,
            number=sitting.number,
            title=sitting.title,
            starts_at=sitting.starts_at and sitting.starts_at + shift,
            ends_at=sitting.ends_at and sitting.ends_at + shift,
            late_after_minutes=sitting.late_after_minutes,
        )
        for sitting in meeting.sittings.order_by("number")
    ]
    parts += _same_rule(meeting.scope_lines.order_by("pk"), copy)
    for part in parts:
        part.full_clean()
        part.save(force_insert=True)
    changes = [audit.changes_of(row, None, audit.snapshot(row)) for row in (copy, *parts)]
    audit.record(actor=actor, verb=Verb.CREATE, at=at, obj=copy, changes=changes)
    return copy


def _same_rule(lines: Iterable[ScopeLine], copy: Meeting) -> list[ScopeLine]:
    return [
        ScopeLine(
            meeting=copy,
            scope=line.scope,
            **{f"{organ}_id": getattr(line, f"{organ}_id") for organ in ORGAN_OF.values()},
        )
        for line in lines
    ]
