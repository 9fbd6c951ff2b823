"""Pairs of records that look alike and were found to be two."""

from django.db import models
from django.db.models import F, Q

from core.models import Recorded
from members.choices import RecordKind
from members.models import Term


class DistinctPair(Recorded):
    """Two works of one kind that somebody looked at and found not to be duplicates."""

    term = models.ForeignKey(Term, verbose_name="届次", on_delete=models.CASCADE)
    kind = models.CharField("履职项目", max_length=30, choices=RecordKind)
    first_id = models.PositiveBigIntegerField("前一条")
    second_id = models.PositiveBigIntegerField("后一条")
    reason = models.CharField("理由", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "已核实不重复"
        default_permissions = ("add", "view", "delete")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first_id", "second_id"],
                name="distinct_pair_once",
                violation_error_message="这两条已核实过。",
            ),
            models.CheckConstraint(
                condition=Q(first_id__lt=F("second_id")), name="distinct_pair_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.first_id}、{self.second_id}"
