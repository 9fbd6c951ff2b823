"""The append-only, hash-chained trail of who did what."""

from django.conf import settings
from django.db import models

from accounts.choices import Verb


class AuditEntry(models.Model):
    """One act. `digest` seals it together with its changes and the entry before it."""

    sequence = models.BigIntegerField("序号", primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    actor_name = models.CharField("操作人姓名", max_length=80)
    roles = models.CharField("角色", max_length=200, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    request_id = models.CharField("请求编号", max_length=36, blank=True)
    verb = models.CharField("动作", max_length=20, choices=Verb)
    object_type = models.CharField("对象类别", max_length=80, blank=True)
    object_id = models.CharField("对象主键", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    succeeded = models.BooleanField("成功", default=True)
    reason = models.TextField("事由", blank=True)
    detail = models.JSONField("详情", default=dict, blank=True)
    previous_digest = models.CharField("前条摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        ordering = ["-sequence"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_entry_object"),
            models.Index(fields=["at"], name="audit_entry_at"),
        ]

    def __str__(self) -> str:
        """Without the object: whoever may see that something was done need not see to whom."""
        return f"第{self.sequence}条审计记录"


class AuditChange(models.Model):
    """One row touched by an act: its values before and after (only what differs)."""

    entry = models.ForeignKey(
        AuditEntry, verbose_name="审计记录", on_delete=models.PROTECT, related_name="changes"
    )
    position = models.PositiveIntegerField("次序")
    object_type = models.CharField("对象类别", max_length=80)
    object_id = models.CharField("对象主键", max_length=64)
    object_label = models.CharField("对象", max_length=200)
    before = models.JSONField("改前", null=True)
    after = models.JSONField("改后", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "改动明细"
        ordering = ["entry", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="audit_change_position")
        ]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_change_object")]

    def __str__(self) -> str:
        return self.object_label


class AuditHead(models.Model):
    """The single row that is locked to append: the last sequence, its digest, and their seal."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)
    seal = models.CharField(max_length=64, default="")

    class Meta:
        verbose_name = verbose_name_plural = "审计链头"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="audit_head_single_row")
        ]

    def __str__(self) -> str:
        return str(self.sequence)
