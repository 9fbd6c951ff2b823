from django.contrib import admin
from django.db.models import Count, Q
from django.utils import timezone
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from accounts.admin import AuditedModelAdmin, AuditedTabularInline
from core.querysets import covering
from members.admin.lists import OrganChoices, TermFilter
from members.choices import AssemblyLevel
from members.models import (
    Affiliation,
    Assembly,
    CollectionDuty,
    Department,
    LiaisonGroup,
    Sector,
    SectorGroup,
    SectorLiaison,
    SpecialCommittee,
)


class OrganAdmin(OrganChoices, AuditedModelAdmin):
    """A named body of a term, with the members serving in it where it has some."""

    list_display = ("name", "term", "sequence")
    list_select_related = ("term",)
    list_filter = (TermFilter,)
    search_fields = ("name",)
    fields = ("term", "name", "sequence")
    ordering = ("term", "sequence", "name")


class OrganWithMembersAdmin(OrganAdmin):
    list_display = ("name", "term", "serving_count", "sequence")

    def get_queryset(self, request):
        today = timezone.localdate()
        serving = covering(today, start="members__joined_date", end="members__exited_date")
        return (
            super()
            .get_queryset(request)
            .annotate(serving_count=Count("members", filter=Q(serving)))
        )

    @display(description="在任委员", ordering="serving_count")
    def serving_count(self, organ):
        return f"{organ.serving_count} 人"


class SectorLiaisonInline(AuditedTabularInline):
    model = SectorLiaison
    autocomplete_fields = ("sector",)


@admin.register(Sector)
class SectorAdmin(OrganWithMembersAdmin):
    list_display = ("name", "liaising_committee", "term", "serving_count", "sequence")
    list_select_related = ("term", "liaison__committee")

    @display(description="联系专委会", ordering="liaison__committee__sequence")
    def liaising_committee(self, sector):
        return sector.liaison.committee if hasattr(sector, "liaison") else None


@admin.register(SpecialCommittee)
class SpecialCommitteeAdmin(OrganWithMembersAdmin):
    inlines = [SectorLiaisonInline]


@admin.register(LiaisonGroup)
class LiaisonGroupAdmin(OrganWithMembersAdmin):
    list_display = ("name", "assembly", "term", "serving_count", "sequence")
    list_select_related = ("term", "assembly")
    fields = ("term", "name", "assembly", "sequence")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "assembly":
            kwargs["queryset"] = Assembly.objects.filter(level=AssemblyLevel.COUNTY)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(SectorGroup)
class SectorGroupAdmin(OrganAdmin):
    list_display = ("name", "sector", "term", "sequence")
    list_select_related = ("term", "sector")
    fields = ("term", "name", "sector", "sequence")


class DutyTermFilter(TermFilter):
    path = "department__term"


class CollectionDutyInline(AuditedTabularInline):
    model = CollectionDuty


@admin.register(Department)
class DepartmentAdmin(OrganAdmin):
    list_display = ("name", "collected", "committee", "term", "sequence")
    list_select_related = ("term", "committee")
    fields = ("term", "name", "committee", "sequence")
    organ_fields = ("committee",)
    inlines = [CollectionDutyInline]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("duties")

    @display(description="负责采集")
    def collected(self, department):
        return "、".join(duty.get_record_kind_display() for duty in department.duties.all())


@admin.register(CollectionDuty)
class CollectionDutyAdmin(AuditedModelAdmin):
    """采集分工: what falls to whom, as data; a change holds from the next page on."""

    list_display = ("record_kind", "department", "own_only")
    list_display_links = ("record_kind", "department")
    list_select_related = ("department",)
    list_filter = (DutyTermFilter, ("record_kind", ChoicesDropdownFilter), "own_only")
    search_fields = ("department__name",)
    search_help_text = "按部门名称查找"
    ordering = ("record_kind", "department__sequence", "department__name")
    autocomplete_fields = ("department",)
    fields = ("department", "record_kind", "own_only")


@admin.register(Affiliation)
class AffiliationAdmin(AuditedModelAdmin):
    """Which unit an account enters records for."""

    list_display = ("user", "department", "liaison_group", "sector_group")
    list_select_related = ("user", "department", "liaison_group", "sector_group")
    search_fields = ("user__name", "user__username", "department__name")
    autocomplete_fields = ("user", "department", "liaison_group", "sector_group")
