"""Endpoints of meetings, attendance, speeches, invitations, leave and non-voting seats."""

from rest_framework import serializers

from accounts.api.base import OptionalName, ReadSerializer, VisibleModelViewSet
from attendance.choices import AttendanceStatus
from attendance.filters import (
    AttendanceFilter,
    ExpectationFilter,
    LeaveRequestFilter,
    MeetingFilter,
    NonVotingSeatFilter,
    OutsideInvitationFilter,
    SpeechFilter,
)
from attendance.models import (
    Approval,
    Attendance,
    Expectation,
    LeaveRequest,
    Meeting,
    NonVotingSeat,
    OutsideInvitation,
    Speech,
)
from members.api.register import MemberReference


class MeetingReference(ReadSerializer):
    class Meta:
        model = Meeting
        fields = ["id", "number", "title", "kind", "start_date"]


class MeetingSerializer(ReadSerializer):
    term = serializers.SlugRelatedField(slug_field="code", read_only=True, label="届次代码")
    sector = OptionalName(source="sector.name", label="界别")
    committee = OptionalName(source="committee.name", label="专委会")
    sittings = serializers.SlugRelatedField(
        slug_field="number", many=True, read_only=True, label="场次"
    )

    class Meta:
        model = Meeting
        fields = [
            "id",
            "term",
            "number",
            "title",
            "kind",
            "start_date",
            "end_date",
            "organiser",
            "place",
            "sector",
            "committee",
            "topic",
            "participation",
            "sittings",
            "version",
        ]


class MeetingViewSet(VisibleModelViewSet):
    queryset = Meeting.objects.select_related("term", "sector", "committee").prefetch_related(
        "sittings"
    )
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    search_fields = ["number", "title", "topic"]
    ordering_fields = ["start_date", "number"]
    about = "会议活动。属于其开始日期所在的年度；end_date 是最后一天。"


REASON_SHOWN = "只给本人、审批请假的、采集考勤和主办会议的部门；对其他账号为空"


class AttendanceSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    meeting = MeetingReference(source="sitting.meeting", read_only=True, label="会议活动")
    sitting = serializers.IntegerField(source="sitting.number", read_only=True, label="场次")
    leave_reason = serializers.CharField(
        source="shown_reason", read_only=True, label="请假事由", help_text=REASON_SHOWN
    )

    class Meta:
        model = Attendance
        fields = ["id", "meeting", "sitting", "member", "status", "leave_reason", "version"]


class AttendanceViewSet(VisibleModelViewSet):
    queryset = Attendance.objects.select_related("sitting__meeting", "member__person")
    serializer_class = AttendanceSerializer
    filterset_class = AttendanceFilter
    search_fields = ["member__person__name", "sitting__meeting__title"]
    ordering_fields = ["sitting__meeting__start_date", "member__code"]
    ordering = ["pk"]  # tens of thousands of rows: by meeting and member only when asked
    about = "考勤，每人每场次一条。有此一条即为应出席；迟到、早退计为出席。"

    def get_queryset(self):
        return super().get_queryset().with_reason_for(self.request.user)


class SpeechSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    meeting = MeetingReference(read_only=True, label="会议活动")

    class Meta:
        model = Speech
        fields = ["id", "meeting", "member", "title", "manner", "occasion", "date", "version"]


class SpeechViewSet(VisibleModelViewSet):
    queryset = Speech.objects.select_related("meeting", "member__person")
    serializer_class = SpeechSerializer
    filterset_class = SpeechFilter
    search_fields = ["member__person__name", "title"]
    ordering_fields = ["meeting__start_date", "date"]
    ordering = ["pk"]
    about = "会议发言。计入会议所在年度；场合为空即大会发言。"


class OutsideInvitationSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")

    class Meta:
        model = OutsideInvitation
        fields = ["id", "member", "date", "title", "inviter", "version"]


