"""Chance that can be repeated, and dates on which offices work."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

DATA = Path(__file__).parent / "data"


def read_data(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def stream(seed: int, *subject: object) -> Random:
    """A source of chance of its own for each subject, so that none disturbs another."""
    return Random(":".join(map(str, (seed, *subject))))  # noqa: S311 -- lifelike, not secret


def some(rng: Random, mean: float) -> int:
    """A small whole number whose average is `mean` (Poisson)."""
    threshold, product, count = 2.718281828459045**-mean, rng.random(), 0
    while product > threshold:
        product *= rng.random()
        count += 1
    return count


def pick(rng: Random, choices: list, size: int) -> list:
    """That many different ones, or all where there are fewer."""
    return rng.sample(choices, min(size, len(choices)))


def office_day(day: date) -> date:
    """The day itself, or the Monday after a weekend; never in the first week of October."""
    if (day.month, day.day) >= (10, 1) and (day.month, day.day) <= (10, 7):
        day = day.replace(day=8)
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() >= 5 else 0)


def day_between(rng: Random, first: date, last: date) -> date:
    """Some day from the first to the last, both included."""
    return first + timedelta(days=rng.randint(0, (last - first).days))
