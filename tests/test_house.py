"""The habits no tool checks for us; each test names the offenders."""

import ast
import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "config",
    "core",
    "accounts",
    "members",
    "attendance",
    "proposals",
    "dossiers",
    "assessments",
    "exits",
    "reporting",
)
#: Where the clock may be read: the doors through which somebody, or the calendar, comes in.
DOORS = {"admin", "api", "views", "tasks", "management", "forms", "filters", "checks", "migrations"}
#: Turning a given moment into a local date reads no clock.
CLOCK = re.compile(
    r"\b(?:timezone|datetime|date)\.(?:(?:now|today|utcnow)\(|(?:localdate|localtime)\(\))"
)
FLOORS = {"django": (5, 2, 17), "weasyprint": (69,)}


def modules() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def part_of_app(path: Path) -> str:
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def test_modules_hold_one_thing():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in modules()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


def test_clock_is_read_at_the_door():
    wrong = [
        str(path.relative_to(ROOT))
        for path in modules()
        if part_of_app(path) not in DOORS and CLOCK.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_models_do_not_override_save():
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if part_of_app(path) == "models"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "save"
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["base", "dev"])
def test_every_requirement_is_locked_with_hashes(name):
    lock = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", lock.replace(" \\\n", " ").strip())
    assert [entry for entry in entries if not re.match(r"\S+==\S+ .*--hash=sha256:", entry)] == []


@pytest.mark.parametrize("package", FLOORS)
def test_package_is_not_below_its_floor(package):
    installed = tuple(int(number) for number in version(package).split(".") if number.isdigit())
    assert installed >= FLOORS[package]
