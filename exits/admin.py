from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import SensitiveModelAdmin
from exits.models import Case
from members.admin.lists import MemberSectorFilter, MemberTermFilter, member_search


class ClosedFilter(admin.SimpleListFilter):
    title = "办理情况"
    parameter_name = "closed"

    def lookups(self, request, model_admin):
        return [("no", "办理中"), ("yes", "已办结")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(closed_date__isnull=self.value() == "no")


@admin.register(Case)
class CaseAdmin(SensitiveModelAdmin):
    """A case is opened, carried on step by step and closed; nothing of it is rewritten."""

    list_display = ("opened_date", "member", "sector", "kind", "progress", "closed_date")
    list_display_links = ("opened_date", "member")
    list_select_related = ("member__person", "member__sector")
    list_filter = (
        MemberTermFilter,
        ("kind", ChoicesDropdownFilter),
        ClosedFilter,
        MemberSectorFilter,
    )
    allowed_lookups = ("member",)
    date_hierarchy = "opened_date"
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("steps")

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, case):
        return case.member.sector

    @display(description="最近步骤")
    def progress(self, case):
        steps = list(case.steps.all())
        if not steps:
            return "尚无步骤"
        return f"{steps[-1].date:%Y-%m-%d} {steps[-1].get_kind_display()}"
