"""Who came in, who was turned away, who left: each with its audit entry.

Wrong passwords lock the account for half an hour, but an address from which the account signed
in before counts only its own failures: a stranger cannot keep the owner out.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessLog
from axes.utils import reset
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, User
from core.refusals import RefusalError
from core.requests import client_address

#: One source may guess this often an hour, whatever the accounts.
GUESSES_A_SOURCE = 20
SOURCE_WINDOW = timedelta(hours=1)


class SignInRefusedError(RefusalError):
    """Wrong name or password; the message does not tell which."""


class SignInLockedError(SignInRefusedError):
    """Too many failures of the account, or of the source."""


class InitialPasswordDeadError(SignInRefusedError):
    """An initial password is good once, within 72 hours."""


class PasswordChangeDueError(SignInRefusedError):
    """The password opens nothing but the page to change it."""


def lockout_parameters(
    request_or_attempt: HttpRequest | AccessAttempt, credentials: dict[str, Any] | None = None
) -> list[str | list[str]]:
    """Which failures count together (called by django-axes)."""
    if isinstance(request_or_attempt, AccessAttempt):
        username, address = request_or_attempt.username, request_or_attempt.ip_address
    else:
        username = (credentials or {}).get("username", "")
        address = client_address(request_or_attempt)
    if AccessLog.objects.filter(username=username, ip_address=address).exists():
        return [["username", "ip_address"]]
    return ["username"]


def check_credentials(
    *, request: HttpRequest, username: str, password: str, at: datetime, initial: bool = True
) -> User:
    """The account the credentials belong to; every failure is written down.

    `initial` False: an initial password is refused, and not used up, because whoever asks
    cannot show the page on which it is changed.
    Raises SignInRefusedError or one of its kinds. Must not run inside a transaction that a
    refusal would roll back.
    """
    try:
        _refuse_busy_source(request, at)
        user = _authenticated(request, username, password)
        if not initial and user.password_is_due(at):
            raise PasswordChangeDueError("请先在网页登录并修改密码。")
        _use_initial_password(user, at)
    except SignInRefusedError as refusal:
        _note(Verb.SIGN_IN_FAILED, None, at, label=username[:150], reason=str(refusal))
        raise
    return user


def _refuse_busy_source(request: HttpRequest, at: datetime) -> None:
    failures = AuditEntry.objects.filter(
        at__gt=at - SOURCE_WINDOW, verb=Verb.SIGN_IN_FAILED, address=client_address(request)
    )
    if failures.count() >= GUESSES_A_SOURCE:
        raise SignInLockedError("您所在的网络登录失败次数过多，请一小时后再试。")


def _authenticated(request: HttpRequest, username: str, password: str) -> User:
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined]  # we answer ourselves
        raise SignInLockedError(
            "登录失败次数过多，账号已锁定。请30分钟后再试，或请系统管理员解除锁定。"
        )
    if not isinstance(user, User) or user.is_superuser:
        raise SignInRefusedError("账号或密码不正确。连续错5次，账号将锁定30分钟。")
    return user


def _use_initial_password(user: User, at: datetime) -> None:
    """Lets an initial password through once; afterwards it is dead."""
    if not user.must_change_password or user.initial_password_expires_at is None:
        return
    alive = User.objects.filter(pk=user.pk, initial_password_expires_at__gt=at)
    if not alive.update(initial_password_expires_at=at):
        raise InitialPasswordDeadError("初始密码已用过或已过72小时，请系统管理员重置密码。")
    user.initial_password_expires_at = at


def note_sign_in(*, user: User, at: datetime) -> AuditEntry:
    return _note(Verb.SIGN_IN, user, at)


def note_sign_out(*, user: User, at: datetime, reason: str = "") -> AuditEntry:
    return _note(Verb.SIGN_OUT, user, at, reason=reason)


def note_denial(*, actor: User | AnonymousUser, at: datetime, path: str, method: str) -> AuditEntry:
    """Somebody asked for what their roles do not allow."""
    return _note(Verb.DENIED, actor, at, label=f"{method} {path}"[:200], succeeded=False)


@transaction.atomic
def unlock_user(*, user: User, actor: User, at: datetime) -> User:
    """Forgets the failures that locked the account."""
    forgotten = reset(username=user.username)
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=user,
        reason="解除登录锁定",
        detail={"failures": forgotten},
    )
    return user


@transaction.atomic
def _note(
    verb: Verb,
    actor: User | AnonymousUser | None,
    at: datetime,
    *,
    label: str = "",
    reason: str = "",
    succeeded: bool = True,
) -> AuditEntry:
    failed = verb == Verb.SIGN_IN_FAILED
    return audit.record(
        actor=AnonymousUser() if failed else actor,
        verb=verb,
        at=at,
        obj=actor if isinstance(actor, User) and verb != Verb.DENIED else None,
        label=label,
        reason=reason,
        succeeded=succeeded and not failed,
    )
