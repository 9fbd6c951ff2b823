from attendance.models.invitations import OutsideInvitation
from attendance.models.meetings import Attendance, Meeting, Sitting
from attendance.models.speeches import Speech

__all__ = ["Attendance", "Meeting", "OutsideInvitation", "Sitting", "Speech"]
