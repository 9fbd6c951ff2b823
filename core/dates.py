"""Dates as offices write them where somebody plans by them."""

from datetime import date

WEEKDAYS = "一二三四五六日"


def weekday_name(on: date) -> str:
    return f"周{WEEKDAYS[on.weekday()]}"


def written(on: date) -> str:
    """2026年12月31日: as letters are dated."""
    return f"{on.year}年{on.month}月{on.day}日"


def planned(on: date) -> str:
    """2026年12月31日（周四）"""
    return f"{on.year}年{on.month}月{on.day}日（{weekday_name(on)}）"


def planned_briefly(on: date) -> str:
    """12月31日（周四）: where the year is plain."""
    return f"{on.month}月{on.day}日（{weekday_name(on)}）"
