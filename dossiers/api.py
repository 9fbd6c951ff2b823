"""Endpoints of campaigns, hand-ins and the facts of a member's year."""

from rest_framework import serializers

from accounts.api.base import ReadSerializer, VisibleModelViewSet
from dossiers.filters import CampaignFilter, HandInFilter
from dossiers.models import Campaign, HandIn
from members.api.register import MemberReference, OpenToBusinessViewSet


class CampaignSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")

    class Meta:
        model = Campaign
        fields = [
            "id",
            "term",
            "year",
            "opens_date",
            "deadline_date",
            "report_length",
            "oral_report_count",
            "version",
        ]


class CampaignViewSet(OpenToBusinessViewSet):
    queryset = Campaign.objects.select_related("term")
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    ordering_fields = ["year"]
    about = "年度填报的起止日期与要求。截止日期当日提交仍为按时。"


class HandInSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")

    class Meta:
        model = HandIn
        fields = ["id", "member", "year", "kind", "submitted_date", "version"]


class HandInViewSet(VisibleModelViewSet):
    queryset = HandIn.objects.select_related("member__person")
    serializer_class = HandInSerializer
    filterset_class = HandInFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["year", "submitted_date"]
    about = "材料提交：某年度的登记表、述职报告、述职表与履职报告。"
