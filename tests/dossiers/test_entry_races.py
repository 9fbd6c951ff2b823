"""Two clerks at once: one record of a number, one report of a proposal, one of two survives."""

import pytest

from tests.running import running_house

SCENE = """
from datetime import date
from tests.building import make_member, make_term, propose
term = make_term("race")
member = make_member(term, "0001")
propose(member, date(2023, 5, 10), number="T1", examination_result="converted")
for number in ("T2", "T3"):
    propose(member, date(2023, 5, 10), number=number)
from accounts.models import Role, User
user = User.objects.create(username="clerk", name="clerk", is_staff=True)
user.groups.set(Role.objects.filter(code="registrar"))
"""
START = """
from datetime import date
from django.utils import timezone
from accounts.models import User
from core.refusals import RefusalError
from members.models import Member, Term
from proposals.models import Proposal
term, at = Term.objects.get(code="race"), timezone.now()
actor = User.objects.get(username="clerk")
def attempt(act, **given):
    try:
        act(actor=actor, at=at, **given)
    except RefusalError as refusal:
        pass
"""
ENTER = """
from proposals.services.entry import enter_proposal
for place in range(10):
    attempt(enter_proposal, term=term, number=f"N{place}", title="案由",
            lead_sponsor=Member.objects.get(code="0001"), submitted_date=date(2023, 5, 10))
"""
CONVERT = """
from proposals.services.linking import convert_proposal
proposal = Proposal.objects.get(number="T1")
for place in range(5):
    attempt(convert_proposal, proposal=proposal, number=f"S{NUMBER}-{place}",
            reported_date=date(2023, 5, 20))
"""
MERGE = """
from dossiers.services.duplicates import merge_duplicate
from members.choices import RecordKind
keys = list(Proposal.objects.filter(number__in=["T2", "T3"]).order_by("pk").values_list("pk", flat=True))
if len(keys) == 2:
    attempt(merge_duplicate, kind=RecordKind.PROPOSAL, term=term, kept=keys[NUMBER],
            doomed=keys[1 - NUMBER], seen_version=1, reason="x")
"""
COUNTS = """
from accounts.models import AuditEntry
from proposals.models import Proposal, PublicOpinionReport
print(Proposal.objects.filter(number__startswith="N").count())
print(PublicOpinionReport.objects.count())
print(Proposal.objects.filter(number__in=["T2", "T3"]).count())
print(AuditEntry.objects.filter(actor__username="clerk").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_two_clerks_at_once_have_one_effect(house):
    clerks = [f"{START}NUMBER = {number}\n{ENTER}{CONVERT}{MERGE}" for number in (0, 1)]
    ended = house.ask_at_once(*clerks)
    assert [(one.errors, one.code) for one in ended] == [("", 0)] * 2
    assert house.ask(COUNTS).split() == ["10", "1", "1", "12"]
