from attendance.models.expected import Expectation, MeetingMaterial, ScopeLine
from attendance.models.invitations import OutsideInvitation
from attendance.models.meetings import Attendance, Meeting, Sitting, Visitor
from attendance.models.requests import (
    Approval,
    LeaveRequest,
    LeaveSitting,
    NonVotingSeat,
    Procedure,
    ProcedureStep,
)
from attendance.models.speeches import Speech

__all__ = [
    "Approval",
    "Attendance",
    "Expectation",
    "LeaveRequest",
    "LeaveSitting",
    "Meeting",
    "MeetingMaterial",
    "NonVotingSeat",
    "OutsideInvitation",
    "Procedure",
    "ProcedureStep",
    "ScopeLine",
    "Sitting",
    "Speech",
    "Visitor",
]
