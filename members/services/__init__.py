from members.services.roster import (
    save_commendations,
    save_conduct_findings,
    save_members,
    save_sanctions,
    save_suspensions,
    save_tenures,
)
from members.services.terms import (
    AssemblyLevelDiffersError,
    StartingCommittee,
    StartingDepartment,
    TermExistsError,
    create_term,
)

__all__ = [
    "AssemblyLevelDiffersError",
    "StartingCommittee",
    "StartingDepartment",
    "TermExistsError",
    "create_term",
    "save_commendations",
    "save_conduct_findings",
    "save_members",
    "save_sanctions",
    "save_suspensions",
    "save_tenures",
]
