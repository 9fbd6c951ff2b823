from members.selectors.register import (
    TermUnknownError,
    current_term,
    member_keys,
    named_term,
    organ_keys,
)

__all__ = [
    "TermUnknownError",
    "current_term",
    "member_keys",
    "named_term",
    "organ_keys",
]
