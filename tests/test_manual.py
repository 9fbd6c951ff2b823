"""The manual speaks only of what is there: its pages, pictures, commands and menu entries."""

import re
from pathlib import Path

from django.core.management import get_commands

from config.api import ENDPOINTS
from config.navigation import MENU

DOCS = Path(__file__).resolve().parent.parent / "docs"
MANUAL = DOCS / "manual"
PAGES = {page.name: page.read_text(encoding="utf-8") for page in sorted(MANUAL.glob("*.md"))}
#: Apps whose commands are ours.
APPS = {"accounts", "assessments", "dossiers", "exits", "reporting"}
#: Menu entries are quoted as “组—项”, or as “项” after 菜单.
ENTRY = re.compile(r"(?:菜单“(?:[^“”]+—)?|“[^“”]+—)([^“”]+)”")


def test_every_link_and_picture_leads_somewhere():
    missing = [
        f"{name} -> {target}"
        for name, text in PAGES.items()
        for target in re.findall(r"\]\(([^)#]+)\)", text)
        if not (MANUAL / target).exists()
    ]
    assert missing == []


def test_every_picture_is_shown():
    shown = {
        target for text in PAGES.values() for target in re.findall(r"\((pictures/\S+)\)", text)
    }
    assert {f"pictures/{picture.name}" for picture in MANUAL.glob("pictures/*.png")} == shown


def test_every_command_named_exists():
    named = {name for text in PAGES.values() for name in re.findall(r"manage\.py (\w+)", text)}
    assert "import_workbook" in named
    assert named - set(get_commands()) == set()


def test_every_menu_entry_named_exists():
    named = {entry for text in PAGES.values() for entry in ENTRY.findall(text)}
    assert "运行年度考核" in named
    assert named - {entry["title"] for group in MENU for entry in group["items"]} == set()


def test_every_chapter_carries_its_number():
    headings = {name: text.split("\n", 1)[0] for name, text in PAGES.items() if name[0].isdecimal()}
    unnumbered = [
        name for name, heading in headings.items() if not heading.startswith(f"# {int(name[:2])}　")
    ]
    assert len(headings) == 23
    assert unnumbered == []


def test_year_table_leads_to_every_chapter_of_a_step():
    rows = [line for line in PAGES["README.md"].split("\n") if line.startswith("| ")][1:]
    led_to = " ".join(row.split("|")[3] for row in rows)
    assert [chapter for chapter in ("15", "16", "19–23") if chapter not in led_to] == []


def test_every_endpoint_stands_in_the_guide():
    guide = (DOCS / "api.md").read_text(encoding="utf-8")
    assert [name for name in (*ENDPOINTS, "facts") if f"`{name}`" not in guide] == []


def test_every_command_stands_in_the_readme():
    ours = {name for name, app in get_commands().items() if app in APPS}
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert "evaluate" in ours
    assert [name for name in sorted(ours) if f"`{name}" not in readme] == []
