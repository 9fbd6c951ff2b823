"""Files obey the table of tests/test_visibility.py as pages do: forms, exports, job products."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.roles import RoleCode
from reporting.choices import FileFormat
from reporting.exporters.packages import exported_archive
from reporting.services import NothingToExportError, Selection
from tests.test_visibility import ALL, MARKS, ROLES, A, B, C, sign_in
from tests.world import World, build_world

AT = datetime(2024, 1, 5, 1, 0, tzinfo=UTC)
#: Whose forms a role may take out of the house; None where it may take out none at all.
TAKES = {
    "registrar": ALL,
    "leader": ALL,
    "member": frozenset({A}),
    "organization_department": frozenset({A, C}),
    "united_front_department": frozenset({B}),
    "collector": None,
    "county_group": None,
    "sector_group": None,
    "system_admin": None,
    "security_auditor": None,
}


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    settings.DATA_DIR = tmp_path
    return build_world()


def marks_in_archive(content: bytes) -> set[str]:
    """Marks in the names and contents of everything packed, however deeply."""
    found = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            inside = archive.read(entry)
            found |= {mark for mark in MARKS if mark in entry.filename or mark.encode() in inside}
            if entry.filename.endswith((".xlsx", ".zip")):
                found |= marks_in_archive(inside)
    return found


def test_table_knows_every_role():
    assert set(TAKES) == set(RoleCode.values)


@pytest.mark.parametrize("role", ROLES)
def test_forms_are_handed_to_their_readers_only(role, world):
    client = sign_in(world, role)
    allowed = TAKES[role]
    for member, mark in zip(world.members, MARKS, strict=True):
        for kind in ("annual_return", "performance_form"):
            path = reverse("reporting:form-detail", args=[member.pk, 2023, kind, "xlsx"])
            answer = client.get(path)
            if allowed is None:
                assert answer.status_code == 403
            elif mark in allowed:
                assert answer.status_code == 200
                assert answer["Content-Disposition"].startswith("attachment;")
                assert answer["X-Content-Type-Options"] == "nosniff"
                assert marks_in_archive(answer.content) == {mark}
            else:
                assert answer.status_code == 404


@pytest.mark.parametrize("role", [role for role in ROLES if TAKES[role]])
def test_export_holds_the_askers_members_only(role, world):
    selection = Selection(term=world.term, year=2023, on=date(2023, 12, 31))
    with exported_archive(
        selection=selection, file_format=FileFormat.XLSX, actor=world.users[role], at=AT
    ) as exported:
        assert marks_in_archive(exported.path.read_bytes()) == TAKES[role]


@pytest.mark.parametrize("role", ["system_admin", "security_auditor"])
def test_export_of_somebody_who_sees_nobody_is_refused(role, world):
    selection = Selection(term=world.term, year=2023, on=date(2023, 12, 31))
    with pytest.raises(NothingToExportError):
        selection.members(world.users[role])


def test_members_export_does_not_tell_what_is_under_review(world):
    """The summary's findings, too, are those the asker may see."""
    selection = Selection(term=world.term, year=2023, on=date(2023, 12, 31))
    with exported_archive(
        selection=selection, file_format=FileFormat.XLSX, actor=world.users["member"], at=AT
    ) as exported:
        text = text_of(exported.path.read_bytes())
    assert "发现confirmed" in text
    assert "发现open" not in text


def text_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(entry) for entry in archive.infolist()]
        texts = [
            text_of(part) if part[:2] == b"PK" else part.decode("utf-8", "replace")
            for part in parts
        ]
    return "".join(texts)
