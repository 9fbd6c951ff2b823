"""A whole export: forms and summary as files that appear whole or not at all."""

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.refusals import RefusalError
from reporting.choices import FileFormat
from reporting.exporters import summary
from reporting.exporters.kept import kept_files
from reporting.exporters.layout import FormSheet, form_sheets
from reporting.exporters.paper import FormPrinter, MissingGlyphs, form_printer
from reporting.exporters.worksheets import worksheet_file
from reporting.selectors.forms import duty_forms
from reporting.selectors.summary import year_summary
from reporting.services import Selection, record_export

#: Told how many of how many forms are ready.
Progress = Callable[[int, int], None]
#: Forms nobody asked for in this time are printed anew when somebody does.
KEPT_FOR = timedelta(days=60)
#: Sheets bound into one file: more would need more memory than a worker has.
VOLUME = 50
MOST_PROCESSES = 2
#: Timestamp of packed files, so that the same forms give the same archive.
PACKED_AT = (1980, 1, 1, 0, 0, 0)


class ExportNotWrittenError(RefusalError):
    """The files could not be put where they were wanted; nothing was left behind."""


@dataclass(frozen=True)
class Exported:
    """What an export came to. `path` is the folder, or the one file asked for."""

    path: Path
    members: int
    files: int
    missing: tuple[MissingGlyphs, ...]
    sha256: str


def export_to_folder(
    *,
    selection: Selection,
    file_format: FileFormat,
    folder: Path,
    actor: User | None,
    at: datetime,
    progress: Progress | None = None,
) -> Exported:
    """Puts the forms and the summary into the folder; ZIP packs them into one file there.

    A new folder appears with everything in it; into one that holds files already each file is
    put whole. Raises ExportNotWrittenError, and whatever the selection refuses.
    """
    folder = folder.resolve()
    with _refusing_full_disk(folder), _staging(folder) as staging:
        export = _gather(selection, file_format, actor, timezone.localdate(at), staging, progress)
        if file_format == FileFormat.ZIP:
            archive = staging.with_name(f"{staging.name}.zip")
            _pack(staging, archive)
            shutil.rmtree(staging)
            staging.mkdir()
            archive.replace(staging / f"{file_name(selection.label)}.zip")
        sha256 = _folder_digest(staging)
        with transaction.atomic():
            _record(selection, export, file_format, sha256, actor, at)
            _publish(staging, folder)
    kept_files().forget_unused(before=at - KEPT_FOR)
    return Exported(folder, export.members, export.files, export.missing, sha256)


