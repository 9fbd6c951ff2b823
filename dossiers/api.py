"""Endpoints of campaigns, hand-ins, objections and the facts of a member's year."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import (
    OptionalName,
    ReadSerializer,
    SensitiveViewSet,
    VisibleListViewSet,
    VisibleModelViewSet,
)
from accounts.services.reading import note_reading
from dossiers.facts import YEAR_SUMMARY, MemberFacts, year_summary
from dossiers.filters import (
    CampaignFilter,
    DutyPaperFilter,
    FactsFilter,
    HandInFilter,
    ObjectionFilter,
    StandingReviewFilter,
    SubmissionFilter,
)
from dossiers.models import (
    Campaign,
    Declaration,
    DutyPaper,
    HandIn,
    Objection,
    ObjectionEntry,
    PaperBlock,
    StandingReview,
    Submission,
    SubmissionSigner,
)
from dossiers.permissions import may_read_penalties, members_with_readable_facts
from dossiers.selectors import duty_facts
from members.api.register import MemberReference, OpenToBusinessViewSet
from members.models import Member, Term


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
    ordering = ["pk"]
    about = "材料提交：某年度的登记表、述职报告、述职表与履职报告。"


class ObjectionEntrySerializer(ReadSerializer):
    by = OptionalName(source="by.name", label="经办人")

    class Meta:
        model = ObjectionEntry
        fields = ["act", "text", "by", "at"]


class ObjectionSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    department = OptionalName(source="department.name", label="答复部门，空为委员联络科")
    entries = ObjectionEntrySerializer(many=True, read_only=True, label="往来经过")

    class Meta:
        model = Objection
        fields = [
            "id",
            "member",
            "kind",
            "record_type",
            "record_id",
            "record_label",
            "department",
            "statement",
            "filed_at",
            "due_date",
            "state",
            "settled_at",
            "entries",
            "version",
        ]


class ObjectionViewSet(SensitiveViewSet):
    queryset = Objection.objects.select_related("member__person", "department").prefetch_related(
        "entries__by"
    )
    serializer_class = ObjectionSerializer
    filterset_class = ObjectionFilter
    search_fields = ["member__person__name", "record_label"]
    ordering_fields = ["due_date", "filed_at"]
    about = (
        "委员对履职记录的异议及答复。record_type 与 record_id 为空的，是委员提出缺少的记录。"
        "查看他人对惩处、行为认定的异议记入审计。"
    )

    def _record_reading(self, ids: Sequence[int]) -> None:
        rows = Objection.objects.filter(pk__in=ids).disciplinary()
        note_reading(rows=rows, actor=self.request.user, at=timezone.now())


class PaperBlockSerializer(ReadSerializer):
    class Meta:
        model = PaperBlock
        fields = ["block", "confirmed_at", "remark", "verdict", "mark"]


class DeclarationSerializer(ReadSerializer):
    class Meta:
        model = Declaration
        fields = ["block", "record_type", "record_id", "date", "text", "state", "answer"]


class DutyPaperSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    year = serializers.IntegerField(source="campaign.year", read_only=True, label="年度")
    blocks = PaperBlockSerializer(many=True, read_only=True, label="登记表各栏")
    declarations = DeclarationSerializer(many=True, read_only=True, label="本人补充")

    class Meta:
        model = DutyPaper
        fields = [
            "id",
            "member",
            "year",
            "kind",
            "state",
            "text",
            "political_discipline",
            "suggestions",
            "blocks",
            "declarations",
            "first_submitted_at",
            "submitted_at",
            "verified_at",
            "version",
        ]


class DutyPaperViewSet(SensitiveViewSet):
    queryset = DutyPaper.objects.select_related("member__person", "campaign").prefetch_related(
        "blocks", "declarations"
    )
    serializer_class = DutyPaperSerializer
    filterset_class = DutyPaperFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["submitted_at", "first_submitted_at"]
    ordering = ["pk"]
    about = (
        "年度填报的材料：登记表各栏的确认与审核、本人补充，述职表与报告的文字。"
        "草稿只有本人可见；查看他人的材料记入审计。"
    )


class StandingReviewSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    year = serializers.IntegerField(source="campaign.year", read_only=True, label="年度")

    class Meta:
        model = StandingReview
        fields = [
            "id",
            "member",
            "year",
            "reports_orally",
            "reported_date",
            "opinion",
            "decided_date",
            "document_number",
            "version",
        ]


class StandingReviewViewSet(SensitiveViewSet):
    queryset = StandingReview.objects.select_related("member__person", "campaign")
    serializer_class = StandingReviewSerializer
    filterset_class = StandingReviewFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["decided_date"]
    ordering = ["pk"]
    about = "常委述职评价：口头述职与主席会议的综合评价意见。查看他人的记入审计。"


class SubmissionSignerSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="联名人")

    class Meta:
        model = SubmissionSigner
        fields = ["member", "state", "answered_at"]


class SubmissionSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    department = OptionalName(source="department.name", label="受理部门，空为委员联络科")
    signers = SubmissionSignerSerializer(many=True, read_only=True, label="联名")

    class Meta:
        model = Submission
        fields = [
            "id",
            "member",
            "kind",
            "title",
            "date",
            "body",
            "organisation",
            "level",
            "department",
            "signers",
            "state",
            "submitted_at",
            "answer",
            "settled_at",
            "record_type",
            "record_id",
            "version",
        ]


class SubmissionViewSet(VisibleModelViewSet):
    queryset = Submission.objects.select_related("member__person", "department").prefetch_related(
        "signers__member__person"
    )
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilter
    search_fields = ["title", "member__person__name"]
    ordering_fields = ["submitted_at"]
    ordering = ["pk"]
    about = (
        "委员报送的提案、社情民意信息、报告等。提交以前只有本人和被请联名的委员可见；"
        "record_type 与 record_id 是受理后登记的记录。"
    )


def shape(name: str, parts: dict[str, Any]) -> serializers.Serializer:
    """The nested numbers of `YEAR_SUMMARY`, described for the schema."""
    fields: dict[str, serializers.Field] = {
        part: shape(f"{name}{part.title()}", inner)
        if isinstance(inner, dict)
        else serializers.FloatField(allow_null=True)
        if part == "score"
        else serializers.IntegerField(allow_null=part == "penalties")
        for part, inner in parts.items()
    }
    return inline_serializer(name, fields)


class FactsSerializer(serializers.Serializer):
    member = MemberReference(read_only=True, label="委员")
    as_of = serializers.DateField(read_only=True, label="截至日期")
    facts = shape("YearFacts", YEAR_SUMMARY)


class FactsViewSet(VisibleListViewSet):
    """Members are paged first; then the facts of one page are gathered at once."""

    queryset = Member.objects.select_related("person")
    serializer_class = FactsSerializer
    filterset_class = FactsFilter
    search_fields = ["code", "person__name"]
    ordering_fields = ["code"]
    noun = "委员年度事实"
    tag = "履职档案"
    about = (
        "某年度截至某日在任委员的各项履职数字，口径与登记表、述职表相同。"
        "惩处数（penalties）无权查看者为 null。"
    )

    def get_queryset(self):
        return members_with_readable_facts(self.request.user).select_related("person")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        members = self.filter_queryset(self.get_queryset())
        term, year, on = self._asked(request)
        page = self.paginate_queryset(members.serving(on))
        gathered = duty_facts(term=term, year=year, on=on, members=[row.pk for row in page])
        facts = {one.subject.pk: one for one in gathered.members}
        rows = [self._row(member, on, facts[member.pk]) for member in page]
        return self.get_paginated_response(FactsSerializer(rows, many=True).data)

    def _asked(self, request: Request) -> tuple[Term, int, date]:
        form = FactsFilter(request.query_params, self.queryset).form
        form.is_valid()  # the filter backend has refused what is not
        year = form.cleaned_data["year"]
        term = Term.objects.select_related("assembly").filter(code=form.cleaned_data["term"])
        if not (found := term.first()):
            raise exceptions.NotFound
        last = min(date(year, 12, 31), found.end_date, timezone.localdate())
        on = form.cleaned_data["as_of"] or last
        if not found.start_date.year <= year <= found.end_date.year:
            raise exceptions.ValidationError({"year": f"{year}年不在{found}任期之内。"})
        if on.year != year or not found.contains(on):
            raise exceptions.ValidationError({"as_of": f"{on}不在该年度与任期之内。"})
        return found, year, on

    def _row(self, member: Member, on: date, facts: MemberFacts) -> dict[str, Any]:
        summary = year_summary(facts)
        if not may_read_penalties(user=self.request.user, member=member):
            summary["penalties"] = None
        return {"member": member, "as_of": on, "facts": summary}
