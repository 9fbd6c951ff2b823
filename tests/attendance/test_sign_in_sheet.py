"""What a filled-in list of a sitting is read as."""

import pytest
from openpyxl import Workbook

from attendance.importers.sign_in_sheet import read_sign_in_sheet
from members.models import Person
from tests.attendance.scene import make_sitting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("王伟(女)", None),
        ("王 伟（女）", None),
        ("王玮（女）", "与编号不符，0001 是王伟（女）"),
    ],
)
def test_name_beside_the_number_is_compared_however_it_is_typed(tmp_path, written, problem):
    sitting = make_sitting(1)
    Person.objects.update(name="王伟（女）")
    book = Workbook()
    book.active.append(("委员编号", "姓名", "状态", "到会时间"))
    book.active.append(("0001", written, "出席", None))
    book.save(tmp_path / "book.xlsx")

    reading = read_sign_in_sheet(path=tmp_path / "book.xlsx", sitting=sitting)

    assert [fault.problem for fault in reading.faults] == ([problem] if problem else [])
    assert len(reading.arrivals) == (0 if problem else 1)
