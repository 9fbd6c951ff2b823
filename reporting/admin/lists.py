"""The list of dossiers: the year's counts of the members on the page, and who is behind."""

from datetime import date

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter
from unfold.views import ChangeList

from assessments.models import Finding
from assessments.selectors import suggested_actions
from core.bulk import among
from dossiers.selectors import duty_facts
from members.models import Term
from members.selectors import current_term
from reporting.selectors.standing import as_of, behind, minimums


def years_so_far(term: Term, today: date) -> list[int]:
    """Calendar years of the term that have begun, the latest first."""
    last = max(term.start_date.year, min(term.end_date, today).year)
    return list(range(last, term.start_date.year - 1, -1))


def year_asked(request, term: Term) -> int:
    """The year the list is about: the one asked for, else the latest."""
    years = years_so_far(term, timezone.localdate())
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else years[0]


class DossierList(ChangeList):
    """Puts `facts` and `suggested` on each member of the page, in a fixed number of queries."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        for term in {member.term for member in self.result_list}:
            members = [member for member in self.result_list if member.term_id == term.pk]
            year = year_asked(request, term)
            on = as_of(term, year, timezone.localdate())
            keys = [member.pk for member in members]
            facts = duty_facts(term=term, year=year, on=on, members=keys)
            by_member = {person.subject.pk: person for person in facts.members}
            outcomes = (
                suggested_actions(term=term, year=year) if request.user.reads_everything else {}
            )
            for member in members:
                member.facts = by_member.get(member.pk)
                member.suggested = outcomes.get(member.pk, "")


class DossierYearFilter(DropdownFilter):
    """Which year the counts are of; it leaves nobody out."""

    title = "年度"
    parameter_name = "year"
    all_option = None

    def lookups(self, request, model_admin):
        term = current_term()
        self.default = str(year_asked(request, term)) if term else ""
        years = years_so_far(term, timezone.localdate()) if term else []
        return [(str(year), f"{year}年") for year in years]

    def value(self):
        return super().value() or self.default

    def queryset(self, request, queryset):
        return queryset


class BehindFilter(DropdownFilter):
    """Members who have not reached a minimum yet."""

    title = "尚未完成"
    parameter_name = "behind"

    def lookups(self, request, model_admin):
        term = current_term()
        return list(minimums(term).items()) if term else []

    def queryset(self, request, queryset):
        term = current_term()
        if not self.value() or term is None:
            return queryset
        year = year_asked(request, term)
        on = as_of(term, year, timezone.localdate())
        owing = behind(term=term, year=year, on=on, measure=self.value())
        return queryset.filter(pk__in=among(owing))


class FoundFilter(admin.SimpleListFilter):
    """Members with an open or confirmed finding of the year."""

    title = "考核发现"
    parameter_name = "found"

    def lookups(self, request, model_admin):
        if not request.user.reads_everything:
            return []
        return [("yes", "有"), ("no", "没有")]

    def queryset(self, request, queryset):
        term = current_term()
        if self.value() not in {"yes", "no"} or term is None:
            return queryset
        found = Exists(
            Finding.objects.visible_to(request.user)
            .standing()
            .of_year(year_asked(request, term))
            .filter(member=OuterRef("pk"))
        )
        return queryset.filter(found if self.value() == "yes" else ~found)
