"""Awards, sanctions and conduct findings."""

from accounts.api.base import ReadSerializer, SensitiveViewSet, VisibleModelViewSet
from members.api.register import MemberReference
from members.filters import CommendationFilter, ConductFindingFilter, SanctionFilter
from members.models import Commendation, ConductFinding, Sanction


class ConductSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")

    class Meta:
        fields = ["id", "member", "kind", "level", "date", "cause", "document_number", "version"]


class CommendationSerializer(ConductSerializer):
    class Meta(ConductSerializer.Meta):
        model = Commendation


class CommendationViewSet(VisibleModelViewSet):
    queryset = Commendation.objects.select_related("member__person")
    serializer_class = CommendationSerializer
    filterset_class = CommendationFilter
    search_fields = ["member__person__name", "kind"]
    ordering_fields = ["date"]


class SanctionSerializer(ConductSerializer):
    class Meta(ConductSerializer.Meta):
        model = Sanction


class SanctionViewSet(SensitiveViewSet):
    queryset = Sanction.objects.select_related("member__person")
    serializer_class = SanctionSerializer
    filterset_class = SanctionFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["date"]
    about = "惩处。查看他人的记录记入审计。"


class ConductFindingSerializer(ConductSerializer):
    class Meta(ConductSerializer.Meta):
        model = ConductFinding


class ConductFindingViewSet(SensitiveViewSet):
    queryset = ConductFinding.objects.select_related("member__person")
    serializer_class = ConductFindingSerializer
    filterset_class = ConductFindingFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["date"]
    about = "行为认定。查看他人的记录记入审计。"
