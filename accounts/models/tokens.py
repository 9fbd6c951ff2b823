"""Keys with which programs act for an account through the API."""

from django.conf import settings
from django.db import models


class AccessToken(models.Model):
    """A key of one account. Only its digest is kept: the key is shown once, when it is made.

    `seal` is the account's session hash at that moment, so that the key dies with the password.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="账号",
        on_delete=models.CASCADE,
        related_name="access_tokens",
    )
    digest = models.CharField("密钥摘要", max_length=64, unique=True, editable=False)
    seal = models.CharField("口令印记", max_length=128, editable=False)
    issued_at = models.DateTimeField("签发时间")
    expires_at = models.DateTimeField("失效时间")

    class Meta:
        verbose_name = verbose_name_plural = "访问令牌"
        ordering = ["-issued_at"]
        default_permissions = ("view", "delete")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")),
                name="access_token_expires_after_issue",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.name}的访问令牌"
