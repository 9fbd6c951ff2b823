"""What campaigns and hand-ins may be asked for."""

import django_filters
from django.db.models import QuerySet

from core.parameters import DatesFilter, TermFilter, TextFilter, YearFilter
from dossiers.choices import (
    HandInKind,
    ObjectionState,
    PaperState,
    SubmissionKind,
    SubmissionState,
)
from members.choices import RecordKind


class CampaignFilter(django_filters.FilterSet):
    term = TermFilter()
    year = YearFilter()


class HandInFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = YearFilter()
    member = TextFilter("member__code", "委员编号")
    kind = django_filters.MultipleChoiceFilter(choices=HandInKind.choices, label="类型")
    submitted = DatesFilter("submitted_date", "提交日期")


class DutyPaperFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = YearFilter("campaign__year")
    member = TextFilter("member__code", "委员编号")
    kind = django_filters.MultipleChoiceFilter(choices=HandInKind.choices, label="类型")
    state = django_filters.MultipleChoiceFilter(choices=PaperState.choices, label="状态")


class StandingReviewFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = YearFilter("campaign__year")
    member = TextFilter("member__code", "委员编号")


class SubmissionFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    member = TextFilter("member__code", "委员编号")
    kind = django_filters.MultipleChoiceFilter(choices=SubmissionKind.choices, label="类别")
    state = django_filters.MultipleChoiceFilter(choices=SubmissionState.choices, label="状态")


class ObjectionFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    member = TextFilter("member__code", "委员编号")
    kind = django_filters.MultipleChoiceFilter(choices=RecordKind.choices, label="履职项目")
    state = django_filters.MultipleChoiceFilter(choices=ObjectionState.choices, label="状态")
    due = DatesFilter("due_date", "答复期限")


class FactsFilter(django_filters.FilterSet):
    """Whose facts, of which year, as they stood on which day."""

    term = TermFilter(required=True)
    year = YearFilter(method="keep_all", required=True)
    as_of = django_filters.DateFilter(method="keep_all", label="截至日期，默认年末；当年默认今天")
    member = TextFilter("code", "委员编号")
    sector = TextFilter("sector__name", "界别")
    committee = TextFilter("committee__name", "专委会")

    def keep_all(self, queryset: QuerySet, name: str, value: object) -> QuerySet:
        """Says what is asked of the members, not which members."""
        return queryset
