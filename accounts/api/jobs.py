"""One's own background work: progress, and the product for as long as one is entitled to it."""

from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action
from rest_framework.request import Request

from accounts.api.base import ReadSerializer, VisibleModelViewSet
from accounts.api.permissions import OwnPassword
from accounts.models import Job
from accounts.permissions import may_fetch_product
from accounts.services.jobs import note_fetched


class JobSerializer(ReadSerializer):
    result = serializers.DictField(read_only=True, label="结果")
    has_product = serializers.SerializerMethodField(label="有成果文件可下载")

    class Meta:
        model = Job
        fields = [
            "id",
            "title",
            "state",
            "done",
            "total",
            "message",
            "result",
            "has_product",
            "queued_at",
            "started_at",
            "finished_at",
        ]

    def get_has_product(self, job: Job) -> bool:
        return may_fetch_product(self.context["request"].user, job)


class JobViewSet(VisibleModelViewSet):
    queryset = Job.objects.all()
    serializer_class = JobSerializer
    permission_classes = [OwnPassword]
    lookup_value_regex = "[0-9a-f-]{36}"
    ordering_fields = ["queued_at"]
    noun = "后台任务"
    tag = "任务与导出"
    about = "本人发起的后台任务及其进展。"

    def get_queryset(self):
        if not self.request.user.is_authenticated:
            return self.queryset.none()
        return self.queryset.filter(owner=self.request.user)

    @extend_schema(
        summary="下载成果文件",
        description="仅限发起人，且须仍有当时的权限；每次下载记入审计。",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    @action(detail=True, filter_backends=[], pagination_class=None)
    def product(self, request: Request, pk: str) -> FileResponse:
        job = self.get_object()
        if not may_fetch_product(request.user, job):
            raise exceptions.NotFound
        note_fetched(job=job, actor=request.user, at=timezone.now())
        return FileResponse(job.product.open("rb"), as_attachment=True, filename=job.product_name)
