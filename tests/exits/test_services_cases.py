from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError, StaleRecordError
from exits.choices import Act, CaseKind, CaseState, Ground
from exits.models import Case
from exits.services import (
    ActNotAllowedError,
    NotConsultedError,
    NotOwnCaseError,
    OwnCaseError,
    RepeatedStepError,
    StepOutOfOrderError,
    answer_case,
    hand_in_application,
    inform_departments,
    record_effort,
    submit_case,
)
from members.choices import Party
from tests.exits.cases import (
    AT,
    DAYS,
    TODAY,
    applied,
    consulted,
    day,
    informed,
    make_desk,
    make_seat,
    opened,
    opine,
    pressed,
    proposed,
    refused,
    submitted,
    to_proposed,
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


# Consultation


def test_departments_are_informed_before_they_speak(desk, member):
    case = opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(ActNotAllowedError, match="已立案"):
        opine(desk, case, "organization")
    case = informed(desk, case, day(0))
    assert (case.state, case.informed_date) == (CaseState.CONSULTING, day(0))
    with pytest.raises(ActNotAllowedError):
        informed(desk, case)
    assert entries(case) == ["create", "update"]


@pytest.mark.parametrize(
    ("party", "kind", "asked"),
    [
        (Party.CPC, CaseKind.REVOKE, {"organization"}),
        (Party.CDL, CaseKind.REVOKE, {"united_front"}),
        (Party.CPC, CaseKind.ORDER_RESIGN, {"organization"}),
        (Party.CDL, CaseKind.ORDER_RESIGN, {"united_front"}),
        *((party, kind, {"organization", "united_front"})
          for party in (Party.CPC, Party.CDL) for kind in CONSULTS_BOTH),
    ],
)  # fmt: skip
def test_opinions_are_asked_by_side(desk, party, kind, asked):
    case = informed(desk, opened(desk, make_seat(desk, party=party), kind))
    for partner in ("organization", "united_front"):
        if partner not in asked:
            with pytest.raises(NotConsultedError, match="按分工"):
                opine(desk, case, partner)
            continue
        with pytest.raises(ActNotAllowedError):
            proposed(desk, case)
        opine(desk, case, partner)
    assert proposed(desk, case).state == CaseState.PROPOSED


def test_disagreement_stops_the_proposal_until_it_is_replaced(desk, member):
    case = informed(desk, opened(desk, member, CaseKind.REVOKE))
    opine(desk, case, "organization", "disagree")
    with pytest.raises(ActNotAllowedError):
        proposed(desk, case)
    opine(desk, case, "organization", date=day(3))
    assert case.opinions.filter(superseded_at__isnull=True).count() == 1
    assert case.opinions.count() == 2
    with pytest.raises(StepOutOfOrderError):
        proposed(desk, case, date=day(2))
    assert proposed(desk, case, date=day(3)).state == CaseState.PROPOSED
    assert entries(case) == ["create", "update", "update", "update", "update"]


def test_account_speaks_for_its_own_department(desk, member):
    case = informed(desk, opened(desk, member, CaseKind.RESIGNATION))
    for actor in (desk.united_front, desk.registrar, desk.leader):
        with pytest.raises(NotConsultedError, match="不代表组织部"):
            opine(desk, case, "organization", actor=actor)


def test_opinion_on_behalf_needs_a_document_and_the_office(desk, member):
    case = informed(desk, opened(desk, member, CaseKind.RESIGNATION))
    behalf = {"actor": desk.registrar, "on_behalf": True}
    with pytest.raises(ReasonMissingError, match="来文"):
        opine(desk, case, "organization", **behalf, document_number="  ")
    with pytest.raises(NotConsultedError, match="只有委员联络科"):
        opine(desk, case, "organization", actor=desk.united_front, on_behalf=True,
              document_number="萍组〔2024〕1号")  # fmt: skip
    letter = SimpleUploadedFile("来文.pdf", PDF)
    opine(desk, case, "organization", **behalf, attachment=letter)
    opine(desk, case, "united_front", **behalf, document_number="萍统〔2024〕1号")
    assert proposed(desk, case).state == CaseState.PROPOSED


def test_opinion_is_not_recorded_twice_nor_before_the_information(desk, member):
    case = informed(desk, opened(desk, member, CaseKind.REVOKE))
    opine(desk, case, "organization", date=day(1))
    with pytest.raises(RepeatedStepError):
        opine(desk, case, "organization", date=day(1))
    with pytest.raises(StepOutOfOrderError):
        opine(desk, case, "organization", date=day(0))
    with pytest.raises(ReasonMissingError):
        opine(desk, case, "organization", text=" ")
    assert case.opinions.count() == 1


# Pressing, applying, refusing


@pytest.mark.parametrize("kind", CaseKind)
def test_only_those_to_resign_are_pressed(desk, member, kind):
    case = to_proposed(desk, member, kind)
    if kind in BY_APPLICATION:
        assert pressed(desk, case).told_date == day(4)
        return
    with pytest.raises(ActNotAllowedError):
        pressed(desk, case)


def remind(desk, case, on=DAYS[4], note="当面", act=Act.REMIND):
    return record_effort(case=case, act=act, date=on, note=note, actor=desk.registrar, at=AT)


def test_effort_is_recorded_once_and_in_order(desk, member):
    case = to_proposed(desk, member, CaseKind.ORDER_RESIGN)
    remind(desk, case, day(3))
    with pytest.raises(RepeatedStepError):
        remind(desk, case, day(3))
    remind(desk, case, day(3), note="书面")
    with pytest.raises(StepOutOfOrderError):
        remind(desk, case, day(2))
    with pytest.raises(StepOutOfOrderError):
        remind(desk, case, TODAY + timedelta(days=1))
    remind(desk, case, TODAY)


@pytest.mark.parametrize("efforts", [(), (Act.REMIND,), (Act.PERSUADE,), (Act.REMIND, Act.REMIND)])
def test_refusal_needs_reminder_and_persuasion(desk, member, efforts):
    case = to_proposed(desk, member, CaseKind.ORDER_RESIGN)
    for number, act in enumerate(efforts):
        remind(desk, case, day(4 + number), act=act)
    with pytest.raises(ActNotAllowedError):
        refused(desk, case)


def test_persuaded_to_resign_is_no_order_to_refuse(desk, member):
    case = pressed(desk, to_proposed(desk, member, CaseKind.RESIGNATION))
    with pytest.raises(ActNotAllowedError):
        refused(desk, case)


def test_refusal_comes_after_both_efforts(desk, member):
    case = pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN))
    with pytest.raises(StepOutOfOrderError, match="提醒和劝说"):
        refused(desk, case, date=day(4))
    assert refused(desk, case, date=day(5)).kind == CaseKind.REVOKE


