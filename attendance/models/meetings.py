"""Meetings and activities, their sittings, and who attended each."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from attendance.choices import AttendanceStatus, MeetingKind, Participation, SignInMethod
from attendance.querysets import (
    AttendanceQuerySet,
    MeetingQuerySet,
    SittingQuerySet,
    VisitorQuerySet,
)
from core.models import Recorded
from members.models import Member, Sector, SpecialCommittee, Term


class Meeting(Recorded):
    """One 会议活动. It belongs to the year of its start date."""

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="meetings"
    )
    number = models.CharField("编号", max_length=50)
    title = models.CharField("名称", max_length=200)
    kind = models.CharField("类别", max_length=40, choices=MeetingKind)
    start_date = models.DateField("开始日期")
    end_date = models.DateField(
        "结束日期", null=True, blank=True, help_text="最后一天；空 = 当天结束"
    )
    organiser = models.CharField("承办部门", max_length=10_000, blank=True)
    place = models.CharField("地点", max_length=10_000, blank=True)
    sector = models.ForeignKey(
        Sector,
        verbose_name="界别",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
    )
    committee = models.ForeignKey(
        SpecialCommittee,
        verbose_name="专委会",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
    )
    topic = models.CharField("议题", max_length=10_000, blank=True)
    participation = models.CharField(
        "参加方式", max_length=20, choices=Participation, default=Participation.MUST_ATTEND
    )
    non_voting_reason = models.TextField(
        "列席超员理由",
        max_length=10_000,
        blank=True,
        help_text="列席人员超过规定人数时填写（萍协字〔2022〕24号 一）",
    )
    copied_from = models.ForeignKey(
        "self",
        verbose_name="复制自",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议活动"
        ordering = ["-start_date", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "number"],
                name="meeting_number_in_term",
                violation_error_message="本届已有此会议编号。",
            ),
            models.CheckConstraint(
                condition=~Q(number=""),
                name="meeting_has_number",
                violation_error_message="编号不能为空。",
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                name="meeting_ends_after_start",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]
        indexes = [models.Index(fields=["term", "start_date"], name="meeting_term_date")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def clean(self) -> None:
        if not self.term.contains(self.start_date):
            raise ValidationError({"start_date": f"开始日期不在{self.term}任期之内。"})
        for field in ("sector", "committee"):
            organ = getattr(self, field)
            if organ is not None and organ.term_id != self.term_id:
                raise ValidationError({field: "所选机构不属于本届。"})


class Sitting(models.Model):
    """场次: one session of a meeting at which attendance is taken."""

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.CASCADE, related_name="sittings"
    )
    number = models.PositiveSmallIntegerField(
        "场次", default=1, validators=[MinValueValidator(1, "场次从 1 开始。")]
    )
    title = models.CharField("名称", max_length=100, blank=True)
    starts_at = models.DateTimeField("开始时间", null=True, blank=True)
    ends_at = models.DateTimeField("结束时间", null=True, blank=True)
    late_after_minutes = models.PositiveSmallIntegerField(
        "迟到宽限（分钟）",
        default=0,
        validators=[MaxValueValidator(240, "最多填 240 分钟。")],
        help_text="开始之后这些分钟内到会不算迟到",
    )
    closed_at = models.DateTimeField("结束签到时间", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="结束签到人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "场次"
        ordering = ["meeting", "number"]
        permissions = [("arrive_sitting", "本人签到")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "number"],
                name="sitting_number_in_meeting",
                violation_error_message="该会议已有此场次。",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="sitting_number_positive",
                violation_error_message="场次从 1 开始。",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="sitting_ends_after_start",
                violation_error_message="结束时间须晚于开始时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} {self.short_name}"

    @property
    def short_name(self) -> str:
        return self.title or f"第{self.number}场"


class Attendance(Recorded):
    """One member at one sitting. A row means the member was expected."""

    sitting = models.ForeignKey(
        Sitting, verbose_name="场次", on_delete=models.CASCADE, related_name="attendances"
    )
    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="attendances"
    )
    status = models.CharField("状态", max_length=10, choices=AttendanceStatus)
    leave_reason = models.TextField("请假事由", max_length=10_000, blank=True)
    method = models.CharField(
        "签到方式", max_length=20, choices=SignInMethod, blank=True, editable=False
    )
    arrived_at = models.DateTimeField("签到时间", null=True, blank=True, editable=False)
    left_at = models.DateTimeField("离场时间", null=True, blank=True, editable=False)
    is_walk_in = models.BooleanField("名单之外到会", default=False, editable=False)
    device_mark = models.CharField("签到设备", max_length=64, blank=True, editable=False)
    leave_request = models.ForeignKey(
        "attendance.LeaveRequest",
        verbose_name="请假申请",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="attendances",
    )

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考勤"
        ordering = ["sitting", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "member"],
                name="attendance_once",
                violation_error_message="该委员在此场次已有考勤。",
            ),
            models.UniqueConstraint(
                fields=["sitting", "device_mark"],
                condition=~Q(device_mark=""),
                name="attendance_device_once",
                violation_error_message="此手机在本场已为另一位委员签到。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_status_display()}"

    def clean(self) -> None:
        meeting, member = self.sitting.meeting, self.member
        if meeting.term_id != member.term_id:
            raise ValidationError({"member": "该委员不属于会议所在届次。"})
        if not member.serves(meeting.start_date):
            raise ValidationError({"member": f"该委员在{meeting.start_date}不在任，不能登记考勤。"})
        if member.suspensions.covering(meeting.start_date).exists():
            raise ValidationError(
                {"member": f"该委员在{meeting.start_date}暂停履职，不能登记考勤。"}
            )


class Visitor(Recorded):
    """Somebody who came and is not in the register; never signed in as somebody else."""

    sitting = models.ForeignKey(
        Sitting, verbose_name="场次", on_delete=models.CASCADE, related_name="visitors"
    )
    name = models.CharField("姓名", max_length=50)
    unit = models.CharField("单位职务", max_length=200, blank=True)
    arrived_at = models.DateTimeField("到会时间")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = VisitorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册外到会人员"
        ordering = ["sitting", "arrived_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="visitor_has_name",
                violation_error_message="姓名不能为空。",
            )
        ]

    def __str__(self) -> str:
        return self.name
