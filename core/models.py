"""Abstract bases of the records. No tables of their own."""

from datetime import date

from django.conf import settings
from django.db import models


class Recorded(models.Model):
    """A row that says who entered it, when, and how often it has been changed.

    `version` starts at 1 and grows by one with each change: a save that carries an older
    version is refused, so that nobody overwrites what they have not seen.
    """

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    recorded_at = models.DateTimeField("录入时间", null=True, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    class Meta:
        abstract = True


class Period(models.Model):
    """Half-open: from `start_date` inclusive to `end_date` exclusive; no end = still running."""

    start_date = models.DateField("开始日期")
    end_date = models.DateField(
        "结束日期", null=True, blank=True, help_text="不再担任（不再处于该状态）的第一天；空 = 至今"
    )

    class Meta:
        abstract = True

    def covers(self, on: date) -> bool:
        return self.start_date <= on and (self.end_date is None or on < self.end_date)
