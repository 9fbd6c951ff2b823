"""Workbooks held as plain rows, and what importing them says."""

from datetime import UTC, datetime

from openpyxl import Workbook

from dossiers.importers import ImportRefusedError, examine_workbook, import_workbook

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)
ROSTER = (
    "委员编号",
    "姓名",
    "党派",
    "界别",
    "入届日期",
    "退出日期",
    "常委任职日期",
    "常委卸任日期",
)
MEETINGS = ("编号", "名称", "类别", "开始日期")
ATTENDANCE = ("会议编号", "委员编号", "状态")


def person(code, name, *, joined="2021-11-01", exited=None, standing=None, until=None):
    """A row of 委员名册 under ROSTER."""
    return (code, name, "中共", "工商联", joined, exited, standing, until)


def write(path, sheets):
    """`sheets` maps names to rows; the first row holds the headers."""
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def load(term, tmp_path, sheets, **options):
    """Imports the rows; the plan, also where the import was refused."""
    path = write(tmp_path / "book.xlsx", sheets)
    try:
        return import_workbook(
            path=path, filename="book.xlsx", term=term, actor=None, at=AT, **options
        )
    except ImportRefusedError as refusal:
        return refusal.plan


def look(term, tmp_path, sheets, **options):
    """Examines the rows and writes nothing."""
    path = write(tmp_path / "book.xlsx", sheets)
    return examine_workbook(path=path, filename="book.xlsx", term=term, **options)


def faults(plan):
    """(sheet, row, column) of every fault."""
    return [(fault.sheet, fault.row, fault.column) for fault in plan.faults]
