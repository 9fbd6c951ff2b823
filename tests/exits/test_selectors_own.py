"""What members may know of the findings on themselves: what they have been told of, no sooner."""

import pytest

from exits.models import Case
from exits.selectors.own import told_findings
from exits.services import apply_resignation
from exits.services.interviews import notify_interview
from tests.exits import interviews
from tests.exits.cases import (
    AT,
    Desk,
    day,
    decide,
    make_desk,
    make_seat,
    opened,
    to_submitted,
)
from tests.exits.interviews import arranged, make_finding, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def knows(finding) -> bool:
    return told_findings(user=finding.member.person.user).filter(pk=finding.pk).exists()


def behind(case: Case, outcome: str):
    finding = make_finding(case.member, outcome=outcome)
    Case.objects.filter(pk=case.pk).update(finding=finding)
    return finding


def test_finding_behind_a_case_is_known_from_the_decision_on(desk):
    case = to_submitted(desk, make_seat(desk, "one"), "revoke")
    finding = behind(case, "revoke")
    assert not knows(finding)
    decide(desk, case)
    assert knows(finding)


def test_finding_behind_a_case_is_known_from_the_reminder_on(desk):
    case = opened(desk, make_seat(desk, "one"), "order_resign")
    finding = behind(case, "order_resign")
    assert not knows(finding)
    Case.objects.filter(pk=case.pk).update(told_date=day(1))
    case.steps.create(kind="reminded", date=day(1), note="面谈", entered_at=AT)
    assert knows(finding)


def test_own_application_tells_nothing_of_what_the_office_had_found(desk):
    member = make_seat(desk, "one")
    case = opened(desk, member, "resignation")
    finding = behind(case, "advise_resign")
    case = apply_resignation(
        member=member, reason="身体原因", actor=member.person.user, at=AT, on=day(2)
    )
    assert (case.was_told, knows(finding)) == (True, False)


@pytest.mark.parametrize(("outcome", "known"), [("interview", True), ("revoke", False)])
def test_finding_behind_an_interview_is_known_from_the_notice_on(outcome, known):
    scene = make_scene()
    finding = make_finding(scene.member, outcome=outcome)
    interview = arranged(scene, finding=finding)
    assert not knows(finding)
    notify_interview(
        interview=interview, actor=scene.users["registrar"], at=interviews.AT + interviews.HOUR
    )
    assert knows(finding) == known


def test_mild_finding_is_known_once_confirmed_and_nobody_elses_is():
    scene = make_scene()
    mild = make_finding(scene.member, outcome="remind")
    open_one = make_finding(scene.member, outcome="remind", state="open", rule="px-two")
    other = make_finding(scene.leader, outcome="remind")
    assert [knows(finding) for finding in (mild, open_one)] == [True, False]
    assert not told_findings(user=scene.users["member"]).filter(pk=other.pk).exists()
