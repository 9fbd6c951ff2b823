"""Asking about many names without naming more than a query can carry."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

VALUES_A_QUERY = 500


def in_lists(items: Iterable[Item], size: int = VALUES_A_QUERY) -> Iterator[Sequence[Item]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
