from django.contrib import admin
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin, SensitiveModelAdmin
from members.admin.lists import (
    MemberCommitteeFilter,
    MemberSectorFilter,
    MemberTermFilter,
    member_search,
)
from members.models import Commendation, ConductFinding, Sanction


class ConductAdmin(AuditedModelAdmin):
    list_display = ("date", "member", "sector", "kind", "level", "document_number")
    list_display_links = ("date", "member")
    list_select_related = ("member__person", "member__sector")
    list_filter = (MemberTermFilter, MemberSectorFilter, MemberCommitteeFilter, "kind")
    date_hierarchy = "date"
    allowed_lookups = ("member",)
    ordering = ("-date", "member")
    search_fields = (*member_search(), "document_number")
    search_help_text = "按委员姓名、编号或文号查找"
    autocomplete_fields = ("member",)
    fieldsets = [
        (None, {"fields": ("member", "date", "kind", "level")}),
        ("依据", {"fields": ("cause", "document_number")}),
    ]

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, record):
        return record.member.sector


@admin.register(Commendation)
class CommendationAdmin(ConductAdmin):
    list_filter = (MemberTermFilter, MemberSectorFilter, MemberCommitteeFilter, "level")


@admin.register(Sanction)
class SanctionAdmin(SensitiveModelAdmin, ConductAdmin):
    pass


@admin.register(ConductFinding)
class ConductFindingAdmin(SensitiveModelAdmin, ConductAdmin):
    pass
