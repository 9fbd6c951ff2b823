"""Rule packs (data), and the engine that judges facts by them. Pure Python."""

from assessments.rulebook.engine import Judgement, Owed, Verdict, evaluate, judge, owed_minimums
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
    "load_pack",
    "owed_minimums",
    "pack_ids",
    "parse_pack",
    "severity",
]
