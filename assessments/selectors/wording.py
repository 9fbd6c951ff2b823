"""Findings in words: the window they look at, the numbers they compare."""

from typing import Any

from dossiers.facts import MEASURES

LABELS = {measure.value_name: (measure.label, measure.unit) for measure in MEASURES.values()}


def window_words(window: str) -> str:
    """2023 → 2023年；2023H1 → 2023年上半年；2023M01-02 → 2023年1–2月；2023Q1 → 2023年第1季度。"""
    if window == "term":
        return "本届"
    year, rest = window[:4], window[4:]
    match rest[:1]:
        case "H":
            return f"{year}年{'上' if rest == 'H1' else '下'}半年"
        case "Q":
            return f"{year}年第{rest[1:]}季度"
        case "M":
            first, last = rest[1:].split("-")
            return f"{year}年{int(first)}–{int(last)}月"
    return f"{year}年"


def compared_words(values: dict[str, Any]) -> list[tuple[str, str]]:
    """The numbers compared, with what they count and its unit."""
    return [
        (LABELS[name][0], f"{value}{LABELS[name][1]}")
        for name, value in values.items()
        if name in LABELS
    ]
