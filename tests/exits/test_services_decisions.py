from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError
from exits.choices import Act, Addressee, CaseKind, CaseState
from exits.models import Case
from exits.selectors import refusals
from exits.services import (
    ActNotAllowedError,
    AnswersFullError,
    DeliveredAlreadyError,
    NotOwnCaseError,
    NumberMissingError,
    OpenAlreadyError,
    OwnCaseError,
    OwnProposalError,
    StepOutOfOrderError,
    UnitUnknownError,
    answer_case,
    apply_resignation,
    decide_case,
    drop_case,
    name_conductors,
    record_delivery,
)
from members.choices import Party
from members.models import LiaisonGroup, Notice, SectorGroup, SpecialCommittee
from tests.accounts.people import make_user
from tests.exits.cases import (
    AT,
    DAYS,
    TODAY,
    applied,
    consulted,
    day,
    decide,
    deliver_all,
    informed,
    make_desk,
    make_seat,
    opened,
    pressed,
    proposed,
    published,
    refused,
    submitted,
    to_decided,
    to_proposed,
    to_submitted,
)

pytestmark = pytest.mark.django_db
PUBLISHED = (
    CaseKind.RESIGNATION,
    CaseKind.ORDER_RESIGN,
    CaseKind.REVOKE,
    CaseKind.ADVISE_RESIGN_STANDING,
    CaseKind.ORDER_RESIGN_STANDING,
)
BY_COUNCIL = (CaseKind.SUSPENSION, CaseKind.REINSTATEMENT)


@pytest.fixture
def desk(db):
    return make_desk()


@pytest.fixture
def member(desk):
    return make_seat(desk, "own")


def entries(case):
    rows = AuditEntry.objects.filter(object_type="exits.case", object_id=str(case.pk))
    return rows.count()


def drop(desk, case, on=DAYS[9], **fields):
    values = {"reason": "情况有变", "actor": desk.registrar, "at": AT}
    return drop_case(case=case, date=on, **(values | fields))


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("party", [Party.CPC, Party.CDL])
def test_case_is_carried_to_its_end(desk, kind, party):
    member = make_seat(desk, "own", party=party)
    case = to_decided(desk, member, kind)
    body = "chairpersons_council" if kind in BY_COUNCIL else "standing_committee"
    assert (case.state, case.deciding_body, case.decision_date) == (
        CaseState.DECIDED, body, day(8),
    )  # fmt: skip
    with pytest.raises(ActNotAllowedError):
        published(desk, case)
    case = deliver_all(desk, case)
    assert (case.state, case.notified_date) == (CaseState.NOTIFIED, day(9))
    if kind in BY_COUNCIL:
        assert case.closed_date == day(9)
        with pytest.raises(ActNotAllowedError):
            published(desk, case)
    else:
        assert case.closed_date is None
        case = published(desk, case)
        assert (case.state, case.closed_date) == (CaseState.PUBLISHED, day(10))
    assert case.has_ended


def test_proposer_does_not_decide(desk, member):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    with pytest.raises(OwnProposalError, match="建议由您提出"):
        decide(desk, case, actor=desk.registrar)
    member.refresh_from_db()
    assert member.exited_date is None
    assert decide(desk, case, actor=desk.second).decided_by == desk.second


@pytest.mark.parametrize("missing", ["meeting", "number"])
def test_decision_has_a_meeting_and_a_number(desk, member, missing):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    with pytest.raises(NumberMissingError):
        decide(desk, case, **{missing: " "})


@pytest.mark.parametrize("on", [DAYS[6], TODAY + timedelta(days=1)])
def test_decision_is_dated_between_submission_and_today(desk, member, on):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    with pytest.raises(StepOutOfOrderError):
        decide(desk, case, date=on)
    assert decide(desk, case, date=DAYS[7]).decision_date == DAYS[7]


def test_decision_is_one_and_an_act_one_entry(desk, member):
    case = decide(desk, to_submitted(desk, member, CaseKind.REVOKE))
    told = entries(case)
    assert told == case.version == 6
    with pytest.raises(ActNotAllowedError):
        decide(desk, case)
    with pytest.raises(ActNotAllowedError):
        decide(desk, case, approved=False)
    assert entries(case) == told


