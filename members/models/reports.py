"""Changes of post and conduct that others report of a member (萍协办字〔2022〕19号 三)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.files import attachment_field
from core.models import Recorded
from members.choices import DISCIPLINARY_CHANGES, ChangeKind, ReportState
from members.models.organs import LiaisonGroup, SectorGroup
from members.models.people import Member
from members.querysets import ChangeReportQuerySet


class ChangeReport(Recorded):
    """One report, by a county group, a sector group or 组织部; the office deals with it."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="change_reports"
    )
    kind = models.CharField("类别", max_length=30, choices=ChangeKind)
    happened_date = models.DateField("发生日期", null=True, blank=True)
    statement = models.TextField("情况说明", max_length=10_000)
    attachment = attachment_field("证明材料", "change-reports", blank=True)
    liaison_group = models.ForeignKey(
        LiaisonGroup,
        verbose_name="报告的联络组",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="change_reports",
    )
    sector_group = models.ForeignKey(
        SectorGroup,
        verbose_name="报告的界别活动组",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="change_reports",
    )
    state = models.CharField(
        "状态", max_length=20, choices=ReportState, default=ReportState.NEW, editable=False
    )
    answer = models.TextField("办理情况", max_length=10_000, blank=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="办理人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    settled_at = models.DateTimeField("办理时间", null=True, blank=True, editable=False)
    passed_on_at = models.DateTimeField("通报组织部、统战部", null=True, blank=True, editable=False)

    objects = ChangeReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委员情况报告"
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(statement=""),
                name="change_report_has_statement",
                violation_error_message="请写明情况。",
            ),
            models.CheckConstraint(
                condition=Q(liaison_group__isnull=True) | Q(sector_group__isnull=True),
                name="change_report_one_unit",
                violation_error_message="报告单位只能是一个。",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.NEW, settled_at__isnull=True)
                | (~Q(state=ReportState.NEW) & Q(settled_at__isnull=False)),
                name="change_report_settled_when_not_new",
                violation_error_message="已办理的报告须有办理时间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_kind_display()}"

    @property
    def is_new(self) -> bool:
        return self.state == ReportState.NEW

    @property
    def is_disciplinary(self) -> bool:
        return self.kind in DISCIPLINARY_CHANGES

    @property
    def unit(self) -> LiaisonGroup | SectorGroup | None:
        """The group that reports; None for 组织部 and what 委员联络科 enters itself."""
        return self.liaison_group or self.sector_group

    def clean(self) -> None:
        for field in ("liaison_group", "sector_group"):
            unit = getattr(self, field)
            if unit is not None and unit.term_id != self.member.term_id:
                raise ValidationError({"member": "该委员不属于报告单位所在届次。"})
