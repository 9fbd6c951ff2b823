"""Work members hand in by themselves, before the collecting unit has taken it into the records."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from attendance.models import Meeting
from core.files import attachment_field
from core.models import Recorded
from dossiers.choices import SignerState, SubmissionKind, SubmissionState
from dossiers.querysets import OfSubmissionQuerySet, SubmissionQuerySet
from members.choices import Level
from members.models import Department, Member


class Submission(Recorded):
    """A proposal, report, speech … as the member wrote it. Accepted, it has become a record
    (`record_type`, `record_id`), which tells what became of it until the end.
    """

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="submissions"
    )
    kind = models.CharField("类别", max_length=20, choices=SubmissionKind)
    title = models.CharField("标题", max_length=200, blank=True)
    date = models.DateField("日期", null=True, blank=True)
    body = models.TextField("正文", max_length=20_000, blank=True)
    organisation = models.CharField(
        "单位或刊物", max_length=200, blank=True, help_text="刊物、邀请单位、表彰单位"
    )
    level = models.CharField("级别", max_length=10, choices=Level, blank=True)
    meeting = models.ForeignKey(
        Meeting,
        verbose_name="会议活动",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        help_text="会议发言所在的会议",
    )
    department = models.ForeignKey(
        Department,
        verbose_name="受理部门",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="submissions",
        help_text="空 = 委员联络科",
    )
    state = models.CharField(
        "状态",
        max_length=20,
        choices=SubmissionState,
        default=SubmissionState.DRAFT,
        editable=False,
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, editable=False)
    answer = models.TextField("受理意见", max_length=10_000, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="受理人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    settled_at = models.DateTimeField("受理时间", null=True, blank=True, editable=False)
    record_type = models.CharField("记录类别", max_length=80, blank=True, editable=False)
    record_id = models.PositiveBigIntegerField("记录主键", null=True, blank=True, editable=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员报送"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        SubmissionState.DRAFT,
                        SubmissionState.SIGNING,
                        SubmissionState.WITHDRAWN,
                    ]
                )
                | (~Q(title="") & Q(submitted_at__isnull=False)),
                name="submission_submitted_with_title",
                violation_error_message="提交的材料须有标题。",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=SubmissionState.ACCEPTED, record_id__isnull=False)
                    | (~Q(state=SubmissionState.ACCEPTED) & Q(record_id__isnull=True))
                ),
                name="submission_accepted_with_record",
                violation_error_message="受理的材料须已登记为履职记录。",
            ),
            models.UniqueConstraint(
                fields=["record_type", "record_id"],
                condition=Q(record_id__isnull=False),
                name="submission_record_once",
                violation_error_message="这条记录已由另一份报送材料登记。",
            ),
        ]
        indexes = [models.Index(fields=["state", "kind"], name="submission_state_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title or '（未填标题）'}"

    def clean(self) -> None:
        if self.meeting is not None and self.meeting.term_id != self.member.term_id:
            raise ValidationError({"meeting": "所选会议不属于该委员所在届次。"})


class SubmissionFile(Recorded):
    submission = models.ForeignKey(
        Submission, verbose_name="委员报送", on_delete=models.CASCADE, related_name="files"
    )
    file = attachment_field("附件", "submissions")

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送附件"
        ordering = ["submission", "pk"]

    def __str__(self) -> str:
        return self.file.name.rsplit("/", 1)[-1]


class SubmissionSigner(models.Model):
    """A co-signer named by the lead sponsor; counts only after agreeing themselves."""

    submission = models.ForeignKey(
        Submission, verbose_name="委员报送", on_delete=models.CASCADE, related_name="signers"
    )
    member = models.ForeignKey(
        Member, verbose_name="联名人", on_delete=models.PROTECT, related_name="signatures"
    )
    sequence = models.PositiveSmallIntegerField("次序", default=1)
    state = models.CharField("意见", max_length=20, choices=SignerState, default=SignerState.ASKED)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    objects = OfSubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联名人"
        ordering = ["submission", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "member"],
                name="submission_signer_once",
                violation_error_message="该委员已列为联名人。",
            ),
            models.CheckConstraint(
                condition=Q(state=SignerState.ASKED, answered_at__isnull=True)
                | (~Q(state=SignerState.ASKED) & Q(answered_at__isnull=False)),
                name="submission_signer_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}{self.get_state_display()}"
