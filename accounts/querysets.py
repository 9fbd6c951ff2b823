"""Whose jobs an account may see."""

from typing import Self

from django.db.models import QuerySet

from accounts.choices import JobState
from accounts.roles import RoleCode


class JobQuerySet(QuerySet):
    def visible_to(self, user) -> Self:
        """Own jobs; 系统管理员 all of them, to see what runs (products stay with their owner)."""
        if not user.is_authenticated:
            return self.none()
        if user.has_role(RoleCode.SYSTEM_ADMIN):
            return self
        return self.filter(owner=user)

    def unfinished(self) -> Self:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
