from accounts.admin import trail, users, work
from accounts.admin.base import (
    AuditedModelAdmin,
    AuditedStackedInline,
    AuditedTabularInline,
    SensitiveModelAdmin,
)

__all__ = [
    "AuditedModelAdmin",
    "AuditedStackedInline",
    "AuditedTabularInline",
    "SensitiveModelAdmin",
    "trail",
    "users",
    "work",
]
