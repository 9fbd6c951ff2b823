from members.models.assemblies import Assembly, Term
from members.models.conduct import Commendation, ConductFinding, Sanction
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

__all__ = [
    "Affiliation",
    "Assembly",
    "CollectionDuty",
    "Commendation",
    "ConductFinding",
    "Department",
    "LiaisonGroup",
    "Member",
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