def test_decision_waits_for_submission(desk, member):
    case = to_proposed(desk, member, CaseKind.REVOKE)
    with pytest.raises(ActNotAllowedError):
        decide(desk, case)


def test_rejected_case_changes_nothing_and_is_closed(desk, member):
    case = decide(desk, to_submitted(desk, member, CaseKind.REVOKE), approved=False)
    member.refresh_from_db()
    assert (case.state, case.closed_date, member.exited_date) == (
        CaseState.REJECTED, day(8), None,
    )  # fmt: skip
    assert not case.deliveries.exists()
    assert not case.steps.filter(kind=Act.CORRECT).exists()
    opened(desk, member, CaseKind.REVOKE)


def test_nobody_decides_or_delivers_about_themself(desk, member):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    with pytest.raises(OwnCaseError):
        decide(desk, case, actor=member.person.user)
    decide(desk, case)
    with pytest.raises(OwnCaseError):
        record_delivery(
            delivery=case.deliveries.first(),
            date=day(9),
            manner="直接送达",
            actor=member.person.user,
            at=AT,
        )


# Notices


def test_all_parties_the_rules_name_are_told(desk):
    term = desk.term
    member = make_seat(
        desk,
        employer_post="某校校长",
        committee=SpecialCommittee.objects.get(term=term),
        liaison_group=LiaisonGroup.objects.create(term=term, name="甲县联络组"),
    )
    SectorGroup.objects.create(term=term, sector=member.sector, name="第一活动组")
    case = to_decided(desk, member, CaseKind.REVOKE)
    assert dict(case.deliveries.values_list("addressee", "name")) == {
        Addressee.MEMBER: member.person.name,
        Addressee.UNIT: "某某公司",
        Addressee.COMMITTEE: "经济委员会",
        Addressee.SECTOR_GROUP: "第一活动组",
        Addressee.LIAISON_GROUP: "甲县联络组",
    }


def test_unit_is_named_never_taken_from_the_post(desk):
    """Who recommended the member, else the unit asked for; a refused matter is told to none."""
    case = to_submitted(desk, make_seat(desk, employer_post="某校校长"), CaseKind.REVOKE)
    for blank in ("", "　 "):
        with pytest.raises(UnitUnknownError):
            decide(desk, case, unit=blank)
    decided = decide(desk, case, unit=" 某校 ")
    assert decided.deliveries.get(addressee=Addressee.UNIT).name == "某校"
    recommended = make_seat(desk, employer_post="经理", nominating_body="市工商联")
    case = to_submitted(desk, recommended, CaseKind.REVOKE)
    decided = decide(desk, case, unit="")
    assert decided.deliveries.get(addressee=Addressee.UNIT).name == "市工商联"
    case = to_submitted(desk, make_seat(desk, employer_post="经理"), CaseKind.REVOKE)
    assert not decide(desk, case, approved=False, unit="").deliveries.exists()


@pytest.mark.parametrize(
    ("kind", "groups"),
    [
        (CaseKind.SUSPENSION, ["甲县联络组"]),
        (CaseKind.REINSTATEMENT, ["甲县联络组", "乙区联络组"]),
    ],
)
def test_every_county_is_told_of_a_reinstatement(desk, kind, groups):
    """二（二） 所在县区, 二（四） 各县区: each group is told by itself."""
    own, other = (
        LiaisonGroup.objects.create(term=desk.term, name=name)
        for name in ("甲县联络组", "乙区联络组")
    )
    elsewhere = make_user("elsewhere", RoleCode.COUNTY_GROUP)
    elsewhere.affiliations.create(liaison_group=other)
    case = to_decided(desk, make_seat(desk, liaison_group=own), kind)
    told = case.deliveries.filter(addressee=Addressee.LIAISON_GROUP).order_by("pk")
    assert list(told.values_list("name", flat=True)) == groups
    assert Notice.objects.filter(recipients__user=elsewhere).exists() == (len(groups) == 2)
    assert deliver_all(desk, case).state == CaseState.NOTIFIED


