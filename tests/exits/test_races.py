"""Several processes at once: one effect, on whichever database the tests run with."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from datetime import date
from attendance.choices import AttendanceStatus, MeetingKind
from tests.building import attend, make_meeting, make_member, make_term
term = make_term("race")
meeting = make_meeting(term, MeetingKind.PLENARY_SESSION, date(2023, 3, 1))
for place in range(20):
    attend(make_member(term, f"{place:04}"), meeting, AttendanceStatus.ABSENT)
"""
BEAT = """
from datetime import date
from django.utils import timezone
from exits.services import start_yearly_runs
for _ in range(5):
    start_yearly_runs(on=date(2024, 1, 1), at=timezone.now())
"""
COUNTS = """
from accounts.models import Job
from assessments.models import Finding, FindingEvent, Run
findings = Finding.objects.count()
unique = len(set(Finding.objects.values_list("rule", "subject_kind", "subject_key", "window")))
print(findings == unique == FindingEvent.objects.count(), findings > 40)
print(Run.objects.count(), sorted(Run.objects.values_list("created", flat=True))[:-1])
print(Job.objects.count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_evaluations_and_beats_at_once_have_one_effect(house):
    evaluate = ("evaluate", "--term", "race", "--year", "2023")
    beat = ("shell", "--verbosity", "0", "-c", BEAT)
    outcomes = all_at_once(house, evaluate, evaluate, evaluate, beat, beat)
    assert outcomes == [("", 0)] * 5
    assert house.ask(COUNTS).splitlines() == ["True True", "3 [0, 0]", "1"]
