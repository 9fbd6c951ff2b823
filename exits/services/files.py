"""Case files that leave the house are written down."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, User
from exits.models import Case


@transaction.atomic
def record_case_file(
    *, case: Case, sha256: str, parts: int, pages: int, actor: User, at: datetime
) -> AuditEntry:
    """Writes down who took the file of a case; `sha256` is of the PDF handed out."""
    return audit.record(
        actor=actor,
        verb=Verb.EXPORT,
        at=at,
        obj=case,
        label=f"案卷 {case}",
        detail={"format": "pdf", "files": parts, "pages": pages, "sha256": sha256},
    )
