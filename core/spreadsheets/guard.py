"""Looks at an .xlsx file from outside and refuses what is dangerous before any of it is parsed.

The caps are those of the import workbook's contract. A hostile file of a few kilobytes can
unpack to gigabytes, so nothing here trusts a declared size, and nothing is unpacked twice.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.refusals import RefusalError

MEGABYTE = 1024 * 1024
MAX_FILE_BYTES = 10 * MEGABYTE
MAX_UNPACKED_BYTES = 100 * MEGABYTE
MAX_ENTRIES = 1000
MAX_RATIO = 100
#: Below this an entry's ratio says nothing: an almost empty part packs very well.
RATIO_COUNTS_FROM_BYTES = MEGABYTE
CHUNK_BYTES = 256 * 1024

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: How an encrypted package names its stream inside an OLE file.
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK_PART = "xl/workbook.xml"
#: Declarations that make an XML reader fetch or multiply text, in the encodings it may meet.
DECLARATIONS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
LONGEST_DECLARATION = max(len(mark) for mark in DECLARATIONS)
RESAVE = "请在 Excel 或 WPS 中打开，另存为“Excel 工作簿（*.xlsx）”后重新导入"
DAMAGED = f"文件已损坏，无法读取。{RESAVE}。"

#: What the zip reader may raise on a damaged or lying archive.
ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class WorkbookRefusedError(RefusalError):
    """The file is not a workbook that may be opened; the message says why and what to do."""


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, every part of it unpacked once and found harmless.

    Raises WorkbookRefusedError.
    """
    _check_file(path)
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_ERRORS as error:
        raise WorkbookRefusedError(DAMAGED) from error
    with archive:
        try:
            _check_entries(archive.infolist())
            _check_contents(archive)
        except ZIP_ERRORS as error:
            raise WorkbookRefusedError(DAMAGED) from error
        yield archive


def chunks(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part in pieces, so that no part is ever held whole."""
    with archive.open(name) as part:
        while chunk := part.read(CHUNK_BYTES):
            yield chunk


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise WorkbookRefusedError("找不到文件，请核对文件名和位置。")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
            if size <= MAX_FILE_BYTES and head == OLE_MAGIC:
                _refuse_ole(head + file.read())
    except OSError as error:
        raise WorkbookRefusedError("文件无法读取，请检查文件是否正被占用。") from error
    if size > MAX_FILE_BYTES:
        raise WorkbookRefusedError(
            f"文件超过 {MAX_FILE_BYTES // MEGABYTE} MB。请删去图片等无关内容，或分成几个文件导入。"
        )
    if not head.startswith(ZIP_MAGIC):
        raise WorkbookRefusedError(f"文件不是 xlsx 工作簿（仅改扩展名的文件不能导入）。{RESAVE}。")


def _refuse_ole(content: bytes) -> None:
    if ENCRYPTED_STREAM in content:
        raise WorkbookRefusedError("文件设有打开密码，无法读取。请取消密码、保存后重新导入。")
    raise WorkbookRefusedError(f"文件是旧版 xls 等格式，不能导入。{RESAVE}。")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise WorkbookRefusedError(f"文件内部部件超过 {MAX_ENTRIES} 个，不是正常的工作簿。")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise WorkbookRefusedError("文件内部有重名部件，不是正常的工作簿。")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise WorkbookRefusedError(_too_big_unpacked())
    for entry in entries:
        _check_entry(entry)
    if CONTENT_TYPES not in names or WORKBOOK_PART not in names:
        raise WorkbookRefusedError(f"文件不是 xlsx 工作簿。{RESAVE}。")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.lower())
    if _leaves_archive(entry) or stat.S_ISLNK(entry.external_attr >> 16):
        raise WorkbookRefusedError("文件内部含有指向外部的路径或链接，已拒绝。")
    if entry.flag_bits & 0x1:
        raise WorkbookRefusedError("文件内部有加密部件，无法读取。请取消密码、保存后重新导入。")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WorkbookRefusedError(f"文件使用了不支持的压缩方式。{RESAVE}。")
    if path.name.startswith("vbaproject") or "macrosheets" in path.parts:
        raise WorkbookRefusedError(
            "文件含有宏，不能导入。请另存为不含宏的“Excel 工作簿（*.xlsx）”。"
        )
    if (
        entry.file_size > RATIO_COUNTS_FROM_BYTES
        and entry.file_size > MAX_RATIO * entry.compress_size
    ):
        raise WorkbookRefusedError(f"文件内部压缩比超过 {MAX_RATIO} 倍，不是正常的工作簿，已拒绝。")


def _leaves_archive(entry: zipfile.ZipInfo) -> bool:
    # orig_filename: the reader cuts a name at a NUL and turns separators, hiding the trick.
    name = entry.orig_filename
    path = PurePosixPath(name)
    return "\\" in name or "\0" in name or ":" in name or path.is_absolute() or ".." in path.parts


def _too_big_unpacked() -> str:
    return f"文件解压后超过 {MAX_UNPACKED_BYTES // MEGABYTE} MB，已拒绝。请分成几个文件导入。"


def _check_contents(archive: zipfile.ZipFile) -> None:
    """Counts what really comes out, whatever the directory declares, and looks for entities."""
    unpacked = 0
    for entry in archive.infolist():
        tail = b""
        for chunk in chunks(archive, entry.filename):
            unpacked += len(chunk)
            if unpacked > MAX_UNPACKED_BYTES:
                raise WorkbookRefusedError(_too_big_unpacked())
            seen = tail + chunk
            if any(mark in seen for mark in DECLARATIONS):
                raise WorkbookRefusedError("文件内部含有文档类型或实体声明，可能有害，已拒绝。")
            tail = chunk[-LONGEST_DECLARATION:]
