from accounts.admin import users
from accounts.admin.base import AuditedModelAdmin, AuditedStackedInline, AuditedTabularInline

__all__ = ["AuditedModelAdmin", "AuditedStackedInline", "AuditedTabularInline", "users"]
