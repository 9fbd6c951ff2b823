from datetime import date
from typing import Self

from django.db.models import Q, QuerySet

from accounts.roles import RoleCode
from dossiers.choices import ObjectionState
from members.choices import RecordKind
from members.querysets import collected_by, visible_records

#: Records as objections name them whose content is disciplinary.
DISCIPLINARY_TYPES = ("members.sanction", "members.conductfinding")


class HandInQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        collected = collected_by(user, RecordKind.HAND_IN, organiser="pk")
        return self.filter(visible_records(user, collected=collected))


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
