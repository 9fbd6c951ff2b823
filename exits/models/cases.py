"""Cases of exit, suspension and reinstatement (萍协办字〔2022〕19号): opened and decided by persons.

The milestones of a case stand on its own row, so that the table's constraints hold the procedure:
no proposal without the departments' agreement, no decision without a number and a second person.
"""

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assessments.models import Finding
from core.files import attachment_field
from core.models import Recorded
from exits.choices import (
    Act,
    Addressee,
    CaseKind,
    CaseState,
    DecidingBody,
    Ground,
    Partner,
    Verdict,
)
from exits.procedures import AGREED, BEFORE_DECISION, has_ended, kinds_where
from exits.querysets import CaseChildQuerySet, CaseQuerySet
from members.models import Member, SuspensionPeriod

AFTER_DECISION = (CaseState.DECIDED, CaseState.NOTIFIED, CaseState.PUBLISHED)
SUBMITTED_STATES = (CaseState.SUBMITTED, CaseState.REJECTED, *AFTER_DECISION)
#: The milestones in the order they are passed; each falls on or after the ones before.
MILESTONES = (
    "opened_date",
    "informed_date",
    "proposed_date",
    "submitted_date",
    "decision_date",
    "notified_date",
    "published_date",
)


def _opinions_agree() -> Q:
    """What the departments last said, as far as this kind of case needs them."""
    organization = Q(organization_opinion=Verdict.AGREE)
    united_front = Q(united_front_opinion=Verdict.AGREE)
    both = Q(kind__in=kinds_where(consults_both=True)) & organization & united_front
    one = Q(kind__in=kinds_where(consults_both=False)) & (
        (Q(side=Partner.ORGANIZATION) & organization)
        | (Q(side=Partner.UNITED_FRONT) & united_front)
    )
    return both | one


def _in_order() -> Q:
    condition = Q()
    for place, later in enumerate(MILESTONES):
        for earlier in MILESTONES[:place]:
            absent = Q(**{f"{earlier}__isnull": True}) | Q(**{f"{later}__isnull": True})
            condition &= absent | Q(**{f"{later}__gte": F(earlier)})
    return condition


def _ended() -> Q:
    ended = Q(state__in=[CaseState.PUBLISHED, CaseState.REJECTED, CaseState.DROPPED])
    return ended | Q(state=CaseState.NOTIFIED, kind__in=kinds_where(is_published=False))


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
        help_text="拒不提交书面申请的责令辞去事项",
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
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=Q(closed_date__isnull=True),
                name="case_one_open",
                violation_error_message="该委员已有一件同类事项正在办理。",
            ),
            models.CheckConstraint(
                condition=~Q(grounds=""),
                name="case_has_grounds",
                violation_error_message="请写明事由。",
            ),
            models.CheckConstraint(
                condition=_in_order(),
                name="case_milestones_in_order",
                violation_error_message="各环节的日期须依次先后。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*AGREED, CaseState.CONSULTING])
                | Q(informed_date__isnull=False),
                name="case_informed_before_consulting",
                violation_error_message="会商之前须先通报情况。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AGREED)
                | (Q(proposed_date__isnull=False, proposed_by__isnull=False) & ~Q(proposal="")),
                name="case_proposal_is_made_by_somebody",
                violation_error_message="提出建议须有日期、内容和提出人。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AGREED) | _opinions_agree(),
                name="case_departments_agree",
                violation_error_message="会商部门尚未同意，不能提出建议。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SUBMITTED_STATES, kind__in=kinds_where(by_application=True))
                | Q(applied_date__isnull=False),
                name="case_applied_before_submission",
                violation_error_message="提请审议之前，委员须已提交书面申请。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SUBMITTED_STATES) | Q(submitted_date__isnull=False),
                name="case_submitted_has_date",
                violation_error_message="提请审议须有日期。",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=CaseState.REFUSED, refused_date__isnull=False, applied_date=None)
                    & Q(kind__in=kinds_where(presses=True))
                )
                | Q(refused_date__isnull=True)
                | Q(state=CaseState.DROPPED, kind__in=kinds_where(presses=True)),
                name="case_refused_by_order_only",
                violation_error_message="只有责令（劝）辞的事项才有拒不提交申请。",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.REFUSED) | Q(refused_date__isnull=False),
                name="case_refused_has_date",
                violation_error_message="拒不提交申请须有日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[*AFTER_DECISION, CaseState.REJECTED])
                | (
                    Q(decision_date__isnull=False, decided_by__isnull=False)
                    & ~Q(decision_number="")
                    & ~Q(decision_meeting="")
                ),
                name="case_decision_is_documented",
                violation_error_message="决定须有日期、文号和会议。",
            ),
            models.CheckConstraint(
                condition=Q(decision_date__isnull=True)
                | Q(state__in=[*AFTER_DECISION, CaseState.REJECTED]),
                name="case_undecided_has_no_decision",
                violation_error_message="尚未作出决定的事项不能有决定日期。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(decided_by=F("proposed_by")),
                name="case_nobody_decides_own_proposal",
                violation_error_message="提出建议的人不能自己登记决定。",
            ),
            models.CheckConstraint(
                condition=Q(decision_date__isnull=True, deciding_body="")
                | Q(
                    deciding_body=DecidingBody.STANDING_COMMITTEE,
                    kind__in=kinds_where(body=DecidingBody.STANDING_COMMITTEE),
                )
                | Q(
                    deciding_body=DecidingBody.CHAIRPERSONS_COUNCIL,
                    kind__in=kinds_where(body=DecidingBody.CHAIRPERSONS_COUNCIL),
                ),
                name="case_decided_by_its_body",
                violation_error_message="退出由常务委员会会议决定，暂停、恢复由主席会议决定。",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[CaseState.NOTIFIED, CaseState.PUBLISHED])
                | Q(notified_date__isnull=False),
                name="case_notified_has_date",
                violation_error_message="书面通知完毕须有日期。",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.PUBLISHED)
                | (
                    Q(published_date__isnull=False, kind__in=kinds_where(is_published=True))
                    & ~Q(published_in="")
                ),
                name="case_published_somewhere",
                violation_error_message="公布须有日期和载体；暂停、恢复履职不公布。",
            ),
            models.CheckConstraint(
                condition=(_ended() & Q(closed_date__isnull=False))
                | (~_ended() & Q(closed_date__isnull=True)),
                name="case_closed_when_ended",
                violation_error_message="办结日期只在事项结束时填写。",
            ),
            models.CheckConstraint(
                condition=Q(closed_date__isnull=True) | Q(closed_date__gte=F("opened_date")),
                name="case_closes_after_opening",
                violation_error_message="办结日期不能早于立案日期。",
            ),
        ]
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
    def efforts(self) -> Collection[str]:
        """Reminders and persuasions on record."""
        return [step.kind for step in self.steps.all() if step.kind in {Act.REMIND, Act.PERSUADE}]

    @property
    def is_decided(self) -> bool:
        return self.state not in BEFORE_DECISION

    @property
    def has_ended(self) -> bool:
        return has_ended(self.kind, self.state)


