"""Two clerks and the member's own telephone at once: one attendance, plain refusals."""

import pytest

from tests.running import running_house

SCENE = """
from tests.attendance.scene import make_sitting, make_user
make_sitting(5)
for name in ("a", "b", "c"):
    make_user(name, name)
"""
CLERK = """
import sys
from accounts.models import User
from attendance.models import Sitting
from attendance.services.sign_in import AlreadySignedInError, sign_in
from members.models import Member
from tests.attendance.scene import minutes
sitting, clerk = Sitting.objects.get(), User.objects.get(username="{name}")
done = 0
for member in Member.objects.select_related("person", "term").order_by("code"):
    try:
        sign_in(sitting=sitting, member=member, method="staff", actor=clerk, at=minutes(-5))
        done += 1
    except AlreadySignedInError as refusal:
        assert "不再重复登记" in str(refusal), refusal
print(done)
"""
COUNTS = """
from accounts.models import AuditEntry
from attendance.models import Attendance
print(Attendance.objects.count(), AuditEntry.objects.filter(verb="create").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_clerks_at_once_sign_in_each_member_once(house):
    ended = house.ask_at_once(*(CLERK.format(name=name) for name in ("a", "b", "c")))
    assert [(one.errors, one.code) for one in ended] == [("", 0)] * 3
    assert sum(int(one.output) for one in ended) == 5
    assert house.ask(COUNTS) == "5 5"
