"""Signing in at a sitting, and mending it: one attendance a member, whoever is quicker.

The sitting is locked first, so that two clerks, or a clerk and the member, act one after the
other; the database's constraints stand behind that.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, delete_record, save_record
from attendance.choices import ATTENDED_STATUSES, AttendanceStatus, SignInMethod
from attendance.models import Attendance, Expectation, Sitting, Visitor
from attendance.services.statuses import contradicted_by
from core.refusals import RefusalError
from members.models import Member

#: How long before its start a sitting takes nobody yet: earlier, it is the wrong one.
OPENS_BEFORE = timedelta(hours=12)


class SittingClosedError(RefusalError):
    """After closing, attendance is corrected, not taken."""


class SittingNotYetOpenError(RefusalError):
    """The sitting begins much later."""


class NotInvitableError(RefusalError):
    """The member is suspended, no longer serves, or belongs to another term."""


class AlreadySignedInError(RefusalError):
    """The member has signed in before; the message tells when and how."""


class DeviceUsedError(RefusalError):
    """The telephone has signed in somebody else at this sitting."""


class NotSignedInError(RefusalError):
    """Only who came can leave early, or have the sign-in taken back."""


def sign_in(
    *,
    sitting: Sitting,
    member: Member,
    method: str,
    actor: User | None,
    at: datetime,
    device_mark: str = "",
) -> Attendance:
    """Present, or late after the sitting's grace minutes; marked where not on the list.

    Raises SittingClosedError, SittingNotYetOpenError, NotInvitableError, AlreadySignedInError, or
    DeviceUsedError, which is written to the audit trail too: not to be called inside a
    transaction that a refusal would roll back.
    """
    try:
        return _sign_in(sitting, member, SignInMethod(method), actor, at, device_mark)
    except DeviceUsedError as refusal:
        _note_denial(sitting, member, actor, at, str(refusal))
        raise


@transaction.atomic
def _sign_in(
    sitting: Sitting,
    member: Member,
    method: SignInMethod,
    actor: User | None,
    at: datetime,
    device_mark: str,
) -> Attendance:
    sitting = lock_open_sitting(sitting, at)
    refuse_uninvitable(sitting, member)
    stored = Attendance.objects.filter(sitting=sitting, member=member).first()
    if stored is not None and stored.status in ATTENDED_STATUSES:
        raise AlreadySignedInError(already_signed_in(stored))
    _refuse_used_device(sitting, member, device_mark)
    row = stored or Attendance(sitting=sitting, member=member)
    row.status = status_at(sitting, at)
    row.method, row.arrived_at, row.device_mark = method, at, device_mark
    row.leave_reason, row.leave_request = "", None
    row.is_walk_in = not is_listed(sitting, member)
    row.recorded_by, row.recorded_at = actor, at
    try:
        with transaction.atomic():
            return save_record(obj=row, actor=actor, at=at)
    except IntegrityError as clash:
        raise AlreadySignedInError(f"{member.person.name}刚刚已由他人签到。") from clash


def lock_open_sitting(sitting: Sitting, at: datetime) -> Sitting:
    """The sitting as stored, locked. Raises SittingClosedError or SittingNotYetOpenError."""
    stored = (
        Sitting.objects.select_related("meeting__term")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=sitting.pk)
    )
    if stored.closed_at is not None:
        raise SittingClosedError(
            f"{stored.short_name}已于{shown(stored.closed_at)}结束签到。"
            "补登请用“更正”，或由工作人员重新开放签到。"
        )
    if stored.starts_at is not None and at < stored.starts_at - OPENS_BEFORE:
        raise SittingNotYetOpenError(
            f"{stored.short_name}{shown(stored.starts_at)}开始，现在还不能签到，请核对场次。"
        )
    return stored


def refuse_uninvitable(sitting: Sitting, member: Member) -> None:
    """Raises NotInvitableError."""
    on, name = sitting.meeting.start_date, member.person.name
    if member.term_id != sitting.meeting.term_id:
        raise NotInvitableError(f"{name}不是{sitting.meeting.term}的委员，不能签到。")
    if not member.serves(on):
        raise NotInvitableError(f"{name}在{on:%Y-%m-%d}不在任，不能签到。")
    suspension = member.suspensions.covering(on).first()
    if suspension is not None:
        raise NotInvitableError(
            f"{name}自{suspension.start_date:%Y-%m-%d}起暂停履职，不能签到。"
            "确须到会的，登记为名册外到会人员。"
        )


def status_at(sitting: Sitting, at: datetime) -> AttendanceStatus:
    """Late from the first moment after the grace minutes."""
    if sitting.starts_at is None:
        return AttendanceStatus.PRESENT
    grace = timedelta(minutes=sitting.late_after_minutes)
    return AttendanceStatus.LATE if at > sitting.starts_at + grace else AttendanceStatus.PRESENT


def is_listed(sitting: Sitting, member: Member) -> bool:
    """Whether the member is expected. Where no list was made nobody is a walk-in."""
    listed = Expectation.objects.filter(meeting=sitting.meeting_id)
    return listed.expected().filter(member=member).exists() or not listed.exists()


def already_signed_in(row: Attendance) -> str:
    """When, by what way and by whom."""
    when = f"已于{shown(row.arrived_at)}签到" if row.arrived_at else "已有出席记录"
    how = [SignInMethod(row.method).label] if row.method else []
    own = row.recorded_by_id is not None and row.recorded_by_id == row.member.person.user_id
    if row.recorded_by is not None:
        how.append("本人" if own else f"经办人{row.recorded_by.name}")
    told = f"（{'，'.join(how)}）" if how else ""
    return f"{row.member.person.name}{when}{told}，不再重复登记。"


def shown(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%m月%d日 %H:%M}"


def _refuse_used_device(sitting: Sitting, member: Member, device_mark: str) -> None:
    if not device_mark:
        return
    others = Attendance.objects.filter(sitting=sitting, device_mark=device_mark)
    if others.exclude(member=member).exists():
        raise DeviceUsedError(
            "这部手机本场已为另一位委员签到，一部手机只能签一人。请用本人手机，或到签到台办理。"
        )


@transaction.atomic
def _note_denial(
    sitting: Sitting, member: Member, actor: User | None, at: datetime, reason: str
) -> None:
    audit.record(
        actor=actor,
        verb=Verb.DENIED,
        at=at,
        obj=sitting,
        label=f"{member} 签到 {sitting}",
        reason=reason,
        detail={"member": member.pk},
        succeeded=False,
    )


@transaction.atomic
def undo_sign_in(*, attendance: Attendance, reason: str, actor: User | None, at: datetime) -> None:
    """Takes back a sign-in made by mistake. Raises ReasonMissingError, SittingClosedError or
    NotSignedInError.
    """
    _refuse_no_reason(reason)
    if not attendance.is_walk_in:
        lock_open_sitting(attendance.sitting, at)
    if attendance.status not in ATTENDED_STATUSES:
        raise NotSignedInError(f"{attendance.member.person.name}没有签到，不必撤销。")
    delete_record(obj=attendance, actor=actor, at=at, reason=reason)


@transaction.atomic
def leave_early(
    *, attendance: Attendance, actor: User | None, at: datetime, reason: str = ""
) -> Attendance:
    """Marks who went before the end. Raises SittingClosedError or NotSignedInError."""
    row = _locked(attendance)
    if row.sitting.closed_at is not None:
        raise SittingClosedError("本场已结束签到，早退请用“更正”登记。")
    if row.status not in ATTENDED_STATUSES:
        raise NotSignedInError(f"{row.member.person.name}没有签到，不能登记早退。")
    if row.status == AttendanceStatus.LEFT_EARLY:
        raise NotSignedInError(f"{row.member.person.name}已登记早退。")
    row.status, row.left_at = AttendanceStatus.LEFT_EARLY, at
    return save_record(obj=row, actor=actor, at=at, reason=reason)


@transaction.atomic
def correct_status(
    *,
    attendance: Attendance,
    status: str,
    reason: str,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
    leave_reason: str = "",
) -> Attendance:
    """Puts another status in place of what was entered, with the reason kept.

    Raises ReasonMissingError, NotSignedInError or what `save_record` raises.
    """
    _refuse_no_reason(reason)
    row = _locked(attendance)
    if row.is_walk_in and status not in ATTENDED_STATUSES:
        raise NotSignedInError("名单之外的委员没有缺席或请假；没有到会的，请撤销签到。")
    row.status = AttendanceStatus(status)
    row.leave_reason = leave_reason.strip() if status == AttendanceStatus.LEAVE else ""
    for attribute, empty in contradicted_by(status).items():
        setattr(row, attribute, empty)
    return save_record(obj=row, actor=actor, at=at, reason=reason, seen_version=seen_version)


@transaction.atomic
def add_visitor(
    *, sitting: Sitting, name: str, unit: str, note: str, actor: User | None, at: datetime
) -> Visitor:
    """Somebody who is no member came. Raises SittingClosedError or ValidationError."""
    stored = lock_open_sitting(sitting, at)
    visitor = Visitor(
        sitting=stored, name=name.strip(), unit=unit.strip(), note=note.strip(), arrived_at=at
    )
    return save_record(obj=visitor, actor=actor, at=at)


def _locked(attendance: Attendance) -> Attendance:
    return (
        Attendance.objects.select_related("member__person", "sitting__meeting")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=attendance.pk)
    )


def _refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError("请写明事由。")
