"""Reads about leave that sign-in and the leave desk share."""

from django.db.models import Exists, OuterRef, Q

from attendance.choices import RequestState
from attendance.models import LeaveRequest, LeaveSitting, Sitting


def leave_covering(sitting: Sitting) -> dict[int, LeaveRequest]:
    """The approved leave that holds at the sitting, by member (primary key), in one query.

    A request that names no sitting holds at every sitting of its meeting. Of several, the one
    settled last.
    """
    lines = LeaveSitting.objects.filter(request=OuterRef("pk"))
    requests = (
        LeaveRequest.objects.filter(meeting=sitting.meeting_id, state=RequestState.APPROVED)
        .filter(Q(~Exists(lines)) | Q(Exists(lines.filter(sitting=sitting))))
        .order_by("settled_at", "pk")
    )
    return {request.member_id: request for request in requests}
