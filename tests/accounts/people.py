"""Accounts for tests, with the password they sign in with."""

from datetime import UTC, datetime

from accounts.models import Role, User

AT = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
PASSWORD = "Xun-73-Feng-Lin"


def make_user(username="wenyuan", *roles, name="文远", **fields) -> User:
    user = User(username=username, name=name, **{"password_changed_at": AT} | fields)
    user.set_password(PASSWORD)
    user.is_staff = any(role != "member" for role in roles)
    user.save()
    user.groups.set(Role.objects.filter(code__in=roles))
    return user
