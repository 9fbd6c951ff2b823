"""Speeches at meetings."""

from django.core.exceptions import ValidationError
from django.db import models

from attendance.choices import SpeechManner, SpeechOccasion
from attendance.models.meetings import Meeting
from attendance.querysets import SpeechQuerySet
from core.models import Recorded
from members.models import Member


class Speech(Recorded):
    """会议发言. Counts in the year of its meeting; its own date is information."""

    meeting = models.ForeignKey(
        Meeting, verbose_name="会议活动", on_delete=models.PROTECT, related_name="speeches"
    )
    member = models.ForeignKey(
        Member, verbose_name="委员", on_delete=models.PROTECT, related_name="speeches"
    )
    title = models.CharField("题目", max_length=200)
    manner = models.CharField("方式", max_length=10, choices=SpeechManner)
    occasion = models.CharField(
        "场合",
        max_length=20,
        choices=SpeechOccasion,
        blank=True,
        help_text="空 = 大会发言",
    )
    date = models.DateField("日期", null=True, blank=True)

    objects = SpeechQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议发言"
        ordering = ["meeting", "member", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "member", "title"],
                name="speech_once",
                violation_error_message="该委员在此会议上已有同题发言。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.meeting.term_id != self.member.term_id:
            raise ValidationError({"member": "该委员不属于会议所在届次。"})
