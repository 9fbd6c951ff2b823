import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pypdf import PdfReader

from accounts.choices import JobState, Verb
from accounts.models import AuditEntry, Job
from accounts.roles import RoleCode
from reporting.choices import FileFormat
from reporting.exporters import packages
from reporting.exporters.packages import (
    ExportNotWrittenError,
    export_to_folder,
    exported_archive,
    file_name,
)
from reporting.services import (
    ExportNotAllowedError,
    NothingToExportError,
    Selection,
    TooManyExportsError,
    UnknownMembersError,
    start_export,
)
from reporting.services.exports import MOST_AT_ONCE
from reporting.tasks import export_dossiers
from tests.building import make_member, make_tenure, make_term
from tests.reporting.forms import ON
from tests.world import MARKS, build_world

pytestmark = pytest.mark.django_db
AT = datetime(2024, 1, 2, 1, 0, tzinfo=UTC)


def small_term():
    """One plain member and one standing member."""
    term = make_term()
    make_member(term, "0001", name="甲/乙")
    standing = make_member(term, "0002", name="丙㛃")
    make_tenure(standing, term.start_date)
    return term


def files(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def export(term, folder, file_format=FileFormat.PDF, codes=(), actor=None):
    return export_to_folder(
        selection=Selection(term=term, year=2023, on=ON, codes=tuple(codes)),
        file_format=file_format,
        folder=folder,
        actor=actor,
        at=AT,
    )


def listing(ending):
    return [
        "委员履职情况登记表/0001_甲_乙" + ending,
        "委员履职情况登记表/0002_丙㛃" + ending,
        "履职情况汇总表.xlsx",
        "常委述职表/0002_丙㛃" + ending,
    ]


def test_folder_holds_a_form_each_and_the_summary(tmp_path):
    exported = export(small_term(), tmp_path / "out")
    assert files(tmp_path / "out") == sorted(listing(".pdf"))
    assert (exported.members, exported.files) == (2, 4)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    for path in (tmp_path / "out").rglob("*.pdf"):
        assert PdfReader(path).pages


def test_worksheets_are_named_likewise(tmp_path):
    export(small_term(), tmp_path / "out", FileFormat.XLSX)
    assert files(tmp_path / "out") == sorted(listing(".xlsx"))
    for path in (tmp_path / "out").rglob("*.xlsx"):
        assert openpyxl.load_workbook(path).sheetnames


def test_zip_packs_the_same_files_into_one(tmp_path):
    export(small_term(), tmp_path / "out", FileFormat.ZIP)
    (archive,) = (tmp_path / "out").iterdir()
    assert archive.suffix == ".zip"
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        assert sorted(packed.namelist()) == sorted(listing(".pdf"))


def test_book_is_one_file_to_print(tmp_path):
    export(small_term(), tmp_path / "out", FileFormat.BOOK)
    assert files(tmp_path / "out") == ["合订本.pdf", "履职情况汇总表.xlsx"]


def test_exporting_again_gives_the_same_bytes_and_keeps_other_files(tmp_path):
    term, out = small_term(), tmp_path / "out"
    export(term, out)
    before = {path: path.read_bytes() for path in out.rglob("*.pdf")}
    (out / "说明.txt").write_text("办公室自己的文件", encoding="utf-8")
    export(term, out, codes=["0001"])
    assert {path: path.read_bytes() for path in out.rglob("*.pdf")} == before
    assert "说明.txt" in files(out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_export_is_written_down(tmp_path):
    exported = export(small_term(), tmp_path / "out")
    entry = AuditEntry.objects.filter(verb=Verb.EXPORT).get()
    assert entry.detail == {"format": "pdf", "files": 4, "members": 2, "sha256": exported.sha256}


def test_export_that_cannot_be_written_down_does_not_appear(tmp_path, monkeypatch):
    def fail(**_):
        raise RuntimeError

    term = small_term()
    monkeypatch.setattr(packages, "record_export", fail)
    with pytest.raises(RuntimeError):
        export(term, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    term = small_term()
    monkeypatch.setattr(packages.shutil, "copyfile", full)
    with pytest.raises(ExportNotWrittenError, match="磁盘空间"):
        export(term, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_file_where_the_folder_should_be_is_refused(tmp_path):
    term = small_term()
    (tmp_path / "out").write_text("文件", encoding="utf-8")
    with pytest.raises(ExportNotWrittenError):
        export(term, tmp_path / "out")
    assert (tmp_path / "out").read_text(encoding="utf-8") == "文件"


def test_what_a_killed_export_left_is_cleared_away(tmp_path):
    term = small_term()
    left = tmp_path / ".out.导出中99999"
    left.mkdir()
    (left / "半份.pdf").write_bytes(b"")
    export(term, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("0012_张三", "0012_张三"),
        ("a\x00b:c*d?", "a_b_c_d_"),
        ("...", "_"),
        ("䶮" * 100, "䶮" * 66),
    ],
)
def test_file_names_are_fit_anywhere(text, name):
    assert file_name(text) == name


def test_members_whose_names_come_out_alike_keep_a_file_each(tmp_path):
    term = make_term()
    make_member(term, "1/2", name="张三")
    make_member(term, "1:2", name="张三")
    export(term, tmp_path / "out")
    assert files(tmp_path / "out")[:2] == [
        "委员履职情况登记表/1_2_张三-2.pdf",
        "委员履职情况登记表/1_2_张三.pdf",
    ]


def test_unknown_members_are_named_and_nothing_is_exported(tmp_path):
    with pytest.raises(UnknownMembersError, match="0009、0010"):
        export(small_term(), tmp_path / "out", codes=["0001", "0010", "0009"])
    assert list(tmp_path.iterdir()) == []


def test_term_without_members_has_nothing_to_export(tmp_path):
    with pytest.raises(NothingToExportError):
        export(make_term(), tmp_path / "out")


def test_archive_holds_only_what_the_reader_may_see():
    world = build_world()
    reader = world.users[RoleCode.ORGANIZATION_DEPARTMENT]
    selection = Selection(term=world.term, year=2023, on=ON)
    with exported_archive(
        selection=selection, file_format=FileFormat.PDF, actor=reader, at=AT
    ) as exported:
        text = text_of(exported.path)
    assert [mark in text for mark in MARKS] == [True, False, True]
    assert not exported.path.exists()


def text_of(archive) -> str:
    """Everything readable in the archive: names, PDF text, cells."""
    parts = []
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            parts.append(name)
            content = io.BytesIO(packed.read(name))
            if name.endswith(".pdf"):
                parts += [page.extract_text() for page in PdfReader(content).pages]
            else:
                parts += [
                    str(cell.value)
                    for sheet in openpyxl.load_workbook(content)
                    for row in sheet
                    for cell in row
                ]
    return "\n".join(parts)


def start(world, role=RoleCode.REGISTRAR, **fields):
    return start_export(
        actor=world.users[role],
        at=AT,
        today=AT.date(),
        term=world.term,
        year=2023,
        file_format=FileFormat.PDF,
        **fields,
    )


def test_job_ends_with_a_product_of_its_own(settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    world = build_world()
    job = start(world)
    export_dossiers(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    assert job.product.name.endswith(".zip")
    assert (job.done, job.total) == (job.total, job.total)
    assert job.result["members"] == 3
    assert job.permission == "reporting.export_dutydossier"


def test_job_of_an_owner_who_lost_the_right_exports_nothing():
    world = build_world()
    job = start(world)
    world.users[RoleCode.REGISTRAR].groups.clear()
    export_dossiers(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "没有" in job.message
    assert not job.product


def test_account_without_permission_starts_no_export():
    world = build_world()
    with pytest.raises(ExportNotAllowedError):
        start(world, RoleCode.SYSTEM_ADMIN)
    assert not Job.objects.filter(task="reporting.tasks.export_dossiers").exists()


def test_one_account_cannot_fill_the_queue():
    world = build_world()
    for _ in range(MOST_AT_ONCE):
        start(world)
    with pytest.raises(TooManyExportsError):
        start(world)
    start(world, RoleCode.LEADER)


def test_part_of_a_term_is_named_and_kept_to():
    world = build_world()
    job = start(world, sector=world.members[2].sector)
    selection = Selection.of(job.parameters)
    assert world.members[2].sector.name in job.title
    assert list(selection.members(None)) == [world.members[2]]


# The command --------------------------------------------------------------------------------
def run(*arguments):
    return call_command("export_dossiers", *arguments)


def test_command_exports_and_says_so(tmp_path, capsys):
    term = small_term()
    run("--term", term.code, "--year", "2023", "--format", "pdf", "--out", str(tmp_path / "out"))
    assert files(tmp_path / "out") == sorted(listing(".pdf"))
    assert "已导出2名委员的表册，共4个文件" in capsys.readouterr().out


def test_command_names_characters_no_font_has(tmp_path, capsys):
    term = make_term()
    make_member(term, "0012", name="王\ue863")
    run("--term", term.code, "--year", "2023", "--format", "pdf", "--out", str(tmp_path / "out"))
    assert "0012 王\ue863" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--term", "none", "--year", "2023", "--format", "pdf"), 2, "没有代码为“none”的届次"),
        (("--term", "test-1", "--year", "1999", "--format", "pdf"), 1, "1999年不在"),
        (("--term", "test-1", "--year", "0", "--format", "pdf"), 1, "0年不在"),
        (("--term", "test-1", "--year", "2023", "--format", "doc"), 2, "可选"),
        (("--term", "test-1", "--year", "abc", "--format", "pdf"), 2, "整数"),
        (("--term", "test-1", "--year", "2023", "--format", "pdf", "--member", "9"), 1, "9"),
        (("--year", "2023", "--format", "pdf"), 2, "--term"),
    ],
)
def test_command_refuses_with_its_code(arguments, code, message, tmp_path):
    small_term()
    with pytest.raises(CommandError, match=message) as refused:
        run(*arguments, "--out", str(tmp_path / "out"))
    assert refused.value.returncode == code
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys, time
from pathlib import Path
from reporting.exporters import packages
folder = Path(sys.argv[1])
with packages._staging(folder) as staging:
    for number in range(400):
        (staging / f"{number:03}.txt").write_bytes(b"x" * 20_000)
        time.sleep(0.001)
    packages._publish(staging, folder)
print("published", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("delay", [0.02, 0.15, 0.3, 0.45])
def test_killed_export_leaves_all_or_nothing(delay, tmp_path):
    """Killed at some moment while writing, a folder is either not there or whole."""
    script = f"import django; django.setup()\n{KILLED}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    process = subprocess.Popen(  # noqa: S603 -- our own script
        [sys.executable, "-c", script, str(tmp_path / "out")], env=environment
    )
    deadline = time.monotonic() + 180
    while not list(tmp_path.glob(".out*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if (tmp_path / "out").exists():
        assert len(files(tmp_path / "out")) == 400
        assert {path.stat().st_size for path in (tmp_path / "out").iterdir()} == {20_000}
    else:
        assert list(tmp_path.glob(".out*"))
