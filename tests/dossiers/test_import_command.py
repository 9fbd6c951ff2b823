"""The commands: their exit codes, their words and their report."""

import json
import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from openpyxl import load_workbook

from attendance.models import Meeting
from dossiers.importers import IMPORTERS, workbook
from tests.building import make_term
from tests.dossiers.workbooks import MEETINGS, write

pytestmark = pytest.mark.django_db

GOOD = ("HY-1", "会", "其他会议", "2022-03-01")
BAD = ("HY-2", "会", "其他会议", "2030-03-01")
FAULT = {
    "sheet": "会议活动",
    "row": 3,
    "column": "开始日期",
    "value": "2030-03-01",
    "problem": "开始日期不在本届任期（2021-11-01 至 2026-12-31）之内",
    "remedy": "请核对日期或届次",
}


@pytest.fixture
def file(tmp_path):
    make_term("pingxiang-14")
    return write(tmp_path / "book.xlsx", {"会议活动": [MEETINGS, GOOD, BAD]})


def run(*arguments):
    """Exit code, standard output, standard error."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_workbook", *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_faulty_file_exits_with_1_and_names_each_fault(file, tmp_path):
    report = tmp_path / "report.json"

    code, _, err = run(file, "--term", "pingxiang-14", "--report", report)

    assert code == 1
    assert err == (
        "《会议活动》第 3 行 开始日期：“2030-03-01”开始日期不在本届任期"
        "（2021-11-01 至 2026-12-31）之内。请核对日期或届次。\n"
    )
    assert json.loads(report.read_text())["errors"] == [FAULT]
    assert Meeting.objects.count() == 0


def test_bad_rows_are_skipped_when_asked(file, tmp_path):
    report = tmp_path / "report.json"

    code, out, _ = run(file, "--term", "pingxiang-14", "--skip-bad-rows", "--report", report)

    assert code == 0
    assert out == "《会议活动》新增 1，修改 0，不变 0，未导入 1\n导入完毕。\n"
    assert json.loads(report.read_text()) == {
        "sheets": {"会议活动": {"created": 1, "updated": 0, "unchanged": 0, "rejected": 1}},
        "errors": [FAULT],
        "warnings": [],
    }
    assert Meeting.objects.count() == 1


def test_dry_run_reports_and_writes_nothing(file, tmp_path):
    report = tmp_path / "report.json"
    good = write(tmp_path / "good.xlsx", {"会议活动": [MEETINGS, GOOD]})

    code, _, _ = run(good, "--term", "pingxiang-14", "--dry-run", "--report", report)

    assert code == 0
    assert json.loads(report.read_text())["sheets"]["会议活动"]["created"] == 1
    assert Meeting.objects.count() == 0


def test_unknown_term_is_wrong_usage(file):
    assert run(file, "--term", "other")[0] == 2


def test_missing_argument_is_wrong_usage(file):
    assert run(file)[0] == 2


def test_report_that_cannot_be_written_stops_before_importing(file, tmp_path):
    report = tmp_path / "missing" / "report.json"

    code, _, _ = run(file, "--term", "pingxiang-14", "--skip-bad-rows", "--report", report)

    assert code == 2
    assert Meeting.objects.count() == 0


def test_report_that_is_a_folder_stops_before_importing(file, tmp_path):
    code, _, _ = run(file, "--term", "pingxiang-14", "--skip-bad-rows", "--report", tmp_path)

    assert code == 2
    assert Meeting.objects.count() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_report_into_a_pipe_leaves_the_pipe(file, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR)

    code, _, _ = run(file, "--term", "pingxiang-14", "--report", pipe)

    assert code == 1
    assert json.loads(os.read(reader, 65536))["errors"] == [FAULT]
    assert pipe.is_fifo()
    os.close(reader)


def test_report_tells_of_a_conflict_with_what_is_stored(file, tmp_path, monkeypatch):
    report = tmp_path / "report.json"
    report.write_text("{}")

    def refuse(*_):
        raise IntegrityError

    monkeypatch.setattr(workbook, "_write", refuse)
    code, _, _ = run(file, "--term", "pingxiang-14", "--skip-bad-rows", "--report", report)

    assert code == 1
    told = json.loads(report.read_text())
    assert told["sheets"] == {}
    assert [error["problem"][:8] for error in told["errors"]] == ["数据与库中已有记"]


def test_file_that_is_no_workbook_exits_with_1(file, tmp_path):
    report = tmp_path / "report.json"
    file.write_text("a,b\n")

    assert run(file, "--term", "pingxiang-14", "--report", report)[0] == 1
    assert json.loads(report.read_text())["sheets"] == {}
    assert run(tmp_path / "missing.xlsx", "--term", "pingxiang-14")[0] == 1


def test_template_has_every_sheet_column_and_list(tmp_path):
    path = tmp_path / "template.xlsx"

    call_command("workbook_template", str(path), stdout=StringIO())

    book = load_workbook(path)
    assert book.sheetnames == ["填表说明", *(importer.sheet.name for importer in IMPORTERS)]
    for importer in IMPORTERS:
        page, columns = book[importer.sheet.name], importer.sheet.columns
        assert [cell.value for cell in page[1]] == [column.name for column in columns]
        assert page.freeze_panes == "A2"
        offered = {
            str(offer.sqref).split("2:")[0] for offer in page.data_validations.dataValidation
        }
        assert offered == {
            page.cell(1, number).column_letter
            for number, column in enumerate(columns, start=1)
            if column.options
        }
