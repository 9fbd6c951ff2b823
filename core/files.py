"""Files people attach: what is taken, where it is kept, how it is handed out.

Attachments lie in the private storage and are never served by address; a view that has found
the row through `visible_to` answers with `attachment_response`.
"""

from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.deconstruct import deconstructible

#: Bytes.
LARGEST_ATTACHMENT = 10 * 1024 * 1024

ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
#: How a file of each kind begins, and what it is called when handed out.
KINDS: dict[str, tuple[bytes, str]] = {
    "pdf": (b"%PDF-", "application/pdf"),
    "docx": (ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "doc": (OLE, "application/msword"),
    "xls": (OLE, "application/vnd.ms-excel"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
}
ACCEPTED = ",".join(f".{ending}" for ending in KINDS)
HELP = "可附 PDF、Word、Excel 文件或照片，不超过 10 MB。"


def size_of(file: FieldFile) -> int:
    """Bytes of a stored file; none, where it is gone."""
    try:
        return file.size
    except FileNotFoundError:
        return 0


def private_storage() -> Storage:
    return storages["private"]


def check_attachment(file: Any) -> None:
    """Raises ValidationError, in Chinese, where the file is too large, empty or of another kind."""
    if file.size > LARGEST_ATTACHMENT:
        raise ValidationError("附件超过 10 MB，请压缩或分开上传。")
    if file.size == 0:
        raise ValidationError("附件是空文件，请重新选择。")
    kind = KINDS.get(_ending(file.name))
    if kind is None:
        raise ValidationError("附件只收 PDF、Word、Excel 文件和 JPG、PNG 照片。")
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if not head.startswith(kind[0]):
        raise ValidationError("附件内容与文件名不符，可能已损坏，请重新另存后上传。")


def attachment_field(label: str, folder: str, *, blank: bool = False) -> models.FileField:
    """A file column; the name it came with is the last part of the stored name."""
    return models.FileField(
        label,
        upload_to=Folder(folder),
        storage=private_storage,
        max_length=400,
        blank=blank,
        validators=[check_attachment],
        help_text=HELP,
    )


@deconstructible
class Folder:
    """Names a stored file `attachments/<folder>/<random>/<its own name>`."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, instance: models.Model, filename: str) -> str:
        return f"attachments/{self.folder}/{uuid4().hex}/{_tidy(filename)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Folder) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)


def attachment_name(file: FieldFile) -> str:
    """The name the file came with."""
    return PurePath(file.name or "").name


def attachment_response(file: FieldFile) -> FileResponse:
    """The file as a download, never shown in place, under the name it came with."""
    name = attachment_name(file)
    kind = KINDS.get(_ending(name), (b"", "application/octet-stream"))[1]
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _ending(name: str) -> str:
    return PurePath(name).suffix.lstrip(".").lower()


def _tidy(filename: str) -> str:
    """Without folders or characters a disk minds, and not too long."""
    stem = PurePath(filename.replace("\\", "/")).stem
    kept = [mark for mark in stem if mark.isalnum() or mark in "._-（）()《》〔〕 "]
    return f"{''.join(kept)[:80].strip() or '附件'}.{_ending(filename)}"
