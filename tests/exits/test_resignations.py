"""Resigning of one's own, and being advised to: 19号 一（三）1（1）, 9号 四（十三）16."""

from datetime import timedelta

import pytest

from accounts.roles import RoleCode
from exits.choices import Act, CaseKind, CaseState, Ground, PaperKind
from exits.models import Case
from exits.selectors.board import awaiting_delivery, waits_for
from exits.selectors.cases import way_of
from exits.selectors.own import applications_asked, own_case
from exits.selectors.papers import drafted, kinds_for_case
from exits.services import (
    ActNotAllowedError,
    NotConsultedError,
    StepOutOfOrderError,
    apply_resignation,
    record_effort,
)
from exits.wording import BLANK
from members.choices import Party
from members.models import Member
from tests.accounts.people import make_user
from tests.building import make_term
from tests.exits.cases import (
    AT,
    TODAY,
    applied,
    day,
    decide,
    deliver_all,
    informed,
    make_desk,
    make_seat,
    opened,
    opine,
    proposed,
    submitted,
    to_submitted,
)

pytestmark = pytest.mark.django_db
RESIGNATION = CaseKind.RESIGNATION


@pytest.fixture
def desk(db):
    return make_desk()


@pytest.fixture
def member(desk):
    return make_seat(desk, "own", name="李明", employer_post="某校校长")


def advised(desk, member, **fields):
    """Informed, not yet spoken on."""
    return informed(desk, opened(desk, member, RESIGNATION, ground=Ground.ADVISED, **fields))


def advised_and_proposed(desk, member):
    case = advised(desk, member)
    opine(desk, case, case.side)
    return proposed(desk, case)


def press(desk, case, act=Act.REMIND, on=None, **fields):
    return record_effort(
        case=case, act=act, date=on or day(4), note="面谈", actor=desk.registrar, at=AT, **fields
    )


# Who sees and who is asked


@pytest.mark.parametrize(
    ("ground", "seen"),
    [
        (Ground.OWN_APPLICATION, {"leader", "organization", "united_front"}),
        (Ground.POST_CHANGED, {"leader", "organization", "united_front"}),
        (Ground.HEALTH, {"leader", "organization", "united_front"}),
        (Ground.OTHER, {"organization", "united_front"}),
        (Ground.ADVISED, {"organization"}),
    ],
)
def test_resignation_is_seen_by_whom_its_ground_concerns(desk, member, ground, seen):
    case = opened(desk, member, RESIGNATION, ground=ground, applied_date=day(0))
    informed(desk, case)
    names = ("registrar", "leader", "organization", "united_front")
    found = {
        name for name in names if Case.objects.visible_to(getattr(desk, name)).filter(pk=case.pk)
    }
    assert found == seen | {"registrar"}
    waiting = {name for name in names if Case.objects.waiting_opinion(getattr(desk, name)).exists()}
    assert waiting == seen - {"leader"}


def test_advised_resignation_is_read_by_the_leader_who_conducts_it(desk, member):
    other = make_user("other-leader", RoleCode.LEADER)
    case = advised(desk, member, conductors=[desk.leader])
    seen = [Case.objects.visible_to(user).count() for user in (desk.leader, other)]
    assert (seen, case.state) == ([1, 0], CaseState.CONSULTING)


@pytest.mark.parametrize("party", [Party.CPC, Party.CDL])
def test_advised_resignation_is_agreed_on_by_the_side_of_the_member(desk, party):
    case = advised(desk, make_seat(desk, party=party))
    other = "united_front" if party == Party.CPC else "organization"
    with pytest.raises(NotConsultedError):
        opine(desk, case, other)
    opine(desk, case, case.side, "disagree")
    with pytest.raises(ActNotAllowedError):
        proposed(desk, case)
    opine(desk, case, case.side)
    assert proposed(desk, case).state == CaseState.PROPOSED


# Advising against, and refusing


def against(desk, member, **fields):
    """Proposed although one department is against it."""
    case = opened(desk, member, RESIGNATION, applied_date=day(0), **fields)
    case = informed(desk, case)
    opine(desk, case, "organization", "disagree")
    opine(desk, case, "united_front")
    case.refresh_from_db()
    return case


def test_resignation_advised_against_goes_on_to_the_meeting(desk, member):
    case = against(desk, member)
    assert waits_for(case) == "组织部不同意，待提出建议"
    case = submitted(desk, proposed(desk, case, proposal="建议不同意其辞去委员。"))
    assert case.state == CaseState.SUBMITTED


