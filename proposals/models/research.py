"""Self-directed research, research topics, inspections and study tours (调研视察)."""

from django.db import models

from members.models import Member
from proposals.choices import ResearchKind
from proposals.models.topics import Topic
from proposals.models.works import Work
from proposals.querysets import ResearchQuerySet


class Research(Work):
    """One 调研视察. It is no event: attendance is not taken, taking part is what counts."""

    kind = models.CharField("类型", max_length=20, choices=ResearchKind)
    participants = models.ManyToManyField(
        Member, verbose_name="参加人", through="ResearchParticipation", related_name="research"
    )
    completed_date = models.DateField("完成日期")
    result = models.TextField("成果", max_length=10_000, blank=True)
    organiser = models.CharField("承办部门", max_length=10_000, blank=True)
    topic = models.ForeignKey(
        Topic,
        verbose_name="所属议题",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="research",
    )

    objects = ResearchQuerySet.as_manager()

    class Meta(Work.Meta):
        verbose_name = verbose_name_plural = "调研视察"
        ordering = ["-completed_date", "number"]
        indexes = [models.Index(fields=["term", "completed_date"], name="research_term_date")]
        constraints = [
            *Work.Meta.constraints,
            models.UniqueConstraint(
                fields=["topic"],
                condition=models.Q(kind=ResearchKind.TOPIC, topic__isnull=False),
                name="research_topic_counted_once",
                violation_error_message="该议题已计入调研协商课题，不能重复计入。",
            ),
        ]


class ResearchParticipation(models.Model):
    research = models.ForeignKey(
        Research, verbose_name="调研视察", on_delete=models.CASCADE, related_name="participations"
    )
    member = models.ForeignKey(
        Member,
        verbose_name="参加人",
        on_delete=models.PROTECT,
        related_name="research_participations",
    )
    sequence = models.PositiveSmallIntegerField("次序", default=1)

    class Meta:
        verbose_name = verbose_name_plural = "参加人"
        ordering = ["research", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["research", "member"],
                name="research_participation_once",
                violation_error_message="该委员已是参加人。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name}参加{self.research}"