def test_notified_is_who_has_been_told_all(desk, member):
    case = to_decided(desk, member, CaseKind.REVOKE)
    rows = list(case.deliveries.order_by("pk"))
    for number, row in enumerate(reversed(rows)):
        assert case.state == CaseState.DECIDED
        case = record_delivery(
            delivery=row, date=day(9 + number), manner="邮寄", actor=desk.registrar, at=AT
        )
    assert (case.state, case.notified_date) == (CaseState.NOTIFIED, day(8 + len(rows)))
    assert len(rows) == 3
    assert entries(case) == 6 + len(rows)


def deliver(desk, row, on=DAYS[9], manner="邮寄"):
    return record_delivery(delivery=row, date=on, manner=manner, actor=desk.registrar, at=AT)


def test_party_is_told_once_in_some_manner_after_the_decision(desk, member):
    row = to_decided(desk, member, CaseKind.REVOKE).deliveries.first()
    with pytest.raises(ReasonMissingError):
        deliver(desk, row, manner=" ")
    with pytest.raises(StepOutOfOrderError):
        deliver(desk, row, on=DAYS[7])
    with pytest.raises(StepOutOfOrderError):
        deliver(desk, row, on=TODAY + timedelta(days=1))
    deliver(desk, row, on=DAYS[8])
    with pytest.raises(DeliveredAlreadyError, match="没有重复登记"):
        deliver(desk, row)


def test_publication_follows_the_last_notice(desk, member):
    case = deliver_all(desk, to_decided(desk, member, CaseKind.REVOKE), day(10))
    with pytest.raises(StepOutOfOrderError):
        published(desk, case, day(9))
    published(desk, case, day(10))
    with pytest.raises(ActNotAllowedError):
        published(desk, case, day(11))


def test_member_answers_the_decision_even_after_it_was_published(desk, member):
    case = deliver_all(desk, to_decided(desk, member, CaseKind.REVOKE))
    case = published(desk, case)
    own = {"actor": member.person.user, "at": AT, "on": TODAY}
    assert answer_case(case=case, text="不服，请复核", **own).state == CaseState.PUBLISHED


def test_what_the_member_may_say_has_an_end(desk, member, monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("exits.services.cases.MOST_ANSWERS", 3)
    monkeypatch.setattr("exits.services.cases.MOST_ATTACHED", 2 * 1024**2)
    case = to_decided(desk, member, CaseKind.REVOKE)
    own = {"case": case, "actor": member.person.user, "at": AT, "on": TODAY}

    def proof(size):
        return ContentFile(b"%PDF-" + b" " * (size - 5), name="证明.pdf")

    answer_case(text="一", attachment=proof(1024**2), **own)
    with pytest.raises(AnswersFullError, match="合计超过2 MB"):
        answer_case(text="二", attachment=proof(1024**2 + 1), **own)
    answer_case(text="二", attachment=proof(1024**2), **own)
    answer_case(text="三", **own)
    with pytest.raises(AnswersFullError, match="已说明3次"):
        answer_case(text="四", **own)
    assert case.steps.filter(kind=Act.ANSWER).count() == 3


# Early ends


@pytest.mark.parametrize("reach", [opened, to_proposed, to_submitted])
@pytest.mark.parametrize("kind", CaseKind)
def test_case_is_dropped_before_the_decision_only(desk, member, reach, kind):
    case = drop(desk, reach(desk, member, kind))
    assert (case.state, case.closed_date) == (CaseState.DROPPED, day(9))
    with pytest.raises(ActNotAllowedError):
        drop(desk, case)


def test_decided_case_is_not_dropped(desk, member):
    case = to_decided(desk, member, CaseKind.REVOKE)
    with pytest.raises(ActNotAllowedError):
        drop(desk, case)


def test_dropping_has_a_reason_and_a_date_in_order(desk, member):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    with pytest.raises(ReasonMissingError):
        drop(desk, case, reason=" ")
    with pytest.raises(StepOutOfOrderError):
        drop(desk, case, DAYS[6])
    drop(desk, case, DAYS[7])


def test_member_takes_back_their_own_application_only(desk, member):
    own = {"actor": member.person.user, "by_member": True}
    revoke = to_proposed(desk, member, CaseKind.REVOKE)
    with pytest.raises(NotOwnCaseError):
        drop(desk, revoke, **own)
    case = apply_resignation(
        member=member, reason="年事已高", actor=member.person.user, at=AT, on=day(0)
    )
    with pytest.raises(NotOwnCaseError):
        drop(desk, case, actor=desk.registrar, by_member=True)
    assert drop(desk, case, **own).state == CaseState.DROPPED


def of_refusal(desk, member):
    order = pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN))
    return order, refused(desk, order)


