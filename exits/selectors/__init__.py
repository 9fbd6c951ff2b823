from exits.selectors.evaluation import (
    Comparison,
    Difference,
    compare_packs,
    explain,
    refusals,
    refused_on,
)

__all__ = [
    "Comparison",
    "Difference",
    "compare_packs",
    "explain",
    "refusals",
    "refused_on",
]
