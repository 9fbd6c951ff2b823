"""What a status of attendance leaves standing of the sign-in."""

from typing import Any

from attendance.choices import ATTENDED_STATUSES, AttendanceStatus


def contradicted_by(status: str) -> dict[str, Any]:
    """What a row that takes the status must lose, by attribute: who was absent did not arrive."""
    emptied: dict[str, Any] = {}
    if status != AttendanceStatus.LEAVE:
        emptied["leave_request_id"] = None
    if status != AttendanceStatus.LEFT_EARLY:
        emptied["left_at"] = None
    if status not in ATTENDED_STATUSES:
        emptied |= {"arrived_at": None, "device_mark": ""}
    return emptied
