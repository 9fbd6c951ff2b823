"""Two decide at once: one decision, on whichever database the tests run with."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from accounts.services.roles import sync_roles
sync_roles()
from tests.attendance.leaving import AT, PLENARY, STANDING, make_office
from attendance.services.leave import file_leave
from attendance.services.seats import propose_seat
office = make_office()
for _ in range(5):
    meeting = office.meeting("standing_committee_meeting", office.members["委员甲"])
    file_leave(meeting=meeting, member=office.members["委员甲"], reason="x",
               actor=office.users["委员甲"], at=AT)
full = office.meeting(STANDING, number="FULL")
for number in range(8):
    propose_seat(meeting=full, name=f"来宾{number}", agenda_item="x", reason="x",
                 actor=office.users["联络科"], at=AT)
"""
DECIDE = """
from accounts.models import User
from attendance.models import Approval
from attendance.services.approvals import decide_approval
from core.refusals import RefusalError
from tests.attendance.leaving import AT
for approval in Approval.objects.order_by("pk"):
    name = "主席" if approval.leave_request_id else "秘书长"
    try:
        decide_approval(approval=approval, verdict="{verdict}", note="x",
                        actor=User.objects.get(username=name), at=AT)
    except RefusalError:
        pass
"""
COUNTS = """
from accounts.models import AuditEntry
from attendance.models import Approval, LeaveRequest, NonVotingSeat
from members.models import Notice
leave = LeaveRequest.objects.count()
print(leave, LeaveRequest.objects.exclude(state="pending").count(), Notice.objects.count())
print(NonVotingSeat.objects.filter(state="approved").count())
decided = Approval.objects.exclude(verdict="waiting")
kinds = ["attendance.leaverequest", "attendance.nonvotingseat"]
print(AuditEntry.objects.filter(verb="update", object_type__in=kinds).count() == decided.count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_each_step_is_decided_once_and_five_sit_in(house):
    decide = ("shell", "--verbosity", "0", "-c", DECIDE.format(verdict="approved"))
    assert all_at_once(house, decide, decide, decide) == [("", 0)] * 3
    assert house.ask(COUNTS).splitlines() == ["5 5 5", "5", "True"]
