"""Objections answered: corrected only if the record changed, the member told."""

from datetime import UTC, date, datetime

import pytest

from accounts.services import ReasonMissingError, delete_record, save_record
from attendance.choices import AttendanceStatus
from attendance.models import OutsideInvitation
from dossiers.choices import ObjectionAct, ObjectionState
from dossiers.models import ObjectionEntry
from dossiers.services.objections import (
    NotCorrectedError,
    ObjectionClosedError,
    OwnObjectionError,
)
from members.models import Notice
from proposals.models import OpinionAdoption
from tests.accounts.people import make_user
from tests.building import (
    attend,
    invite,
    make_meeting,
    make_member,
    make_term,
    report_opinion,
)
from tests.dossiers.test_services_objections import (
    DAY,
    LATER,
    answer,
    file,
    miss,
    receivers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    return make_term(starts=date(2021, 1, 1), ends=date(2026, 12, 31))


@pytest.fixture
def user():
    return make_user("member", "member")


@pytest.fixture
def member(term, user):
    member = make_member(term)
    member.person.user = user
    member.person.save()
    return member


@pytest.fixture
def registrar():
    return make_user("registrar", "registrar")


def test_unchanged_record_cannot_be_answered_as_corrected(member, registrar):
    objection = file(member, invite(member, DAY))
    with pytest.raises(NotCorrectedError):
        answer(objection, registrar, ObjectionState.CORRECTED)
    objection.refresh_from_db()
    assert (objection.state, objection.entries.count()) == (ObjectionState.OPEN, 1)


def test_changed_record_is_answered_as_corrected_and_the_member_told(member, registrar):
    record = invite(member, DAY)
    objection = file(member, record)
    record.date = date(2023, 5, 11)
    save_record(obj=record, actor=registrar, at=LATER)
    answered = answer(objection, registrar, ObjectionState.CORRECTED)
    assert (answered.state, answered.settled_at) == (ObjectionState.CORRECTED, LATER)
    notice = Notice.objects.order_by("pk").last()
    assert receivers(notice) == {member.person.name}
    assert notice.path == f"/dossiers/objections/{objection.pk}/"


def test_changed_back_record_is_not_corrected(member, registrar):
    record = invite(member, DAY)
    objection = file(member, record)
    for day in (date(2023, 5, 11), DAY):
        record.date = day
        save_record(obj=record, actor=registrar, at=LATER)
    with pytest.raises(NotCorrectedError):
        answer(objection, registrar, ObjectionState.CORRECTED)


def test_a_part_of_a_record_changes_it(member, registrar):
    report = report_opinion(DAY, member)
    objection = file(member, report)
    save_record(obj=OpinionAdoption(report=report, level="city"), actor=registrar, at=LATER)
    assert answer(objection, registrar, ObjectionState.CORRECTED).state == ObjectionState.CORRECTED


def test_correcting_the_meetings_date_corrects_the_attendance(term, member, registrar):
    meeting = make_meeting(term, on=DAY)
    (row,) = attend(member, meeting, AttendanceStatus.PRESENT)
    objection = file(member, row)
    meeting.start_date = date(2023, 5, 12)
    save_record(obj=meeting, actor=registrar, at=LATER)
    assert answer(objection, registrar, ObjectionState.CORRECTED).state == ObjectionState.CORRECTED


def test_deleted_record_counts_as_corrected(member, registrar):
    record = invite(member, DAY)
    objection = file(member, record)
    delete_record(obj=record, actor=registrar, at=LATER, reason="重复登记")
    assert answer(objection, registrar, ObjectionState.CORRECTED).state == ObjectionState.CORRECTED


def test_missing_record_is_corrected_only_by_naming_what_was_entered_since(member, registrar):
    early = OutsideInvitation(member=member, date=DAY, title="早已登记")
    save_record(obj=early, actor=registrar, at=datetime(2023, 6, 1, tzinfo=UTC))
    objection = miss(member)
    for named in ("", f"attendance.outsideinvitation:{early.pk}", "attendance.speech:1"):
        with pytest.raises(NotCorrectedError):
            answer(objection, registrar, ObjectionState.CORRECTED, named_record=named)
    entered = OutsideInvitation(member=member, date=DAY, title="视察学校")
    save_record(obj=entered, actor=registrar, at=LATER)
    name = f"attendance.outsideinvitation:{entered.pk}"
    answered = answer(objection, registrar, ObjectionState.CORRECTED, named_record=name)
    assert answered.record_id == entered.pk
    assert answered.entries.last().text == "已补录：2023-05-10 视察学校。\n已核对。"


def test_another_members_record_cannot_be_named(term, member, registrar):
    objection = miss(member)
    other = OutsideInvitation(member=make_member(term), date=DAY, title="他人")
    save_record(obj=other, actor=registrar, at=LATER)
    name = f"attendance.outsideinvitation:{other.pk}"
    with pytest.raises(NotCorrectedError):
        answer(objection, registrar, ObjectionState.CORRECTED, named_record=name)


def test_answer_wants_words_and_one_of_two_outcomes(member, registrar):
    objection = file(member, invite(member, DAY))
    with pytest.raises(ReasonMissingError):
        answer(objection, registrar, text=" ")
    with pytest.raises(ObjectionClosedError):
        answer(objection, registrar, ObjectionState.WITHDRAWN)


def test_second_answer_is_refused(member, registrar):
    objection = file(member, invite(member, DAY))
    answer(objection, registrar)
    with pytest.raises(ObjectionClosedError):
        answer(objection, registrar, text="另一答复。")
    assert ObjectionEntry.objects.filter(act=ObjectionAct.ANSWERED).count() == 1


def test_nobody_answers_their_own_objection(member):
    with pytest.raises(OwnObjectionError):
        answer(file(member, invite(member, DAY)), member.person.user)


def test_suspended_member_is_told_the_answer(member, registrar):
    objection = file(member, invite(member, DAY))
    member.suspensions.create(start_date=date(2023, 6, 1))
    answer(objection, registrar)
    assert receivers(Notice.objects.order_by("pk").last()) == {member.person.name}
