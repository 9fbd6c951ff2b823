"""The manual speaks only of what is there: its pages, pictures, commands and menu entries."""

import re
from pathlib import Path

from django.core.management import get_commands

from config.navigation import MENU

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "manual"
PAGES = {page.name: page.read_text(encoding="utf-8") for page in sorted(MANUAL.glob("*.md"))}
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
