"""Who is visible to whom, and who serves, stands or is suspended on a date."""

from abc import abstractmethod
from datetime import date
from typing import Self

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.roles import RoleCode
from core.querysets import PeriodQuerySet, covering
from members.choices import (
    CONFIDENTIAL_NOTICES,
    DISCIPLINARY_CHANGES,
    Party,
    Post,
    RecordKind,
    ReportState,
)


def visible_members(user, prefix: str = "") -> Q:
    """Condition on members the account may see; `prefix` leads to the member ("member__").

    委员联络科 and leaders see all; a collector the whole register, to enter records;
    组织部 the members of the Communist Party, 统战部 the others (萍协办字〔2022〕19号 三（四）);
    a group its own members; a member themself. Nobody else sees anyone.
    """
    nobody = Q(pk__in=[])
    if not user.is_authenticated:
        return nobody
    if user.reads_everything or user.has_role(RoleCode.COLLECTOR):
        return Q(pk__isnull=False)  # an empty Q would vanish from an "or" instead of winning it
    seen = Q(**{f"{prefix}person__user": user})
    if user.has_role(RoleCode.ORGANIZATION_DEPARTMENT):
        seen |= Q(**{f"{prefix}party": Party.CPC})
    if user.has_role(RoleCode.UNITED_FRONT_DEPARTMENT):
        seen |= ~Q(**{f"{prefix}party": Party.CPC})
    if user.has_role(RoleCode.COUNTY_GROUP):
        groups = user.affiliations.values("liaison_group")
        seen |= Q(**{f"{prefix}liaison_group__in": groups})
    if user.has_role(RoleCode.SECTOR_GROUP):
        sectors = user.affiliations.values("sector_group__sector")
        seen |= Q(**{f"{prefix}sector__in": sectors})
    return seen


def collected_by(user, *kinds: str, organiser: str) -> Q:
    """Condition on records of these kinds that the account's departments collect.

    `organiser` names the field holding the department that organised the event; a duty
    marked `own_only` covers only what the department organised itself.
    """
    if not user.has_role(RoleCode.COLLECTOR):
        return Q(pk__in=[])
    duties = user.affiliations.filter(department__duties__record_kind__in=kinds).values_list(
        "department__name", "department__duties__record_kind", "department__duties__own_only"
    )
    condition = Q(pk__in=[])
    for department, kind, own_only in duties:
        if kind in kinds:
            condition |= Q(**{organiser: department}) if own_only else Q(pk__isnull=False)
    return condition


class PersonQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """Persons with a membership the account may see; the office also those with none yet."""
        if user.is_authenticated and user.reads_everything:
            return self
        memberships = self.model._meta.get_field("memberships").related_model
        return self.filter(
            Exists(memberships.objects.visible_to(user).filter(person=OuterRef("pk")))
        )


class MemberQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(visible_members(user))

    def serving(self, on: date) -> Self:
        """Joined on or before the date and not yet exited."""
        return self.filter(covering(on, start="joined_date", end="exited_date"))

    def served(self, start: date, end: date) -> Self:
        """Joined by `end`, and serving still or left on `start` or later."""
        stayed = Q(exited_date__isnull=True) | Q(exited_date__gte=start)
        return self.filter(stayed, joined_date__lte=end)

    def standing(self, on: date) -> Self:
        """Holding the 常委 post on the date."""
        tenures = self.model._meta.get_field("tenures").related_model
        return self.filter(
            Exists(
                tenures.objects.covering(on).filter(
                    member=OuterRef("pk"), post=Post.STANDING_MEMBER
                )
            )
        )

    def suspended(self, on: date) -> Self:
        return self.filter(self._suspension(on))

    def invitable(self, on: date) -> Self:
        """Serving and not suspended: those who are invited, expected and reminded."""
        return self.serving(on).exclude(self._suspension(on))

    def _suspension(self, on: date) -> Exists:
        periods = self.model._meta.get_field("suspensions").related_model
        return Exists(periods.objects.covering(on).filter(member=OuterRef("pk")))


class TenureQuerySet(PeriodQuerySet):
    def visible_to(self, user) -> Self:
        return self.filter(visible_members(user, "member__"))

    def overlapping(self, start: date, end: date | None) -> Self:
        """Periods that share at least one day with [start, end).

        A period that ends on the day it starts holds on no day and overlaps nothing.
        """
        if end is not None and end <= start:
            return self.none()
        later = Q(end_date__isnull=True) | (Q(end_date__gt=start) & Q(end_date__gt=F("start_date")))
        earlier = Q() if end is None else Q(start_date__lt=end)
        return self.filter(later & earlier)


