"""What leaves the house is written down: case files, and letters looked at before they are issued."""

import hashlib
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry, User
from exits.choices import PaperKind
from exits.models import Case, OfficialPaper


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


@transaction.atomic
def record_preview(
    *, draft: OfficialPaper, content: bytes, actor: User, at: datetime
) -> AuditEntry:
    """Writes down who took the PDF of a letter that was not issued."""
    return audit.record(
        actor=actor,
        verb=Verb.EXPORT,
        at=at,
        obj=draft.case or draft.interview,
        label=f"公文预览 {PaperKind(draft.kind).label}",
        detail={"format": "pdf", "sha256": hashlib.sha256(content).hexdigest()}
        | ({"partner": draft.partner} if draft.partner else {}),
    )