@contextmanager
def exported_archive(
    *,
    selection: Selection,
    file_format: FileFormat,
    actor: User | None,
    at: datetime,
    progress: Progress | None = None,
) -> Iterator[Exported]:
    """The export as one file to hand on; it is gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="export-") as place:
        staging = Path(place) / "forms"
        staging.mkdir()
        export = _gather(selection, file_format, actor, timezone.localdate(at), staging, progress)
        archive = Path(place) / f"{file_name(selection.label)}.zip"
        _pack(staging, archive)
        sha256 = _digest(archive)
        with transaction.atomic():
            _record(selection, export, file_format, sha256, actor, at)
        kept_files().forget_unused(before=at - KEPT_FOR)
        yield Exported(archive, export.members, export.files, export.missing, sha256)


@dataclass(frozen=True)
class _Gathered:
    members: int
    files: int
    missing: tuple[MissingGlyphs, ...]


def _gather(
    selection: Selection,
    file_format: FileFormat,
    viewer: User | None,
    today: date,
    staging: Path,
    progress: Progress | None,
) -> _Gathered:
    """Fills the staging folder with the forms and the summary."""
    members = selection.members(viewer)
    asked = {"term": selection.term, "year": selection.year, "on": selection.on}
    forms = duty_forms(**asked, today=today, members=members, viewer=viewer)
    sheets = [sheet for form in forms for sheet in form_sheets(form)]
    printer = form_printer()
    missing: Sequence[MissingGlyphs] = ()
    if file_format != FileFormat.XLSX:
        missing = printer.missing_glyphs(sheets)
    WRITERS[file_format](printer, sheets, staging, progress or _in_silence)
    overview = year_summary(**asked, members=members, viewer=viewer)
    (staging / summary.NAME).write_bytes(summary.summary_file(overview))
    files = sum(1 for path in staging.rglob("*") if path.is_file())
    return _Gathered(len(forms), files, tuple(missing))


def _write_papers(
    printer: FormPrinter, sheets: Sequence[FormSheet], staging: Path, progress: Progress
) -> None:
    printed = printer.print_sheets(sheets, processes=_processes(), progress=progress)
    for path, target in zip(printed, form_paths(sheets, staging, ".pdf"), strict=True):
        shutil.copyfile(path, target)


def _write_worksheets(
    printer: FormPrinter, sheets: Sequence[FormSheet], staging: Path, progress: Progress
) -> None:
    for number, (sheet, target) in enumerate(
        zip(sheets, form_paths(sheets, staging, ".xlsx"), strict=True), start=1
    ):
        target.write_bytes(worksheet_file(sheet))
        progress(number, len(sheets))


def _write_book(
    printer: FormPrinter, sheets: Sequence[FormSheet], staging: Path, progress: Progress
) -> None:
    volumes = [sheets[start : start + VOLUME] for start in range(0, len(sheets), VOLUME)]
    for number, volume in enumerate(volumes, start=1):
        name = f"合订本第{number}册" if len(volumes) > 1 else "合订本"
        (staging / f"{name}.pdf").write_bytes(printer.bind(volume))
        progress(min(number * VOLUME, len(sheets)), len(sheets))


WRITERS: Mapping[str, Callable[[FormPrinter, Sequence[FormSheet], Path, Progress], None]] = {
    FileFormat.PDF: _write_papers,
    FileFormat.ZIP: _write_papers,
    FileFormat.XLSX: _write_worksheets,
    FileFormat.BOOK: _write_book,
}


def _in_silence(done: int, total: int) -> None:
    """Nobody waits for progress."""


def _processes() -> int:
    return min(MOST_PROCESSES, len(os.sched_getaffinity(0)))


# Names --------------------------------------------------------------------------------------
#: What some system or other does not allow in a file name.
UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
#: Bytes of a file name without its ending; systems allow 255 in all.
LONGEST_NAME = 200


def file_name(text: str) -> str:
    """The text as a file name anywhere: no separators, not hidden, not too long."""
    name = UNFIT.sub("_", text).strip(" .")
    return name.encode()[:LONGEST_NAME].decode(errors="ignore") or "_"


def form_paths(sheets: Iterable[FormSheet], folder: Path, ending: str) -> list[Path]:
    """{form}/{委员编号}_{姓名}; two that would be the same get a number."""
    taken: set[Path] = set()
    paths = []
    for sheet in sheets:
        home = folder / str(sheet.kind.label)
        home.mkdir(exist_ok=True)
        stem = file_name(f"{sheet.code}_{sheet.member}")
        path, number = home / f"{stem}{ending}", 1
        while path in taken:
            number += 1
            path = home / f"{stem}-{number}{ending}"
        taken.add(path)
        paths.append(path)
    return paths


# Whole or not at all --------------------------------------------------------------------------
@contextmanager
def _refusing_full_disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportNotWrittenError(
            f"没有导出：写入 {folder} 时出错（{error.strerror or error}）。请检查磁盘空间和目录权限。"
        ) from error


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one, gone at the end unless it took its place.

    One export at a time works beside a folder; what a killed one left is cleared away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = os.open(folder.parent, os.O_RDONLY)
    try:
        fcntl.flock(beside, fcntl.LOCK_EX)
        prefix = f".{folder.name}.导出中"
        for left in folder.parent.glob(f"{prefix}*"):
            _remove(left)
        staging = folder.parent / f"{prefix}{os.getpid()}"
        staging.mkdir()
        try:
            yield staging
        finally:
            _remove(staging)
            _remove(staging.with_name(f"{staging.name}.zip"))
    finally:
        os.close(beside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _publish(staging: Path, folder: Path) -> None:
    """Into its place by one rename, or, where the folder holds files, file by file."""
    with suppress(OSError):
        staging.replace(folder)
        return
    for source in sorted(path for path in staging.rglob("*") if path.is_file()):
        target = folder / source.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)


def _pack(staging: Path, archive: Path) -> None:
    """PDFs and workbooks are compressed already; they are only put together."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(path for path in staging.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(staging).as_posix(), PACKED_AT)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _folder_digest(folder: Path) -> str:
    """Of the list of files and their digests, as `sha256sum` writes it."""
    lines = [
        f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _record(
    selection: Selection,
    export: _Gathered,
    file_format: FileFormat,
    sha256: str,
    actor: User | None,
    at: datetime,
) -> None:
    record_export(
        actor=actor,
        at=at,
        label=selection.label,
        file_format=file_format.value,
        files=export.files,
        members=export.members,
        sha256=sha256,
    )
