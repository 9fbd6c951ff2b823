"""What runs and findings may be asked for."""

import django_filters
from django.db.models import QuerySet

from assessments.choices import FindingState, Outcome, SubjectKind
from core.parameters import TermFilter, TextFilter, YearFilter


class RunFilter(django_filters.FilterSet):
    term = TermFilter()
    year = YearFilter()


class FindingFilter(django_filters.FilterSet):
    term = TermFilter()
    year = YearFilter(method="keep_year", label="年度，含按届计的发现")
    rule = TextFilter("rule", "规则")
    window = TextFilter("window", "时段")
    outcome = django_filters.MultipleChoiceFilter(choices=Outcome.choices, label="建议")
    state = django_filters.MultipleChoiceFilter(choices=FindingState.choices, label="状态")
    subject_kind = django_filters.ChoiceFilter(choices=SubjectKind.choices, label="对象类别")
    member = TextFilter("member__code", "委员编号")
    sector = TextFilter("member__sector__name", "委员所在界别")

    def keep_year(self, queryset: QuerySet, name: str, year: int) -> QuerySet:
        return queryset.of_year(year)
