"""What the register may be asked for; nothing else narrows a list."""

from datetime import date

import django_filters
from django.db.models import QuerySet

from core.parameters import DatesFilter, DateYearFilter, TermFilter, TextFilter
from members.choices import (
    ChangeKind,
    ConductKind,
    Level,
    NoticeKind,
    Party,
    Post,
    ReportState,
    SanctionKind,
)


class OrganFilter(django_filters.FilterSet):
    term = TermFilter()
    name = TextFilter("name", "名称")


class MemberFilter(django_filters.FilterSet):
    term = TermFilter()
    code = TextFilter("code", "委员编号")
    name = TextFilter("person__name", "姓名")
    party = django_filters.ChoiceFilter(choices=Party.choices, label="党派")
    sector = TextFilter("sector__name", "界别")
    committee = TextFilter("committee__name", "专委会")
    liaison_group = TextFilter("liaison_group__name", "县区联络组")
    serving_on = django_filters.DateFilter(method="keep_serving", label="该日在任")
    standing_on = django_filters.DateFilter(method="keep_standing", label="该日担任常委")

    def keep_serving(self, queryset: QuerySet, name: str, on: date) -> QuerySet:
        return queryset.serving(on)

    def keep_standing(self, queryset: QuerySet, name: str, on: date) -> QuerySet:
        return queryset.standing(on)


class OfMemberFilter(django_filters.FilterSet):
    """Records that belong to one member."""

    term = TermFilter("member__term__code")
    member = TextFilter("member__code", "委员编号")


class TenureFilter(OfMemberFilter):
    post = django_filters.ChoiceFilter(choices=Post.choices, label="职务")
    on = django_filters.DateFilter(method="keep_covering", label="该日在此期间")

    def keep_covering(self, queryset: QuerySet, name: str, on: date) -> QuerySet:
        return queryset.covering(on)


class SuspensionFilter(OfMemberFilter):
    on = django_filters.DateFilter(method="keep_covering", label="该日在此期间")

    def keep_covering(self, queryset: QuerySet, name: str, on: date) -> QuerySet:
        return queryset.covering(on)


class CommendationFilter(OfMemberFilter):
    year = DateYearFilter("date")
    date = DatesFilter("date", "日期")
    level = django_filters.ChoiceFilter(choices=Level.choices, label="级别")


class SanctionFilter(CommendationFilter):
    kind = django_filters.ChoiceFilter(choices=SanctionKind.choices, label="种类")


class ConductFindingFilter(CommendationFilter):
    kind = django_filters.ChoiceFilter(choices=ConductKind.choices, label="种类")


class ChangeReportFilter(OfMemberFilter):
    kind = django_filters.MultipleChoiceFilter(choices=ChangeKind.choices, label="类别")
    state = django_filters.MultipleChoiceFilter(choices=ReportState.choices, label="状态")


class NoticeFilter(django_filters.FilterSet):
    term = TermFilter()
    sent = DatesFilter("sent_at__date", "发出日期")
    kind = django_filters.MultipleChoiceFilter(choices=NoticeKind.choices, label="类别")
