from assessments.services.decisions import (
    FindingNotOpenError,
    OwnFindingError,
    decide_finding,
    reopen_finding,
)
from assessments.services.runs import (
    AssessmentResult,
    FoundFinding,
    YearOutsideTermError,
    refuse_year,
    run_assessment,
)
from assessments.services.terms import create_term

__all__ = [
    "AssessmentResult",
    "FindingNotOpenError",
    "FoundFinding",
    "OwnFindingError",
    "YearOutsideTermError",
    "create_term",
    "decide_finding",
    "refuse_year",
    "reopen_finding",
    "run_assessment",
]
