from typing import Self

from django.db.models import QuerySet

from accounts.roles import RoleCode
from members.querysets import visible_members


class ExitCaseQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """委员联络科, the leaders, and the partner department of that side (D5 一（三）)."""
        if user.is_authenticated and (
            user.reads_everything
            or user.has_role(RoleCode.ORGANIZATION_DEPARTMENT, RoleCode.UNITED_FRONT_DEPARTMENT)
        ):
            return self.filter(visible_members(user, "member__"))
        return self.none()
