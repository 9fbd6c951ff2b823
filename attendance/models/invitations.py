"""Meetings of other bodies a member is invited to as a member."""

from django.db import models

from attendance.querysets import OutsideInvitationQuerySet
from core.models import Recorded
from members.models import Member


class OutsideInvitation(Recorded):
    """应邀以委员身份参加外单位会议活动."""

    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="invitations"
    )
    date = models.DateField("日期")
    title = models.CharField("名称", max_length=200)
    inviter = models.CharField("邀请单位", max_length=10_000, blank=True)

    objects = OutsideInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外单位活动"
        ordering = ["-date", "member"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "date", "title"],
                name="outside_invitation_once",
                violation_error_message="该委员同日已有同名的外单位活动。",
            )
        ]
        indexes = [models.Index(fields=["date"], name="outside_invitation_date")]

    def __str__(self) -> str:
        return self.title
