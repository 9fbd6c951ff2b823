"""What proposals, opinions, research and articles may be asked for."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from core.parameters import DatesFilter, DateYearFilter, TermFilter, TextFilter, YearFilter
from members.choices import Level
from proposals.choices import (
    AdoptionLevel,
    ExaminationResult,
    HandlingResult,
    PublicationLevel,
    ResearchKind,
    TopicKind,
    TopicState,
)
from proposals.models import (
    CoSponsorship,
    OpinionAuthorship,
    ResearchParticipation,
    TopicPartnership,
)


class WorkFilter(django_filters.FilterSet):
    term = TermFilter()
    number = TextFilter("number", "编号")


class ProposalFilter(WorkFilter):
    year = DateYearFilter("submitted_date")
    date = DatesFilter("submitted_date", "提交日期")
    lead_sponsor = TextFilter("lead_sponsor__code", "第一提案人的委员编号")
    cosponsor = TextFilter("pk", "联名人的委员编号", method="keep_cosigned")
    examination_result = django_filters.ChoiceFilter(
        choices=ExaminationResult.choices, label="审查结果"
    )
    handling_result = django_filters.ChoiceFilter(choices=HandlingResult.choices, label="办理结果")
    is_major = django_filters.BooleanFilter(label="重点提案")
    is_outstanding = django_filters.BooleanFilter(label="优秀提案")

    def keep_cosigned(self, queryset: QuerySet, name: str, code: str) -> QuerySet:
        signed = CoSponsorship.objects.filter(proposal=OuterRef("pk"), member__code=code)
        return queryset.filter(Exists(signed))


class OpinionFilter(WorkFilter):
    year = DateYearFilter("reported_date")
    date = DatesFilter("reported_date", "报送日期")
    author = TextFilter("pk", "报送人的委员编号", method="keep_authored")
    adopted_level = django_filters.ChoiceFilter(
        "adoptions__level", choices=AdoptionLevel.choices, label="采用级别"
    )
    instructed_level = django_filters.ChoiceFilter(
        "instructions__level", choices=Level.choices, label="批示级别"
    )

    def keep_authored(self, queryset: QuerySet, name: str, code: str) -> QuerySet:
        written = OpinionAuthorship.objects.filter(report=OuterRef("pk"), member__code=code)
        return queryset.filter(Exists(written))


class ResearchFilter(WorkFilter):
    year = DateYearFilter("completed_date")
    date = DatesFilter("completed_date", "完成日期")
    kind = django_filters.ChoiceFilter(choices=ResearchKind.choices, label="类型")
    participant = TextFilter("pk", "参加人的委员编号", method="keep_joined")

    def keep_joined(self, queryset: QuerySet, name: str, code: str) -> QuerySet:
        joined = ResearchParticipation.objects.filter(research=OuterRef("pk"), member__code=code)
        return queryset.filter(Exists(joined))


class ArticleFilter(WorkFilter):
    year = DateYearFilter("published_date")
    date = DatesFilter("published_date", "日期")
    member = TextFilter("member__code", "委员编号")
    level = django_filters.ChoiceFilter(choices=PublicationLevel.choices, label="级别")


class TopicFilter(WorkFilter):
    year = YearFilter()
    kind = django_filters.ChoiceFilter(choices=TopicKind.choices, label="类别")
    state = django_filters.ChoiceFilter(choices=TopicState.choices, label="进展")
    committee = TextFilter("committee__name", "牵头专委会")
    partner = TextFilter("pk", "联动县（区）政协", method="keep_shared")

    def keep_shared(self, queryset: QuerySet, name: str, assembly: str) -> QuerySet:
        shared = TopicPartnership.objects.filter(topic=OuterRef("pk"), assembly__name=assembly)
        return queryset.filter(Exists(shared))
