"""Endpoints of the rules' judgement: runs, findings, and people's decisions on them."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import OptionalName, ReadSerializer, SensitiveViewSet, VisibleModelViewSet
from accounts.api.permissions import MayRead, OwnPassword
from accounts.api.questions import answered, holding
from assessments.choices import FindingState
from assessments.filters import FindingFilter, RunFilter
from assessments.models import Finding, FindingEvent, Run
from assessments.services import decide_finding, reopen_finding


class RunSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")
    pack = serializers.CharField(source="pack.pack", read_only=True, label="规则包")
    pack_version = serializers.CharField(source="pack.version", read_only=True, label="规则包版本")
    pack_sha256 = serializers.CharField(source="pack_id", read_only=True, label="规则包摘要")

    class Meta:
        model = Run
        fields = [
            "id",
            "term",
            "year",
            "as_of_date",
            "pack",
            "pack_version",
            "pack_sha256",
            "ran_at",
            "members_judged",
            "found",
            "created",
            "changed",
            "withdrawn",
        ]


class RunViewSet(VisibleModelViewSet):
    queryset = Run.objects.select_related("term", "pack").defer("pack__content")
    serializer_class = RunSerializer
    filterset_class = RunFilter
    ordering_fields = ["ran_at", "year"]
    about = "已存的考核运行及其所用的规则包版本。"

    def get_queryset(self):
        return self.queryset.all()


class CitationSerializer(serializers.Serializer):
    document = serializers.CharField(label="文件")
    clause = serializers.CharField(label="条款")
    text = serializers.CharField(label="原文")


class EventSerializer(ReadSerializer):
    actor = OptionalName(source="actor.name", label="操作人")

    class Meta:
        model = FindingEvent
        fields = ["kind", "at", "actor", "reason"]


class FindingSerializer(ReadSerializer):
    """What a member reads of their own: the judgement and its grounds, not how it was discussed."""

    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")
    values = serializers.DictField(read_only=True, label="数值")
    records = serializers.ListField(
        child=serializers.CharField(), read_only=True, label="依据记录（工作表:键）"
    )
    citations = CitationSerializer(many=True, read_only=True, label="条款")
    pack = serializers.CharField(source="last_run.pack.pack", read_only=True, label="规则包")
    pack_version = serializers.CharField(
        source="last_run.pack.version", read_only=True, label="规则包版本"
    )

    class Meta:
        model = Finding
        fields = [
            "id",
            "term",
            "rule",
            "title",
            "subject_kind",
            "subject_key",
            "subject_name",
            "year",
            "window",
            "as_of_date",
            "outcome",
            "state",
            "summary",
            "values",
            "records",
            "citations",
            "pack",
            "pack_version",
            "decided_at",
            "version",
        ]


class ReviewedFindingSerializer(FindingSerializer):
    """For those who review: with reasons and history."""

    decided_by = OptionalName(source="decided_by.name", label="处理人")
    events = EventSerializer(many=True, read_only=True, label="经过")

    class Meta(FindingSerializer.Meta):
        fields = [*FindingSerializer.Meta.fields, "decided_by", "decision_reason", "events"]


class DecisionSerializer(serializers.Serializer):
    state = serializers.ChoiceField(
        [FindingState.CONFIRMED, FindingState.DISMISSED, FindingState.OPEN],
        help_text="confirmed 确认，dismissed 不予采纳，open 退回待审核",
    )
    reason = serializers.CharField(max_length=2000, label="理由")
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="您所见到的版本；已被他人修改则拒绝（409）"
    )


class FindingViewSet(SensitiveViewSet):
    queryset = (
        Finding.objects.select_related("term", "last_run__pack", "decided_by")
        .defer("last_run__pack__content")
        .prefetch_related("events__actor")
    )
    serializer_class = ReviewedFindingSerializer
    filterset_class = FindingFilter
    search_fields = ["subject_name", "title"]
    ordering_fields = ["rule", "subject_key", "window", "as_of_date", "outcome", "state"]
    about = "考核发现：规则提出的建议，附依据记录与条款。处理理由与经过仅考核人员可见。"

    def get_serializer_class(self) -> type[FindingSerializer]:
        anonymous = not self.request or not self.request.user.is_authenticated
        if anonymous or self.request.user.reads_everything:
            return ReviewedFindingSerializer
        return FindingSerializer

    @extend_schema(
        summary="处理考核发现",
        description="确认、不予采纳或退回待审核，须写明理由；只记录人的决定，不改变委员身份。",
        request=DecisionSerializer,
        responses=ReviewedFindingSerializer,
    )
    @action(
        detail=True,
        methods=["post"],
        permission_classes=[OwnPassword, MayRead, holding("assessments.decide_finding")],
    )
    def decision(self, request: Request, pk: str) -> Response:
        finding = self.get_object()
        decision = answered(DecisionSerializer, request)
        act = {"finding": finding, "reason": decision["reason"], "actor": request.user}
        act |= {"at": timezone.now(), "seen_version": decision["version"]}
        if decision["state"] == FindingState.OPEN:
            finding = reopen_finding(**act)
        else:
            finding = decide_finding(state=decision["state"], **act)
        return Response(self.get_serializer(self.get_object()).data)
