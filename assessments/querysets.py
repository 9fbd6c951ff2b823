from typing import Self

from django.db.models import Q, QuerySet

from accounts.roles import RoleCode
from assessments.choices import FindingState


class FindingQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """委员联络科 and leaders see all; a member only what has been confirmed of themself."""
        if not user.is_authenticated:
            return self.none()
        if user.reads_everything:
            return self
        if user.has_role(RoleCode.MEMBER):
            return self.filter(member__person__user=user, state=FindingState.CONFIRMED)
        return self.none()

    def standing(self) -> Self:
        """Open or confirmed: what still counts towards the suggested action."""
        return self.filter(state__in=[FindingState.OPEN, FindingState.CONFIRMED])

    def of_year(self, year: int) -> Self:
        """The year's findings, and those kept for the whole term."""
        return self.filter(Q(year=year) | Q(year__isnull=True))
