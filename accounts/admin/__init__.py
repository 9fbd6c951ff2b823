from accounts.admin import trail, users, work
from accounts.admin.base import AuditedModelAdmin, AuditedStackedInline, AuditedTabularInline

__all__ = [
    "AuditedModelAdmin",
    "AuditedStackedInline",
    "AuditedTabularInline",
    "trail",
    "users",
    "work",
]
