"""Several imports of one file at once: one effect, on whichever database the tests run with."""

import subprocess
import sys

from tests.dossiers.workbooks import WHOLE, write
from tests.running import ROOT, running_house

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


def test_imports_at_once_have_one_effect(tmp_path):
    path = write(tmp_path / "book.xlsx", WHOLE)
    with running_house(tmp_path / "house") as house:
        house.environment["PYTHONPATH"] = str(ROOT)
        house.ask(SCENE)
        command = [sys.executable, "manage.py", "import_workbook", str(path), "--term", "race"]
        started = [
            subprocess.Popen(  # noqa: S603 -- our own commands
                command, cwd=ROOT, env=house.environment, stderr=subprocess.PIPE, text=True
            )
            for _ in range(4)
        ]
        outcomes = [(process.communicate()[1], process.returncode) for process in started]

        assert outcomes == [("", 0)] * 4
        assert house.ask(COUNTS).splitlines() == ["2 2 3", "1"]
