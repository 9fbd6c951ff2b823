"""The papers of a year: what a campaign collects, what each member fills, submits and archives."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.files import attachment_field
from core.models import Recorded
from dossiers.choices import (
    Audience,
    BlockVerdict,
    DeclaredState,
    HandInKind,
    PaperAct,
    PaperState,
    ReturnBlock,
)
from dossiers.models.handins import Campaign
from dossiers.querysets import (
    CampaignPaperQuerySet,
    DutyPaperQuerySet,
    OfPaperQuerySet,
    PersonalQuerySet,
)
from members.models import Member, Notice


class CampaignPaper(models.Model):
    """One kind of paper a campaign collects, and from whom."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度填报", on_delete=models.CASCADE, related_name="papers"
    )
    kind = models.CharField("材料", max_length=30, choices=HandInKind)
    audience = models.CharField("填报人", max_length=20, choices=Audience)

    objects = CampaignPaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应交材料"
        ordering = ["campaign", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind"],
                name="campaign_paper_once",
                violation_error_message="该填报已列有此项材料。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.get_audience_display()}）"


class DutyPaper(Recorded):
    """One member's paper of one campaign, from draft to archive.

    The recorded values are never in it: they are read from the records each time. It holds the
    member's own words, and the declarations and block states hang on it. `version` guards every
    save, so that two devices cannot overwrite one another.
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度填报", on_delete=models.PROTECT, related_name="duty_papers"
    )
    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="duty_papers"
    )
    kind = models.CharField("材料", max_length=30, choices=HandInKind)
    state = models.CharField(
        "状态", max_length=20, choices=PaperState, default=PaperState.DRAFT, editable=False
    )
    text = models.TextField("报告正文", max_length=20_000, blank=True)
    political_discipline = models.TextField(
        "遵守政治纪律和政治规矩情况", max_length=10_000, blank=True
    )
    suggestions = models.TextField("需反映的其他情况及建议", max_length=10_000, blank=True)
    signature = attachment_field("签名", "signatures", blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True, editable=False)
    first_submitted_at = models.DateTimeField("首次提交时间", null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="审核人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    verified_at = models.DateTimeField("审核时间", null=True, blank=True, editable=False)

    objects = DutyPaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "填报材料"
        ordering = ["campaign", "member", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "member", "kind"],
                name="duty_paper_once",
                violation_error_message="该委员的此项材料已经建立。",
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.DRAFT) | Q(first_submitted_at__isnull=False),
                name="duty_paper_submitted_first",
                violation_error_message="尚未提交的材料只能是草稿。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[PaperState.VERIFIED, PaperState.ARCHIVED])
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="duty_paper_verified_by_somebody",
                violation_error_message="审核通过的材料须有审核人和时间。",
            ),
        ]
        indexes = [models.Index(fields=["campaign", "state"], name="duty_paper_state")]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.campaign.year}年度{self.get_kind_display()}"

    def clean(self) -> None:
        if self.member.term_id != self.campaign.term_id:
            raise ValidationError({"member": "该委员不属于填报所在届次。"})


class PaperBlock(models.Model):
    """A block of the 履职情况登记表: confirmed by the member, then looked at by the office.

    `version` grows with each change of the member's remark, so that two devices cannot overwrite
    one another.
    """

    paper = models.ForeignKey(
        DutyPaper, verbose_name="填报材料", on_delete=models.CASCADE, related_name="blocks"
    )
    block = models.CharField("栏目", max_length=20, choices=ReturnBlock)
    confirmed_at = models.DateTimeField("本人确认时间", null=True, blank=True)
    remark = models.TextField("本人说明", max_length=10_000, blank=True)
    verdict = models.CharField(
        "审核", max_length=20, choices=BlockVerdict, default=BlockVerdict.WAITING
    )
    mark = models.TextField("退回意见", max_length=10_000, blank=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = OfPaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登记表栏目"
        ordering = ["paper", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "block"], name="paper_block_once"),
            models.CheckConstraint(
                condition=~Q(verdict=BlockVerdict.TO_MEND) | ~Q(mark=""),
                name="paper_block_mend_with_mark",
                violation_error_message="退回的栏目须写明意见。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_block_display()


class Declaration(Recorded):
    """What the member adds beside the records, or says differently of one; never over it.

    `record_type` ("attendance.attendance") and `record_id` name the record it differs from;
    both empty: a piece of work the records do not hold.
    """

    paper = models.ForeignKey(
        DutyPaper, verbose_name="填报材料", on_delete=models.CASCADE, related_name="declarations"
    )
    block = models.CharField("栏目", max_length=20, choices=ReturnBlock)
    record_type = models.CharField("记录类别", max_length=80, blank=True, editable=False)
    record_id = models.PositiveBigIntegerField("记录主键", null=True, blank=True, editable=False)
    date = models.DateField("日期", null=True, blank=True)
    text = models.TextField("内容", max_length=2_000)
    proof = attachment_field("证明材料", "declarations", blank=True)
    state = models.CharField(
        "审核",
        max_length=20,
        choices=DeclaredState,
        default=DeclaredState.DECLARED,
        editable=False,
    )
    answer = models.TextField("审核意见", max_length=2_000, blank=True, editable=False)

    objects = OfPaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "本人补充"
        ordering = ["paper", "block", "date", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="declaration_has_text",
                violation_error_message="请写明内容。",
            ),
            models.CheckConstraint(
                condition=Q(record_id__isnull=True, record_type="")
                | (Q(record_id__isnull=False) & ~Q(record_type="")),
                name="declaration_names_record",
                violation_error_message="所指的记录不完整。",
            ),
            models.CheckConstraint(
                condition=~Q(state=DeclaredState.REJECTED) | ~Q(answer=""),
                name="declaration_rejected_with_answer",
                violation_error_message="不予采纳的须写明意见。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_block_display()}：{self.text[:40]}"


class PaperEvent(models.Model):
    """What happened to a paper, in order; both sides read it."""

    paper = models.ForeignKey(
        DutyPaper, verbose_name="填报材料", on_delete=models.CASCADE, related_name="events"
    )
    act = models.CharField("事项", max_length=20, choices=PaperAct)
    note = models.TextField("说明", max_length=10_000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="经办人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    at = models.DateTimeField("时间")

    objects = OfPaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.get_act_display()


class PaperArchive(models.Model):
    """A frozen copy: the data as laid out, the PDF, and a digest over both. Never changed; a
    correction is a further number with its reason (萍协字〔2022〕8号 三.3).
    """

    paper = models.ForeignKey(
        DutyPaper, verbose_name="填报材料", on_delete=models.PROTECT, related_name="archives"
    )
    number = models.PositiveSmallIntegerField("版次")
    data = models.JSONField("内容")
    pdf = attachment_field("PDF", "archives")
    digest = models.CharField("摘要", max_length=64)
    reason = models.TextField("事由", max_length=10_000, blank=True)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="归档人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    archived_at = models.DateTimeField("归档时间")

    objects = OfPaperQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "归档件"
        ordering = ["paper", "-number"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["paper", "number"], name="paper_archive_number"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""),
                name="paper_archive_again_with_reason",
                violation_error_message="归档后更正须写明事由。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper} 第{self.number}版"


class CampaignReminder(models.Model):
    """A reminder sent, so that each is sent once. `days` before the deadline; below 0 = after."""

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度填报", on_delete=models.CASCADE, related_name="reminders"
    )
    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="campaign_reminders"
    )
    days = models.SmallIntegerField("距截止日（天）")
    notice = models.ForeignKey(
        Notice, verbose_name="通知", on_delete=models.PROTECT, related_name="campaign_reminders"
    )

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "填报提醒"
        ordering = ["campaign", "member", "-days"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "member", "days"], name="campaign_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.days}天"


class StandingReview(Recorded):
    """What the 主席会议 decided of a standing member's year: an oral report, and its 综合评价意见
    (萍协字〔2022〕9号 第五条、第六条).
    """

    campaign = models.ForeignKey(
        Campaign, verbose_name="年度填报", on_delete=models.CASCADE, related_name="reviews"
    )
    member = models.ForeignKey(
        Member, verbose_name="常委", on_delete=models.PROTECT, related_name="standing_reviews"
    )
    reports_orally = models.BooleanField("口头述职", default=False)
    reported_date = models.DateField("口头述职日期", null=True, blank=True)
    opinion = models.TextField("综合评价意见", max_length=10_000, blank=True)
    decided_date = models.DateField("主席会议日期", null=True, blank=True)
    document_number = models.CharField("文号", max_length=100, blank=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "述职评价"
        ordering = ["campaign", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "member"],
                name="standing_review_once",
                violation_error_message="该常委本年度的述职评价已登记。",
            ),
            models.CheckConstraint(
                condition=Q(opinion="") | Q(decided_date__isnull=False),
                name="standing_review_decided",
                violation_error_message="综合评价意见须填写主席会议日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.campaign.year}年度述职评价"
