"""Filters of the list of findings."""

from django.contrib import admin
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from unfold.contrib.filters.admin import DropdownFilter

from assessments.choices import Outcome, SubjectKind
from assessments.models import Finding
from members.admin.lists import CommitteeFilter, SectorFilter

#: The place of an outcome from mild (0) to severe, as the database computes it.
SEVERITY = Case(
    *(When(outcome=outcome, then=Value(place)) for place, outcome in enumerate(Outcome)),
    output_field=IntegerField(),
)


class RuleFilter(DropdownFilter):
    """The rules that have found something."""

    title = "规则"
    parameter_name = "rule"

    def lookups(self, request, model_admin):
        rules = Finding.objects.order_by("rule", "title").values_list("rule", "title").distinct()
        return list(dict(rules).items())

    def queryset(self, request, queryset):
        return queryset.filter(rule=self.value()) if self.value() else queryset


class YearFilter(DropdownFilter):
    """A year's findings together with those kept for the whole term."""

    title = "年度"
    parameter_name = "of_year"

    def lookups(self, request, model_admin):
        years = Finding.objects.exclude(year=None).order_by("-year").values_list("year", flat=True)
        return [(str(year), f"{year}年（含届内）") for year in years.distinct()]

    def queryset(self, request, queryset):
        value = self.value()
        return queryset.of_year(int(value)) if value and value.isdecimal() else queryset


class SubjectSectorFilter(SectorFilter):
    """Findings on the sector's members and on the sector itself."""

    def queryset(self, request, queryset):
        name = self.value()
        return (
            queryset.filter(Q(member__sector__name=name) | Q(sector__name=name))
            if name
            else queryset
        )


class SubjectCommitteeFilter(CommitteeFilter):
    """Findings on the committee's members and on the committee itself."""

    def queryset(self, request, queryset):
        name = self.value()
        return (
            queryset.filter(Q(member__committee__name=name) | Q(committee__name=name))
            if name
            else queryset
        )


class MostSevereFilter(admin.SimpleListFilter):
    """One line a member: the most severe of their open or confirmed findings."""

    title = "显示方式"
    parameter_name = "severest"

    def lookups(self, request, model_admin):
        return [("yes", "每位委员只列最重一项")]

    def queryset(self, request, queryset):
        if self.value() != "yes":
            return queryset
        graver = (
            Finding.objects.standing()
            .annotate(place=SEVERITY)
            .filter(member=OuterRef("member"), term=OuterRef("term"))
            .filter(
                Q(place__gt=OuterRef("severity"))
                | Q(place=OuterRef("severity"), pk__lt=OuterRef("pk"))
            )
        )
        return (
            queryset.standing()
            .annotate(severity=SEVERITY)
            .filter(subject_kind=SubjectKind.MEMBER)
            .exclude(Exists(graver))
        )
