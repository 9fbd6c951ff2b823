from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from assessments.models import PackSnapshot, Run
from members.admin.lists import TermFilter


class ReadOnlyAdmin(AuditedModelAdmin):
    """Written by the rules' services only."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = (
        "ran_at",
        "term",
        "year",
        "as_of_date",
        "members_judged",
        "found",
        "created",
        "changed",
        "withdrawn",
        "operator",
    )
    list_select_related = ("term", "ran_by")
    list_filter = (TermFilter, "year")
    date_hierarchy = "ran_at"
    fieldsets = [
        (None, {"fields": ("term", "year", "as_of_date", "pack", "ran_at", "operator")}),
        (
            "结果",
            {
                "fields": (
                    "members_judged",
                    "found",
                    "created",
                    "changed",
                    "withdrawn",
                    "findings_link",
                )
            },
        ),
    ]
    readonly_fields = ("operator", "findings_link")

    @display(description="运行人", ordering="ran_by")
    def operator(self, run):
        return run.ran_by.name if run.ran_by else "系统"

    @display(description="考核发现")
    def findings_link(self, run):
        address = reverse("admin:assessments_finding_changelist")
        return format_html(
            '<a href="{}?term={}&of_year={}">查看{}年度的考核发现</a>',
            address,
            run.term.code,
            run.year,
            run.year,
        )


@admin.register(PackSnapshot)
class PackSnapshotAdmin(ReadOnlyAdmin):
    list_display = ("pack", "version", "sha256")
    search_fields = ("pack", "version", "sha256")
    fields = ("pack", "version", "sha256", "text")
    readonly_fields = ("text",)

    @display(description="原文")
    def text(self, snapshot):
        return format_html('<pre class="office-source">{}</pre>', snapshot.content)
