from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from assessments.models import Finding
from assessments.rulebook import load_pack
from assessments.services import decide_finding, run_assessment
from attendance.choices import AttendanceStatus, MeetingKind
from exits.choices import Act, CaseKind, CaseState, Ground, Partner
from exits.models import Case
from exits.services import (
    CaseNotPossibleError,
    FindingNotGroundsError,
    NotOwnCaseError,
    OpenAlreadyError,
    OwnCaseError,
    StepOutOfOrderError,
    apply_resignation,
)
from members.choices import Party
from tests.building import attend, make_meeting, make_member, suspend
from tests.exits.cases import (
    AT,
    GROUND_OF,
    START,
    TODAY,
    make_desk,
    make_seat,
    opened,
)

pytestmark = pytest.mark.django_db
BY_APPLICATION = (
    CaseKind.RESIGNATION,
    CaseKind.ORDER_RESIGN,
    CaseKind.ADVISE_RESIGN_STANDING,
    CaseKind.ORDER_RESIGN_STANDING,
)
CONSULTS_BOTH = (CaseKind.RESIGNATION, CaseKind.SUSPENSION, CaseKind.REINSTATEMENT)
PDF = b"%PDF-1.7\n" + bytes(40)


@pytest.fixture
def desk(db):
    return make_desk()


@pytest.fixture
def member(desk):
    return make_seat(desk, "own")


def entries(case):
    rows = AuditEntry.objects.filter(object_type="exits.case", object_id=str(case.pk))
    return list(rows.order_by("sequence").values_list("verb", flat=True))


def ordered_finding(member):
    """An open finding that suggests to order the resignation."""
    for on in (date(2022, 1, 5), date(2023, 1, 5)):
        meeting = make_meeting(member.term, MeetingKind.PLENARY_SESSION, on)
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


@pytest.mark.parametrize("kind", CaseKind)
def test_case_is_opened_with_its_grounds_and_its_side(desk, member, kind):
    case = opened(desk, member, kind, grounds=" 受到处分 ", conductors=[desk.leader])
    assert (case.state, case.side, case.grounds) == (
        CaseState.OPENED, Partner.ORGANIZATION, "受到处分",
    )  # fmt: skip
    assert [(step.kind, step.date) for step in case.steps.all()] == [(Act.OPEN, START)]
    assert list(case.conductors.all()) == [desk.leader]
    assert entries(case) == ["create"]


def test_side_of_others_is_the_united_front(desk):
    case = opened(desk, make_seat(desk, party=Party.CDL), CaseKind.REVOKE)
    assert case.side == Partner.UNITED_FRONT


def test_case_is_opened_on_a_confirmed_finding(desk, member):
    finding = confirmed(ordered_finding(member))
    assert opened(desk, member, CaseKind.ORDER_RESIGN, finding=finding).finding == finding


@pytest.mark.parametrize("kind", [CaseKind.REVOKE, CaseKind.SUSPENSION])
def test_finding_opens_the_case_it_suggests_only(desk, member, kind):
    finding = confirmed(ordered_finding(member))
    with pytest.raises(FindingNotGroundsError, match="责令辞去委员"):
        opened(desk, member, kind, finding=finding)


def test_finding_opens_nothing_unconfirmed_or_on_another(desk, member):
    finding = ordered_finding(member)
    with pytest.raises(FindingNotGroundsError, match="尚未确认"):
        opened(desk, member, CaseKind.ORDER_RESIGN, finding=finding)
    confirmed(finding)
    with pytest.raises(FindingNotGroundsError, match="不是关于该委员"):
        opened(desk, make_seat(desk), CaseKind.ORDER_RESIGN, finding=finding)


def test_second_open_case_of_a_kind_is_refused(desk, member):
    opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(OpenAlreadyError, match="没有重复立案"):
        opened(desk, member, CaseKind.REVOKE)
    opened(desk, member, CaseKind.ORDER_RESIGN)
    opened(desk, make_seat(desk), CaseKind.REVOKE)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"grounds": "  "}, ReasonMissingError),
        ({"opened_date": TODAY + timedelta(days=1)}, StepOutOfOrderError),
        ({"opened_date": date(2021, 10, 31)}, CaseNotPossibleError),
        ({"ground": Ground.CRIMINAL}, CaseNotPossibleError),
        ({"applied_date": TODAY + timedelta(days=1)}, StepOutOfOrderError),
    ],
)
def test_case_is_not_opened_without_ground_or_on_an_impossible_day(desk, member, fields, refusal):
    with pytest.raises(refusal):
        opened(desk, member, CaseKind.ORDER_RESIGN, **fields)
    assert not Case.objects.exists()


