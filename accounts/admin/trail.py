"""The audit trail, for 安全审计员: who did what and when, without the business itself."""

import json
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.models import AuditChange, AuditEntry
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


def label_of(object_type: str, name: str) -> str:
    """The Chinese name of a field; its code where there is none."""
    try:
        return str(apps.get_model(object_type)._meta.get_field(name).verbose_name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return "角色" if name == "roles" else name


def fields_of(change: AuditChange) -> str:
    """Which fields were touched; what they say only where an auditor may read it."""
    before, after = change.before or {}, change.after or {}
    names = dict.fromkeys([*before, *after])
    labels = {name: label_of(change.object_type, name) for name in names}
    if not concerns_accounts(change.object_type):
        return "、".join(labels.values())
    if change.before is None or change.after is None:
        return "；".join(
            f"{label}：{worded(value)}"
            for name, label in labels.items()
            if (value := (before | after)[name]) not in (None, "")
        )
    return "；".join(
        f"{label}由“{worded(before.get(name))}”改为“{worded(after.get(name))}”"
        for name, label in labels.items()
    )


def titled(code: str) -> str:
    """A role's Chinese name."""
    return str(RoleCode(code).label) if code in RoleCode else code


def worded(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(titled(str(item)) for item in value) or "空"
    return "空" if value in (None, "") else str(value)


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
        return "、".join(titled(code) for code in entry.roles.split(",") if code)

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
            ((kind_of(row.object_type), row.object_id, fields_of(row)) for row in changes),
        )
        count = entry.changes.count()
        rest = f"等共{count}条" if count > len(changes) else ""
        return format_html("<ol>{}</ol>{}", lines, rest)
