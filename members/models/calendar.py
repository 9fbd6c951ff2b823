"""The office's own corrections to the statutory calendar."""

from django.db import models

from core.models import Recorded


class CalendarDay(Recorded):
    """A day that is a working day or not, whatever the library of public holidays says of it."""

    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班", help_text="勾选 = 上班（调休），不勾选 = 放假")
    name = models.CharField("名称", max_length=50, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "节假日与调休"
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date} {'上班' if self.is_workday else '放假'}"
