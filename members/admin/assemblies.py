from django.contrib import admin

from accounts.admin import AuditedModelAdmin, AuditedTabularInline
from members.models import Assembly, Term


class TermInline(AuditedTabularInline):
    model = Term
    fields = ("code", "name", "start_date", "end_date")
    readonly_fields = fields
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(Assembly)
class AssemblyAdmin(AuditedModelAdmin):
    list_display = ("name", "level")
    search_fields = ("name",)
    inlines = [TermInline]


@admin.register(Term)
class TermAdmin(AuditedModelAdmin):
    list_display = ("name", "code", "assembly", "start_date", "end_date", "rule_pack")
    list_select_related = ("assembly",)
    list_filter = ("assembly",)
    search_fields = ("name", "code")
    fieldsets = [
        (None, {"fields": ("assembly", "name", "code")}),
        ("任期", {"fields": ("start_date", "end_date")}),
        ("考核规则", {"fields": ("rule_pack", "collected_from")}),
    ]
