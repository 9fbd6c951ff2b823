"""Exit cases (萍协办字〔2022〕19号 一): opened by a person, never by a rule."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessments.models import Finding
from core.models import Recorded
from exits.choices import CaseStepKind, ExitKind
from exits.querysets import ExitCaseQuerySet
from members.models import Member


class ExitCase(Recorded):
    """One procedure of exit. Reminding, persuading and refusing are its dated steps."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="exit_cases"
    )
    kind = models.CharField("退出方式", max_length=20, choices=ExitKind)
    finding = models.ForeignKey(
        Finding,
        verbose_name="依据的考核发现",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
    )
    grounds = models.TextField("事由", max_length=10_000)
    opened_date = models.DateField("立案日期")
    closed_date = models.DateField("办结日期", null=True, blank=True)

    objects = ExitCaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退出事项"
        ordering = ["-opened_date"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(closed_date__isnull=True),
                name="exit_case_one_open",
                violation_error_message="该委员已有一件同类事项正在办理。",
            ),
            models.CheckConstraint(
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
                name="exit_case_closes_after_opening",
                violation_error_message="办结日期不能早于立案日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_kind_display()}"


class ExitCaseStep(models.Model):
    """A dated step with its record in words; written once."""

    case = models.ForeignKey(
        ExitCase, verbose_name="退出事项", on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField("步骤", max_length=20, choices=CaseStepKind)
    date = models.DateField("日期")
    note = models.TextField("记录", max_length=10_000)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = verbose_name_plural = "办理步骤"
        ordering = ["date", "pk"]
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"
