"""Which written work an account may see: collectors by what they collect, authors their own."""

from datetime import date
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.roles import RoleCode
from members.choices import RecordKind
from members.querysets import (
    CollectedQuerySet,
    collected_by,
    visible_members,
    visible_records,
)
from proposals.choices import OPEN_TOPIC_STATES


class JointWorkQuerySet(CollectedQuerySet):
    """Works of several members, through a table of those who had part in them."""

    #: The related name of that table.
    parts: str

    def visible_to(self, user) -> Self:
        """Those with an author the account may see, or that its departments collect."""
        if not user.is_authenticated:
            return self.none()
        if user.reads_everything:
            return self
        return self.filter(self.collected_for(user) | self._joined_by_the_seen(user))

    def _joined_by_the_seen(self, user) -> Exists:
        """A collector sees, of what others collect, only what they had part in themself."""
        part = self.model._meta.get_field(self.parts)
        if user.has_role(RoleCode.COLLECTOR):
            seen = part.related_model.objects.filter(member__person__user=user)
        else:
            seen = part.related_model.objects.filter(visible_members(user, "member__"))
        return Exists(seen.filter(**{part.field.name: OuterRef("pk")}))


class ProposalQuerySet(JointWorkQuerySet):
    parts = "cosponsorships"

    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.PROPOSAL, organiser="pk")

    def visible_to(self, user) -> Self:
        if not user.is_authenticated:
            return self.none()
        led = visible_records(user, collected=self.collected_for(user), member="lead_sponsor__")
        return self.filter(led | self._joined_by_the_seen(user))


class PublicOpinionReportQuerySet(JointWorkQuerySet):
    parts = "authorships"

    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.OPINION, organiser="pk")


class ResearchQuerySet(JointWorkQuerySet):
    parts = "participations"

    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.RESEARCH, organiser="organiser")


class ArticleQuerySet(CollectedQuerySet):
    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.ARTICLE, organiser="pk")


class TopicQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The year's plan is open to everybody with a business role."""
        blind = {RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR}
        return self if user.is_authenticated and user.role_codes - blind else self.none()

    def overdue(self, on: date) -> Self:
        """Neither finished nor cancelled on the day after the planned one."""
        return self.filter(state__in=OPEN_TOPIC_STATES, planned_date__lt=on)

    def kept_by(self, user) -> Self:
        """委员联络科 all; a department what it undertakes or its committee leads."""
        if not user.is_authenticated:
            return self.none()
        if user.has_role(RoleCode.REGISTRAR):
            return self
        if not user.has_role(RoleCode.COLLECTOR):
            return self.none()
        own = user.affiliations.filter(department__isnull=False)
        return self.filter(
            Q(department__in=own.values("department"))
            | Q(committee__in=own.values("department__committee"))
        )

    def awaiting_contribution(self, user) -> Self:
        """Under way with a county the account works for, which has not told its part yet (联动)."""
        if not user.is_authenticated or not user.has_role(RoleCode.COUNTY_GROUP):
            return self.none()
        partnerships = self.model._meta.get_field("partnerships").related_model
        own = partnerships.objects.filter(
            topic=OuterRef("pk"),
            contribution="",
            assembly__in=user.affiliations.values("liaison_group__assembly"),
        )
        return self.filter(Exists(own), state__in=OPEN_TOPIC_STATES)


class TopicParticipationQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        if user.is_authenticated and user.has_role(RoleCode.COLLECTOR):
            return self
        return self.filter(visible_members(user, "member__"))
