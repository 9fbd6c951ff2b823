"""Who may sign in, and in which roles."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group, UserManager
from django.db import models

from accounts.choices import Branch
from accounts.roles import READS_EVERYTHING, RoleCode


class Role(Group):
    """A group with a fixed code; the permissions come from `accounts/data/roles.toml`."""

    code = models.CharField("代码", max_length=40, unique=True, choices=RoleCode)
    branch = models.CharField("三员类别", max_length=20, choices=Branch)
    description = models.CharField("职责", max_length=200, blank=True)

    objects: ClassVar[models.Manager["Role"]]  # inherited; only the type is narrower

    class Meta:
        verbose_name = verbose_name_plural = "角色"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_code_display()


class User(AbstractUser):
    """An account. A member's account hangs on the person, not on one term's seat."""

    first_name = None
    last_name = None
    name = models.CharField("姓名", max_length=50)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    initial_password_expires_at = models.DateTimeField("初始密码失效时间", null=True, blank=True)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True)

    objects = UserManager()
    REQUIRED_FIELDS = ["name"]
    unaudited_fields = frozenset({"password", "last_login"})

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]

    def __str__(self) -> str:
        return f"{self.name}（{self.username}）"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def password_is_due(self, at: datetime) -> bool:
        """An initial password, or one older than `PASSWORD_DAYS`, must be changed first."""
        if self.must_change_password:
            return True
        if not settings.PASSWORD_DAYS or self.password_changed_at is None:
            return False
        return at - self.password_changed_at >= timedelta(days=settings.PASSWORD_DAYS)

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """Codes of the roles held, read once a request."""
        if not self.is_active:
            return frozenset()
        return frozenset(Role.objects.filter(user=self).values_list("code", flat=True))

    def has_role(self, *codes: str) -> bool:
        return not self.role_codes.isdisjoint(codes)

    @property
    def reads_everything(self) -> bool:
        """委员联络科 and the leaders read every dossier; no other role does."""
        return not self.role_codes.isdisjoint(READS_EVERYTHING)


class PreviousPassword(models.Model):
    """A password once in use, as its hash, so that it is not used again too soon."""

    user = models.ForeignKey(
        User, verbose_name="账号", on_delete=models.CASCADE, related_name="previous_passwords"
    )
    password = models.CharField("口令摘要", max_length=128)
    replaced_at = models.DateTimeField("停用时间")

    class Meta:
        verbose_name = verbose_name_plural = "曾用口令"
        ordering = ["-replaced_at", "-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user}的曾用口令"
