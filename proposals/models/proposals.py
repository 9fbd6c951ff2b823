"""Proposals and those who sign them."""

from django.core.exceptions import ValidationError
from django.db import models

from members.models import Member
from proposals.choices import ExaminationResult, HandlingResult
from proposals.models.works import Work
from proposals.querysets import ProposalQuerySet


class Proposal(Work):
    """提案. Counts in the year of its submission, whatever the examination decided."""

    number = models.CharField("提案号", max_length=50)
    title = models.CharField("案由", max_length=200)
    lead_sponsor = models.ForeignKey(
        Member, verbose_name="第一提案人", on_delete=models.PROTECT, related_name="led_proposals"
    )
    cosponsors = models.ManyToManyField(
        Member,
        verbose_name="联名人",
        through="CoSponsorship",
        related_name="cosigned_proposals",
    )
    submitted_date = models.DateField("提交日期")
    examination_result = models.CharField(
        "审查结果", max_length=20, choices=ExaminationResult, blank=True
    )
    handling_result = models.CharField(
        "办理结果", max_length=20, choices=HandlingResult, blank=True
    )
    is_major = models.BooleanField("重点提案", default=False)
    is_outstanding = models.BooleanField("优秀提案", default=False)
    undertaking_unit = models.CharField("承办单位", max_length=10_000, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta(Work.Meta):
        verbose_name = verbose_name_plural = "提案"
        ordering = ["-submitted_date", "number"]
        indexes = [models.Index(fields=["term", "submitted_date"], name="proposal_term_date")]

    def clean(self) -> None:
        if self.lead_sponsor.term_id != self.term_id:
            raise ValidationError({"lead_sponsor": "第一提案人不属于本届。"})


class CoSponsorship(models.Model):
    """联名."""

    proposal = models.ForeignKey(
        Proposal, verbose_name="提案", on_delete=models.CASCADE, related_name="cosponsorships"
    )
    member = models.ForeignKey(
        Member, verbose_name="联名人", on_delete=models.PROTECT, related_name="cosponsorships"
    )
    sequence = models.PositiveSmallIntegerField("次序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "联名人"
        ordering = ["proposal", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "member"],
                name="cosponsorship_once",
                violation_error_message="该委员已是联名人。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}联名{self.proposal}"

    def clean(self) -> None:
        if self.member_id == self.proposal.lead_sponsor_id:
            raise ValidationError({"member": "第一提案人不能同时是联名人。"})
