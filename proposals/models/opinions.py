"""社情民意信息, its authors, and where it was adopted or instructed."""

from django.db import models

from members.choices import Level
from members.models import Member
from proposals.choices import AdoptionLevel
from proposals.models.works import Work
from proposals.querysets import PublicOpinionReportQuerySet


class PublicOpinionReport(Work):
    """社情民意信息. Joint authors each count one."""

    authors = models.ManyToManyField(
        Member, verbose_name="报送人", through="OpinionAuthorship", related_name="opinions"
    )
    reported_date = models.DateField("报送日期")
    source_proposal_number = models.CharField(
        "来源提案号", max_length=50, blank=True, help_text="由提案转来的，填提案号"
    )

    objects = PublicOpinionReportQuerySet.as_manager()

    class Meta(Work.Meta):
        verbose_name = verbose_name_plural = "社情民意信息"
        ordering = ["-reported_date", "number"]
        indexes = [models.Index(fields=["term", "reported_date"], name="opinion_term_date")]


class OpinionAuthorship(models.Model):
    report = models.ForeignKey(
        PublicOpinionReport,
        verbose_name="社情民意信息",
        on_delete=models.CASCADE,
        related_name="authorships",
    )
    member = models.ForeignKey(
        Member, verbose_name="报送人", on_delete=models.PROTECT, related_name="opinion_authorships"
    )
    sequence = models.PositiveSmallIntegerField("次序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "报送人"
        ordering = ["report", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "member"],
                name="opinion_authorship_once",
                violation_error_message="该委员已是报送人。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}报送{self.report}"


class OpinionAdoption(models.Model):
    """采用, one row a level."""

    report = models.ForeignKey(
        PublicOpinionReport,
        verbose_name="社情民意信息",
        on_delete=models.CASCADE,
        related_name="adoptions",
    )
    level = models.CharField("采用级别", max_length=10, choices=AdoptionLevel)

    class Meta:
        verbose_name = verbose_name_plural = "采用"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "level"],
                name="opinion_adoption_once",
                violation_error_message="此级别的采用已登记。",
            )
        ]

    def __str__(self) -> str:
        return self.get_level_display()


class OpinionInstruction(models.Model):
    """领导批示, one row a level."""

    report = models.ForeignKey(
        PublicOpinionReport,
        verbose_name="社情民意信息",
        on_delete=models.CASCADE,
        related_name="instructions",
    )
    level = models.CharField("批示级别", max_length=10, choices=Level)

    class Meta:
        verbose_name = verbose_name_plural = "批示"
        constraints = [
            models.UniqueConstraint(
                fields=["report", "level"],
                name="opinion_instruction_once",
                violation_error_message="此级别的批示已登记。",
            )
        ]

    def __str__(self) -> str:
        return self.get_level_display()
