"""Chainable filters shared by every table with a period."""

from datetime import date
from typing import Self

from django.db.models import F, OuterRef, Q, QuerySet


def covering(on: date | F | OuterRef, *, start: str = "start_date", end: str = "end_date") -> Q:
    """Rows whose half-open period contains the date; field names may cross relations."""
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on}))


class PeriodQuerySet(QuerySet):
    def covering(self, on: date) -> Self:
        return self.filter(covering(on))
