"""Notices: what was told, to whom, and who has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Recorded
from members.choices import NoticeKind
from members.models.assemblies import Term
from members.models.people import Member
from members.querysets import NoticeQuerySet, NoticeRecipientQuerySet


class Notice(Recorded):
    """A letter as it was sent. Its words are never changed; a correction is a further notice.

    `subject` names what it is about ("attendance.meeting:12"); `recorded_by` sent it.
    """

    term = models.ForeignKey(
        Term, verbose_name="届次", on_delete=models.PROTECT, related_name="notices"
    )
    kind = models.CharField("类别", max_length=20, choices=NoticeKind)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", max_length=10_000)
    subject = models.CharField("所关联的事项", max_length=80, blank=True, editable=False)
    path = models.CharField("办理地址", max_length=200, blank=True, editable=False)
    reply_by = models.DateField("请于此日前回复", null=True, blank=True)
    sent_at = models.DateTimeField("发出时间", editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-sent_at", "-pk"]
        default_permissions = ("add", "view")
        indexes = [models.Index(fields=["subject"], name="notice_subject")]

    def __str__(self) -> str:
        return self.title


class NoticeRecipient(models.Model):
    """One party a notice goes to: a member, an account, or a unit named in words."""

    notice = models.ForeignKey(
        Notice, verbose_name="通知", on_delete=models.CASCADE, related_name="recipients"
    )
    member = models.ForeignKey(
        Member,
        verbose_name="委员",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notice_receipts",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notice_receipts",
    )
    party = models.CharField("单位或人员", max_length=200, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    delivered_at = models.DateTimeField(
        "送达时间", null=True, blank=True, help_text="书面送达或系统外转达的时间"
    )
    delivery_note = models.CharField("送达方式", max_length=200, blank=True)
    email_at = models.DateTimeField("邮件发出", null=True, blank=True)
    sms_at = models.DateTimeField("短信发出", null=True, blank=True)
    failure = models.CharField("未发出的原因", max_length=200, blank=True)

    objects = NoticeRecipientQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "收件人"
        ordering = ["notice", "member", "pk"]
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "member"],
                name="notice_recipient_member_once",
                violation_error_message="该委员已是收件人。",
            ),
            models.UniqueConstraint(
                fields=["notice", "user"],
                name="notice_recipient_user_once",
                violation_error_message="该账号已是收件人。",
            ),
            models.CheckConstraint(
                condition=(
                    Q(member__isnull=False, user__isnull=True, party="")
                    | Q(member__isnull=True, user__isnull=False, party="")
                    | (Q(member__isnull=True, user__isnull=True) & ~Q(party=""))
                ),
                name="notice_recipient_one_party",
                violation_error_message="收件人须且只能是委员、账号、单位三者之一。",
            ),
        ]

    def __str__(self) -> str:
        if self.member is not None:
            return self.member.person.name
        return self.user.name if self.user is not None else self.party
