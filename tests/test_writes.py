"""Doors and readers never write: every change goes through a service, which writes it down."""

import ast
from pathlib import Path

from tests.test_house import APPS, ROOT, modules, part_of_app

#: Parts of an app that may write to the database.
WRITERS = {"services", "migrations"}
#: Calls that write wherever they are made on a manager or a queryset.
BULK = {"bulk_create", "bulk_update", "update_or_create", "get_or_create", "aupdate", "acreate"}
ROW = {"create", "update", "delete"}


def is_queryset(node: ast.expr) -> bool:
    """Whether the expression goes through a manager called `objects`."""
    return any(
        isinstance(part, ast.Attribute) and part.attr in {"objects", "_base_manager"}
        for part in ast.walk(node)
    )


def writes(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    return [
        f"{path.relative_to(ROOT)}:{call.lineno} {call.func.attr}"
        for call in calls
        if call.func.attr in BULK or (call.func.attr in ROW and is_queryset(call.func.value))
    ]


def saves(path: Path) -> list[str]:
    """`.save()` of anything but a form, a formset or a file; a form saves without committing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} save"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not node.args
        and all(keyword.arg in {"force_insert", "update_fields"} for keyword in node.keywords)
    ]


def readers() -> list[Path]:
    return [
        path
        for path in modules()
        if path.relative_to(ROOT).parts[0] in APPS and part_of_app(path) not in WRITERS
    ]


def test_only_services_write_rows():
    wrong = [line for path in readers() for line in writes(path)]
    assert [line for line in wrong if not line.startswith("accounts/audit.py:")] == []


def test_only_services_save_rows():
    wrong = [line for path in readers() for line in saves(path)]
    assert [line for line in wrong if not line.startswith("accounts/audit.py:")] == []
