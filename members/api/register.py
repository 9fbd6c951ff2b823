"""Terms, their organs, members, posts and suspensions."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import (
    OptionalName,
    ReadSerializer,
    SensitiveViewSet,
    VisibleModelViewSet,
)
from accounts.services.reading import note_reading
from members.filters import MemberFilter, OrganFilter, SuspensionFilter, TenureFilter
from members.models import (
    Department,
    LiaisonGroup,
    Member,
    Sector,
    SectorGroup,
    SpecialCommittee,
    SuspensionPeriod,
    Tenure,
    Term,
)
from members.permissions import masked_phone, sees_phone


class MemberReference(ReadSerializer):
    """Whom a record is about, in three words."""

    name = serializers.CharField(source="person.name", read_only=True, label="姓名")

    class Meta:
        model = Member
        fields = ["id", "code", "name"]


class OpenToBusinessViewSet(VisibleModelViewSet):
    """The house's own plan: terms and organs hold nothing personal."""

    def get_queryset(self):
        return self.queryset.all()


class TermSerializer(ReadSerializer):
    assembly = serializers.CharField(source="assembly.name", read_only=True, label="政协委员会")
    level = serializers.CharField(source="assembly.level", read_only=True, label="级别")

    class Meta:
        model = Term
        fields = ["id", "code", "name", "assembly", "level", "rule_pack", "start_date", "end_date"]


class TermViewSet(OpenToBusinessViewSet):
    queryset = Term.objects.select_related("assembly")
    serializer_class = TermSerializer
    search_fields = ["code", "name"]
    ordering_fields = ["start_date", "code"]
    about = "各届政协委员会。end_date 是本届最后一天。"


class OrganSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")

    class Meta:
        fields = ["id", "term", "name", "sequence"]


class OrganViewSet(OpenToBusinessViewSet):
    filterset_class = OrganFilter
    search_fields = ["name"]
    ordering_fields = ["sequence", "name"]


class SectorSerializer(OrganSerializer):
    committee = OptionalName(source="liaison.committee.name", label="联系专委会")

    class Meta(OrganSerializer.Meta):
        model = Sector
        fields = [*OrganSerializer.Meta.fields, "committee"]


class SectorViewSet(OrganViewSet):
    queryset = Sector.objects.select_related("term", "liaison__committee")
    serializer_class = SectorSerializer
    about = "界别，附联系它的专委会。"


class CommitteeSerializer(OrganSerializer):
    class Meta(OrganSerializer.Meta):
        model = SpecialCommittee


class CommitteeViewSet(OrganViewSet):
    queryset = SpecialCommittee.objects.select_related("term")
    serializer_class = CommitteeSerializer


class SectorGroupSerializer(OrganSerializer):
    sector = OptionalName(source="sector.name", label="界别")

    class Meta(OrganSerializer.Meta):
        model = SectorGroup
        fields = [*OrganSerializer.Meta.fields, "sector"]


class SectorGroupViewSet(OrganViewSet):
    queryset = SectorGroup.objects.select_related("term", "sector")
    serializer_class = SectorGroupSerializer


class LiaisonGroupSerializer(OrganSerializer):
    class Meta(OrganSerializer.Meta):
        model = LiaisonGroup


class LiaisonGroupViewSet(OrganViewSet):
    queryset = LiaisonGroup.objects.select_related("term")
    serializer_class = LiaisonGroupSerializer


class DepartmentSerializer(OrganSerializer):
    duties = serializers.SlugRelatedField(
        slug_field="record_kind", many=True, read_only=True, label="采集的履职项目"
    )

    class Meta(OrganSerializer.Meta):
        model = Department
        fields = [*OrganSerializer.Meta.fields, "duties"]


class DepartmentViewSet(OrganViewSet):
    queryset = Department.objects.select_related("term").prefetch_related("duties")
    serializer_class = DepartmentSerializer