@pytest.mark.parametrize("approved", [True, False])
def test_meeting_decides_either_way_whatever_was_advised(desk, member, approved):
    case = submitted(desk, proposed(desk, against(desk, member)))
    case = decide(desk, case, approved=approved)
    member.refresh_from_db()
    assert (case.state, member.exited_date) == (
        (CaseState.DECIDED, day(8)) if approved else (CaseState.REJECTED, None)
    )


def test_nothing_is_proposed_before_both_have_spoken(desk, member):
    case = informed(desk, opened(desk, member, RESIGNATION))
    opine(desk, case, "organization", "disagree")
    case.refresh_from_db()
    assert waits_for(case) == "待统战部提出意见"
    with pytest.raises(ActNotAllowedError):
        proposed(desk, case)


def test_refused_resignation_is_told_in_writing_and_then_closed(desk, member):
    case = decide(desk, to_submitted(desk, member, RESIGNATION), approved=False)
    assert (case.state, case.closed_date, case.has_ended) == (CaseState.REJECTED, None, False)
    assert case.deliveries.count() == 3
    assert list(awaiting_delivery(user=desk.registrar)) == [case]
    case = deliver_all(desk, case)
    assert (case.state, case.notified_date, case.closed_date) == (
        CaseState.REJECTED, day(9), day(9),
    )  # fmt: skip
    assert case.has_ended
    assert not awaiting_delivery(user=desk.registrar).exists()
    assert [(point.state, point.on) for point in way_of(case)[-2:]] == [
        (CaseState.REJECTED, day(8)),
        (CaseState.NOTIFIED, day(9)),
    ]
    assert Member.objects.get(pk=member.pk).exited_date is None
    opened(desk, member, RESIGNATION)


def test_refusal_has_its_letters_and_no_publication(desk, member):
    case = decide(desk, to_submitted(desk, member, RESIGNATION), approved=False)
    assert set(kinds_for_case(case)) == {
        PaperKind.CONSULTATION, PaperKind.PROPOSAL, PaperKind.DECISION_MEMBER,
        PaperKind.DECISION_UNIT, PaperKind.OTHER,
    }  # fmt: skip
    letters = [
        drafted(kind=kind, term=desk.term, on=TODAY, case=case)
        for kind in (PaperKind.DECISION_MEMBER, PaperKind.DECISION_UNIT)
    ]
    assert [letter.title for letter in letters] == [
        "关于不同意您辞去委员的通知书",
        "关于不同意李明同志辞去委员的通知",
    ]
    assert all("不同意" in letter.body and BLANK not in letter.body for letter in letters)


def test_refused_revoke_is_told_to_nobody(desk, member):
    case = decide(desk, to_submitted(desk, member, CaseKind.REVOKE), approved=False)
    assert (case.deliveries.count(), case.closed_date) == (0, day(8))
    assert PaperKind.DECISION_UNIT not in kinds_for_case(case)


# The application


def test_own_application_is_there_before_the_departments_are_told(desk, member):
    case = opened(desk, member, RESIGNATION, ground=Ground.OWN_APPLICATION)
    assert waits_for(case) == "待委员提交书面申请"
    with pytest.raises(ActNotAllowedError):
        informed(desk, case)
    case = applied(desk, case, day(2))
    with pytest.raises(StepOutOfOrderError):
        informed(desk, case, day(1))
    assert informed(desk, case, day(2)).state == CaseState.CONSULTING


def test_application_in_the_own_account_lets_the_office_go_on(desk, member):
    opened(desk, member, RESIGNATION, ground=Ground.OWN_APPLICATION)
    case = apply_resignation(
        member=member, reason="年事已高", actor=member.person.user, at=AT, on=day(1)
    )
    assert informed(desk, case, day(1)).state == CaseState.CONSULTING


# Letters


def letter(case, kind):
    return drafted(kind=kind, term=case.member.term, on=TODAY, case=case)


def test_letters_of_advice_rest_on_what_advises(desk, member):
    case = advised_and_proposed(desk, member)
    kinds = (
        PaperKind.INFORMATION,
        PaperKind.CONSULTATION,
        PaperKind.PROPOSAL,
        PaperKind.REMINDER,
    )
    for kind in kinds:
        words = letter(case, kind)
        assert "萍办字〔2022〕9号文件四（十三）16" in words.body
        assert "19号" not in words.body
        assert "申请辞去" not in words.title + words.body
    assert letter(case, PaperKind.INFORMATION).addressees == ("中共试验市委组织部",)
    assert "该同志尚未提交书面申请。" in letter(case, PaperKind.PROPOSAL).body


