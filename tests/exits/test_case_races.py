"""Two act on a case at once, or one presses twice: one effect, on either database."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from accounts.services.roles import sync_roles
sync_roles()
from exits.choices import CaseKind
from tests.exits.cases import (
    consulted, informed, make_desk, make_seat, opened, pressed, to_decided, to_proposed,
    to_submitted,
)
desk = make_desk()
def seats(number):
    return [make_seat(desk) for _ in range(number)]
for seat in seats(3):
    to_submitted(desk, seat, CaseKind.REVOKE)
for seat in seats(2):
    to_submitted(desk, seat, CaseKind.SUSPENSION)
for seat in seats(2):
    to_proposed(desk, seat, CaseKind.ORDER_RESIGN, grounds="remind")
for seat in seats(2):
    pressed(desk, to_proposed(desk, seat, CaseKind.ORDER_RESIGN, grounds="refuse"))
for seat in seats(2):
    informed(desk, opened(desk, seat, CaseKind.REVOKE, grounds="opine"))
for seat in seats(2):
    consulted(desk, informed(desk, opened(desk, seat, CaseKind.REVOKE, grounds="propose")))
for seat in seats(2):
    to_decided(desk, seat, CaseKind.REVOKE, grounds="deliver")
for _ in range(2):
    make_seat(desk, name="open")
"""
#: Every process does all of it, once as each of two people who may.
ACTS = """
from accounts.models import User
from core.refusals import RefusalError
from exits.choices import Act, CaseKind
from exits.models import Case, CaseDelivery
from members.models import Member
from tests.exits import cases
from tests.exits.cases import AT, Desk, day

def account(name):
    return User.objects.get(username=name)

desk = Desk(None, *map(account, ("registrar", "second", "leader", "organization", "united-front")))
done = 0

def tried(act, *args, **fields):
    global done
    try:
        act(desk, *args, **fields)
        done += 1
    except RefusalError:
        pass

def of(grounds):
    return Case.objects.filter(grounds=grounds).order_by("pk")

def remind(desk, case):
    cases.record_effort(case=case, act=Act.REMIND, date=day(4), note="面谈",
                        actor=desk.registrar, at=AT)

def deliver(desk, row):
    cases.record_delivery(delivery=row, date=day(9), manner="邮寄", actor=desk.registrar, at=AT)

for case in Case.objects.filter(state="submitted").order_by("pk"):
    tried(cases.decide, case, actor=account("{decider}"), number="{decider}")
for case in of("remind"):
    tried(remind, case)
for case in of("refuse"):
    tried(cases.refused, case)
for case in of("opine"):
    tried(cases.opine, case, case.side)
for case in of("propose"):
    tried(cases.proposed, case)
for row in CaseDelivery.objects.filter(case__grounds="deliver").order_by("pk"):
    tried(deliver, row)
for seat in Member.objects.filter(person__name="open").order_by("pk"):
    tried(cases.opened, seat, CaseKind.REVOKE)
print(done)
"""
COUNTS = """
from django.db.models import F
from accounts.models import AuditEntry
from exits.models import Case, CaseDelivery, CaseOpinion, CaseStep
from members.models import Member, SuspensionPeriod

def steps(kind, **fields):
    rows = CaseStep.objects.filter(kind=kind, **fields)
    return rows.count(), rows.values("case").distinct().count()

def of(grounds):
    return {"case__grounds": grounds}

print("decided", steps("decided", case__grounds="有关情况"))
print("register", Member.objects.filter(exited_date__isnull=False).count(),
      SuspensionPeriod.objects.count())
print("one decider", Case.objects.exclude(decision_number="萍协〔2024〕8号").filter(
    decision_number=F("decided_by__username")).count())
print("reminded", steps("reminded", **of("remind")))
print("refused", steps("refused", **of("refuse")), Case.objects.filter(origin__isnull=False).count())
print("opined", steps("opined", **of("opine")))
print("opinions", CaseOpinion.objects.filter(case__grounds="opine").count())
print("proposed", steps("proposed", **of("propose")))
print("delivered", steps("delivered", **of("deliver")),
      CaseDelivery.objects.filter(delivered_date__isnull=False).count())
print("opened", Case.objects.filter(member__person__name="open").count())
entries = AuditEntry.objects.filter(object_type="exits.case").count()
acts = CaseStep.objects.exclude(kind="corrected").count()
concluded = CaseStep.objects.filter(kind="dropped").count()
print("entries", entries == acts - concluded - Case.objects.filter(origin__isnull=False).count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_whoever_acts_at_once_acts_once(house):
    commands = [
        ("shell", "--verbosity", "0", "-c", ACTS.replace("{decider}", decider))
        for decider in ("second", "leader", "second")
    ]
    assert all_at_once(house, *commands) == [("", 0)] * 3
    assert house.ask(COUNTS).splitlines() == [
        "decided (5, 5)",
        "register 5 2",
        "one decider 5",
        "reminded (2, 2)",
        "refused (2, 2) 2",
        "opined (2, 2)",
        "opinions 2",
        "proposed (2, 2)",
        "delivered (6, 2) 6",
        "opened 2",
        "entries True",
    ]
