"""Which meetings, attendance rows and speeches an account may see."""

from datetime import date
from typing import Self

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When

from accounts.roles import RoleCode
from attendance.choices import ATTENDED_STATUSES, MeetingKind, Participation, Reply, Verdict
from core.querysets import covering
from members.choices import RecordKind
from members.querysets import CollectedQuerySet, collected_by, visible_records

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

    def kept_by(self, user) -> Self:
        """Those at which the account takes attendance, or whose board it may look at."""
        return self.filter(keeps_meeting(user, "meeting__"))

    def taken_by(self, user) -> Self:
        """Those at which the account may let people in; not those who only look on."""
        return self.filter(takes_attendance(user, "meeting__"))

    def open_on(self, on: date) -> Self:
        """Not closed, of meetings held on the date; a sitting with a time, on its own day."""
        own_day = Q(starts_at__date=on) | Q(starts_at__isnull=True)
        ending = Q(meeting__end_date__gte=on) | Q(
            meeting__end_date__isnull=True, meeting__start_date=on
        )
        return self.filter(own_day, closed_at__isnull=True, meeting__start_date__lte=on).filter(
            ending
        )


class AttendanceQuerySet(CollectedQuerySet):
    def collected_for(self, user) -> Q:
        return collected_meetings(user, "sitting__meeting__")

    def with_reason_for(self, user) -> Self:
        """Each row's reason for leave as the account may read it (`shown_reason`)."""
        known = knows_reason(user, meeting="sitting__meeting__")
        return self.annotate(
            shown_reason=Case(
                When(known, then=F("leave_reason")), default=Value(""), output_field=TextField()
            )
        )

    def attended(self) -> Self:
        return self.filter(status__in=ATTENDED_STATUSES)


class SpeechQuerySet(CollectedQuerySet):
    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.SPEECH, organiser="meeting__organiser")


class OutsideInvitationQuerySet(CollectedQuerySet):
    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.INVITATION, organiser="pk")


def keeps_meeting(user, prefix: str = "") -> Q:
    """Condition on meetings the account keeps the lists of: the office all, a collecting unit
    those whose attendance it collects.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    if user.reads_everything:
        return Q(pk__isnull=False)
    return collected_meetings(user, prefix)


def takes_attendance(user, prefix: str = "") -> Q:
    """Condition on meetings whose attendance is the account's work, not only its reading: of the
    leaders, who are called to the meetings themselves, none.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    if user.has_role(RoleCode.REGISTRAR):
        return Q(pk__isnull=False)
    return collected_meetings(user, prefix)


def organises_meeting(user, prefix: str = "") -> Q:
    """Condition on meetings that a department the account collects for organises."""
    condition = Q(pk__in=[])
    if user.has_role(RoleCode.COLLECTOR):
        units = user.affiliations.filter(department__isnull=False)
        for name, term in units.values_list("department__name", "department__term"):
            condition |= Q(**{f"{prefix}organiser": name, f"{prefix}term": term})
    return condition


def knows_reason(user, *, meeting: str = "meeting__", member: str = "member__") -> Q:
    """Condition on rows whose reason for leave the account may read: the member who gave it, the
    chain that decides, who keeps or organises the meeting. It may tell of an illness.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    own = Q(**{f"{member}person__user": user})
    return own | keeps_meeting(user, meeting) | organises_meeting(user, meeting)


class OfMeetingQuerySet(QuerySet):
    """Rows that belong to a meeting and are for those who keep it."""

    def visible_to(self, user) -> Self:
        return self.filter(keeps_meeting(user, "meeting__"))


class VisitorQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(keeps_meeting(user, "sitting__meeting__"))


class ExpectationQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        collected = collected_meetings(user, "meeting__")
        return self.filter(visible_records(user, collected=collected)).invitable()

    def invitable(self) -> Self:
        """On the list, serving and not suspended on the meeting's first day."""
        periods = self.model._meta.get_field("member").related_model._meta.get_field("suspensions")
        on = OuterRef("meeting__start_date")
        serving = covering(
            F("meeting__start_date"), start="member__joined_date", end="member__exited_date"
        )
        suspended = periods.related_model.objects.filter(covering(on), member=OuterRef("member"))
        return self.filter(serving, removed_reason="").exclude(Exists(suspended))

    def expected(self) -> Self:
        """Invitable, and where names are put down freely, only those who did."""
        must = ~Q(meeting__participation=Participation.SIGN_UP) | Q(reply=Reply.ATTENDING)
        return self.invitable().filter(must)


class MaterialQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """Those who keep the meeting, and those invited to it."""
        if not user.is_authenticated:
            return self.none()
        expectations = self.model._meta.get_field("meeting").related_model._meta.get_field(
            "expectations"
        )
        own = expectations.related_model.objects.invitable().filter(
            meeting=OuterRef("meeting"), member__person__user=user
        )
        return self.filter(keeps_meeting(user, "meeting__") | Exists(own))


class ProcedureQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """How leave is asked for is no secret."""
        blind = {RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR}
        return self if user.is_authenticated and user.role_codes - blind else self.none()


class LeaveRequestQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """Who asked, who keeps or organises the meeting; the reason is nobody else's business."""
        return self.filter(knows_reason(user))


class NonVotingSeatQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The office, the unit that proposed, and whoever is to sit there once approved."""
        if not user.is_authenticated:
            return self.none()
        if user.reads_everything:
            return self
        own = Q(member__person__user=user, invited_at__isnull=False)
        proposed = Q(pk__in=[])
        if user.has_role(RoleCode.COLLECTOR):
            proposed = Q(department__in=user.affiliations.values("department"))
        return self.filter(own | proposed)


class ApprovalQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        requests = self.model._meta.get_field("leave_request").related_model
        seats = self.model._meta.get_field("seat").related_model
        return self.filter(
            Q(leave_request__in=requests.objects.visible_to(user))
            | Q(seat__in=seats.objects.visible_to(user))
        )

    def waiting(self) -> Self:
        return self.filter(verdict=Verdict.WAITING)