def test_refusal_of_an_order_opens_a_revoke_case(desk, member):
    order = to_proposed(desk, member, CaseKind.ORDER_RESIGN, conductors=[desk.leader])
    revoke = refused(desk, pressed(desk, order))
    order.refresh_from_db()
    assert (order.state, order.refused_date, order.closed_date) == (
        CaseState.REFUSED, day(6), None,
    )  # fmt: skip
    assert (revoke.kind, revoke.ground, revoke.state, revoke.origin, revoke.opened_date) == (
        CaseKind.REVOKE, Ground.REFUSED_ORDER, CaseState.OPENED, order, day(6),
    )  # fmt: skip
    assert list(revoke.conductors.all()) == [desk.leader]
    assert entries(revoke) == []  # told in the entry of the refusal
    assert len(entries(order)) == 7
    with pytest.raises(ActNotAllowedError):
        refused(desk, order)
    with pytest.raises(ActNotAllowedError):
        applied(desk, order)


@pytest.mark.parametrize("kind", [CaseKind.ADVISE_RESIGN_STANDING, CaseKind.ORDER_RESIGN_STANDING])
def test_refusal_to_resign_a_post_stays_with_the_case(desk, member, kind):
    case = refused(desk, pressed(desk, to_proposed(desk, member, kind)))
    assert (case.kind, case.state, Case.objects.count()) == (kind, CaseState.REFUSED, 1)


