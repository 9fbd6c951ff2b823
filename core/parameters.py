"""Query parameters that lists share, each with the bounds a sensible question keeps to."""

from typing import Any

import django_filters
from django import forms

#: A term's last imaginable year; beyond it a number is a slip of the keyboard.
FIRST_YEAR, LAST_YEAR = 1949, 2999


class YearFilter(django_filters.Filter):
    """A calendar year, compared with a year column."""

    field_class = forms.IntegerField

    def __init__(self, field_name: str = "year", **kwargs: Any) -> None:
        kwargs.setdefault("label", "年度")
        super().__init__(field_name, min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


class DateYearFilter(YearFilter):
    """A calendar year, compared with a date column."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name, lookup_expr="year", **kwargs)


class TermFilter(django_filters.CharFilter):
    """The code of a 届次."""

    def __init__(self, field_name: str = "term__code", **kwargs: Any) -> None:
        super().__init__(field_name, label="届次代码", max_length=40, **kwargs)


class TextFilter(django_filters.CharFilter):
    """An exact text: a number, a name."""

    def __init__(self, field_name: str, label: str, **kwargs: Any) -> None:
        super().__init__(field_name, label=label, max_length=200, **kwargs)


class DatesFilter(django_filters.DateFromToRangeFilter):
    """Two parameters, `_after` and `_before`; both days count in."""

    def __init__(self, field_name: str, label: str, **kwargs: Any) -> None:
        super().__init__(field_name, label=label, **kwargs)
