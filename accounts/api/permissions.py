"""Who may use the interface, and for which kinds of record."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class OwnPassword(BasePermission):
    """Signed in, and not with the initial password, which only opens the page to change it."""

    message = "请先登录网页修改初始密码。"

    def has_permission(self, request: Request, view) -> bool:
        return bool(request.user.is_authenticated) and not request.user.must_change_password


class MayRead(BasePermission):
    """The account's roles may read this kind of record at all; which rows is `visible_to`."""

    def has_permission(self, request: Request, view) -> bool:
        options = view.queryset.model._meta
        return request.user.has_perm(f"{options.app_label}.view_{options.model_name}")
