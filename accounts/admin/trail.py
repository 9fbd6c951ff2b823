"""The audit trail, for 安全审计员: who did what and when, without the business itself."""

import json

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.models import AuditEntry
from accounts.roles import RoleCode

CHANGES_SHOWN = 100
HIDDEN = "（业务内容，不显示）"


class ReadOnlyAdmin(ModelAdmin):
    list_per_page = 30
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def concerns_accounts(object_type: str) -> bool:
    """Rows an auditor may read in full; of everything else only that it was touched."""
    return object_type.startswith("accounts.") and object_type != "accounts.job"


def kind_of(object_type: str) -> str:
    """The Chinese name of a kind of row; its code where the model is gone."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = [
        "sequence",
        "at",
        "actor_name",
        "role_names",
        "verb",
        "what",
        "succeeded",
        "address",
    ]
    list_display_links = ["sequence"]
    list_filter = ["verb", "succeeded"]
    search_fields = ["actor_name", "address", "request_id", "object_type", "object_id"]
    search_help_text = "按操作人、来源地址、请求编号、对象类别或主键查找"
    date_hierarchy = "at"
    fields = [
        "sequence",
        "at",
        "actor_name",
        "role_names",
        "address",
        "request_id",
        "verb",
        "what",
        "succeeded",
        "why",
        "more",
        "touched",
        "previous_digest",
        "digest",
    ]
    readonly_fields = ["role_names", "what", "why", "more", "touched"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup.split("__")[0] in {"verb", "succeeded", "at"}

    @display(description="角色")
    def role_names(self, entry: AuditEntry) -> str:
        codes = [code for code in entry.roles.split(",") if code]
        return "、".join(RoleCode(code).label if code in RoleCode else code for code in codes)

    @display(description="对象")
    def what(self, entry: AuditEntry) -> str:
        if not entry.object_type or concerns_accounts(entry.object_type):
            return entry.object_label
        return f"{kind_of(entry.object_type)} {entry.object_id}"

    @display(description="事由")
    def why(self, entry: AuditEntry) -> str:
        plain = not entry.object_type or concerns_accounts(entry.object_type)
        return entry.reason if plain or not entry.reason else HIDDEN

    @display(description="详情")
    def more(self, entry: AuditEntry) -> str:
        if not entry.detail:
            return ""
        plain = not entry.object_type or concerns_accounts(entry.object_type)
        return json.dumps(entry.detail, ensure_ascii=False) if plain else HIDDEN

    @display(description="改动明细")
    def touched(self, entry: AuditEntry) -> SafeString | str:
        changes = list(entry.changes.order_by("position")[:CHANGES_SHOWN])
        if not changes:
            return "无"
        lines = format_html_join(
            "",
            "<li>{} {}：{}</li>",
            ((change.object_type, change.object_id, self._fields(change)) for change in changes),
        )
        count = entry.changes.count()
        rest = f"等共{count}条" if count > len(changes) else ""
        return format_html("<ol>{}</ol>{}", lines, rest)

    def _fields(self, change) -> str:
        before, after = change.before or {}, change.after or {}
        names = list(dict.fromkeys([*before, *after]))
        if not concerns_accounts(change.object_type):
            return "、".join(names)
        return "；".join(f"{name} {before.get(name)} → {after.get(name)}" for name in names)