def visible_records(user, *, collected: Q, member: str = "member__") -> Q:
    """Condition on records the account may see.

    As `visible_members`, but a collector sees, besides their own, only what their
    department collects (`collected`), not every record of every member.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    if user.has_role(RoleCode.COLLECTOR) and not user.reads_everything:
        return collected | Q(**{f"{member}person__user": user})
    return visible_members(user, member)


class CollectedQuerySet(QuerySet):
    """Records that departments collect."""

    @abstractmethod
    def collected_for(self, user) -> Q:
        """Condition on the rows the account's departments collect."""

    def visible_to(self, user) -> Self:
        return self.filter(visible_records(user, collected=self.collected_for(user)))

    def writable_by(self, user) -> Self:
        """What an account may enter and correct, where its role may at all: the office every row,
        a collector what their department collects, and of their own records no others.
        """
        if user.is_authenticated and user.reads_everything:
            return self
        return self.filter(self.collected_for(user))


class CommendationQuerySet(CollectedQuerySet):
    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.CONDUCT, organiser="pk")


class ConductQuerySet(QuerySet):
    """Disciplinary content: 委员联络科, leaders, the partner department of that side, oneself."""

    def visible_to(self, user) -> Self:
        if not user.is_authenticated:
            return self.none()
        if user.reads_everything or user.has_role(
            RoleCode.ORGANIZATION_DEPARTMENT, RoleCode.UNITED_FRONT_DEPARTMENT
        ):
            return self.filter(visible_members(user, "member__"))
        return self.filter(member__person__user=user)


class NoticeQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The office, whoever sent it, and those it went to; notices of interviews and cases no
        leader but the one they went to.
        """
        if not user.is_authenticated:
            return self.none()
        if user.has_role(RoleCode.REGISTRAR):
            return self
        recipients = self.model._meta.get_field("recipients").related_model
        own = recipients.objects.to(user).filter(notice=OuterRef("pk"))
        seen = Q(recorded_by=user) | Q(Exists(own))
        if user.reads_everything:
            seen |= ~Q(kind__in=CONFIDENTIAL_NOTICES)
        return self.filter(seen)

    def sent_by(self, user) -> Self:
        """Those the account, or another of its departments, sent; 委员联络科 answers for all."""
        if not user.is_authenticated:
            return self.none()
        if user.has_role(RoleCode.REGISTRAR):
            return self
        own = Q(recorded_by=user)
        if user.has_role(RoleCode.COLLECTOR):
            units = user.affiliations.filter(department__isnull=False).values("department")
            sent = self.model._meta.get_field("recorded_by").related_model.objects.filter(
                affiliations__department__in=units, groups__role__code=RoleCode.COLLECTOR
            )
            own |= Q(recorded_by__in=sent.values("pk"))
        return self.filter(own)


class NoticeRecipientQuerySet(QuerySet):
    def to(self, user) -> Self:
        """Addressed to the account, or to a seat its person holds."""
        return self.filter(Q(user=user) | Q(member__person__user=user))

    def visible_to(self, user) -> Self:
        if not user.is_authenticated:
            return self.none()
        if user.has_role(RoleCode.REGISTRAR):
            return self
        seen = Q(notice__recorded_by=user) | Q(user=user) | Q(member__person__user=user)
        if user.reads_everything:
            seen |= ~Q(notice__kind__in=CONFIDENTIAL_NOTICES)
        return self.filter(seen)


def reportable_members(user) -> Q:
    """Condition on members whose changes the account reports (萍协办字〔2022〕19号 三): a group
    its own, 组织部 the members of the Communist Party, 委员联络科 all.
    """
    reported = Q(pk__in=[])
    if user.has_role(RoleCode.REGISTRAR):
        return Q(pk__isnull=False)
    if user.has_role(RoleCode.ORGANIZATION_DEPARTMENT):
        reported |= Q(party=Party.CPC)
    if user.has_role(RoleCode.COUNTY_GROUP):
        reported |= Q(liaison_group__in=user.affiliations.values("liaison_group"))
    if user.has_role(RoleCode.SECTOR_GROUP):
        reported |= Q(sector__in=user.affiliations.values("sector_group__sector"))
    return reported


class ChangeReportQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The office and the leaders; the unit that reported; of what has been passed on
        (三（四）), 组织部 and 统战部, each of its side. What is disciplinary is never shown to
        the member it is about, whatever office they hold.
        """
        if not user.is_authenticated:
            return self.none()
        shown = self.exclude(kind__in=DISCIPLINARY_CHANGES, member__person__user=user)
        if user.reads_everything:
            return shown
        seen = Q(recorded_by=user)
        if user.has_role(RoleCode.COUNTY_GROUP):
            seen |= Q(liaison_group__in=user.affiliations.values("liaison_group"))
        if user.has_role(RoleCode.SECTOR_GROUP):
            seen |= Q(sector_group__in=user.affiliations.values("sector_group"))
        passed_on = Q(passed_on_at__isnull=False)
        if user.has_role(RoleCode.ORGANIZATION_DEPARTMENT):
            seen |= passed_on & Q(member__party=Party.CPC)
        if user.has_role(RoleCode.UNITED_FRONT_DEPARTMENT):
            seen |= passed_on & ~Q(member__party=Party.CPC)
        return shown.filter(seen)

    def waiting(self) -> Self:
        return self.filter(state=ReportState.NEW)

    def disciplinary(self) -> Self:
        return self.filter(kind__in=DISCIPLINARY_CHANGES)
