"""`{{ due|planned }}`: 2026年12月31日（周四）. A moment is shown by its day in Shanghai."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from core import dates

register = template.Library()


def day_of(value: date | datetime) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) else value


@register.filter
def planned(value: date | datetime | None) -> str:
    return dates.planned(day_of(value)) if value else ""


@register.filter
def planned_briefly(value: date | datetime | None) -> str:
    return dates.planned_briefly(day_of(value)) if value else ""
