"""Reads about meetings that several writers share."""

from attendance.models import Meeting, Sitting
from members.models import Term


def meeting_keys(term: Term) -> dict[str, int]:
    """Key of every meeting of the term by number."""
    return dict(Meeting.objects.filter(term=term).values_list("number", "pk"))


def sitting_keys(term: Term) -> dict[tuple[str, int], int]:
    """Key of every sitting of the term by (number of the meeting, 场次)."""
    rows = Sitting.objects.filter(meeting__term=term).values_list("meeting__number", "number", "pk")
    return {(meeting, number): pk for meeting, number, pk in rows}
