"""Passwords: initial ones that die, own ones that are not used again too soon."""

import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import PreviousPassword, User
from accounts.services.sign_in import guesses_of, note_guess
from core.refusals import RefusalError

INITIAL_PASSWORD_LIFE = timedelta(hours=72)
#: As at sign-in: whoever came upon an open session may not try passwords there.
GUESSES_A_SESSION = 5
LEFT = "现用密码连续输错5次，为保护账号已退出登录，请重新登录。忘记密码的，请系统管理员重置。"
#: Letters and digits that cannot be mistaken for one another on paper.
LOWER = "".join(set(string.ascii_lowercase) - set("lo"))
UPPER = "".join(set(string.ascii_uppercase) - set("IO"))
DIGITS = "23456789"


class WrongPasswordError(RefusalError):
    """The present password was not given right."""


class TooManyGuessesError(WrongPasswordError):
    """It was given wrong so often that the session should end."""


@dataclass(frozen=True)
class IssuedPassword:
    """A password made by the system, shown once to whoever hands it over."""

    user: User
    password: str


def random_password() -> str:
    """Three groups of five with hyphens: about 85 bits, easy to copy from paper."""
    choose = secrets.SystemRandom()
    characters = [choose.choice(LOWER), choose.choice(UPPER), choose.choice(DIGITS)]
    characters += choose.choices(LOWER + UPPER + DIGITS, k=12)
    choose.shuffle(characters)
    return "-".join("".join(characters[start : start + 5]) for start in (0, 5, 10))


def give_password(user: User, *, at: datetime, temporary: bool = True) -> str:
    """Sets a random password without saving the account; returns it.

    A temporary one is good for one sign-in within 72 hours and must then be changed.
    """
    password = acceptable_random_password(user)
    user.set_password(password)
    user.password_changed_at = at
    user.must_change_password = temporary
    user.initial_password_expires_at = at + INITIAL_PASSWORD_LIFE if temporary else None
    return password


def acceptable_random_password(user: User) -> str:
    """A chance likeness to a year or a name is drawn again."""
    while True:
        password = random_password()
        try:
            validate_password(password, user)
        except ValidationError:
            continue
        return password


@transaction.atomic
def reset_password(
    *, user: User, actor: User | None, at: datetime, reason: str = "", temporary: bool = True
) -> IssuedPassword:
    """A new initial password for someone who lost theirs; ends all their sessions."""
    keep_previous_password(user, at)
    password = give_password(user, at=at, temporary=temporary)
    user.save()
    audit.record(
        actor=actor,
        verb=Verb.CHANGE_PASSWORD,
        at=at,
        obj=user,
        reason=reason,
        detail={"kind": "重置为初始密码" if temporary else "重置"},
    )
    return IssuedPassword(user, password)


def change_password(*, user: User, present: str, password: str, at: datetime) -> User:
    """The person's own change. Raises WrongPasswordError, TooManyGuessesError or ValidationError.

    A wrong guess is written down: must not run inside a transaction that a refusal would roll back.
    """
    if refusal := _change(user, present, password, at):
        raise refusal
    return user


@transaction.atomic
def _change(user: User, present: str, password: str, at: datetime) -> WrongPasswordError | None:
    stored = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if guesses_of(stored) >= GUESSES_A_SESSION:
        return TooManyGuessesError(LEFT)
    if not check_password(present, stored.password):
        note_guess(user=stored, at=at)
        is_last = guesses_of(stored) >= GUESSES_A_SESSION
        return TooManyGuessesError(LEFT) if is_last else WrongPasswordError("现用密码不正确。")
    validate_password(password, user)
    refuse_reused(stored, password)
    keep_previous_password(stored, at)
    user.set_password(password)
    user.must_change_password = False
    user.initial_password_expires_at = None
    user.password_changed_at = at
    user.save(
        update_fields=[
            "password",
            "must_change_password",
            "initial_password_expires_at",
            "password_changed_at",
        ]
    )
    audit.record(actor=user, verb=Verb.CHANGE_PASSWORD, at=at, obj=user)
    return None


def refuse_reused(user: User, password: str) -> None:
    """The present password and the last ones before it, `PASSWORDS_REMEMBERED` in all."""
    if not settings.PASSWORDS_REMEMBERED:
        return
    earlier = user.previous_passwords.values_list("password", flat=True)
    for encoded in [user.password, *earlier[: settings.PASSWORDS_REMEMBERED - 1]]:
        if check_password(password, encoded):
            raise ValidationError(
                f"最近{settings.PASSWORDS_REMEMBERED}次用过的密码不能再用。", code="password_reused"
            )


def keep_previous_password(user: User, at: datetime) -> None:
    if user.has_usable_password():
        PreviousPassword.objects.create(user=user, password=user.password, replaced_at=at)
