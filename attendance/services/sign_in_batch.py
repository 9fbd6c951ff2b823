"""Many members signed in at once, from a list kept by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import add_rows, amend_rows
from attendance.choices import SignInMethod
from attendance.models import Attendance, Expectation, Sitting
from attendance.selectors.roster import Place, others_in_term, roster
from attendance.services.sign_in import (
    AlreadySignedInError,
    NotInvitableError,
    lock_open_sitting,
)

#: Names told of in a refusal; the rest are counted.
NAMES_TOLD = 5


@dataclass(frozen=True)
class Arrival:
    """A member (primary key) who came: one of the attended statuses, and when."""

    member: int
    status: str
    arrived_at: datetime | None


@transaction.atomic
def sign_in_many(
    *,
    sitting: Sitting,
    arrivals: Sequence[Arrival],
    filename: str,
    actor: User | None,
    at: datetime,
) -> int:
    """All or nothing, with one audit entry; returns how many.

    Raises SittingClosedError, SittingNotYetOpenError, NotInvitableError or AlreadySignedInError
    (somebody was signed in by another way since the list was checked).
    """
    stored = lock_open_sitting(sitting, at)
    places = roster(stored)
    known = {place.member: place for place in [*places, *others_in_term(stored, places)]}
    _refuse_unknown(arrivals, known)
    _refuse_came(arrivals, known)
    has_list = Expectation.objects.filter(meeting=stored.meeting_id).exists()
    values = {
        arrival.member: _values(arrival, has_list and not known[arrival.member].listed)
        for arrival in arrivals
    }
    fresh = [key for key in values if known[key].attendance is None]
    amended = {known[key].attendance: row for key, row in values.items() if key not in set(fresh)}

    def label(row: object) -> str:
        member = row["member_id"]  # type: ignore[index]
        return f"{stored.meeting.number} {stored.short_name} {known[member].code}"

    rows = [{"sitting_id": stored.pk, "member_id": key, **values[key]} for key in fresh]
    changes = amend_rows(Attendance, amended, label=label)  # type: ignore[arg-type]
    changes += add_rows(Attendance, rows, actor=actor, at=at, label=label)[1]
    audit.record(
        actor=actor,
        verb=Verb.IMPORT,
        at=at,
        obj=stored,
        reason=f"按表格签到：{filename}"[:200],
        changes=changes,
    )
    return len(arrivals)


def _values(arrival: Arrival, is_walk_in: bool) -> dict[str, object]:
    return {
        "status": arrival.status,
        "method": SignInMethod.WORKBOOK,
        "arrived_at": arrival.arrived_at,
        "is_walk_in": is_walk_in,
        "leave_reason": "",
        "leave_request_id": None,
    }


def _refuse_unknown(arrivals: Sequence[Arrival], known: dict[int, Place]) -> None:
    unknown = [arrival for arrival in arrivals if arrival.member not in known]
    if unknown:
        raise NotInvitableError(
            f"表中有 {len(unknown)} 名委员已不在任或已暂停履职，请重新下载签到表核对。"
        )


def _refuse_came(arrivals: Sequence[Arrival], known: dict[int, Place]) -> None:
    came = [known[arrival.member].name for arrival in arrivals if known[arrival.member].came]
    if came:
        told = "、".join(came[:NAMES_TOLD]) + (
            f"等 {len(came)} 人" if len(came) > NAMES_TOLD else ""
        )
        raise AlreadySignedInError(f"{told}已以其他方式签到，没有导入。请重新下载签到表核对。")
