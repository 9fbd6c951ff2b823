"""Cases of exit, suspension and reinstatement (萍协办字〔2022〕19号): opened and decided by persons.

The milestones of a case stand on its own row, so that the table's constraints hold the procedure:
no proposal before the departments have spoken, no decision without a number and a second person.
"""

from collections.abc import Collection

from django.conf import settings
from django.db import models

from assessments.models import Finding
from core.models import Recorded
from exits.choices import Act, CaseKind, CaseState, DecidingBody, Ground, Partner, Verdict
from exits.models.constraints import CASE_CONSTRAINTS
from exits.procedures import BEFORE_DECISION, has_ended
from exits.querysets import CaseQuerySet
from members.models import Member, SuspensionPeriod


class Case(Recorded):
    """One procedure on one member. `side` is the department of the member's side when opened."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="cases"
    )
    kind = models.CharField("事项", max_length=30, choices=CaseKind)
    ground = models.CharField("情形", max_length=30, choices=Ground)
    grounds = models.TextField("事由", max_length=10_000)
    finding = models.ForeignKey(
        Finding,
        verbose_name="依据的考核发现",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
    )
    origin = models.OneToOneField(
        "self",
        verbose_name="由此转来",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        help_text="拒不提交书面申请、由本事项办理的责令辞去事项",
    )
    side = models.CharField("会商部门", max_length=20, choices=Partner, editable=False)
    conductors = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name="经办领导",
        blank=True,
        related_name="conducted_cases",
        help_text="除委员联络科和会商部门外，只有经办领导看得见惩戒性事项",
    )
    state = models.CharField(
        "状态", max_length=20, choices=CaseState, default=CaseState.OPENED, editable=False
    )
    due_date = models.DateField("本步时限", null=True, blank=True)
    answer_by = models.DateField(
        "请委员答复的期限",
        null=True,
        blank=True,
        editable=False,
        help_text="提醒、劝说时告知委员的日期；本步时限是机关自己的计划",
    )
    opened_date = models.DateField("立案日期")
    informed_date = models.DateField("通报日期", null=True, blank=True, editable=False)
    organization_opinion = models.CharField(
        "组织部意见", max_length=10, choices=Verdict, blank=True, editable=False
    )
    united_front_opinion = models.CharField(
        "统战部意见", max_length=10, choices=Verdict, blank=True, editable=False
    )
    proposed_date = models.DateField("提出建议日期", null=True, blank=True, editable=False)
    proposal = models.TextField("建议", max_length=10_000, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="提出人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    applied_date = models.DateField("书面申请日期", null=True, blank=True, editable=False)
    refused_date = models.DateField("拒绝日期", null=True, blank=True, editable=False)
    submitted_date = models.DateField("提请审议日期", null=True, blank=True, editable=False)
    deciding_body = models.CharField(
        "审议机构", max_length=30, choices=DecidingBody, blank=True, editable=False
    )
    decision_date = models.DateField("决定日期", null=True, blank=True, editable=False)
    decision_number = models.CharField("决定文号", max_length=100, blank=True, editable=False)
    decision_meeting = models.CharField("审议会议", max_length=200, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="登记决定的人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    suspension = models.ForeignKey(
        SuspensionPeriod,
        verbose_name="暂停期间",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="cases",
    )
    notified_date = models.DateField("通知完毕日期", null=True, blank=True, editable=False)
    published_date = models.DateField("公布日期", null=True, blank=True, editable=False)
    published_in = models.CharField("公布于", max_length=200, blank=True, editable=False)
    told_date = models.DateField(
        "首次告知本人日期",
        null=True,
        blank=True,
        editable=False,
        help_text="委员本人自此看得见本事项中已告知的内容",
    )
    closed_date = models.DateField("办结日期", null=True, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "退出与暂停事项"
        ordering = ["-opened_date", "-pk"]
        default_permissions = ("view",)
        permissions = [
            ("carry_on_case", "可以办理退出与暂停事项"),
            ("decide_case", "可以登记审议决定"),
            ("give_opinion", "可以提出会商意见"),
            ("apply_resignation", "可以申请辞去委员、答复本人事项"),
        ]
        constraints = CASE_CONSTRAINTS
        indexes = [models.Index(fields=["state"], name="case_state")]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_kind_display()}"

    def opinion_of(self, partner: Partner) -> str:
        if partner == Partner.ORGANIZATION:
            return self.organization_opinion
        return self.united_front_opinion

    @property
    def has_applied(self) -> bool:
        return self.applied_date is not None

    @property
    def was_told(self) -> bool:
        return self.told_date is not None

    @property
    def was_notified(self) -> bool:
        return self.notified_date is not None

    @property
    def efforts(self) -> Collection[str]:
        """Reminders and persuasions on record."""
        return [step.kind for step in self.steps.all() if step.kind in {Act.REMIND, Act.PERSUADE}]

    @property
    def is_decided(self) -> bool:
        return self.state not in BEFORE_DECISION

    @property
    def has_ended(self) -> bool:
        return has_ended(self)
