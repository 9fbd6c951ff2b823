"""Accounts and roles, for 系统管理员. Everything done here is a service with its audit entry."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from accounts.admin.base import AuditedModelAdmin
from accounts.forms import UserForm
from accounts.models import Role, User
from accounts.selectors.users import (
    dead_initial_passwords,
    locked_users,
    pending_initial_passwords,
)
from accounts.services.passwords import IssuedPassword, reset_password
from accounts.services.records import save_record
from accounts.services.roles import set_roles
from accounts.services.sign_in import unlock_user
from accounts.services.users import create_user, deactivate_user, reactivate_user
from core.refusals import RefusalError

admin.site.unregister(Group)


class AccessFilter(admin.SimpleListFilter):
    """Who cannot get in, or soon will not."""

    title = "登录情况"
    parameter_name = "access"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("locked", "已锁定"), ("pending", "初始密码未使用"), ("dead", "初始密码已失效")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = {
            "locked": locked_users,
            "pending": pending_initial_passwords,
            "dead": dead_initial_passwords,
        }.get(self.value() or "")
        if chosen is None:
            return queryset
        return queryset.filter(pk__in=chosen(timezone.now()).values("pk"))


@admin.register(User)
class UserAdmin(AuditedModelAdmin):
    form = UserForm
    list_display = ["username", "name", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", AccessFilter, "groups__role__code"]
    search_fields = ["username", "name"]
    fields = ["username", "name", "roles"]
    actions_detail = ["reset", "unlock", "deactivate", "reactivate"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @display(description="角色")
    def role_names(self, user: User) -> str:
        return "、".join(group.name for group in user.groups.all())

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """An account that has acted is closed, never deleted."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:
        now, roles = timezone.now(), form.cleaned_data["roles"]
        if change:
            save_record(obj=obj, actor=request.user, at=now)
            set_roles(user=obj, roles=roles, actor=request.user, at=now)
            return
        issued = create_user(
            username=obj.username, name=obj.name, roles=roles, actor=request.user, at=now
        )
        vars(obj).update(vars(issued.user))
        request.issued_password = issued

    def response_add(self, request: HttpRequest, obj: User, *args: Any) -> HttpResponse:
        return self._show_password(request, request.issued_password)

    def _show_password(self, request: HttpRequest, issued: IssuedPassword) -> HttpResponse:
        """The answer itself carries the password: it is kept nowhere and shown once."""
        context = admin.site.each_context(request) | {
            "title": "初始密码",
            "account": issued.user,
            "password": issued.password,
            "back": reverse("admin:accounts_user_changelist"),
        }
        return TemplateResponse(request, "accounts/password_issued.html", context)

    @action(description="重置密码", url_path="reset-password", permissions=["change"])
    def reset(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._act(
            request,
            object_id,
            title="重置密码",
            consequence="原密码立即作废，本人在各处的登录都会退出；新的初始密码只显示这一次，"
            "72小时内用一次，登录后须改。",
            service=reset_password,
        )

    @action(description="解除登录锁定", url_path="unlock", permissions=["change"])
    def unlock(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def service(*, user: User, actor: User, at: Any, reason: str) -> User:
            return unlock_user(user=user, actor=actor, at=at)

        return self._act(
            request,
            object_id,
            title="解除登录锁定",
            consequence="清除此账号登录失败的次数，本人可立即再试；因所在网络失败次数过多而被拒绝的，"
            "该网络的失败次数一并清除。",
            service=service,
        )

    @action(description="停用", url_path="deactivate", permissions=["change"])
    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._act(
            request,
            object_id,
            title="停用账号",
            consequence="立即不能登录，已登录的随即退出。其办理过的记录和审计记录不变。",
            service=deactivate_user,
        )

    @action(description="恢复使用", url_path="reactivate", permissions=["change"])
    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._act(
            request,
            object_id,
            title="恢复使用",
            consequence="账号可以重新登录，角色不变。",
            service=reactivate_user,
        )

    def _act(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        consequence: str,
        service: Callable[..., Any],
    ) -> HttpResponse:
        """Says what follows and asks for the reason; a POST does it."""
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404("没有这个账号。")
        if request.method != "POST":
            context = admin.site.each_context(request) | {
                "title": f"{title}：{user}",
                "verb": title,
                "consequence": consequence,
                "back": reverse("admin:accounts_user_change", args=[user.pk]),
            }
            return TemplateResponse(request, "accounts/user_act.html", context)
        try:
            with transaction.atomic():
                done = service(
                    user=user,
                    actor=request.user,
                    at=timezone.now(),
                    reason=request.POST.get("reason", ""),
                )
        except RefusalError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.path)
        if isinstance(done, IssuedPassword):
            return self._show_password(request, done)
        messages.success(request, f"已{title}：{user}")
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user.pk]))


@admin.register(Role)
class RoleAdmin(ModelAdmin):
    """Read only: what a role may do is in `accounts/data/roles.toml`."""

    list_display = ["name", "branch", "description", "holders"]
    fields = ["name", "branch", "description", "granted"]
    readonly_fields = ["granted"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        return super().get_queryset(request).annotate(holder_count=Count("user"))

    @display(description="账号数")
    def holders(self, role: Role) -> int:
        return role.holder_count

    @display(description="权限")
    def granted(self, role: Role) -> str:
        return "、".join(role.permissions.values_list("name", flat=True))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return False
