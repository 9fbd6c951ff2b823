from members.models.assemblies import Assembly, Term
from members.models.calendar import CalendarDay
from members.models.conduct import Commendation, ConductFinding, Sanction
from members.models.notices import Notice, NoticeRecipient
from members.models.organs import (
    Affiliation,
    CollectionDuty,
    Department,
    LiaisonGroup,
    Sector,
    SectorGroup,
    SectorLiaison,
    SpecialCommittee,
)
from members.models.people import Member, Person, SuspensionPeriod, Tenure
from members.models.reports import ChangeReport

__all__ = [
    "Affiliation",
    "Assembly",
    "CalendarDay",
    "ChangeReport",
    "CollectionDuty",
    "Commendation",
    "ConductFinding",
    "Department",
    "LiaisonGroup",
    "Member",
    "Notice",
    "NoticeRecipient",
    "Person",
    "Sanction",
    "Sector",
    "SectorGroup",
    "SectorLiaison",
    "SpecialCommittee",
    "SuspensionPeriod",
    "Tenure",
    "Term",
]
