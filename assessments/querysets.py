from typing import Self

from django.db.models import Q, QuerySet

from accounts.roles import RoleCode
from assessments.choices import FindingState, Outcome

#: Outcomes that go no further than the finding itself; every other opens an interview or a case.
MILD = (Outcome.REMIND,)


class FindingQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """委员联络科 and leaders see all that is not about themself; of themself everybody sees what
        is mild and confirmed. What opens an interview or a case, `exits` adds once it was told.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(member__person__user=user)
        told = own & Q(state=FindingState.CONFIRMED, outcome__in=MILD)
        if user.reads_everything:
            return self.filter(told | ~own)
        return self.filter(told) if user.has_role(RoleCode.MEMBER) else self.none()

    def standing(self) -> Self:
        """Open or confirmed: what still counts towards the suggested action."""
        return self.filter(state__in=[FindingState.OPEN, FindingState.CONFIRMED])

    def of_year(self, year: int) -> Self:
        """The year's findings, and those kept for the whole term."""
        return self.filter(Q(year=year) | Q(year__isnull=True))