class OutsideInvitationViewSet(VisibleModelViewSet):
    queryset = OutsideInvitation.objects.select_related("member__person")
    serializer_class = OutsideInvitationSerializer
    filterset_class = OutsideInvitationFilter
    search_fields = ["member__person__name", "title", "inviter"]
    ordering_fields = ["date"]
    about = "应邀以委员身份参加的外单位会议活动。"


class ExpectationSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    meeting = MeetingReference(read_only=True, label="会议活动")

    class Meta:
        model = Expectation
        fields = ["id", "meeting", "member", "capacity", "reply", "replied_at", "version"]


class ExpectationViewSet(VisibleModelViewSet):
    queryset = Expectation.objects.select_related("meeting", "member__person")
    serializer_class = ExpectationSerializer
    filterset_class = ExpectationFilter
    search_fields = ["member__person__name", "meeting__title"]
    ordering_fields = ["meeting__start_date", "member__code"]
    ordering = ["pk"]
    about = "应到名单。会议首日暂停履职、已退出的委员不在其中；自愿报名的活动以回复为准。"


class ApprovalSerializer(ReadSerializer):
    decided_by = OptionalName(source="decided_by.name", label="经办人")

    class Meta:
        model = Approval
        fields = [
            "sequence",
            "approver",
            "verdict",
            "note",
            "on_behalf",
            "decided_by",
            "decided_at",
        ]


class LeaveRequestSerializer(ReadSerializer):
    member = MemberReference(read_only=True, label="委员")
    meeting = MeetingReference(read_only=True, label="会议活动")
    sittings = serializers.SlugRelatedField(
        slug_field="number", many=True, read_only=True, label="请假场次，空为整个会议"
    )
    approvals = ApprovalSerializer(many=True, read_only=True, label="审批环节")

    class Meta:
        model = LeaveRequest
        fields = [
            "id",
            "meeting",
            "member",
            "sittings",
            "reason",
            "filed_at",
            "is_late",
            "is_afterwards",
            "state",
            "settled_at",
            "approvals",
            "version",
        ]


class LeaveRequestViewSet(VisibleModelViewSet):
    queryset = LeaveRequest.objects.select_related("meeting", "member__person").prefetch_related(
        "sittings", "approvals__decided_by"
    )
    serializer_class = LeaveRequestSerializer
    filterset_class = LeaveRequestFilter
    search_fields = ["member__person__name", "meeting__title"]
    ordering_fields = ["filed_at", "meeting__start_date"]
    about = "请假申请及其审批。事后补假的获批后作为情况说明，考勤仍计缺席。"


class NonVotingSeatSerializer(ReadSerializer):
    member = MemberReference(read_only=True, allow_null=True, label="委员，非委员为空")
    meeting = MeetingReference(read_only=True, label="会议活动")
    department = OptionalName(source="department.name", label="提出部门，空为市政协办公室")
    approvals = ApprovalSerializer(many=True, read_only=True, label="审批环节")
    attended = serializers.ChoiceField(
        choices=AttendanceStatus, read_only=True, allow_blank=True, label="到会情况"
    )

    class Meta:
        model = NonVotingSeat
        fields = [
            "id",
            "meeting",
            "member",
            "name",
            "unit",
            "department",
            "agenda_item",
            "reason",
            "state",
            "settled_at",
            "invited_at",
            "terms_accepted_at",
            "leave_filed_at",
            "leave_is_late",
            "attended",
            "materials_returned_at",
            "approvals",
            "version",
        ]


class NonVotingSeatViewSet(VisibleModelViewSet):
    queryset = NonVotingSeat.objects.select_related(
        "meeting", "member__person", "department"
    ).prefetch_related("approvals__decided_by")
    serializer_class = NonVotingSeatSerializer
    filterset_class = NonVotingSeatFilter
    search_fields = ["member__person__name", "name", "meeting__title", "agenda_item"]
    ordering_fields = ["meeting__start_date", "settled_at"]
    ordering = ["pk"]
    about = "列席人员，从提名到交回材料。委员的到会情况见其考勤。"
