"""Rule runs and what they found. A finding suggests; a person decides."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessments.choices import FindingEventKind, FindingState, Outcome, SubjectKind
from assessments.querysets import FindingQuerySet
from members.models import Member, Sector, SpecialCommittee, Term


class PackSnapshot(models.Model):
    """The exact text of a rule pack that was used, so that a finding can be reproduced."""

    sha256 = models.CharField("摘要", max_length=64, primary_key=True)
    pack = models.SlugField("规则包", max_length=40)
    version = models.CharField("版本", max_length=40)
    content = models.TextField("原文")

    class Meta:
        verbose_name = verbose_name_plural = "规则包版本"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.pack} {self.version}"


class Run(models.Model):
    """One stored evaluation of a term's year."""

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="runs"
    )
    year = models.PositiveSmallIntegerField("年度")
    as_of_date = models.DateField("截至日期")
    pack = models.ForeignKey(PackSnapshot, verbose_name="规则包版本", on_delete=models.PROTECT)
    ran_at = models.DateTimeField("运行时间")
    ran_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="运行人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    members_judged = models.PositiveIntegerField("考核人数", default=0)
    found = models.PositiveIntegerField("成立", default=0)
    created = models.PositiveIntegerField("新发现", default=0)
    changed = models.PositiveIntegerField("证据变更", default=0)
    withdrawn = models.PositiveIntegerField("撤回", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "考核运行"
        ordering = ["-ran_at"]
        permissions = [("start_run", "可以运行年度考核、试算规则")]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["term", "as_of_date"], name="run_term_as_of")]

    def __str__(self) -> str:
        return f"{self.term} {self.year}年度（截至{self.as_of_date}）"


#: What tells one subject of a kind from another; a term has one assembly.
SUBJECT_FIELDS: Mapping[SubjectKind, tuple[str, ...]] = {
    SubjectKind.MEMBER: ("member",),
    SubjectKind.SECTOR: ("sector",),
    SubjectKind.COMMITTEE: ("committee",),
    SubjectKind.ASSEMBLY: (),
}


class Finding(models.Model):
    """A rule that holds for a subject: a suggestion with its evidence and its clause.

    One for each (term, rule, subject, window); `subject_key` is what people called the subject
    when it was last evaluated. `window` is "2023", "2023H1", "2023M01-02",
    "2023Q1", or "term" for rules whose period is the term; those have no `year`.
    """

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="findings"
    )
    rule = models.SlugField("规则", max_length=60)
    title = models.CharField("规则名称", max_length=100)
    subject_kind = models.CharField("对象类别", max_length=10, choices=SubjectKind)
    subject_key = models.CharField("对象标识", max_length=100)
    subject_name = models.CharField("对象", max_length=100)
    member = models.ForeignKey(
        Member,
        verbose_name="委员",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
    )
    sector = models.ForeignKey(
        Sector, verbose_name="界别", on_delete=models.PROTECT, null=True, blank=True
    )
    committee = models.ForeignKey(
        SpecialCommittee, verbose_name="专委会", on_delete=models.PROTECT, null=True, blank=True
    )
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    window = models.CharField("时段", max_length=20)
    as_of_date = models.DateField("截至日期")
    outcome = models.CharField("建议", max_length=30, choices=Outcome)
    state = models.CharField("状态", max_length=10, choices=FindingState, default=FindingState.OPEN)
    summary = models.TextField("说明")
    values = models.JSONField("数值", default=dict)
    records = models.JSONField("依据记录", default=list, blank=True)
    citations = models.JSONField("条款", default=list)
    evidence_digest = models.CharField("证据摘要", max_length=64)
    first_run = models.ForeignKey(
        Run, verbose_name="首次发现", on_delete=models.PROTECT, related_name="+"
    )
    last_run = models.ForeignKey(
        Run, verbose_name="最近考核", on_delete=models.PROTECT, related_name="findings"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="处理人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    decision_reason = models.TextField("处理理由", blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核发现"
        ordering = ["rule", "subject_key", "window"]
        permissions = [("decide_finding", "可以确认或不予采纳考核发现")]
        default_permissions = ("view",)
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["term", "rule", "window", *subject],
                    condition=Q(subject_kind=kind),
                    name=f"finding_once_{kind.value}",
                )
                for kind, subject in SUBJECT_FIELDS.items()
            ),
            models.CheckConstraint(
                condition=(
                    Q(subject_kind=SubjectKind.MEMBER, member__isnull=False)
                    | Q(subject_kind=SubjectKind.SECTOR, sector__isnull=False)
                    | Q(subject_kind=SubjectKind.COMMITTEE, committee__isnull=False)
                    | Q(subject_kind=SubjectKind.ASSEMBLY)
                ),
                name="finding_has_subject",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[FindingState.CONFIRMED, FindingState.DISMISSED])
                | (Q(decided_at__isnull=False) & ~Q(decision_reason="")),
                name="finding_decision_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["term", "state"], name="finding_term_state"),
            models.Index(fields=["member", "state"], name="finding_member_state"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_name}：{self.title}"

    @property
    def key(self) -> tuple[str, str, int, str]:
        """(rule, kind of subject, row of the subject, window); the assembly goes by its term."""
        fields = SUBJECT_FIELDS[SubjectKind(self.subject_kind)] or ("term",)
        return self.rule, str(self.subject_kind), getattr(self, f"{fields[0]}_id"), self.window


class FindingEvent(models.Model):
    """The life of a finding, never rewritten: found, decided, changed, withdrawn."""

    finding = models.ForeignKey(
        Finding, verbose_name="考核发现", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField("事项", max_length=20, choices=FindingEventKind)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    run = models.ForeignKey(Run, verbose_name="考核运行", on_delete=models.PROTECT, null=True)
    reason = models.TextField("理由", blank=True)
    evidence = models.JSONField("当时的证据", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "发现经过"
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.finding} {self.get_kind_display()}"
