"""Hundreds of broken workbooks from one seed: refused or imported, never a crash, never a half."""

import io
import random
import re
import zipfile
from datetime import datetime, time

import pytest
from django.apps import apps

from core.refusals import RefusalError
from dossiers.importers import import_workbook
from tests.building import make_term
from tests.dossiers.workbooks import AT, WHOLE, write

MUTANTS = 120
SEED = 20260101
CELLS = (
    None, "", " ", "=1+1", "字" * 201, "字" * 10_001, -1, 0, 3, 1e300, 1e-5, 2**53, True, False,
    "0001", "0777", "0001、0001", "；；", "、", "2023-02-30", "９９９９年９月９日", "\n", "'", "😀", "\u202e",
    "出席", "是", "第一", "#N/A", datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("9999-12-31"), time(1, 2),
    "_x0000_", "_xD800_", "%s", "{0}", "1e5", "３", "-", "NULL",
)  # fmt: skip
RAW = (
    b"nan",
    b"inf",
    b"1e999",
    b"-7",
    b"99999999999999999999",
    b"",
    b"x",
    b"1.5.5",
    b"2958465",
    b"&#0;",
    b"\xff",
)


def mutate_rows(rng, sheets):
    """One change to one sheet: a cell, a column, a row, its order or its name."""
    name = rng.choice(list(sheets))
    rows = sheets[name]
    match rng.randrange(8):
        case 0 | 1 | 2 | 3:
            row = rng.choice(rows)
            row[rng.randrange(len(row))] = rng.choice(CELLS)
        case 4:
            column = rng.randrange(len(rows[0]))
            for row in rows:
                del row[column]
            if not rows[0]:
                del sheets[name]
        case 5:
            rows.append(list(rng.choice(rows)))
        case 6:
            rng.shuffle(rows)
        case 7:
            sheets[rng.choice(list(WHOLE))] = sheets.pop(name)


def mutate_parts(rng, path):
    """Values of the stored XML replaced by what no spreadsheet program writes."""
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(changed, "w") as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename.startswith("xl/worksheets/") and rng.random() < 0.3:
                found = list(re.finditer(rb"<v>[^<]*</v>| r=\"[^\"]*\"| [st]=\"[^\"]*\"", content))
                if found:
                    place = rng.choice(found)
                    value = re.sub(
                        rb"[^<>=\" /vrst]+", lambda _: rng.choice(RAW), place[0], count=1
                    )
                    content = content[: place.start()] + value + content[place.end() :]
            if entry.filename == "xl/workbook.xml" and rng.random() < 0.3:
                content = re.sub(rb"<workbookPr ?", b'<workbookPr date1904="1" ', content)
            copy.writestr(entry, content)
    path.write_bytes(changed.getvalue())


def mutate_bytes(rng, path):
    """Bytes of the archive overwritten, or its end cut off."""
    content = bytearray(path.read_bytes())
    for _ in range(rng.choice((1, 3, 50))):
        content[rng.randrange(len(content))] = rng.randrange(256)
    if rng.random() < 0.2:
        content = content[: rng.randrange(1, len(content))]
    path.write_bytes(bytes(content))


def mutant(rng, path):
    sheets = {name: [list(row) for row in rows] for name, rows in WHOLE.items()}
    for _ in range(rng.choice((1, 1, 1, 2, 5, 20))):
        if sheets:
            mutate_rows(rng, sheets)
    write(path, sheets or {"空": [["空"]]})
    if rng.random() < 0.3:
        mutate_parts(rng, path)
    if rng.random() < 0.1:
        mutate_bytes(rng, path)


def rows_stored():
    return {
        model: model._base_manager.count()
        for app in ("members", "attendance", "proposals", "dossiers", "accounts")
        for model in apps.get_app_config(app).get_models()
    }


def attempt(path, term, skip_bad_rows):
    """The plan that was carried out; None where the file was refused."""
    try:
        return import_workbook(
            path=path,
            filename=path.name,
            term=term,
            actor=None,
            at=AT,
            skip_bad_rows=skip_bad_rows,
        )
    except RefusalError:
        return None


@pytest.mark.django_db
@pytest.mark.parametrize("skip_bad_rows", [False, True])
def test_mutants_are_refused_or_imported_never_half(tmp_path, skip_bad_rows):
    rng = random.Random(SEED)  # noqa: S311
    path = tmp_path / "mutant.xlsx"
    outcomes = {"refused": 0, "imported": 0}
    for number in range(MUTANTS // 2):
        term = make_term(f"test-{number}", assembly=f"政协第{number}委员会")
        mutant(rng, path)
        before = rows_stored()
        plan = attempt(path, term, skip_bad_rows)
        if plan is None:
            outcomes["refused"] += 1
            assert rows_stored() == before
            continue
        outcomes["imported"] += 1
        assert all(fault.sheet and fault.row and fault.remedy for fault in plan.faults)
        assert skip_bad_rows or plan.faults == []

    assert min(outcomes.values()) > 3
