"""异议: a member disputes a record, or says that one is missing; the unit answers."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.files import attachment_field
from core.models import Recorded
from dossiers.choices import ObjectionAct, ObjectionState
from dossiers.querysets import (
    DISCIPLINARY_TYPES,
    ObjectionEntryQuerySet,
    ObjectionQuerySet,
)
from members.choices import RecordKind
from members.models import Department, Member


class Objection(Recorded):
    """One objection. `record_type` ("attendance.attendance") and `record_id` name the record;
    both are empty where the member says that a record is missing.
    """

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="objections"
    )
    kind = models.CharField("履职项目", max_length=30, choices=RecordKind)
    record_type = models.CharField("记录类别", max_length=80, blank=True, editable=False)
    record_id = models.PositiveBigIntegerField("记录主键", null=True, blank=True, editable=False)
    record_label = models.CharField("记录", max_length=200)
    record_digest = models.CharField("记录当时的摘要", max_length=64, blank=True, editable=False)
    department = models.ForeignKey(
        Department,
        verbose_name="答复部门",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="objections",
        help_text="空 = 委员联络科",
    )
    statement = models.TextField("异议内容", max_length=10_000)
    proof = attachment_field("证明材料", "objections", blank=True)
    filed_at = models.DateTimeField("提出时间", editable=False)
    due_date = models.DateField("答复期限", editable=False)
    state = models.CharField(
        "状态",
        max_length=20,
        choices=ObjectionState,
        default=ObjectionState.OPEN,
        editable=False,
    )
    settled_at = models.DateTimeField("答复时间", null=True, blank=True, editable=False)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "记录异议"
        ordering = ["due_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "record_type", "record_id"],
                condition=Q(state=ObjectionState.OPEN, record_id__isnull=False),
                name="objection_one_open",
                violation_error_message="您对这条记录的异议正在办理，请等待答复。",
            ),
            models.CheckConstraint(
                condition=~Q(statement=""),
                name="objection_has_statement",
                violation_error_message="请写明异议内容。",
            ),
            models.CheckConstraint(
                condition=Q(record_id__isnull=True, record_type="")
                | (Q(record_id__isnull=False) & ~Q(record_type="")),
                name="objection_names_record",
                violation_error_message="异议所指的记录不完整。",
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectionState.OPEN, settled_at__isnull=True)
                | (~Q(state=ObjectionState.OPEN) & Q(settled_at__isnull=False)),
                name="objection_settled_when_not_open",
                violation_error_message="已答复的异议须有答复时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}：{self.record_label}"

    @property
    def is_open(self) -> bool:
        return self.state == ObjectionState.OPEN

    @property
    def names_no_record(self) -> bool:
        """记录缺漏: the record the member misses has not been entered, or not been named, yet."""
        return self.record_id is None

    @property
    def is_disciplinary(self) -> bool:
        return self.record_type in DISCIPLINARY_TYPES

    def clean(self) -> None:
        if self.department is not None and self.department.term_id != self.member.term_id:
            raise ValidationError({"department": "答复部门不属于该委员所在届次。"})


class ObjectionEntry(models.Model):
    """What was said on either side, in order; written once."""

    objection = models.ForeignKey(
        Objection, verbose_name="异议", on_delete=models.CASCADE, related_name="entries"
    )
    act = models.CharField("事项", max_length=20, choices=ObjectionAct)
    text = models.TextField("内容", max_length=10_000)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="经办人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    at = models.DateTimeField("时间")

    objects = ObjectionEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "异议往来"
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.get_act_display()
