"""Two at once: one interview, one signature, one result, on whichever database the tests use."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from accounts.services.roles import sync_roles
sync_roles()
from exits.services.interviews import notify_interview
from tests.exits.interviews import AT, HOUR, MEETING, held, arranged, make_finding, make_scene
scene = make_scene()
held(scene)
make_finding(scene.member)
for hour in range(1, 6):
    arranged(scene, scheduled_at=MEETING + hour * HOUR)
"""
SIGN = """
from accounts.models import User
from core.refusals import RefusalError
from exits.models import Interview
from exits.services.interviews import sign_minutes
from tests.exits.interviews import AFTER
interview = Interview.objects.get(state="held")
try:
    sign_minutes(interview=interview, remark="x", actor=User.objects.get(username="member"),
                 at=AFTER, seen_version=interview.version)
except RefusalError:
    pass
"""
CLOSE = """
from datetime import date
from core.refusals import RefusalError
from exits.models import Interview
from exits.services.interviews import close_interview
from tests.exits.interviews import AFTER
for interview in Interview.objects.filter(state__in=["held", "closed"]):
    try:
        close_interview(interview=interview, result="accepted", note="x", actor=None,
                        closed_date=date(2024, 6, 10), at=AFTER)
    except RefusalError:
        pass
"""
NOTIFY = """
from core.refusals import RefusalError
from exits.models import Interview
from exits.services.interviews import notify_interview
from tests.exits.interviews import AT
for interview in Interview.objects.exclude(state__in=["held", "closed"]).order_by("pk"):
    try:
        notify_interview(interview=interview, actor=None, at=AT)
    except RefusalError:
        pass
"""
ARRANGE = """
from accounts.models import User
from assessments.models import Finding
from core.refusals import RefusalError
from exits.services.interviews import arrange_interview
from members.models import Member
from tests.exits.interviews import AT, HOUR, MEETING
for finding in (Finding.objects.get(), None):
    try:
        arrange_interview(
            member=Member.objects.get(code="0012"), leader=Member.objects.get(code="0001"),
            kind="interview", reason="x", place="x", finding=finding, at=AT,
            scheduled_at=MEETING + (9 if finding else 10) * HOUR,
            actor=User.objects.get(username="registrar"))
    except RefusalError:
        pass
"""
COUNTS = """
from accounts.models import AuditEntry
from exits.models import Interview
from members.models import Notice
acts = [e.detail.get("act") for e in AuditEntry.objects.filter(object_type="exits.interview")]
print(acts.count("sign"), acts.count("close"), acts.count("notify"))
print(Interview.objects.count(), Interview.objects.filter(finding__isnull=False).count())
print(Notice.objects.filter(title="约谈通知").count())
"""


def script(text: str) -> tuple[str, ...]:
    return ("shell", "--verbosity", "0", "-c", text)


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_each_act_has_one_effect_however_many_press(house):
    outcomes = all_at_once(house, *[script(SIGN)] * 2, *[script(NOTIFY)] * 2)
    assert outcomes == [("", 0)] * 4
    outcomes = all_at_once(house, *[script(CLOSE)] * 2, *[script(ARRANGE)] * 2)
    assert outcomes == [("", 0)] * 4
    assert house.ask(COUNTS).splitlines() == ["1 1 6", "8 1", "6"]
