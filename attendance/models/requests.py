"""Leave and non-voting seats: what goes up a chain of approval, and the chains as data."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from attendance.choices import (
    Approver,
    AttendanceStatus,
    MeetingKind,
    Purpose,
    RequestState,
    StepCondition,
    Verdict,
)
from attendance.models.meetings import Meeting, Sitting
from attendance.querysets import (
    ApprovalQuerySet,
    LeaveRequestQuerySet,
    NonVotingSeatQuerySet,
    ProcedureQuerySet,
)
from core.files import attachment_field
from core.models import Recorded
from members.models import Department, Member, Term


class Procedure(Recorded):
    """How leave, or a non-voting seat, is asked for at one kind of meeting in a term."""

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.CASCADE, related_name="procedures"
    )
    purpose = models.CharField("事项", max_length=20, choices=Purpose)
    meeting_kind = models.CharField(
        "会议类别", max_length=40, choices=MeetingKind, blank=True, help_text="空 = 其余各类会议"
    )
    notice_days = models.PositiveSmallIntegerField(
        "请假须提前（日）", default=0, help_text="会议召开前几日之内申请的，标明“迟交”；0 = 开会前"
    )
    usual_places = models.PositiveSmallIntegerField(
        "一次一般不超过（人）", null=True, blank=True, help_text="列席人数；超过须写明理由"
    )
    terms_text = models.TextField(
        "保密与纪律要求", max_length=10_000, blank=True, help_text="列席人员须阅读并确认"
    )
    citation = models.CharField("依据", max_length=200, blank=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假与列席办法"
        ordering = ["term", "purpose", "meeting_kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "purpose", "meeting_kind"],
                name="procedure_once",
                violation_error_message="本届该类会议的办法已经设定。",
            )
        ]

    def __str__(self) -> str:
        kind = self.get_meeting_kind_display() if self.meeting_kind else "其余会议"
        return f"{kind}{self.get_purpose_display()}"


class ProcedureStep(models.Model):
    """One approver of a chain, in order."""

    procedure = models.ForeignKey(
        Procedure, verbose_name="办法", on_delete=models.CASCADE, related_name="steps"
    )
    sequence = models.PositiveSmallIntegerField("次序")
    approver = models.CharField("审批人", max_length=30, choices=Approver)
    condition = models.CharField(
        "适用于", max_length=20, choices=StepCondition, default=StepCondition.ALWAYS
    )
    from_days = models.PositiveSmallIntegerField(
        "请假满几日才需要", default=0, help_text="0 = 不论长短"
    )

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审批环节"
        ordering = ["procedure", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "sequence"],
                name="procedure_step_sequence",
                violation_error_message="此次序已有审批环节。",
            )
        ]

    def __str__(self) -> str:
        return self.get_approver_display()


class LeaveRequest(Recorded):
    """请假: for a whole meeting or for some of its sittings."""

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.PROTECT, related_name="leave_requests"
    )
    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="leave_requests"
    )
    sittings = models.ManyToManyField(
        Sitting, verbose_name="场次", through="LeaveSitting", related_name="leave_requests"
    )
    reason = models.TextField("事由", max_length=10_000)
    attachment = attachment_field("证明材料", "leave", blank=True)
    filed_at = models.DateTimeField("申请时间", editable=False)
    is_late = models.BooleanField("迟交", default=False, editable=False)
    is_afterwards = models.BooleanField(
        "事后补假",
        default=False,
        editable=False,
        help_text="所请各场都已开始之后才申请；可批准为情况说明，考勤仍计缺席",
    )
    state = models.CharField(
        "状态",
        max_length=20,
        choices=RequestState,
        default=RequestState.PENDING,
        editable=False,
    )
    settled_at = models.DateTimeField("办结时间", null=True, blank=True, editable=False)

    objects = LeaveRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "请假申请"
        ordering = ["-filed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                condition=Q(state=RequestState.PENDING),
                name="leave_request_one_pending",
                violation_error_message="该委员对此会议已有一份待审批的请假申请。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="leave_request_has_reason",
                violation_error_message="请写明请假事由。",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.PENDING, settled_at__isnull=True)
                | (~Q(state=RequestState.PENDING) & Q(settled_at__isnull=False)),
                name="leave_request_settled_when_not_pending",
                violation_error_message="办结的请假申请须有办结时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}请假：{self.meeting.title}"

    def clean(self) -> None:
        if self.meeting.term_id != self.member.term_id:
            raise ValidationError({"member": "该委员不属于会议所在届次。"})


class LeaveSitting(models.Model):
    """A sitting the leave is asked for; a request without any is for the whole meeting."""

    request = models.ForeignKey(
        LeaveRequest, verbose_name="请假申请", on_delete=models.CASCADE, related_name="lines"
    )
    sitting = models.ForeignKey(
        Sitting, verbose_name="场次", on_delete=models.PROTECT, related_name="leave_lines"
    )

    class Meta:
        verbose_name = verbose_name_plural = "请假场次"
        ordering = ["request", "sitting"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "sitting"],
                name="leave_sitting_once",
                violation_error_message="此场次已在申请之中。",
            )
        ]

    def __str__(self) -> str:
        return str(self.sitting)


class NonVotingSeat(Recorded):
    """列席 at a 常委会会议 (萍协字〔2022〕24号) or a 主席会议 (23号), from proposal to dossier.

    The person is a member, or a guest named by name and unit.
    """

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.PROTECT, related_name="non_voting_seats"
    )
    member = models.ForeignKey(
        Member,
        verbose_name="委员",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="non_voting_seats",
        help_text="市政协委员；其他人员填姓名和单位",
    )
    name = models.CharField("姓名", max_length=50, blank=True)
    unit = models.CharField("单位职务", max_length=200, blank=True)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name="提出部门",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="non_voting_seats",
    )
    agenda_item = models.CharField("列席议题", max_length=200)
    reason = models.TextField("邀请理由", max_length=10_000)
    state = models.CharField(
        "状态",
        max_length=20,
        choices=RequestState,
        default=RequestState.PENDING,
        editable=False,
    )
    settled_at = models.DateTimeField("办结时间", null=True, blank=True, editable=False)
    invited_at = models.DateTimeField("通知时间", null=True, blank=True, editable=False)
    terms_accepted_at = models.DateTimeField("确认保密要求", null=True, blank=True, editable=False)
    leave_filed_at = models.DateTimeField("请假时间", null=True, blank=True, editable=False)
    leave_reason = models.TextField("请假事由", max_length=10_000, blank=True, editable=False)
    leave_is_late = models.BooleanField("请假迟交", default=False, editable=False)
    attended = models.CharField(
        "到会情况", max_length=10, choices=AttendanceStatus, blank=True, editable=False
    )
    materials_returned_at = models.DateTimeField("材料交回", null=True, blank=True, editable=False)

    objects = NonVotingSeatQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "列席人员"
        ordering = ["-meeting__start_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                condition=Q(
                    member__isnull=False,
                    state__in=[RequestState.PENDING, RequestState.APPROVED],
                ),
                name="non_voting_seat_once",
                violation_error_message="该委员已提名列席此会议。",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False, name="") | (Q(member__isnull=True) & ~Q(name="")),
                name="non_voting_seat_names_one",
                violation_error_message="列席人员是市政协委员的，选委员；不是的，填姓名。两者只填一项。",
            ),
            models.CheckConstraint(
                condition=Q(invited_at__isnull=True) | Q(state=RequestState.APPROVED),
                name="non_voting_seat_invited_when_approved",
                violation_error_message="批准之后才能通知列席。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guest} 列席{self.meeting.title}"

    @property
    def guest(self) -> str:
        """The name of whoever sits there."""
        return self.member.person.name if self.member else self.name

    def clean(self) -> None:
        if self.member is not None and self.meeting.term_id != self.member.term_id:
            raise ValidationError({"member": "该委员不属于会议所在届次。"})


class Approval(models.Model):
    """One step of one request's chain, fixed when the request was made; decided once."""

    leave_request = models.ForeignKey(
        LeaveRequest,
        verbose_name="请假申请",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="approvals",
    )
    seat = models.ForeignKey(
        NonVotingSeat,
        verbose_name="列席人员",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="approvals",
    )
    sequence = models.PositiveSmallIntegerField("次序")
    approver = models.CharField("审批人", max_length=30, choices=Approver)
    verdict = models.CharField("意见", max_length=20, choices=Verdict, default=Verdict.WAITING)
    note = models.TextField("批语", max_length=10_000, blank=True)
    on_behalf = models.BooleanField(
        "代录", default=False, help_text="委员联络科据书面或口头批示代为登记"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审批账号",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审批"
        ordering = ["leave_request", "seat", "sequence"]
        default_permissions = ("view",)
        permissions = [("decide_approval", "审批请假和列席")]
        constraints = [
            models.UniqueConstraint(
                fields=["leave_request", "sequence"], name="approval_leave_sequence"
            ),
            models.UniqueConstraint(fields=["seat", "sequence"], name="approval_seat_sequence"),
            models.CheckConstraint(
                condition=Q(leave_request__isnull=False, seat__isnull=True)
                | Q(leave_request__isnull=True, seat__isnull=False),
                name="approval_of_one_request",
            ),
            models.CheckConstraint(
                condition=Q(
                    verdict=Verdict.WAITING, decided_at__isnull=True, decided_by__isnull=True
                )
                | (
                    ~Q(verdict=Verdict.WAITING)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="approval_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_approver_display()}{self.get_verdict_display()}"