def test_case_is_opened_today_and_on_the_first_day_of_the_seat(desk, member):
    opened(desk, member, CaseKind.REVOKE, opened_date=TODAY)
    opened(desk, member, CaseKind.ORDER_RESIGN, opened_date=member.joined_date)


def test_refused_order_is_no_ground_by_hand(desk, member):
    with pytest.raises(CaseNotPossibleError, match="由此转为撤销"):
        opened(desk, member, CaseKind.REVOKE, ground=Ground.REFUSED_ORDER)


@pytest.mark.parametrize("kind", [kind for kind in CaseKind if kind not in BY_APPLICATION])
def test_application_belongs_to_resigning_only(desk, member, kind):
    with pytest.raises(CaseNotPossibleError, match="不以委员的书面申请"):
        opened(desk, member, kind, applied_date=START)


def test_suspension_is_of_those_not_suspended_and_ends_by_reinstatement(desk, member):
    suspend(member, START + timedelta(days=1))
    with pytest.raises(CaseNotPossibleError, match="没有暂停履职"):
        opened(desk, member, CaseKind.REINSTATEMENT)
    other = make_seat(desk)
    suspend(other, START)
    with pytest.raises(CaseNotPossibleError, match="已暂停履职"):
        opened(desk, other, CaseKind.SUSPENSION)
    assert opened(desk, other, CaseKind.REINSTATEMENT).kind == CaseKind.REINSTATEMENT


@pytest.mark.parametrize("kind", [CaseKind.ADVISE_RESIGN_STANDING, CaseKind.ORDER_RESIGN_STANDING])
def test_post_is_resigned_by_standing_members_only(desk, kind):
    plain = make_member(desk.term)
    with pytest.raises(CaseNotPossibleError, match="不是常委"):
        opened(desk, plain, kind)


def test_exited_member_has_no_case(desk, member):
    member.exited_date = START
    member.save()
    for day in (TODAY, START - timedelta(days=1)):
        with pytest.raises(CaseNotPossibleError, match="不在任"):
            opened(desk, member, CaseKind.REVOKE, opened_date=day)


def test_nobody_opens_or_conducts_a_case_about_themself(desk, member):
    with pytest.raises(OwnCaseError):
        opened(desk, member, CaseKind.REVOKE, actor=member.person.user)
    with pytest.raises(OwnCaseError, match="经办"):
        opened(desk, member, CaseKind.REVOKE, conductors=[desk.leader, member.person.user])


def resign(member, actor=None, **fields):
    values = {"reason": "年事已高", "at": AT, "on": TODAY, "actor": actor or member.person.user}
    return apply_resignation(member=member, **(values | fields))


def test_member_applies_to_resign(desk, member):
    case = resign(member)
    assert (case.kind, case.ground, case.applied_date, case.told_date) == (
        CaseKind.RESIGNATION, Ground.OWN_APPLICATION, TODAY, TODAY,
    )  # fmt: skip
    assert entries(case) == ["create"]
    with pytest.raises(OpenAlreadyError):
        resign(member)


def test_application_is_handed_in_to_the_case_the_office_opened(desk, member):
    case = opened(desk, member, CaseKind.RESIGNATION)
    assert (case.applied_date, case.told_date) == (None, None)
    assert resign(member) == case
    case.refresh_from_db()
    assert (case.state, case.applied_date, case.told_date) == (CaseState.OPENED, TODAY, TODAY)
    assert list(case.steps.order_by("pk").values_list("kind", "entered_by")) == [
        (Act.OPEN, desk.registrar.pk),
        (Act.APPLY, member.person.user_id),
    ]
    assert entries(case) == ["create", "update"]
    with pytest.raises(OpenAlreadyError):
        resign(member)


def test_nobody_applies_for_another_without_reason_or_ahead(desk, member):
    with pytest.raises(NotOwnCaseError):
        resign(member, actor=desk.registrar)
    with pytest.raises(ReasonMissingError):
        resign(member, reason=" ")
    with pytest.raises(StepOutOfOrderError):
        resign(member, on=TODAY + timedelta(days=1))


def test_grounds_of_every_kind_are_its_own(desk, member):
    for kind in CaseKind:
        for other, ground in GROUND_OF.items():
            if other != kind:
                with pytest.raises(CaseNotPossibleError):
                    opened(desk, member, kind, ground=ground)
