"""Several imports of one file at once: one effect, on whichever database the tests run with."""

import pytest

from tests.dossiers.workbooks import WHOLE, write
from tests.running import all_at_once, running_house

SCENE = """
from tests.building import make_term
make_term("race")
"""
COUNTS = """
from accounts.models import AuditEntry
from attendance.models import Attendance
from members.models import Member, Tenure
print(Member.objects.count(), Tenure.objects.count(), Attendance.objects.count())
print(AuditEntry.objects.filter(verb="import").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_imports_at_once_have_one_effect(house, tmp_path):
    path = write(tmp_path / "book.xlsx", WHOLE)
    command = ("import_workbook", str(path), "--term", "race")
    assert all_at_once(house, *[command] * 4) == [("", 0)] * 4
    assert house.ask(COUNTS).splitlines() == ["2 2 3", "1"]
