"""What runs in the background and on schedule, for 系统管理员."""

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django_celery_beat.models import (
    ClockedSchedule,
    CrontabSchedule,
    IntervalSchedule,
    PeriodicTask,
    SolarSchedule,
)
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.admin.trail import ReadOnlyAdmin
from accounts.models import Job
from accounts.services.records import save_record

for schedule in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(schedule)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """How the work goes, not what it is about: titles, results and files stay with the owner."""

    list_display = [
        "number",
        "task",
        "owner",
        "state",
        "progress",
        "attempts",
        "queued_at",
        "finished_at",
    ]
    list_display_links = None
    list_filter = ["state"]
    search_fields = ["task", "owner__name", "owner__username"]
    list_select_related = ["owner"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).visible_to(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Job | None = None) -> bool:
        """The list only."""
        return obj is None and super().has_view_permission(request)

    @display(description="编号")
    def number(self, job: Job) -> str:
        return str(job.pk)[:8]

    @display(description="进度")
    def progress(self, job: Job) -> str:
        return f"{job.done} / {job.total}" if job.total else ""


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(ModelAdmin):
    """The schedule comes with the program; here it can be stopped and started."""

    list_display = ["name", "task", "enabled", "last_run_at", "total_run_count"]
    fields = ["name", "task", "enabled", "last_run_at", "total_run_count"]
    readonly_fields = ["name", "task", "last_run_at", "total_run_count"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PeriodicTask | None = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: PeriodicTask, form: ModelForm, change: bool
    ) -> None:
        save_record(obj=obj, actor=request.user, at=timezone.now())
