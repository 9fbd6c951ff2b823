"""Notices: one's own, and for the office all."""

from rest_framework import serializers

from accounts.api.base import OptionalName, ReadSerializer, VisibleModelViewSet
from members.filters import NoticeFilter
from members.models import Notice


class NoticeSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")
    sender = OptionalName(source="recorded_by.name", label="发出人")

    class Meta:
        model = Notice
        fields = ["id", "term", "kind", "title", "body", "reply_by", "sent_at", "sender"]


class NoticeViewSet(VisibleModelViewSet):
    queryset = Notice.objects.select_related("term", "recorded_by")
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    search_fields = ["title"]
    ordering_fields = ["sent_at"]
    about = "通知。收件人看到发给本人的，委员联络科和领导看到全部，发出人看到自己发出的。由接口读取不计为已读。"
