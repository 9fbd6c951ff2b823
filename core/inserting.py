"""Inserting what may stand already."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction


@contextmanager
def unless_known(refuse_known: Callable[[], None]) -> Iterator[None]:
    """The block inserts rows or nothing; of two clerks at once, the slower is told why.

    `refuse_known` raises if what is to be inserted stands already. It is asked before, and again
    when the rows or the database refuse, since somebody may have been quicker.
    """
    refuse_known()
    try:
        with transaction.atomic():
            yield
    except (ValidationError, IntegrityError):
        refuse_known()
        raise
