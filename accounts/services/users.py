"""Opening, closing and reopening accounts."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services.passwords import IssuedPassword, give_password
from accounts.services.records import ReasonMissingError
from accounts.services.roles import OwnAccountError, assign_roles


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    actor: User | None,
    at: datetime,
    temporary: bool = True,
) -> IssuedPassword:
    """Opens an account with a random initial password, returned once.

    Raises ValidationError, UnknownRoleError or MixedBranchesError. `temporary` False gives a
    password that need not be changed (demonstration accounts).
    """
    codes = sorted(set(roles))
    user = User(username=username.strip(), name=name.strip(), date_joined=at)
    password = give_password(user, at=at, temporary=temporary)
    user.full_clean()
    user.save(force_insert=True)
    assign_roles(user, codes)
    change = audit.changes_of(user, None, audit.snapshot(user) | {"roles": codes})
    audit.record(actor=actor, verb=Verb.CREATE, at=at, obj=user, changes=[change])
    return IssuedPassword(user, password)


@transaction.atomic
def deactivate_user(*, user: User, actor: User | None, at: datetime, reason: str) -> User:
    """Closes the account; its sessions and keys are worthless from the next request."""
    if not reason.strip():
        raise ReasonMissingError("请写明停用事由。")
    if actor is not None and actor.pk == user.pk:
        raise OwnAccountError("不能停用自己正在使用的账号，请由另一位系统管理员办理。")
    return _set_active(user, active=False, actor=actor, at=at, reason=reason)


@transaction.atomic
def reactivate_user(*, user: User, actor: User | None, at: datetime, reason: str) -> User:
    if not reason.strip():
        raise ReasonMissingError("请写明恢复事由。")
    return _set_active(user, active=True, actor=actor, at=at, reason=reason)


def _set_active(user: User, *, active: bool, actor: User | None, at: datetime, reason: str) -> User:
    stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.is_active = active
    if stored.is_active == active:
        return user
    user.save(update_fields=["is_active"])
    vars(user).pop("role_codes", None)
    change = audit.changes_of(user, {"is_active": stored.is_active}, {"is_active": active})
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=user,
        reason=reason.strip(),
        changes=[change],
    )
    return user
