"""Reports of change: read by the office, the unit that reported, and those told of it."""

from collections.abc import Sequence

from django.utils import timezone
from rest_framework import serializers

from accounts.api.base import OptionalName, ReadSerializer, SensitiveViewSet
from accounts.services.reading import note_reading
from members.api.register import MemberReference
from members.filters import ChangeReportFilter
from members.models import ChangeReport


class ChangeReportSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    liaison_group = OptionalName(source="liaison_group.name", label="报告的联络组")
    sector_group = OptionalName(source="sector_group.name", label="报告的界别活动组")
    reported_at = serializers.DateTimeField(
        source="recorded_at", read_only=True, allow_null=True, label="报告时间"
    )

    class Meta:
        model = ChangeReport
        fields = [
            "id",
            "member",
            "kind",
            "happened_date",
            "statement",
            "liaison_group",
            "sector_group",
            "reported_at",
            "state",
            "answer",
            "settled_at",
            "passed_on_at",
            "version",
        ]


class ChangeReportViewSet(SensitiveViewSet):
    queryset = ChangeReport.objects.select_related(
        "member__person", "liaison_group", "sector_group"
    )
    serializer_class = ChangeReportSerializer
    filterset_class = ChangeReportFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["recorded_at", "happened_date"]
    about = (
        "县区委员联络组、界别活动组、组织部报告的委员情况。不向委员本人提供；"
        "查看涉嫌违纪违法违规及其处理的报告记入审计。"
    )

    def _record_reading(self, ids: Sequence[int]) -> None:
        rows = ChangeReport.objects.filter(pk__in=ids).disciplinary()
        note_reading(rows=rows, actor=self.request.user, at=timezone.now())
