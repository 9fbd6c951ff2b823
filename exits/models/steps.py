"""What is kept of a case besides its own row: steps, opinions, written notices."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.files import attachment_field
from exits.choices import Act, Addressee, Partner, Verdict
from exits.models.cases import Case
from exits.querysets import CaseChildQuerySet


class CaseStep(models.Model):
    """A dated act with its record in words; written once."""

    case = models.ForeignKey(
        Case, verbose_name="事项", on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField("步骤", max_length=20, choices=Act)
    date = models.DateField("日期")
    note = models.TextField("记录", max_length=10_000)
    attachment = attachment_field("材料", "cases", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    entered_at = models.DateTimeField("录入时间")

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理步骤"
        ordering = ["date", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"


class CaseOpinion(models.Model):
    """What a department said, in its own account or on paper. A later opinion replaces it."""

    case = models.ForeignKey(
        Case, verbose_name="事项", on_delete=models.PROTECT, related_name="opinions"
    )
    partner = models.CharField("部门", max_length=20, choices=Partner)
    verdict = models.CharField("意见", max_length=10, choices=Verdict)
    text = models.TextField("意见内容", max_length=10_000)
    date = models.DateField("日期")
    document_number = models.CharField("来文文号", max_length=100, blank=True)
    attachment = attachment_field("来文", "case-opinions", blank=True)
    on_behalf = models.BooleanField("由委员联络科代录", default=False)
    superseded_at = models.DateTimeField("被新意见取代", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="录入人", on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField("录入时间")

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会商意见"
        ordering = ["date", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "partner"],
                condition=Q(superseded_at__isnull=True),
                name="case_opinion_one_valid",
                violation_error_message="该部门已对本事项提出意见。",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | ~Q(document_number="") | ~Q(attachment=""),
                name="case_opinion_on_behalf_has_document",
                violation_error_message="代录会商意见须填来文文号或附来文。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_partner_display()}意见"


class CaseDelivery(models.Model):
    """One party that must be told of the decision in writing, and how it was."""

    case = models.ForeignKey(
        Case, verbose_name="事项", on_delete=models.PROTECT, related_name="deliveries"
    )
    addressee = models.CharField("通知对象", max_length=20, choices=Addressee)
    name = models.CharField("名称", max_length=200)
    delivered_date = models.DateField("送达日期", null=True, blank=True)
    manner = models.CharField("送达方式", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    entered_at = models.DateTimeField("录入时间", null=True, blank=True)

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "书面通知"
        ordering = ["case", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "addressee", "name"],
                name="case_delivery_once",
                violation_error_message="该通知对象已在列。",
            ),
            models.CheckConstraint(
                condition=Q(delivered_date__isnull=True, manner="")
                | (Q(delivered_date__isnull=False, entered_at__isnull=False) & ~Q(manner="")),
                name="case_delivery_has_manner",
                violation_error_message="送达须有日期和方式。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_addressee_display()} {self.name}"
