"""Yearly campaigns, and the forms and reports members hand in."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from core.models import Recorded
from dossiers.choices import HandInKind
from dossiers.querysets import HandInQuerySet
from members.models import Member, Term


class Campaign(Recorded):
    """A year's collection of forms and reports; the plan of the year (D10) sets its parameters."""

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="campaigns"
    )
    year = models.PositiveSmallIntegerField("年度")
    opens_date = models.DateField("开始日期")
    deadline_date = models.DateField("截止日期", help_text="当日提交仍为按时")
    report_length = models.PositiveIntegerField("述职报告字数上限", default=2000)
    oral_report_count = models.PositiveSmallIntegerField("口头述职人数", default=10)
    call = models.TextField("填报要求", max_length=10_000, blank=True)
    opened_at = models.DateTimeField("发出通知时间", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("结束填报时间", null=True, blank=True, editable=False)
    archived_at = models.DateTimeField("归档时间", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "年度填报"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "year"],
                name="campaign_year_in_term",
                violation_error_message="本届该年度的填报已经建立。",
            ),
            models.CheckConstraint(
                condition=Q(deadline_date__gte=F("opens_date")),
                name="campaign_deadline_after_opening",
                violation_error_message="截止日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} {self.year}年度填报"

    @staticmethod
    def default_deadline(year: int) -> date:
        """31 December of the year (萍协字〔2022〕8号 三.2)."""
        return date(year, 12, 31)


class HandIn(Recorded):
    """材料提交: a form or report handed in for a year."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="hand_ins"
    )
    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类型", max_length=30, choices=HandInKind)
    submitted_date = models.DateField("提交日期")

    objects = HandInQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "材料提交"
        permissions = [("import_workbook", "可以导入工作簿")]
        ordering = ["-year", "member", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "year", "kind"],
                name="hand_in_once",
                violation_error_message="该委员该年度的此项材料已登记。",
            )
        ]
        indexes = [models.Index(fields=["year", "kind"], name="hand_in_year_kind")]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.year}年度{self.get_kind_display()}"
