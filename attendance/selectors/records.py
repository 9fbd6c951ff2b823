"""Reads about meetings that several writers share."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from attendance.choices import ATTENDED_STATUSES
from attendance.models import Attendance, Meeting, Sitting
from core.bulk import among
from members.models import Term


def meeting_keys(term: Term) -> dict[str, int]:
    """Key of every meeting of the term by number."""
    return dict(Meeting.objects.filter(term=term).values_list("number", "pk"))


def sitting_keys(term: Term) -> dict[tuple[str, int], int]:
    """Key of every sitting of the term by (number of the meeting, 场次)."""
    rows = Sitting.objects.filter(meeting__term=term).values_list("meeting__number", "number", "pk")
    return {(meeting, number): pk for meeting, number, pk in rows}


@dataclass(frozen=True)
class Turnout:
    """Members, not rows: expected with at least one row, attended at one sitting at least."""

    expected: int = 0
    attended: int = 0


def turnouts(meetings: Collection[int]) -> dict[int, Turnout]:
    """By meeting (primary key), in one query; none for a meeting without attendance."""
    rows = (
        Attendance.objects.filter(sitting__meeting__in=among(meetings))
        .order_by()
        .values_list("sitting__meeting")
        .annotate(
            expected=Count("member", distinct=True),
            attended=Count("member", distinct=True, filter=Q(status__in=ATTENDED_STATUSES)),
        )
    )
    return {meeting: Turnout(expected, attended) for meeting, expected, attended in rows}
