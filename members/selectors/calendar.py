"""The working days the office goes by."""

from core.workdays import WorkCalendar
from members.models import CalendarDay


def work_calendar() -> WorkCalendar:
    """The statutory calendar with what the office has corrected in it, in one query."""
    return WorkCalendar(dict(CalendarDay.objects.order_by().values_list("date", "is_workday")))
