"""A member signs in themself, by what the hall's screen shows; and shows their own code.

Reading the code in the address opens a pass, kept in the session of that browser alone, with
which the member has a few minutes to sign in and press: the code itself dies in half a minute,
and an address passed on opens nothing.
"""

from datetime import datetime, timedelta

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, User
from attendance.choices import SignInMethod
from attendance.models import Attendance, Sitting
from attendance.services.sign_in import sign_in
from core.refusals import RefusalError
from core.rotating import (
    CodeExpiredError,
    CodeInvalidError,
    RotatingCode,
    check_token,
    current_code,
    is_current_number,
)
from members.models import Member

#: Wrong numbers one account may enter in a minute.
GUESSES = 5
GUESS_WINDOW = timedelta(minutes=1)
#: What the audit trail calls a wrong number, by which they are counted.
GUESS_LABEL = "会场签到数字"
#: How long a code once read lets its reader sign in.
PASS_LASTS = timedelta(minutes=3)
#: Before a member's own code, so that a scanner's text is known for one.
MEMBER_PREFIX = "WY"


class HallCodeRefusedError(RefusalError):
    """The screen's code is out of date or never was one."""


class TooManyGuessesError(RefusalError):
    """Wrong numbers entered too often."""


class NoPassError(RefusalError):
    """The member has not read the screen's code in this browser, or too long ago."""


class MemberCodeRefusedError(RefusalError):
    """The member's code is out of date or never was one."""


def hall_code(sitting: Sitting, at: datetime) -> RotatingCode:
    return current_code(_hall(sitting), at)


def read_hall_code(*, sitting: Sitting, token: str, at: datetime) -> float:
    """Until when (seconds since the epoch) the reader may sign in. Raises HallCodeRefusedError."""
    try:
        check_token(_hall(sitting), token, at)
    except CodeExpiredError as refusal:
        raise HallCodeRefusedError(
            "此签到码已过期。会场屏幕上的码每20秒更换，请重新扫描屏幕上现在的码。"
        ) from refusal
    except CodeInvalidError as refusal:
        raise HallCodeRefusedError("此签到码无效，请扫描会场屏幕上的码。") from refusal
    return (at + PASS_LASTS).timestamp()


def arrive(
    *,
    sitting: Sitting,
    member: Member,
    good_until: float,
    device_mark: str,
    actor: User,
    at: datetime,
) -> Attendance:
    """Signs the member in by the hall's code. Raises NoPassError or what `sign_in` raises."""
    if at.timestamp() > good_until:
        raise NoPassError("请先扫描会场屏幕上的签到码，或输入屏幕上的六位数字。")
    return sign_in(
        sitting=sitting,
        member=member,
        method=SignInMethod.HALL_CODE,
        device_mark=device_mark,
        actor=actor,
        at=at,
    )


def find_by_number(*, sittings: list[Sitting], number: str, actor: User, at: datetime) -> Sitting:
    """The sitting whose screen shows the number. Wrong ones are written down and counted.

    Raises TooManyGuessesError or HallCodeRefusedError; not to be called inside a transaction
    that a refusal would roll back.
    """
    found = _guess(sittings, number, actor, at)
    if found is None:
        raise HallCodeRefusedError("数字不对，或已更换。请看屏幕上现在的六位数字，重新输入。")
    return found


@transaction.atomic
def _guess(sittings: list[Sitting], number: str, actor: User, at: datetime) -> Sitting | None:
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    wrong = AuditEntry.objects.filter(
        at__gt=at - GUESS_WINDOW,
        actor=actor,
        verb=Verb.DENIED,
        object_label=GUESS_LABEL,
    )
    if wrong.count() >= GUESSES:
        raise TooManyGuessesError("输错次数过多，请一分钟后再试，或到签到台办理。")
    for sitting in sittings:
        if is_current_number(_hall(sitting), number, at):
            return sitting
    audit.record(
        actor=actor,
        verb=Verb.DENIED,
        at=at,
        label=GUESS_LABEL,
        reason="数字不对或已更换",
        succeeded=False,
    )
    return None


def member_code(member: Member, at: datetime) -> RotatingCode:
    return current_code(_own(member), at)


def member_code_text(member: Member, at: datetime) -> str:
    """What the member's square says: capital letters and figures, safe for any scanner."""
    return f"{MEMBER_PREFIX}-{member.pk}-{member_code(member, at).token}".upper()


def read_member_code(*, text: str, at: datetime) -> Member:
    """The member whose code was scanned. Raises MemberCodeRefusedError."""
    prefix, _, rest = text.strip().upper().partition("-")
    key, _, token = rest.partition("-")
    member = (
        Member.objects.select_related("person", "term").filter(pk=int(key)).first()
        if prefix == MEMBER_PREFIX and key.isascii() and key.isdecimal() and len(key) < 19
        else None
    )
    if member is None:
        raise MemberCodeRefusedError("这不是委员码。")
    try:
        check_token(_own(member), token, at)
    except CodeExpiredError as refusal:
        raise MemberCodeRefusedError(
            f"{member.person.name}的委员码已过期，请本人打开委员码页面，出示现在的码。"
        ) from refusal
    except CodeInvalidError as refusal:
        raise MemberCodeRefusedError("委员码无效，请重新扫描。") from refusal
    return member


def _hall(sitting: Sitting) -> str:
    return f"sitting:{sitting.pk}"


def _own(member: Member) -> str:
    return f"member:{member.pk}"
