"""The assembly and its terms."""

from django.db import models
from django.db.models import F, Q

from members.choices import AssemblyLevel


class Assembly(models.Model):
    """One city's or county's CPPCC committee (政协某市委员会)."""

    name = models.CharField("名称", max_length=100, unique=True)
    level = models.CharField("级别", max_length=10, choices=AssemblyLevel)

    class Meta:
        verbose_name = verbose_name_plural = "政协委员会"

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """One 届. `end_date` is its last day, as documents print it."""

    assembly = models.ForeignKey(
        Assembly, verbose_name="政协委员会", on_delete=models.PROTECT, related_name="terms"
    )
    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    rule_pack = models.SlugField("规则包", max_length=40)
    start_date = models.DateField("起始日期")
    end_date = models.DateField("届满日期", help_text="本届最后一天")
    collected_from = models.DateField(
        "记录时限起算日",
        null=True,
        blank=True,
        help_text="此日起产生的履职记录按 7 个工作日考核报送是否及时；空 = 届首",
    )

    class Meta:
        verbose_name = verbose_name_plural = "届次"
        ordering = ["-start_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__gte=F("start_date")),
                name="term_ends_after_start",
                violation_error_message="届满日期不能早于起始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def contains(self, on) -> bool:
        return self.start_date <= on <= self.end_date
