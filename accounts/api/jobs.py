"""One's own background work: progress, and the product for as long as one is entitled to it."""

from rest_framework import serializers

from accounts.api.base import ReadSerializer, VisibleModelViewSet
from accounts.api.permissions import OwnPassword
from accounts.models import Job


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
        return bool(job.product)


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
