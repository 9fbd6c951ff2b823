from exits.services.cases import (
    CaseClosedError,
    FindingNotGroundsError,
    StepOutOfOrderError,
    close_exit_case,
    open_exit_case,
    record_case_step,
)
from exits.services.evaluation import (
    default_as_of,
    evaluate_term,
    figures_of,
    perform_assessment,
    start_assessment,
    start_yearly_runs,
    summary_of,
)

__all__ = [
    "CaseClosedError",
    "FindingNotGroundsError",
    "StepOutOfOrderError",
    "close_exit_case",
    "default_as_of",
    "evaluate_term",
    "figures_of",
    "open_exit_case",
    "perform_assessment",
    "record_case_step",
    "start_assessment",
    "start_yearly_runs",
    "summary_of",
]
