"""What campaigns and hand-ins may be asked for."""

import django_filters

from core.parameters import DatesFilter, TermFilter, TextFilter, YearFilter
from dossiers.choices import HandInKind


class CampaignFilter(django_filters.FilterSet):
    term = TermFilter()
    year = YearFilter()


class HandInFilter(django_filters.FilterSet):
    term = TermFilter("member__term__code")
    year = YearFilter()
    member = TextFilter("member__code", "委员编号")
    kind = django_filters.MultipleChoiceFilter(choices=HandInKind.choices, label="类型")
    submitted = DatesFilter("submitted_date", "提交日期")
