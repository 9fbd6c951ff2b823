from assessments.selectors.findings import (
    CountedFact,
    Explanation,
    NotServingError,
    RuleUnknownError,
    explain,
    finding_evidence,
    member_rules,
    pack_of,
    progress,
    suggested_actions,
)
from assessments.selectors.judging import (
    NOBODY_REFUSES,
    Assessment,
    FindingKey,
    Hit,
    Refusals,
    assess,
    most_severe,
)
from assessments.selectors.organs import OrganMinimum, organ_minimums, organ_rules
from assessments.selectors.wording import compared_words, window_words

__all__ = [
    "NOBODY_REFUSES",
    "Assessment",
    "CountedFact",
    "Explanation",
    "FindingKey",
    "Hit",
    "NotServingError",
    "OrganMinimum",
    "Refusals",
    "RuleUnknownError",
    "assess",
    "compared_words",
    "explain",
    "finding_evidence",
    "member_rules",
    "most_severe",
    "organ_minimums",
    "organ_rules",
    "pack_of",
    "progress",
    "suggested_actions",
    "window_words",
]