@pytest.mark.parametrize("ground", [Ground.POST_CHANGED, Ground.HEALTH])
def test_nobody_is_said_to_have_applied_who_has_not(desk, member, ground):
    case = informed(desk, opened(desk, member, RESIGNATION, ground=ground))
    for kind in (PaperKind.INFORMATION, PaperKind.CONSULTATION):
        words = letter(case, kind)
        assert "该同志尚未提交书面申请。" in words.body
        assert "申请" not in words.title
    case = applied(desk, case, day(2))
    said = "该同志于2024年6月5日提交书面申请，辞去委员职务。"
    assert said in letter(case, PaperKind.INFORMATION).body


@pytest.mark.parametrize(
    ("verdicts", "result"),
    [
        (("agree", "agree"), "建议同意其辞去委员"),
        (("disagree", "disagree"), "建议不同意其辞去委员"),
        (("agree", "disagree"), BLANK),
        (("agree",), BLANK),
    ],
)
def test_minutes_say_what_the_departments_said(desk, member, verdicts, result):
    case = informed(desk, opened(desk, member, RESIGNATION))
    for partner, verdict in zip(("organization", "united_front"), verdicts, strict=False):
        opine(desk, case, partner, verdict)
    case.refresh_from_db()
    assert f"，{result}，按章程" in letter(case, PaperKind.CONSULTATION).body


@pytest.mark.parametrize(
    ("pack", "kind", "ground", "clause"),
    [
        ("pingxiang", RESIGNATION, Ground.ADVISED, "萍办字〔2022〕9号文件四（十三）16"),
        ("pingxiang", RESIGNATION, Ground.OTHER, "萍协办字〔2022〕19号文件一（二）1（4）"),
        ("pingxiang", CaseKind.REVOKE, Ground.OTHER, "萍协办字〔2022〕19号文件一（二）3（6）"),
        ("yueqing", CaseKind.ORDER_RESIGN, Ground.FAILED_TWO_YEARS, "乐政协〔2021〕12号文件12"),
        ("yueqing", CaseKind.REVOKE, Ground.CHARTER, "乐政协〔2021〕12号文件12"),
        (
            "yueqing",
            CaseKind.ORDER_RESIGN,
            Ground.SANCTIONED,
            "《中国人民政治协商会议章程》和本会委员管理制度",
        ),
    ],
)
def test_letters_cite_the_document_of_the_ground_and_the_term(desk, pack, kind, ground, clause):
    desk.term = make_term("other", pack=pack, assembly=f"政协{pack}市委员会")
    case = informed(desk, opened(desk, make_seat(desk), kind, ground=ground))
    body = letter(case, PaperKind.INFORMATION).body
    assert clause in body
    assert ("19号" in body) == ("19号" in clause)


def test_reminder_waits_for_the_day_the_member_is_given(desk, member):
    case = advised(desk, member)
    opine(desk, case, case.side)
    case = proposed(desk, case, due_date=TODAY)
    assert PaperKind.REMINDER in kinds_for_case(case)
    assert f"请您于{BLANK}前" in letter(case, PaperKind.REMINDER).body
    with pytest.raises(StepOutOfOrderError, match="期限不能早于"):
        press(desk, case, answer_by=day(3))
    case = press(desk, case, answer_by=day(20), due_date=day(22))
    assert (case.answer_by, case.due_date) == (day(20), day(22))
    assert "请您于2024年6月23日前" in letter(case, PaperKind.REMINDER).body
    case = press(desk, case, Act.PERSUADE, day(5))
    assert (case.answer_by, case.due_date) == (day(20), day(20))


def test_member_advised_to_resign_has_it_among_their_tasks(desk, member):
    case = advised_and_proposed(desk, member)
    user = member.person.user
    assert applications_asked(user=user) == []
    case = press(desk, case, answer_by=TODAY + timedelta(days=9))
    assert applications_asked(user=user) == [case]
    assert own_case(case).is_pressed
    assert waits_for(case) == "待劝说委员提交书面申请"
    applied(desk, case)
    assert applications_asked(user=user) == []
