"""The endpoint that starts an export of forms."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.jobs import JobSerializer
from accounts.api.permissions import OwnPassword
from accounts.api.questions import YearField, answered, holding
from members.models import Sector, SpecialCommittee, Term
from reporting.choices import CHOSEN_FORMATS, FileFormat
from reporting.services import start_export


class ExportSerializer(serializers.Serializer):
    term = serializers.SlugRelatedField(
        slug_field="code", queryset=Term.objects.select_related("assembly"), label="届次代码"
    )
    year = YearField()
    format = serializers.ChoiceField(
        [(choice.value, choice.label) for choice in CHOSEN_FORMATS], label="格式"
    )
    members = serializers.ListField(
        child=serializers.CharField(max_length=30),
        required=False,
        max_length=5000,
        label="委员编号",
        help_text="只导出这些委员",
    )
    sector = serializers.CharField(required=False, max_length=100, label="界别")
    committee = serializers.CharField(required=False, max_length=100, label="专委会")

    def validate(self, attrs):
        """Organs are named; a name the term does not know is refused."""
        for name, model in (("sector", Sector), ("committee", SpecialCommittee)):
            if name in attrs:
                found = model.objects.filter(term=attrs["term"], name=attrs[name]).first()
                if found is None:
                    raise exceptions.ValidationError({name: f"本届没有“{attrs[name]}”。"})
                attrs[name] = found
        return attrs


class ExportView(APIView):
    noun = "导出"
    tag = "任务与导出"
    permission_classes = [OwnPassword, holding("reporting.export_dutydossier")]

    @extend_schema(
        operation_id="exports_create",
        summary="导出表册",
        description=(
            "某年度的委员履职情况登记表、常委述职表与汇总表，只含您看得见的委员。"
            "作为后台任务进行，答复即该任务；完成后由 /jobs/{id}/product/ 下载。"
        ),
        request=ExportSerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = answered(ExportSerializer, request)
        job = start_export(
            actor=request.user,
            at=timezone.now(),
            today=timezone.localdate(),
            term=asked["term"],
            year=asked["year"],
            file_format=FileFormat(asked["format"]),
            codes=tuple(dict.fromkeys(asked.get("members", ()))),
            sector=asked.get("sector"),
            committee=asked.get("committee"),
        )
        answer = JobSerializer(job, context={"request": request})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)
