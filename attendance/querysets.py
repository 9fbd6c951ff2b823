"""Which meetings, attendance rows and speeches an account may see."""

from typing import Self

from django.db.models import Q, QuerySet

from accounts.roles import RoleCode
from attendance.choices import ATTENDED_STATUSES, MeetingKind
from members.choices import RecordKind
from members.querysets import collected_by, visible_records

#: Attendance of these kinds of meeting is collected by a department of its own (D3 二).
SEPARATELY_COLLECTED = {
    MeetingKind.PLENARY_SESSION: RecordKind.PLENARY_ATTENDANCE,
    MeetingKind.THEMED_ACTIVITY: RecordKind.THEMED_ACTIVITY,
}


def collected_meetings(user, prefix: str = "") -> Q:
    """Condition on meetings whose attendance the account's departments collect."""
    kind, organiser = f"{prefix}kind", f"{prefix}organiser"
    condition = ~Q(**{f"{kind}__in": list(SEPARATELY_COLLECTED)}) & collected_by(
        user, RecordKind.ATTENDANCE, organiser=organiser
    )
    for meeting_kind, record_kind in SEPARATELY_COLLECTED.items():
        condition |= Q(**{kind: meeting_kind}) & collected_by(
            user, record_kind, organiser=organiser
        )
    return condition


class MeetingQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The calendar of meetings is open to everybody with a business role."""
        blind = {RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR}
        if user.is_authenticated and user.role_codes - blind:
            return self
        return self.none()


class SittingQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        meetings = self.model._meta.get_field("meeting").related_model
        return self.filter(meeting__in=meetings.objects.visible_to(user))


class AttendanceQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        collected = collected_meetings(user, "sitting__meeting__")
        return self.filter(visible_records(user, collected=collected))

    def attended(self) -> Self:
        return self.filter(status__in=ATTENDED_STATUSES)


class SpeechQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        collected = collected_by(user, RecordKind.SPEECH, organiser="meeting__organiser")
        return self.filter(visible_records(user, collected=collected))


class OutsideInvitationQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        collected = collected_by(user, RecordKind.INVITATION, organiser="pk")
        return self.filter(visible_records(user, collected=collected))
