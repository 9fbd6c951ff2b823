"""Frozen copies as they are read: never without looking at their digest."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from core.refusals import RefusalError
from dossiers.models import PaperArchive


class ArchiveDamagedError(RefusalError):
    """What is stored is not what was frozen."""


def digest_of(data: Mapping[str, Any], pdf: bytes) -> str:
    """SHA-256 over the data, written one way only, and the PDF."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass") + b"\n" + pdf).hexdigest()


def archived_pdf(archive: PaperArchive) -> bytes:
    """The PDF as it was frozen. Raises ArchiveDamagedError."""
    try:
        with archive.pdf.open("rb") as file:
            content = file.read()
    except FileNotFoundError as missing:
        raise ArchiveDamagedError(_damaged(archive, "文件不在了")) from missing
    if digest_of(archive.data, content) != archive.digest:
        raise ArchiveDamagedError(_damaged(archive, "内容与归档时的摘要不符"))
    return content


def _damaged(archive: PaperArchive, what: str) -> str:
    return f"{archive.paper}第{archive.number}版归档件{what}，请系统管理员从备份恢复后再用。"
