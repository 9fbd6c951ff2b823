"""Who is expected at a meeting, and what is laid before them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from attendance.choices import Capacity, Reply, Scope
from attendance.models.meetings import Meeting
from attendance.querysets import ExpectationQuerySet, MaterialQuerySet, OfMeetingQuerySet
from core.files import attachment_field
from core.models import Recorded
from members.models import LiaisonGroup, Member, Sector, SectorGroup, SpecialCommittee

#: The field that names the organ of a scope; the other scopes name none.
ORGAN_OF = {
    Scope.SECTOR: "sector",
    Scope.COMMITTEE: "committee",
    Scope.SECTOR_GROUP: "sector_group",
    Scope.LIAISON_GROUP: "liaison_group",
}


def _names_its_organ() -> Q:
    condition = Q(pk__in=[])
    for scope in Scope:
        wanted = ORGAN_OF.get(scope)
        blank = {f"{field}__isnull": field != wanted for field in ORGAN_OF.values()}
        condition |= Q(scope=scope, **blank)
    return condition


class ScopeLine(models.Model):
    """One line of the rule by which the expected list is made: 全体常委, 教育界 …"""

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.CASCADE, related_name="scope_lines"
    )
    scope = models.CharField("范围", max_length=20, choices=Scope)
    sector = models.ForeignKey(
        Sector, verbose_name="界别", on_delete=models.PROTECT, null=True, blank=True
    )
    committee = models.ForeignKey(
        SpecialCommittee, verbose_name="专委会", on_delete=models.PROTECT, null=True, blank=True
    )
    sector_group = models.ForeignKey(
        SectorGroup, verbose_name="界别活动组", on_delete=models.PROTECT, null=True, blank=True
    )
    liaison_group = models.ForeignKey(
        LiaisonGroup,
        verbose_name="县区委员联络组",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )

    objects = OfMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应到范围"
        ordering = ["meeting", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=_names_its_organ(),
                name="scope_line_names_its_organ",
                violation_error_message="按界别、专委会或活动组确定应到人员的，须选定一个。",
            )
        ]

    def __str__(self) -> str:
        return str(self.organ or self.get_scope_display())

    @property
    def organ(self):
        """The sector, committee or group of the line, None for 全体."""
        field = ORGAN_OF.get(Scope(self.scope))
        return getattr(self, field) if field else None

    def clean(self) -> None:
        organ = self.organ
        if organ is not None and organ.term_id != self.meeting.term_id:
            raise ValidationError({ORGAN_OF[Scope(self.scope)]: "所选机构不属于会议所在届次。"})


class Expectation(Recorded):
    """One member on the expected list of a meeting.

    Whoever is suspended or no longer serves on the meeting's first day keeps the place without
    being shown, counted or notified: read through `.invitable()`, which lets a reinstated
    member come back by itself. So does whoever was taken off the list by hand, so that the rule
    does not bring them back.
    """

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.CASCADE, related_name="expectations"
    )
    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="expectations"
    )
    line = models.ForeignKey(
        ScopeLine,
        verbose_name="按此范围列入",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="expectations",
        help_text="空 = 逐人指定",
    )
    capacity = models.CharField("身份", max_length=20, choices=Capacity, default=Capacity.EXPECTED)
    reply = models.CharField("回复", max_length=20, choices=Reply, default=Reply.NONE)
    replied_at = models.DateTimeField("回复时间", null=True, blank=True, editable=False)
    removed_reason = models.CharField(
        "移出事由",
        max_length=200,
        blank=True,
        editable=False,
        help_text="非空 = 由人移出名单，按范围更新名单时不再列入",
    )

    objects = ExpectationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "应到名单"
        ordering = ["meeting", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member"],
                name="expectation_once",
                violation_error_message="该委员已在应到名单中。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member.person.name} {self.get_capacity_display()}"

    def clean(self) -> None:
        if self.meeting.term_id != self.member.term_id:
            raise ValidationError({"member": "该委员不属于会议所在届次。"})


class MeetingMaterial(Recorded):
    """会议材料, for those invited to read."""

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.CASCADE, related_name="materials"
    )
    title = models.CharField("标题", max_length=200)
    file = attachment_field("文件", "meeting-materials")
    must_return = models.BooleanField("会后收回", default=False)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议材料"
        ordering = ["meeting", "pk"]

    def __str__(self) -> str:
        return self.title
