"""The ledger of background work: the truth about a task, whatever the broker remembers."""

import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q

from accounts.choices import JobState
from accounts.querysets import JobQuerySet


def private_storage():
    """Files that are only ever handed out by a view that checks who asks."""
    return storages["private"]


class Job(models.Model):
    """One piece of long work. `key` makes work that must happen once happen once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField("任务", max_length=100)
    key = models.CharField("唯一标识", max_length=150, null=True, blank=True, unique=True)
    title = models.CharField("名称", max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="发起人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
    )
    permission = models.CharField(
        "下载权限", max_length=100, blank=True, help_text="领取成果文件时仍须持有的权限"
    )
    parameters = models.JSONField("参数", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    message = models.CharField("进展", max_length=500, blank=True)
    result = models.JSONField("结果", default=dict, blank=True)
    upload = models.FileField(
        "上传文件", storage=private_storage, upload_to="uploads/%Y/%m", blank=True
    )
    product = models.FileField(
        "成果文件", storage=private_storage, upload_to="products/%Y/%m", blank=True
    )
    product_digest = models.CharField("成果文件摘要", max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    queued_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    heartbeat_at = models.DateTimeField(
        "最近心跳", null=True, blank=True, help_text="排队时为最近一次通知后台的时间"
    )
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-queued_at"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="job_done_total"),
            models.CheckConstraint(
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING])
                | Q(finished_at__isnull=False),
                name="job_finished_has_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "heartbeat_at"], name="job_state_heartbeat")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def percent(self) -> int:
        """0 to 100; 0 while the amount of work is not known."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def product_name(self) -> str:
        return Path(self.product.name).name if self.product else ""
