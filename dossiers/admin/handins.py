from django.contrib import admin
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin
from dossiers.models import Campaign, HandIn
from members.admin.lists import (
    MemberCommitteeFilter,
    MemberSectorFilter,
    MemberTermFilter,
    TermFilter,
    member_search,
)
from members.selectors import current_term


@admin.register(Campaign)
class CampaignAdmin(AuditedModelAdmin):
    list_display = ("year", "term", "opens_date", "deadline_date", "report_length")
    list_select_related = ("term",)
    list_filter = (TermFilter,)
    search_fields = ("year",)
    fieldsets = [
        (None, {"fields": ("term", "year")}),
        ("起止", {"fields": ("opens_date", "deadline_date")}),
        ("述职", {"fields": ("report_length", "oral_report_count")}),
    ]

    def get_changeform_initial_data(self, request):
        year = timezone.localdate().year
        initial = {
            "term": current_term(),
            "year": year,
            "deadline_date": Campaign.default_deadline(year),
        }
        return initial | super().get_changeform_initial_data(request)


@admin.register(HandIn)
class HandInAdmin(AuditedModelAdmin):
    list_display = ("year", "kind", "member", "sector", "submitted_date")
    list_display_links = ("kind", "member")
    list_select_related = ("member__person", "member__sector")
    list_filter = (
        MemberTermFilter,
        "year",
        ("kind", ChoicesDropdownFilter),
        MemberSectorFilter,
        MemberCommitteeFilter,
    )
    allowed_lookups = ("member",)
    date_hierarchy = "submitted_date"
    search_fields = member_search()
    search_help_text = "按委员姓名或编号查找"
    autocomplete_fields = ("member",)
    fields = ("member", "year", "kind", "submitted_date")

    def get_changeform_initial_data(self, request):
        year = timezone.localdate().year
        return {"year": year} | super().get_changeform_initial_data(request)

    @display(description="界别", ordering="member__sector__sequence")
    def sector(self, hand_in):
        return hand_in.member.sector
