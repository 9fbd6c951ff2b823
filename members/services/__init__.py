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
]
