"""节假日与调休: the office's own corrections, beside what the statutory calendar already knows."""

from django.contrib import admin
from django.utils import timezone
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from core.dates import weekday_name
from core.workdays import year_of
from members.models import CalendarDay
from members.selectors.calendar import work_calendar


@admin.register(CalendarDay)
class CalendarDayAdmin(AuditedModelAdmin):
    list_display = ("date", "weekday", "works", "name")
    list_display_links = ("date", "weekday")
    search_fields = ("name",)
    date_hierarchy = "date"
    fields = ("date", "is_workday", "name")
    list_before_template = "members/calendar_years.html"

    @display(description="星期", ordering="date")
    def weekday(self, day):
        return weekday_name(day.date)

    @display(description="安排", ordering="is_workday")
    def works(self, day):
        return "上班" if day.is_workday else "放假"

    def changelist_view(self, request, extra_context=None):
        year = timezone.localdate().year
        calendar = work_calendar()
        years = [year_of(calendar, number) for number in (year, year + 1)]
        return super().changelist_view(request, {"years": years} | (extra_context or {}))
