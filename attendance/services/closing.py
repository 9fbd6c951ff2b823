"""The end of sign-in: whoever was expected and did not come is on leave or absent."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, add_rows
from attendance.choices import AttendanceStatus, SignInMethod
from attendance.models import Attendance, Sitting
from attendance.selectors.roster import Place, roster
from attendance.services.sign_in import lock_open_sitting, shown
from core.refusals import RefusalError


class ClosingTooEarlyError(RefusalError):
    """Before it began nobody can have been absent."""


class SittingOpenError(RefusalError):
    """Only a closed sitting can be reopened."""


class AttendanceInUseError(RefusalError):
    """Rows made by closing are referred to and cannot be taken back."""


@transaction.atomic
def close_sitting(*, sitting: Sitting, actor: User | None, at: datetime) -> Sitting:
    """Ends sign-in. Everybody expected without a row gets one: 请假 with the approved reason, else
    缺席; 列席 members too. Suspended and exited members are not expected and get none.

    A fixed number of statements, however many members. Raises SittingClosedError,
    SittingNotYetOpenError or ClosingTooEarlyError.
    """
    stored = lock_open_sitting(sitting, at)
    if stored.starts_at is not None and at < stored.starts_at:
        raise ClosingTooEarlyError(
            f"{stored.short_name}{shown(stored.starts_at)}才开始，会前不能结束签到。"
        )
    before = audit.snapshot(stored)
    rest = [place for place in roster(stored) if place.listed and not place.status]
    codes = {place.member: place.code for place in rest}
    _, added = add_rows(
        Attendance,
        [_row_of(stored, place) for place in rest],
        actor=actor,
        at=at,
        label=lambda row: f"{stored.meeting.number} {stored.short_name} {codes[row['member_id']]}",
    )
    stored.closed_at, stored.closed_by = at, actor
    stored.save(update_fields=["closed_at", "closed_by"])
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=stored,
        reason="结束签到",
        changes=[audit.changes_of(stored, before, audit.snapshot(stored)), *added],
    )
    return stored


def _row_of(sitting: Sitting, place: Place) -> dict[str, object]:
    return {
        "sitting_id": sitting.pk,
        "member_id": place.member,
        "status": AttendanceStatus.LEAVE if place.excused else AttendanceStatus.ABSENT,
        "leave_reason": place.leave_reason,
        "leave_request_id": place.leave_request,
        "method": SignInMethod.CLOSING,
    }


@transaction.atomic
def reopen_sitting(*, sitting: Sitting, reason: str, actor: User | None, at: datetime) -> Sitting:
    """Takes sign-ins again. Rows that closing made and nobody has touched since go; the next
    closing makes them anew.

    Raises ReasonMissingError, SittingOpenError or AttendanceInUseError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明重新开放的事由。")
    stored = (
        Sitting.objects.select_related("meeting")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=sitting.pk)
    )
    if stored.closed_at is None:
        raise SittingOpenError(f"{stored.short_name}正在签到，不必重新开放。")
    before = audit.snapshot(stored)
    made = Attendance.objects.filter(sitting=stored, method=SignInMethod.CLOSING, version=1)
    gone = [
        audit.changes_of(row, audit.snapshot(row), None, label=f"考勤 {row.member.code}")
        for row in made.select_related("member")
    ]
    try:
        made.delete()
    except ProtectedError as refusal:
        raise AttendanceInUseError(
            "有缺席或请假记录已被引用，不能重新开放签到。请逐条更正。"
        ) from refusal
    stored.closed_at, stored.closed_by = None, None
    stored.save(update_fields=["closed_at", "closed_by"])
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=stored,
        reason=reason.strip(),
        changes=[audit.changes_of(stored, before, audit.snapshot(stored)), *gone],
    )
    return stored