class HeldPostSerializer(ReadSerializer):
    class Meta:
        model = Tenure
        fields = ["post", "organ", "start_date", "end_date"]


class MemberSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")
    name = serializers.CharField(source="person.name", read_only=True, label="姓名")
    gender = serializers.CharField(source="person.gender", read_only=True, label="性别")
    ethnicity = serializers.CharField(source="person.ethnicity", read_only=True, label="民族")
    birth_month = serializers.DateField(
        source="person.birth_month",
        format="%Y-%m",
        read_only=True,
        allow_null=True,
        label="出生年月",
    )
    phone = serializers.SerializerMethodField(label="联系电话", help_text="本人以外只显示首尾")
    sector = serializers.CharField(source="sector.name", read_only=True, label="界别")
    committee = OptionalName(source="committee.name", label="专委会")
    liaison_group = OptionalName(source="liaison_group.name", label="县区联络组")
    posts = HeldPostSerializer(source="tenures", many=True, read_only=True, label="职务任期")

    class Meta:
        model = Member
        fields = [
            "id",
            "term",
            "code",
            "name",
            "gender",
            "ethnicity",
            "birth_month",
            "phone",
            "party",
            "sector",
            "committee",
            "liaison_group",
            "employer_post",
            "nominating_body",
            "joined_date",
            "exited_date",
            "posts",
            "version",
        ]

    def get_phone(self, member: Member) -> str:
        """Lists never carry anybody's number but the reader's own; `contact` does, audited."""
        user = self.context["request"].user
        own = member.person.user_id == user.pk
        return member.person.phone if own else masked_phone(member.person.phone)


class ContactSerializer(serializers.Serializer):
    phone = serializers.CharField(read_only=True, label="联系电话")


class MemberViewSet(VisibleModelViewSet):
    queryset = Member.objects.select_related(
        "term", "person", "sector", "committee", "liaison_group"
    ).prefetch_related("tenures")
    serializer_class = MemberSerializer
    filterset_class = MemberFilter
    search_fields = ["code", "person__name"]
    ordering_fields = ["code", "joined_date", "exited_date"]
    about = "委员。exited_date 是不再担任委员的第一天，空为在任。"

    @extend_schema(
        summary="查看委员的联系电话",
        description="仅限委员联络科和本人；查看他人电话记入审计。",
        responses=ContactSerializer,
    )
    @action(detail=True, filter_backends=[], pagination_class=None)
    def contact(self, request: Request, pk: str) -> Response:
        member = self.get_object()
        if not sees_phone(user=request.user, person=member.person):
            raise PermissionDenied("联系电话仅限委员联络科和本人查看。")
        note_reading(
            rows=Member.objects.filter(pk=member.pk),
            actor=request.user,
            at=timezone.now(),
            person="person",
            field="phone",
        )
        return Response({"phone": member.person.phone})


class TenureSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")

    class Meta:
        model = Tenure
        fields = ["id", "member", "post", "organ", "start_date", "end_date", "version"]


class TenureViewSet(VisibleModelViewSet):
    queryset = Tenure.objects.select_related("member__person")
    serializer_class = TenureSerializer
    filterset_class = TenureFilter
    search_fields = ["member__person__name", "organ"]
    ordering_fields = ["start_date", "end_date"]
    about = "职务任期，半开区间：end_date 是不再担任的第一天，空为至今。"


class SuspensionSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")

    class Meta:
        model = SuspensionPeriod
        fields = ["id", "member", "start_date", "end_date", "decision_number", "version"]


class SuspensionViewSet(SensitiveViewSet):
    queryset = SuspensionPeriod.objects.select_related("member__person")
    serializer_class = SuspensionSerializer
    filterset_class = SuspensionFilter
    search_fields = ["member__person__name"]
    ordering_fields = ["start_date", "end_date"]
    about = "暂停履职，半开区间：end_date 是恢复履职的第一天，空为至今。查看他人的记录记入审计。"
