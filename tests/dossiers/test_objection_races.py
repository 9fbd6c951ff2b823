"""Two clerks answering at once, a member filing twice: one effect."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from datetime import UTC, date, datetime
from accounts.models import Role, User
from dossiers.services.objections import file_objection
from tests.building import invite, make_member, make_term
at = datetime(2023, 6, 5, tzinfo=UTC)
term = make_term("race", starts=date(2021, 1, 1), ends=date(2026, 12, 31))
for name, role in (("member", "member"), ("one", "registrar"), ("two", "registrar")):
    user = User.objects.create(username=name, name=name)
    user.groups.set(Role.objects.filter(code=role))
member = make_member(term, "0001")
member.person.user = User.objects.get(username="member")
member.person.save()
for day in range(1, 4):
    record = invite(member, date(2023, 5, day), f"meeting {day}")
    file_objection(member=member, record=record, statement="x", actor=member.person.user, at=at)
for day in range(11, 14):
    invite(member, date(2023, 5, day), f"meeting {day}")
"""
ANSWER = """
import sys
from django.utils import timezone
from accounts.models import User
from core.refusals import RefusalError
from dossiers.models import Objection
from dossiers.services.objections import answer_objection
for objection in Objection.objects.filter(record_label__contains="meeting").order_by("pk")[:3]:
    try:
        answer_objection(objection=objection, outcome="explained", text="CLERK",
                         actor=User.objects.get(username="CLERK"), at=timezone.now())
    except RefusalError:
        pass
"""
FILE = """
from django.utils import timezone
from attendance.models import OutsideInvitation
from core.refusals import RefusalError
from dossiers.services.objections import file_objection
from members.models import Member
member = Member.objects.get(code="0001")
for record in OutsideInvitation.objects.filter(date__day__gte=11).order_by("pk"):
    try:
        file_objection(member=member, record=record, statement="y",
                       actor=member.person.user, at=timezone.now())
    except RefusalError:
        pass
"""
COUNTS = """
from dossiers.models import Objection, ObjectionEntry
from members.models import Notice
print(ObjectionEntry.objects.filter(act="answered").count())
print(Notice.objects.filter(title__startswith="异议答复").count())
print(Objection.objects.filter(state="open").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_answers_and_filings_at_once_have_one_effect_each(house):
    clerks = [
        ("shell", "--verbosity", "0", "-c", ANSWER.replace("CLERK", name))
        for name in ("one", "two")
    ]
    filing = ("shell", "--verbosity", "0", "-c", FILE)
    outcomes = all_at_once(house, *clerks, filing, filing)
    assert outcomes == [("", 0)] * 4
    assert house.ask(COUNTS).splitlines() == ["3", "3", "3"]
