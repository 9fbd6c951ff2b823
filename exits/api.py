"""The endpoint that starts a run of the rules."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.jobs import JobSerializer
from accounts.api.permissions import OwnPassword
from accounts.api.questions import YearField, answered, holding
from exits.services import default_as_of, start_assessment
from members.models import Term


class EvaluationSerializer(serializers.Serializer):
    term = serializers.SlugRelatedField(
        slug_field="code", queryset=Term.objects.select_related("assembly"), label="届次代码"
    )
    year = YearField()
    as_of = serializers.DateField(
        required=False, label="截至日期", help_text="默认年末；当年默认今天"
    )
    stores = serializers.BooleanField(
        default=True, label="保存", help_text="false 为试算，不保存任何发现"
    )


class EvaluationView(APIView):
    noun = "年度考核"
    tag = "履职考核"
    permission_classes = [OwnPassword, holding("assessments.start_run")]

    @extend_schema(
        operation_id="evaluations_create",
        summary="运行年度考核",
        description="作为后台任务运行，答复即该任务；考核只提出建议，由人决定。",
        request=EvaluationSerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = answered(EvaluationSerializer, request)
        term, year, today = asked["term"], asked["year"], timezone.localdate()
        job = start_assessment(
            term=term,
            year=year,
            as_of=asked.get("as_of") or default_as_of(term=term, year=year, today=today),
            stores=asked["stores"],
            owner=request.user,
            at=timezone.now(),
        )
        answer = JobSerializer(job, context={"request": request})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)
