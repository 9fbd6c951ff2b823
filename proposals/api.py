"""Endpoints of written work: proposals, opinions, research, articles, and the year's topics."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.base import OptionalName, ReadSerializer, VisibleModelViewSet
from members.api.register import MemberReference
from proposals.filters import (
    ArticleFilter,
    OpinionFilter,
    ProposalFilter,
    ResearchFilter,
    TopicFilter,
)
from proposals.models import (
    Article,
    Proposal,
    PublicOpinionReport,
    Research,
    Topic,
    TopicParticipation,
    TopicPartnership,
)


class WorkSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")


class ProposalSerializer(WorkSerializer):
    lead_sponsor = MemberReference(read_only=True, label="第一提案人")
    cosponsors = MemberReference(many=True, read_only=True, label="联名人")

    class Meta:
        model = Proposal
        fields = [
            "id",
            "term",
            "number",
            "title",
            "lead_sponsor",
            "cosponsors",
            "submitted_date",
            "examination_result",
            "handling_result",
            "is_major",
            "is_outstanding",
            "undertaking_unit",
            "version",
        ]


class ProposalViewSet(VisibleModelViewSet):
    queryset = Proposal.objects.select_related("term", "lead_sponsor__person").prefetch_related(
        "cosponsors__person"
    )
    serializer_class = ProposalSerializer
    filterset_class = ProposalFilter
    search_fields = ["number", "title", "lead_sponsor__person__name"]
    ordering_fields = ["submitted_date", "number"]
    about = "提案。计入提交日期所在年度，不论审查结果。"


class OpinionSerializer(WorkSerializer):
    authors = MemberReference(many=True, read_only=True, label="报送人")
    adoptions = serializers.SlugRelatedField(
        slug_field="level", many=True, read_only=True, label="采用级别"
    )
    instructions = serializers.SlugRelatedField(
        slug_field="level", many=True, read_only=True, label="批示级别"
    )

    class Meta:
        model = PublicOpinionReport
        fields = [
            "id",
            "term",
            "number",
            "title",
            "authors",
            "reported_date",
            "adoptions",
            "instructions",
            "source_proposal_number",
            "version",
        ]


class OpinionViewSet(VisibleModelViewSet):
    queryset = PublicOpinionReport.objects.select_related("term").prefetch_related(
        "authors__person", "adoptions", "instructions"
    )
    serializer_class = OpinionSerializer
    filterset_class = OpinionFilter
    search_fields = ["number", "title"]
    ordering_fields = ["reported_date", "number"]
    about = "社情民意信息。联名报送的每人各计一件。"


class ResearchSerializer(WorkSerializer):
    participants = MemberReference(many=True, read_only=True, label="参加人")

    class Meta:
        model = Research
        fields = [
            "id",
            "term",
            "number",
            "title",
            "kind",
            "participants",
            "completed_date",
            "result",
            "organiser",
            "version",
        ]


class ResearchViewSet(VisibleModelViewSet):
    queryset = Research.objects.select_related("term").prefetch_related("participants__person")
    serializer_class = ResearchSerializer
    filterset_class = ResearchFilter
    search_fields = ["number", "title"]
    ordering_fields = ["completed_date", "number"]
    about = "调研视察。不考勤，参加即计入完成日期所在年度。"


class ArticleSerializer(WorkSerializer):
    member = MemberReference(read_only=True, label="委员")

    class Meta:
        model = Article
        fields = [
            "id",
            "term",
            "number",
            "title",
            "member",
            "published_date",
            "publication",
            "level",
            "version",
        ]


class ArticleViewSet(VisibleModelViewSet):
    queryset = Article.objects.select_related("term", "member__person")
    serializer_class = ArticleSerializer
    filterset_class = ArticleFilter
    search_fields = ["number", "title", "publication"]
    ordering_fields = ["published_date", "number"]
    about = "在政协报刊上发表的文章。"


class TopicPartnershipSerializer(ReadSerializer):
    assembly = serializers.CharField(source="assembly.name", read_only=True, label="县（区）政协")

    class Meta:
        model = TopicPartnership
        fields = ["assembly", "contribution"]


class TopicSerializer(WorkSerializer):
    committee = OptionalName(source="committee.name", label="牵头专委会")
    department = OptionalName(source="department.name", label="承办部门")
    partners = TopicPartnershipSerializer(
        source="partnerships", many=True, read_only=True, label="联动县（区）政协"
    )
    participants = serializers.SerializerMethodField(label="参加委员（只列有权查看的）")

    class Meta:
        model = Topic
        fields = [
            "id",
            "term",
            "number",
            "title",
            "kind",
            "year",
            "committee",
            "department",
            "partners",
            "participants",
            "plan",
            "planned_date",
            "state",
            "result",
            "finished_date",
            "cancelled_reason",
            "version",
        ]

    @extend_schema_field(MemberReference(many=True))
    def get_participants(self, topic: Topic) -> list[dict[str, Any]]:
        members = [link.member for link in topic.seen_participations]
        return MemberReference(members, many=True, context=self.context).data


class TopicViewSet(VisibleModelViewSet):
    queryset = Topic.objects.select_related("term", "committee", "department").prefetch_related(
        "partnerships__assembly"
    )
    serializer_class = TopicSerializer
    filterset_class = TopicFilter
    search_fields = ["number", "title"]
    ordering_fields = ["year", "number", "planned_date"]
    about = "年度协商计划中的议题。参加委员只列出账号有权查看的。"

    def get_queryset(self):
        links = TopicParticipation.objects.visible_to(self.request.user)
        seen = links.select_related("member__person").order_by("sequence")
        return (
            super()
            .get_queryset()
            .prefetch_related(Prefetch("participations", seen, to_attr="seen_participations"))
        )
