from attendance.services.records import (
    save_attendance,
    save_invitations,
    save_meetings,
    save_speeches,
)

__all__ = ["save_attendance", "save_invitations", "save_meetings", "save_speeches"]
