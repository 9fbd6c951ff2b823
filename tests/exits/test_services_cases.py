from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from assessments.models import Finding
from assessments.rulebook import load_pack
from assessments.services import decide_finding, run_assessment
from attendance.choices import AttendanceStatus, MeetingKind
from exits.choices import Act, CaseKind
from exits.selectors import refusals
from exits.services import (
    CaseClosedError,
    FindingNotGroundsError,
    StepOutOfOrderError,
    close_exit_case,
    open_exit_case,
    record_case_step,
)
from tests.building import attend, make_meeting, make_member, make_term

pytestmark = pytest.mark.django_db

AT = datetime(2024, 6, 1, 4, tzinfo=UTC)


@pytest.fixture
def member():
    return make_member(make_term(), "0012")


def open_case(member, kind=CaseKind.ORDER_RESIGN, on=date(2024, 1, 10), **fields):
    return open_exit_case(
        member=member,
        kind=kind,
        grounds=fields.pop("grounds", "连续缺席"),
        opened_date=on,
        actor=None,
        at=AT,
        **fields,
    )


def step(case, kind, on=date(2024, 2, 1), note="当面"):
    return record_case_step(case=case, kind=kind, date=on, note=note, actor=None, at=AT)


def close(case, on=date(2024, 5, 1)):
    return close_exit_case(case=case, closed_date=on, note="办结", actor=None, at=AT)


def ordered_finding(member):
    """An open finding that suggests to order the resignation."""
    for day in (date(2022, 1, 5), date(2023, 1, 5)):
        meeting = make_meeting(member.term, MeetingKind.PLENARY_SESSION, day)
        attend(member, meeting, AttendanceStatus.LEAVE)
    run_assessment(
        term=member.term,
        year=2023,
        as_of=date(2023, 12, 31),
        pack=load_pack("pingxiang"),
        actor=None,
        at=AT,
    )
    return Finding.objects.get(rule="px-plenary-2-running")


def confirmed(finding):
    return decide_finding(
        finding=finding, state="confirmed", reason="核实", actor=None, at=AT, seen_version=1
    )


def test_case_is_opened_by_hand_with_its_grounds(member):
    case = open_case(member, grounds=" 受到其他处分 ")
    assert (case.grounds, case.finding, case.closed_date) == ("受到其他处分", None, None)
    assert AuditEntry.objects.get().object_id == str(case.pk)


def test_case_is_opened_on_a_confirmed_finding(member):
    finding = confirmed(ordered_finding(member))
    assert open_case(member, finding=finding).finding == finding


def test_unconfirmed_finding_opens_nothing(member):
    with pytest.raises(FindingNotGroundsError, match="尚未确认"):
        open_case(member, finding=ordered_finding(member))


def test_finding_on_another_member_opens_nothing(member):
    finding = confirmed(ordered_finding(member))
    with pytest.raises(FindingNotGroundsError, match="不是关于该委员"):
        open_case(make_member(member.term), finding=finding)


def test_finding_opens_the_case_it_suggests_only(member):
    finding = confirmed(ordered_finding(member))
    with pytest.raises(FindingNotGroundsError, match="责令辞去委员"):
        open_case(member, CaseKind.REVOKE, finding=finding)


def test_second_open_case_of_a_kind_is_refused(member):
    open_case(member)
    with pytest.raises(ValidationError, match="同类事项正在办理"):
        open_case(member)
    open_case(member, CaseKind.REVOKE)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"grounds": "  "}, ReasonMissingError),
        ({"on": date(2024, 6, 2)}, StepOutOfOrderError),
        ({"on": date(2021, 10, 1)}, StepOutOfOrderError),
    ],
)
def test_case_without_ground_or_on_an_impossible_date_is_refused(member, fields, refusal):
    with pytest.raises(refusal):
        open_case(member, **fields)


def test_refusal_needs_reminder_and_persuasion_before_it(member):
    case = open_case(member)
    with pytest.raises(StepOutOfOrderError, match="须先登记提醒和劝说"):
        step(case, Act.REFUSE)
    step(case, Act.REMIND)
    with pytest.raises(StepOutOfOrderError):
        step(case, Act.REFUSE)
    step(case, Act.PERSUADE, date(2024, 3, 1))
    with pytest.raises(StepOutOfOrderError):
        step(case, Act.REFUSE, date(2024, 2, 28))
    assert step(case, Act.REFUSE, date(2024, 3, 1)).kind == Act.REFUSE


def test_only_an_ordered_resignation_can_be_refused(member):
    case = open_case(member, CaseKind.REVOKE)
    step(case, Act.REMIND)
    step(case, Act.PERSUADE)
    with pytest.raises(StepOutOfOrderError):
        step(case, Act.REFUSE)


@pytest.mark.parametrize(
    ("kind", "on", "note", "refusal"),
    [
        (Act.REMIND, date(2024, 1, 9), "当面", StepOutOfOrderError),
        (Act.REMIND, date(2024, 6, 2), "当面", StepOutOfOrderError),
        (Act.REMIND, date(2024, 2, 1), " ", ReasonMissingError),
        (Act.CLOSE, date(2024, 2, 1), "当面", StepOutOfOrderError),
        ("walked", date(2024, 2, 1), "当面", ValidationError),
    ],
)
def test_impossible_step_is_refused(member, kind, on, note, refusal):
    case = open_case(member)
    with pytest.raises(refusal):
        step(case, kind, on, note)
    assert not case.steps.exists()


def test_closed_case_takes_no_steps(member):
    case = close(open_case(member))
    assert (case.closed_date, case.steps.get().kind) == (date(2024, 5, 1), Act.CLOSE)
    for act in (lambda: step(case, Act.REMIND), lambda: close(case)):
        with pytest.raises(CaseClosedError):
            act()


def test_case_is_not_closed_before_its_last_step(member):
    case = open_case(member)
    step(case, Act.REMIND, date(2024, 5, 2))
    with pytest.raises(StepOutOfOrderError):
        close(case)


def refused_case(member):
    case = open_case(member)
    step(case, Act.REMIND, date(2024, 2, 1))
    step(case, Act.PERSUADE, date(2024, 3, 1))
    step(case, Act.REFUSE, date(2024, 4, 1))
    return case


@pytest.mark.parametrize(("on", "known"), [(date(2024, 3, 31), False), (date(2024, 4, 1), True)])
def test_refusal_is_known_from_its_date(member, on, known):
    refused_case(member)
    record = "退出事项:0012|2024-01-10|拒不提交书面申请|2024-04-01"
    expected = {member.pk: (record,)} if known else {}
    assert refusals(term=member.term, on=on) == expected


@pytest.mark.parametrize(("on", "known"), [(date(2024, 4, 30), True), (date(2024, 5, 1), False)])
def test_closed_case_is_no_refusal(member, on, known):
    close(refused_case(member))
    assert bool(refusals(term=member.term, on=on)) is known