class CaseStep(models.Model):
    """A dated act with its record in words; written once."""

    case = models.ForeignKey(
        Case, verbose_name="事项", on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField("步骤", max_length=20, choices=Act)
    date = models.DateField("日期")
    note = models.TextField("记录", max_length=10_000)
    attachment = attachment_field("材料", "cases", blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    entered_at = models.DateTimeField("录入时间")

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "办理步骤"
        ordering = ["date", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.case} {self.get_kind_display()}"


class CaseOpinion(models.Model):
    """What a department said, in its own account or on paper. A later opinion replaces it."""

    case = models.ForeignKey(
        Case, verbose_name="事项", on_delete=models.PROTECT, related_name="opinions"
    )
    partner = models.CharField("部门", max_length=20, choices=Partner)
    verdict = models.CharField("意见", max_length=10, choices=Verdict)
    text = models.TextField("意见内容", max_length=10_000)
    date = models.DateField("日期")
    document_number = models.CharField("来文文号", max_length=100, blank=True)
    attachment = attachment_field("来文", "case-opinions", blank=True)
    on_behalf = models.BooleanField("由委员联络科代录", default=False)
    superseded_at = models.DateTimeField("被新意见取代", null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="录入人", on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField("录入时间")

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会商意见"
        ordering = ["date", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "partner"],
                condition=Q(superseded_at__isnull=True),
                name="case_opinion_one_valid",
                violation_error_message="该部门已对本事项提出意见。",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf=False) | ~Q(document_number="") | ~Q(attachment=""),
                name="case_opinion_on_behalf_has_document",
                violation_error_message="代录会商意见须填来文文号或附来文。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.get_partner_display()}意见"


class CaseDelivery(models.Model):
    """One party that must be told of the decision in writing, and how it was."""

    case = models.ForeignKey(
        Case, verbose_name="事项", on_delete=models.PROTECT, related_name="deliveries"
    )
    addressee = models.CharField("通知对象", max_length=20, choices=Addressee)
    name = models.CharField("名称", max_length=200)
    delivered_date = models.DateField("送达日期", null=True, blank=True)
    manner = models.CharField("送达方式", max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="录入人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    entered_at = models.DateTimeField("录入时间", null=True, blank=True)

    objects = CaseChildQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "书面通知"
        ordering = ["case", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "addressee"],
                name="case_delivery_once",
                violation_error_message="该通知对象已在列。",
            ),
            models.CheckConstraint(
                condition=Q(delivered_date__isnull=True, manner="")
                | (Q(delivered_date__isnull=False, entered_at__isnull=False) & ~Q(manner="")),
                name="case_delivery_has_manner",
                violation_error_message="送达须有日期和方式。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_addressee_display()} {self.name}"
