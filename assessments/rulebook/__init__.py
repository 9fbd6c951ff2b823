"""Rule packs (data), and the engine that judges facts by them. Pure Python."""

from assessments.rulebook.engine import (
    Judgement,
    Owed,
    Verdict,
    evaluate,
    judge,
    owed_minimums,
    windows_for,
)
from assessments.rulebook.loading import (
    PackInvalidError,
    PackUnknownError,
    load_pack,
    pack_ids,
    parse_pack,
)
from assessments.rulebook.packs import (
    OUTCOMES,
    Citation,
    Condition,
    Judged,
    Operator,
    Organs,
    Pack,
    Period,
    Rule,
    RuleSubject,
    last_year_start,
    severity,
)
from assessments.rulebook.windows import Window

__all__ = [
    "OUTCOMES",
    "Citation",
    "Condition",
    "Judged",
    "Judgement",
    "Operator",
    "Organs",
    "Owed",
    "Pack",
    "PackInvalidError",
    "PackUnknownError",
    "Period",
    "Rule",
    "RuleSubject",
    "Verdict",
    "Window",
    "evaluate",
    "judge",
    "last_year_start",
    "load_pack",
    "owed_minimums",
    "pack_ids",
    "parse_pack",
    "severity",
    "windows_for",
]