@pytest.mark.parametrize("kind", BY_APPLICATION)
def test_nothing_is_submitted_before_the_application(desk, member, kind):
    case = to_proposed(desk, member, kind)
    with pytest.raises(ActNotAllowedError):
        submitted(desk, case)
    applied(desk, case, day(6))
    with pytest.raises(ActNotAllowedError):
        applied(desk, case, day(6))
    with pytest.raises(StepOutOfOrderError):
        submitted(desk, case, day(5))
    assert submitted(desk, case, day(6)).state == CaseState.SUBMITTED


@pytest.mark.parametrize("kind", [kind for kind in CaseKind if kind not in BY_APPLICATION])
def test_without_application_nobody_waits_for_one(desk, member, kind):
    case = to_proposed(desk, member, kind)
    with pytest.raises(ActNotAllowedError):
        applied(desk, case)
    assert submitted(desk, case).state == CaseState.SUBMITTED


def test_member_hands_in_the_application_once_told(desk, member):
    case = to_proposed(desk, member, CaseKind.ORDER_RESIGN)
    own = {"date": day(6), "note": "申请辞去", "at": AT, "by_member": True}
    with pytest.raises(NotOwnCaseError):
        hand_in_application(case=case, actor=member.person.user, **own)
    remind(desk, case)
    with pytest.raises(NotOwnCaseError):
        hand_in_application(case=case, actor=desk.registrar, **own)
    case = hand_in_application(case=case, actor=member.person.user, **own)
    assert case.applied_date == day(6)


# What holds for every act


def test_member_answers_from_the_day_they_were_told(desk, member):
    case = to_proposed(desk, member, CaseKind.ORDER_RESIGN)

    def answer(on, text="情况说明", actor=member.person.user):
        return answer_case(case=case, text=text, actor=actor, at=AT, on=on)

    with pytest.raises(NotOwnCaseError):
        answer(day(5))
    remind(desk, case, day(4))
    with pytest.raises(StepOutOfOrderError):
        answer(day(3))
    with pytest.raises(NotOwnCaseError):
        answer(day(5), actor=desk.registrar)
    with pytest.raises(ReasonMissingError):
        answer(day(5), text=" ")
    assert answer(day(4)).state == CaseState.PROPOSED
    with pytest.raises(RepeatedStepError):
        answer(day(4))
    assert case.steps.filter(kind=Act.ANSWER).count() == 1


def test_nobody_acts_on_their_own_case(desk, member):
    own = member.person.user
    case = opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(OwnCaseError):
        inform_departments(case=case, date=day(1), note="通报", actor=own, at=AT)
    informed(desk, case)
    with pytest.raises(OwnCaseError):
        opine(desk, case, "organization", actor=own)
    consulted(desk, case)
    with pytest.raises(OwnCaseError):
        proposed(desk, case, actor=own)
    proposed(desk, case)
    with pytest.raises(OwnCaseError):
        submit_case(case=case, date=day(7), note="提请", actor=own, at=AT)


def test_page_out_of_date_is_refused(desk, member):
    case = opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(StaleRecordError):
        inform_departments(
            case=case, date=day(1), note="通报", actor=desk.registrar, at=AT, seen_version=2
        )
    inform_departments(
        case=case, date=day(1), note="通报", actor=desk.registrar, at=AT, seen_version=1
    )


@pytest.mark.parametrize("on", [day(-1), TODAY + timedelta(days=1)])
def test_act_is_dated_between_the_step_before_and_today(desk, member, on):
    case = opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(StepOutOfOrderError):
        informed(desk, case, on)
    informed(desk, case, TODAY)


def test_act_without_a_word_is_refused(desk, member):
    case = opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(ReasonMissingError):
        inform_departments(case=case, date=day(1), note=" ", actor=desk.registrar, at=AT)
