"""Who may use the interface, and for which kinds of record."""

from django.utils import timezone
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class OwnPassword(BasePermission):
    """Signed in, with a password that need not be changed first."""

    message = "请先在网页登录并修改密码。"

    def has_permission(self, request: Request, view) -> bool:
        user = request.user
        return bool(user.is_authenticated) and not user.password_is_due(timezone.now())


class MayRead(BasePermission):
    """The account's roles may read this kind of record at all; which rows is `visible_to`."""

    def has_permission(self, request: Request, view) -> bool:
        options = view.queryset.model._meta
        return request.user.has_perm(f"{options.app_label}.view_{options.model_name}")
