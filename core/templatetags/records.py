"""Links from rows and numbers to the pages that hold them, for those who may open these."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def page_of(context: Context, model: str, pk: Any) -> str:
    """Address of the record's page ("attendance.meeting"), or "" where the account has none."""
    return (
        reverse(f"admin:{model.replace('.', '_')}_change", args=[pk])
        if reads(context, model)
        else ""
    )


@register.simple_tag(takes_context=True)
def list_of(context: Context, model: str, query: str = "") -> str:
    """Address of the list of what a number counts, or "" where the account has none."""
    if not reads(context, model):
        return ""
    address = reverse(f"admin:{model.replace('.', '_')}_changelist")
    return f"{address}?{query}" if query else address


def reads(context: Context, model: str) -> bool:
    app, name = model.split(".")
    return context["request"].user.has_perm(f"{app}.view_{name}")
