from datetime import date
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.roles import RoleCode
from dossiers.choices import ObjectionState, PaperState, SubmissionState
from members.choices import RecordKind
from members.querysets import CollectedQuerySet, collected_by

#: Records as objections name them whose content is disciplinary.
DISCIPLINARY_TYPES = ("members.sanction", "members.conductfinding")


class HandInQuerySet(CollectedQuerySet):
    def collected_for(self, user) -> Q:
        return collected_by(user, RecordKind.HAND_IN, organiser="pk")


class ObjectionQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The member, the office, and the unit that is to answer."""
        if not user.is_authenticated:
            return self.none()
        if user.reads_everything:
            return self
        seen = Q(member__person__user=user)
        if user.has_role(RoleCode.COLLECTOR):
            seen |= Q(department__in=user.affiliations.values("department"))
        return self.filter(seen)

    def open(self) -> Self:
        return self.filter(state=ObjectionState.OPEN)

    def overdue(self, on: date) -> Self:
        """Open, and the last day for the answer has passed."""
        return self.open().filter(due_date__lt=on)

    def disciplinary(self) -> Self:
        """About a sanction or a conduct finding: read by few, and each reading is kept."""
        return self.filter(record_type__in=DISCIPLINARY_TYPES)


class ObjectionEntryQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        objections = self.model._meta.get_field("objection").related_model
        return self.filter(objection__in=objections.objects.visible_to(user))


class PersonalQuerySet(QuerySet):
    """Rows about one member's papers: the office and the member."""

    def visible_to(self, user) -> Self:
        if not user.is_authenticated:
            return self.none()
        return self if user.reads_everything else self.filter(member__person__user=user)


class CampaignPaperQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """What is to be handed in is no secret."""
        blind = {RoleCode.SYSTEM_ADMIN, RoleCode.SECURITY_AUDITOR}
        return self if user.is_authenticated and user.role_codes - blind else self.none()


class DutyPaperQuerySet(PersonalQuerySet):
    def visible_to(self, user) -> Self:
        """A draft is the member's own until it is handed in."""
        if not user.is_authenticated:
            return self.none()
        own = Q(member__person__user=user)
        if user.reads_everything:
            return self.filter(own | ~Q(state=PaperState.DRAFT))
        return self.filter(own)

    def waiting_verification(self) -> Self:
        """Handed in, and not yet passed or returned."""
        return self.filter(state=PaperState.SUBMITTED)

    def waiting_archive(self) -> Self:
        """Passed, of a campaign that is closed."""
        return self.filter(state=PaperState.VERIFIED, campaign__closed_at__isnull=False)


class OfPaperQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        papers = self.model._meta.get_field("paper").related_model
        return self.filter(paper__in=papers.objects.visible_to(user))


class SubmissionQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """The author; a co-signer asked; once handed in, the unit that takes it in and the office."""
        if not user.is_authenticated:
            return self.none()
        own = Q(member__person__user=user)
        signers = self.model._meta.get_field("signers").related_model
        asked = Exists(
            signers.objects.filter(submission=OuterRef("pk"), member__person__user=user)
        ) & ~Q(state=SubmissionState.DRAFT)
        handed_in = Q(submitted_at__isnull=False)
        if user.reads_everything:
            return self.filter(own | asked | handed_in)
        if user.has_role(RoleCode.COLLECTOR):
            units = user.affiliations.values("department")
            return self.filter(own | asked | (handed_in & Q(department__in=units)))
        return self.filter(own | asked)


class OfSubmissionQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        submissions = self.model._meta.get_field("submission").related_model
        return self.filter(submission__in=submissions.objects.visible_to(user))
