"""Who came in, who was turned away, who left: each with its audit entry.

Wrong passwords lock the account for half an hour, but an address from which the account signed
in before counts only its own failures: a stranger cannot keep the owner out. One address may try
many accounts only so often; a hall behind one address is told by the many who do come in.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from axes.models import AccessAttempt, AccessLog
from axes.utils import reset
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, User
from core.refusals import RefusalError
from core.requests import client_address

#: One source may guess this often an hour, whatever the accounts, and so much more often for each
#: account that signed in from there within the hour.
GUESSES_A_SOURCE = 40
GUESSES_A_GUEST = 3
SOURCE_WINDOW = timedelta(hours=1)
UNLOCKED = "解除登录锁定"


class Refused(StrEnum):
    """Why somebody was turned away, as kept with the audit entry: only a guess counts as one."""

    GUESS = "guess"
    LOCKED = "locked"
    BUSY_SOURCE = "busy_source"
    DUE = "due"


class SignInRefusedError(RefusalError):
    """Wrong name or password; the message does not tell which."""

    kind = Refused.GUESS


class SignInLockedError(SignInRefusedError):
    """Too many failures of the account."""

    kind = Refused.LOCKED


class SourceBusyError(SignInLockedError):
    """Too many failures of the source."""

    kind = Refused.BUSY_SOURCE


class InitialPasswordDeadError(SignInRefusedError):
    """An initial password is good once, within 72 hours."""

    kind = Refused.DUE


class PasswordChangeDueError(SignInRefusedError):
    """The password opens nothing but the page to change it."""

    kind = Refused.DUE


def lockout_parameters(
    request_or_attempt: HttpRequest | AccessAttempt, credentials: dict[str, Any] | None = None
) -> list[str | list[str]]:
    """Which failures count together (called by django-axes)."""
    if isinstance(request_or_attempt, AccessAttempt):
        username, address = request_or_attempt.username, request_or_attempt.ip_address
    else:
        username = (credentials or {}).get("username", "")
        address = client_address(request_or_attempt)
    if _is_known_at(username, address):
        return [["username", "ip_address"]]
    return ["username"]


def _is_known_at(username: str, address: str | None) -> bool:
    """Whether the account ever signed in from the address."""
    return AccessLog.objects.filter(username=username, ip_address=address).exists()


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
        _refuse_busy_source(client_address(request), username, at)
        user = _authenticated(request, username, password)
        if not initial and user.password_is_due(at):
            raise PasswordChangeDueError("请先在网页登录并修改密码。")
        _use_initial_password(user, at)
    except SignInRefusedError as refusal:
        _note(
            Verb.SIGN_IN_FAILED,
            None,
            at,
            label=username[:150],
            reason=str(refusal),
            detail={"kind": refusal.kind},
        )
        raise
    return user


def _refuse_busy_source(address: str | None, username: str, at: datetime) -> None:
    """Does not keep out who signed in from there before: their own failures are counted."""
    if _is_known_at(username, address):
        return
    entries = AuditEntry.objects.filter(address=address, sequence__gt=_last_release(address, at))
    entries = entries.filter(at__gt=at - SOURCE_WINDOW)
    guesses = entries.filter(verb=Verb.SIGN_IN_FAILED, detail__kind=Refused.GUESS).count()
    if guesses < GUESSES_A_SOURCE:
        return
    guests = entries.filter(verb=Verb.SIGN_IN).values("actor").distinct().count()
    if guesses >= GUESSES_A_SOURCE + GUESSES_A_GUEST * guests:
        raise SourceBusyError(
            "您所在的网络登录失败次数过多。请一小时后再试，或请系统管理员在您的账号上解除登录锁定。"
        )


def _last_release(address: str | None, at: datetime) -> int:
    """The entry by which an administrator last forgave the source its failures; 0 for none."""
    entries = AuditEntry.objects.filter(
        at__gt=at - SOURCE_WINDOW, verb=Verb.UPDATE, object_type="accounts.user", reason=UNLOCKED
    )
    released = entries.values_list("sequence", "detail")
    return max((key for key, detail in released if address in detail.get("sources", [])), default=0)


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


def note_guess(*, user: User, at: datetime) -> AuditEntry:
    """A wrong password given for the present one in an open session."""
    return audit.record(
        actor=user,
        verb=Verb.SIGN_IN_FAILED,
        at=at,
        obj=user,
        reason="修改密码时现用密码不正确",
        detail={"kind": Refused.GUESS},
        succeeded=False,
    )


def guesses_of(user: User) -> int:
    """How often a wrong password was given for the present one since the account signed in."""
    own = AuditEntry.objects.filter(object_type="accounts.user", object_id=str(user.pk))
    signed_in = own.filter(verb=Verb.SIGN_IN).aggregate(last=Max("sequence"))["last"] or 0
    return own.filter(verb=Verb.SIGN_IN_FAILED, sequence__gt=signed_in).count()


@transaction.atomic
def unlock_user(*, user: User, actor: User, at: datetime) -> User:
    """Forgets the failures that locked the account, and those of the sources that kept it out."""
    forgotten = reset(username=user.username)
    refused = AuditEntry.objects.filter(
        at__gt=at - SOURCE_WINDOW,
        verb=Verb.SIGN_IN_FAILED,
        object_label=user.username,
        detail__kind=Refused.BUSY_SOURCE,
    )
    sources = sorted({address for address in refused.values_list("address", flat=True) if address})
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=user,
        reason=UNLOCKED,
        detail={"failures": forgotten, "sources": sources},
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
    detail: dict[str, str] | None = None,
) -> AuditEntry:
    failed = verb == Verb.SIGN_IN_FAILED
    return audit.record(
        actor=AnonymousUser() if failed else actor,
        verb=verb,
        at=at,
        obj=actor if isinstance(actor, User) and verb != Verb.DENIED else None,
        label=label,
        reason=reason,
        detail=detail,
        succeeded=succeeded and not failed,
    )
