from accounts.models.audit import AuditChange, AuditEntry, AuditHead
from accounts.models.jobs import Job
from accounts.models.tokens import AccessToken
from accounts.models.users import PreviousPassword, Role, User

__all__ = [
    "AccessToken",
    "AuditChange",
    "AuditEntry",
    "AuditHead",
    "Job",
    "PreviousPassword",
    "Role",
    "User",
]
