"""Codes that change every few seconds and cannot be forged: for a hall's screen, for a person.

A code is an HMAC under `SECRET_KEY` over what it stands for and the number of its time step.
Nothing is stored; a code is good in its own step and in the next, so that whoever reads it in
its last second is not turned away.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from core.refusals import RefusalError

STEP_SECONDS = 20
#: Steps before the present one whose codes are still taken.
STEPS_BACK = 1
MARK_LENGTH = 20
NUMBER_DIGITS = 6
TOKEN = re.compile(r"([0-9a-f]{1,12})-([0-9a-f]{20})")


class CodeExpiredError(RefusalError):
    """A true code, shown longer ago than it is good."""


class CodeInvalidError(RefusalError):
    """Never a code of this."""


@dataclass(frozen=True)
class RotatingCode:
    """`token` for machines to read, `number` (six digits) for people to copy.

    `seconds_left` until the next code is shown.
    """

    token: str
    number: str
    step: int
    seconds_left: int


def current_code(subject: str, at: datetime) -> RotatingCode:
    """The code of the subject ("sitting:12") in the step the moment lies in."""
    seconds = int(at.timestamp())
    step = seconds // STEP_SECONDS
    return RotatingCode(
        token=f"{step:x}-{_mark(subject, step)}",
        number=_number(subject, step),
        step=step,
        seconds_left=STEP_SECONDS - seconds % STEP_SECONDS,
    )


def check_token(subject: str, token: str, at: datetime) -> None:
    """Raises CodeExpiredError or CodeInvalidError."""
    found = TOKEN.fullmatch(token.lower())
    if found is None:
        raise CodeInvalidError("此码无法识别，请重新扫描。")
    step = int(found[1], 16)
    if not constant_time_compare(found[2], _mark(subject, step)):
        raise CodeInvalidError("此码无效，请重新扫描。")
    if step not in _good_steps(at):
        raise CodeExpiredError("此码已过期。")


def is_current_number(subject: str, number: str, at: datetime) -> bool:
    """Whether the six digits are shown now, or were in the step before."""
    return any(constant_time_compare(number, _number(subject, step)) for step in _good_steps(at))


def _good_steps(at: datetime) -> range:
    present = int(at.timestamp()) // STEP_SECONDS
    return range(present - STEPS_BACK, present + 1)


def _mark(subject: str, step: int) -> str:
    return _digest("core.rotating.token", subject, step)[:MARK_LENGTH]


def _number(subject: str, step: int) -> str:
    value = int(_digest("core.rotating.number", subject, step)[:15], 16)
    return f"{value % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}}"


def _digest(salt: str, subject: str, step: int) -> str:
    return salted_hmac(salt, f"{subject}\n{step}", algorithm="sha256").hexdigest()
