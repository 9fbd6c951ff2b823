"""Awards, sanctions and conduct findings (奖惩等情况, 萍协字〔2022〕8号 一（三）)."""

from django.db import models

from core.models import Recorded
from members.choices import ConductKind, Level, SanctionKind
from members.models.people import Member
from members.querysets import CommendationQuerySet, ConductQuerySet


class ConductRecord(Recorded):
    """What the three kinds of record share. One of a kind a member a day."""

    member = models.ForeignKey(Member, verbose_name="委员", on_delete=models.PROTECT)
    level = models.CharField("级别", max_length=10, choices=Level, blank=True)
    date = models.DateField("日期")
    cause = models.TextField("事由", max_length=10_000, blank=True)
    document_number = models.CharField("文号", max_length=10_000, blank=True)

    class Meta:
        abstract = True
        ordering = ["member", "date"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "date", "kind"],
                name="%(class)s_once",
                violation_error_message="该委员同日已有同一种类的记录。",
            )
        ]


class Commendation(ConductRecord):
    """奖励; its kind is free text."""

    kind = models.CharField("种类", max_length=200)

    objects = CommendationQuerySet.as_manager()

    class Meta(ConductRecord.Meta):
        verbose_name = verbose_name_plural = "奖励"

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.kind}"


class Sanction(ConductRecord):
    """惩处."""

    kind = models.CharField("种类", max_length=40, choices=SanctionKind)

    objects = ConductQuerySet.as_manager()

    class Meta(ConductRecord.Meta):
        verbose_name = verbose_name_plural = "惩处"

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_kind_display()}"


class ConductFinding(ConductRecord):
    """行为认定: recording one means its 严重不良影响 has been established."""

    kind = models.CharField("种类", max_length=40, choices=ConductKind)

    objects = ConductQuerySet.as_manager()

    class Meta(ConductRecord.Meta):
        verbose_name = verbose_name_plural = "行为认定"

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_kind_display()}"
