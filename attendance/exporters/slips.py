"""请假单 on paper."""

from datetime import date

from django.template.loader import render_to_string

from attendance.choices import Verdict
from attendance.models import LeaveRequest
from attendance.selectors.leave import sitting_names
from core.letters import print_letter


def leave_slip(*, leave: LeaveRequest, on: date) -> bytes:
    """The PDF of a request (of `with_chain`) with each opinion given so far."""
    opinions = [step for step in leave.approvals.all() if step.verdict != Verdict.WAITING]
    return print_letter(
        render_to_string(
            "attendance/leave_slip.html",
            {
                "leave": leave,
                "sittings": sitting_names(line.sitting for line in leave.lines.all()),
                "opinions": opinions,
                "on": on,
            },
        )
    )
