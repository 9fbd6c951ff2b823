"""Meetings, attendance, speeches and outside invitations, many at once.

The rows come checked as a set by the caller, who holds the transaction and records the audit
entry over the changes returned. Members and meetings are named by their numbers.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.audit import Change
from accounts.models import User
from accounts.services import Batch, add_rows, save_batch
from attendance.models import Attendance, Meeting, OutsideInvitation, Sitting, Speech
from attendance.selectors import meeting_keys, sitting_keys
from attendance.services.statuses import contradicted_by
from members.models import Term
from members.selectors import member_keys, organ_keys

Values = Mapping[str, Any]


def save_meetings(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Sector and committee are named by their names."""
    return save_batch(
        Meeting,
        batch,
        references=organ_keys(term),
        actor=actor,
        at=at,
        label=lambda meeting: f"会议活动 {meeting['number']}",
        shared={"term_id": term.pk},
    )


def save_attendance(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Added rows name (meeting, sitting, member); sittings not yet known are created.

    Of an amended row the status takes with it what it contradicts: an absent member's arrival.
    """
    changes = _add_sittings(term, batch, actor, at)
    sittings, members = sitting_keys(term), member_keys(term)
    places = {key: place for place, key in sittings.items()}
    codes = {key: code for code, key in members.items()}

    def label(row: Values) -> str:
        meeting, number = places[row["sitting_id"]]
        return f"考勤 {meeting} 第{number}场 {codes[row['member_id']]}"

    amended = {
        pk: {**contradicted_by(values["status"]), **values} if "status" in values else values
        for pk, values in batch.amended.items()
    }
    by_sitting = Batch([_with_sitting(values) for values in batch.added], amended)
    references: dict[str, Mapping[Any, int]] = {"sitting": sittings, "member": members}
    return changes + save_batch(
        Attendance, by_sitting, references=references, actor=actor, at=at, label=label
    )


def _with_sitting(values: Values) -> dict[str, Any]:
    rest = dict(values)
    rest["sitting"] = rest.pop("meeting"), rest["sitting"]
    return rest


def _add_sittings(term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    known, meetings = sitting_keys(term), meeting_keys(term)
    named = dict.fromkeys((values["meeting"], values["sitting"]) for values in batch.added)
    numbers = {key: number for number, key in meetings.items()}
    rows = [
        {"meeting_id": meetings[meeting], "number": number}
        for meeting, number in named
        if (meeting, number) not in known
    ]
    return add_rows(
        Sitting,
        rows,
        actor=actor,
        at=at,
        label=lambda row: f"场次 {numbers[row['meeting_id']]} 第{row['number']}场",
    )[1]


def save_speeches(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    references: dict[str, Mapping[Any, int]] = {
        "meeting": meeting_keys(term),
        "member": member_keys(term),
    }
    return save_batch(
        Speech,
        batch,
        references=references,
        actor=actor,
        at=at,
        label=lambda speech: f"会议发言 {speech['title']}",
    )


def save_invitations(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    return save_batch(
        OutsideInvitation,
        batch,
        references={"member": member_keys(term)},
        actor=actor,
        at=at,
        label=lambda invitation: f"外单位活动 {invitation['title']}",
    )
