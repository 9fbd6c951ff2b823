"""Accounts that cannot get in, or soon will not."""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User


def locked_users(at: datetime) -> QuerySet[User]:
    """Locked by failed sign-ins; the lock goes by itself after `AXES_COOLOFF_TIME` hours."""
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    attempts = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since
    )
    return User.objects.filter(is_active=True, username__in=attempts.values("username"))


def pending_initial_passwords(at: datetime) -> QuerySet[User]:
    """Handed out and not used yet."""
    return _with_initial_password().filter(initial_password_expires_at__gt=at)


def dead_initial_passwords(at: datetime) -> QuerySet[User]:
    """Used up or run out before an own password was chosen: only a reset helps."""
    return _with_initial_password().filter(initial_password_expires_at__lte=at)


def _with_initial_password() -> QuerySet[User]:
    return User.objects.filter(is_active=True, must_change_password=True)