def carried(desk, revoke):
    case = consulted(desk, informed(desk, revoke, day(7)), day(8))
    return submitted(desk, proposed(desk, case, date=day(9)), day(10))


def refused_members(desk, on):
    return set(refusals(term=desk.term, on=on))


@pytest.mark.parametrize("end", ["approved", "rejected", "dropped"])
def test_refused_order_stays_open_until_its_revoke_case_ends(desk, member, end):
    order, revoke = of_refusal(desk, member)
    with pytest.raises(ActNotAllowedError):
        drop(desk, order)
    if end == "dropped":
        drop(desk, revoke, day(11))
    else:
        decide(desk, carried(desk, revoke), approved=end == "approved", date=day(11))
    order.refresh_from_db()
    assert (order.state, order.closed_date) == (CaseState.DROPPED, day(11))
    assert refused_members(desk, day(5)) == set()
    assert refused_members(desk, day(6)) == {member.pk}
    assert refused_members(desk, day(10)) == {member.pk}
    assert refused_members(desk, day(11)) == set()


def test_refused_order_is_dropped_once_in_the_entry_of_the_revoke(desk, member):
    order, revoke = of_refusal(desk, member)
    told = entries(order)
    drop(desk, revoke, day(11))
    assert entries(order) == told
    assert order.steps.filter(kind=Act.DROP).count() == 1


def test_exit_ends_what_else_is_open(desk, member):
    others = [
        to_proposed(desk, member, kind)
        for kind in (CaseKind.RESIGNATION, CaseKind.SUSPENSION, CaseKind.ORDER_RESIGN_STANDING)
    ]
    late = opened(desk, member, CaseKind.ORDER_RESIGN, opened_date=day(12))
    elsewhere = opened(desk, make_seat(desk), CaseKind.RESIGNATION)
    to_decided(desk, member, CaseKind.REVOKE)
    closed = {case.pk: (case.state, case.closed_date) for case in Case.objects.all()}
    for other in others:
        assert closed[other.pk] == (CaseState.DROPPED, day(8))
    assert closed[late.pk] == (CaseState.DROPPED, day(12))
    assert closed[elsewhere.pk] == (CaseState.OPENED, None)


def test_suspension_ends_nothing_else(desk, member):
    other = to_proposed(desk, member, CaseKind.RESIGNATION)
    to_decided(desk, member, CaseKind.SUSPENSION)
    other.refresh_from_db()
    assert other.state == CaseState.PROPOSED


def test_new_suspension_waits_for_the_notices_of_the_last(desk, member):
    to_decided(desk, member, CaseKind.SUSPENSION)
    to_decided(desk, member, CaseKind.REINSTATEMENT, opened_date=day(8))
    with pytest.raises(OpenAlreadyError):
        opened(desk, member, CaseKind.SUSPENSION, opened_date=day(16))


# Who conducts


def test_leaders_are_named_to_conduct(desk, member):
    case = opened(desk, member, CaseKind.REVOKE)
    told = entries(case)
    for _ in range(2):
        name_conductors(case=case, leaders=[desk.leader], actor=desk.registrar, at=AT)
    assert list(case.conductors.all()) == [desk.leader]
    assert entries(case) == told + 1
    own = member.person.user
    with pytest.raises(OwnCaseError):
        name_conductors(case=case, leaders=[own], actor=desk.registrar, at=AT)
    with pytest.raises(OwnCaseError):
        name_conductors(case=case, leaders=[desk.leader], actor=own, at=AT)


def test_application_handed_in_ends_the_pressing(desk, member):
    case = applied(desk, pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN)))
    with pytest.raises(ActNotAllowedError):
        refused(desk, case)
    with pytest.raises(ActNotAllowedError):
        pressed(desk, case)


def test_decision_needs_words(desk, member):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    with pytest.raises(ReasonMissingError):
        decide_case(
            case=case,
            approved=True,
            date=day(8),
            meeting="第十次会议",
            number="1号",
            note=" ",
            actor=desk.second,
            at=AT,
        )
