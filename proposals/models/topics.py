"""Topics of a year's plan: consultation, democratic oversight, and those shared with counties."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.files import attachment_field
from members.models import Assembly, Department, Member, SpecialCommittee
from proposals.choices import TopicKind, TopicState
from proposals.models.works import Work
from proposals.querysets import TopicParticipationQuerySet, TopicQuerySet


class Topic(Work):
    """协商、监督、调研议题 with its plan, participants and results. Shared with county
    assemblies it is a 联动 topic, and its results are shared (萍协字〔2022〕22号 第二条).
    """

    kind = models.CharField("类别", max_length=30, choices=TopicKind)
    year = models.PositiveSmallIntegerField("年度")
    committee = models.ForeignKey(
        SpecialCommittee,
        verbose_name="牵头专委会",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
    )
    department = models.ForeignKey(
        Department,
        verbose_name="承办部门",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="topics",
    )
    partners = models.ManyToManyField(
        Assembly,
        verbose_name="联动县（区）政协",
        through="TopicPartnership",
        related_name="shared_topics",
    )
    participants = models.ManyToManyField(
        Member, verbose_name="参加委员", through="TopicParticipation", related_name="topics"
    )
    plan = models.TextField("方案", max_length=10_000, blank=True)
    planned_date = models.DateField("计划完成日期", null=True, blank=True)
    state = models.CharField("进展", max_length=20, choices=TopicState, default=TopicState.PLANNED)
    result = models.TextField("成果", max_length=10_000, blank=True)
    result_file = attachment_field("成果文件", "topics", blank=True)
    finished_date = models.DateField("完成日期", null=True, blank=True)
    cancelled_reason = models.TextField("取消原因", max_length=10_000, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta(Work.Meta):
        verbose_name = verbose_name_plural = "议题"
        ordering = ["-year", "number"]
        constraints = [
            *Work.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state=TopicState.FINISHED)
                | (Q(finished_date__isnull=False) & ~Q(result="")),
                name="topic_finished_with_result",
                violation_error_message="完成的议题须填写完成日期和成果。",
            ),
            models.CheckConstraint(
                condition=~Q(state=TopicState.CANCELLED) | ~Q(cancelled_reason=""),
                name="topic_cancelled_with_reason",
                violation_error_message="取消的议题须写明原因。",
            ),
        ]

    def clean(self) -> None:
        for field in ("committee", "department"):
            organ = getattr(self, field)
            if organ is not None and organ.term_id != self.term_id:
                raise ValidationError({field: "所选机构不属于本届。"})


class TopicPartnership(models.Model):
    """A county assembly that shares the topic."""

    topic = models.ForeignKey(
        Topic, verbose_name="议题", on_delete=models.CASCADE, related_name="partnerships"
    )
    assembly = models.ForeignKey(
        Assembly, verbose_name="县（区）政协", on_delete=models.PROTECT, related_name="+"
    )
    contribution = models.TextField("分工与成果", max_length=10_000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联动县（区）政协"
        ordering = ["topic", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "assembly"],
                name="topic_partnership_once",
                violation_error_message="该县（区）政协已列入。",
            )
        ]

    def __str__(self) -> str:
        return str(self.assembly)


class TopicParticipation(models.Model):
    topic = models.ForeignKey(
        Topic, verbose_name="议题", on_delete=models.CASCADE, related_name="participations"
    )
    member = models.ForeignKey(
        Member,
        verbose_name="参加委员",
        on_delete=models.PROTECT,
        related_name="topic_participations",
    )
    sequence = models.PositiveSmallIntegerField("次序", default=1)

    objects = TopicParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参加委员"
        ordering = ["topic", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "member"],
                name="topic_participation_once",
                violation_error_message="该委员已列入。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}参加{self.topic}"
