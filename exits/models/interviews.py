"""约谈 (萍办字〔2022〕9号 四（十三）16, 萍协办字〔2022〕19号 三（三）, 乐政协〔2021〕12号 12)."""

from django.db import models
from django.db.models import F, Q

from assessments.models import Finding
from core.files import attachment_field
from core.models import Recorded
from exits.choices import InterviewKind, InterviewResult, InterviewState
from exits.querysets import InterviewQuerySet
from members.models import Member, SpecialCommittee


class Interview(Recorded):
    """One interview, from its arrangement to its result and what was seen afterwards.

    Conducted by the vice-chairperson in charge (`leader`) with the member's special committee;
    `without_committee` says why none takes part.
    """

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="interviews"
    )
    kind = models.CharField(
        "类别", max_length=20, choices=InterviewKind, default=InterviewKind.INTERVIEW
    )
    finding = models.ForeignKey(
        Finding,
        verbose_name="依据的考核发现",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interviews",
    )
    reason = models.TextField("约谈事由", max_length=10_000)
    leader = models.ForeignKey(
        Member,
        verbose_name="分管领导",
        on_delete=models.PROTECT,
        related_name="conducted_interviews",
    )
    committee = models.ForeignKey(
        SpecialCommittee,
        verbose_name="参加的专门委员会",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interviews",
    )
    without_committee = models.TextField("没有专门委员会参加的原因", max_length=1000, blank=True)
    others = models.CharField("其他参加人员", max_length=200, blank=True)
    scheduled_at = models.DateTimeField("约谈时间")
    place = models.CharField("地点", max_length=200)
    rescheduled = models.TextField(
        "改期记录", max_length=10_000, blank=True, editable=False, help_text="一行一次"
    )
    state = models.CharField(
        "状态",
        max_length=20,
        choices=InterviewState,
        default=InterviewState.ARRANGED,
        editable=False,
    )
    notified_at = models.DateTimeField("通知时间", null=True, blank=True, editable=False)
    held_at = models.DateTimeField("实际约谈时间", null=True, blank=True, editable=False)
    minutes = models.TextField("约谈记录", max_length=10_000, blank=True, editable=False)
    statement = models.TextField("委员陈述", max_length=10_000, blank=True, editable=False)
    signed_at = models.DateTimeField("委员确认时间", null=True, blank=True, editable=False)
    signed_on_paper = models.BooleanField("纸质签字", default=False, editable=False)
    signed_copy = attachment_field("签字件", "interviews", blank=True)
    remark = models.TextField("委员补充意见", max_length=10_000, blank=True, editable=False)
    result = models.CharField(
        "结果", max_length=20, choices=InterviewResult, blank=True, editable=False
    )
    result_note = models.TextField("结果说明", max_length=10_000, blank=True, editable=False)
    follow_up_date = models.DateField("回访日期", null=True, blank=True, editable=False)
    follow_up_note = models.TextField("回访情况", max_length=10_000, blank=True, editable=False)
    closed_date = models.DateField("办结日期", null=True, blank=True, editable=False)
    cancelled_reason = models.TextField("取消事由", max_length=10_000, blank=True, editable=False)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "约谈"
        ordering = ["-scheduled_at", "-pk"]
        default_permissions = ("view",)
        permissions = [
            ("conduct_interview", "可以安排、记录约谈"),
            ("sign_interview", "可以确认本人的约谈记录"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"],
                condition=~Q(state__in=[InterviewState.CANCELLED])
                & Q(finding__isnull=False, closed_date__isnull=True),
                name="interview_one_open_a_finding",
                violation_error_message="这条考核发现已安排约谈。",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(place=""),
                name="interview_has_reason_and_place",
                violation_error_message="约谈须有事由和地点。",
            ),
            models.CheckConstraint(
                condition=Q(committee__isnull=False) | ~Q(without_committee=""),
                name="interview_with_committee_or_why_not",
                violation_error_message="约谈须有专门委员会参加；没有的，须写明原因。",
            ),
            models.CheckConstraint(
                condition=~Q(member=F("leader")),
                name="interview_not_by_oneself",
                violation_error_message="委员不能约谈本人。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[InterviewState.HELD, InterviewState.CLOSED])
                | (Q(held_at__isnull=False, notified_at__isnull=False) & ~Q(minutes="")),
                name="interview_held_has_minutes",
                violation_error_message="约谈须先通知，并有时间和记录。",
            ),
            models.CheckConstraint(
                condition=~Q(state=InterviewState.NOTIFIED) | Q(notified_at__isnull=False),
                name="interview_notified_has_time",
                violation_error_message="已通知的约谈须有通知时间。",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=InterviewState.CLOSED, closed_date__isnull=False) & ~Q(result="")
                )
                | (~Q(state=InterviewState.CLOSED) & Q(closed_date__isnull=True)),
                name="interview_closed_has_result",
                violation_error_message="办结的约谈须有结果和日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=InterviewState.CANCELLED) | ~Q(cancelled_reason=""),
                name="interview_cancelled_has_reason",
                violation_error_message="取消约谈须写明事由。",
            ),
        ]
        indexes = [models.Index(fields=["state"], name="interview_state")]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_kind_display()}"

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def awaits_follow_up(self) -> bool:
        return self.follow_up_date is not None and not self.follow_up_note
