"""Taking a member out of the meetings from a day on, when they left or were suspended.

The caller holds the transaction and records the audit entry over the changes returned.
"""

from datetime import date, datetime

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from attendance.choices import RequestState
from attendance.models import Attendance, LeaveRequest, NonVotingSeat
from members.models import Member


def clear_from(
    *, member: Member, on: date, actor: User | None, at: datetime
) -> tuple[list[Change], list[str]]:
    """Removes attendance at meetings from `on` on and settles what the member still asks.

    Nobody is expected at a meeting on a day when they are suspended or not serving. Expected
    lists need no change: they are read through `invitable`. Returns the changes, and a line in
    words for each meeting corrected.
    """
    rows = (
        Attendance.objects.filter(member=member, sitting__meeting__start_date__gte=on)
        .select_related("sitting__meeting", "member__person")
        .order_by("sitting__meeting__start_date", "sitting__meeting__number", "sitting__number")
    )
    changes, lines = [], []
    for row in rows:
        meeting = row.sitting.meeting
        changes.append(audit.changes_of(row, audit.snapshot(row), None))
        lines.append(
            f"{meeting.start_date}“{meeting.title}”第{row.sitting.number}场的"
            f"“{row.get_status_display()}”在决定生效之后，已从考勤中移出。"
        )
        row.delete()
    for model, label in ((LeaveRequest, "请假申请"), (NonVotingSeat, "列席邀请")):
        asked = model.objects.filter(
            member=member, meeting__start_date__gte=on, state=RequestState.PENDING
        ).select_related("meeting")
        for request in asked:
            before = audit.snapshot(request)
            request.state, request.settled_at = RequestState.WITHDRAWN, at
            request.version += 1
            request.save()
            changes.append(audit.changes_of(request, before, audit.snapshot(request)))
            lines.append(f"“{request.meeting.title}”的{label}尚未批准，已撤销。")
    return changes, lines
