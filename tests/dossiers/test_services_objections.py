"""异议: filed by the member, answered by who collects, told to both sides."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError, save_record
from attendance.choices import MeetingKind, SpeechManner
from attendance.models import Speech
from dossiers.choices import ObjectionAct, ObjectionState
from dossiers.models import Objection
from dossiers.selectors.disputable import title_of
from dossiers.selectors.objections import record_choices, waiting_objections
from dossiers.services.objections import (
    AlreadyFiledError,
    NotCorrectedError,
    NotOwnRecordError,
    ObjectionClosedError,
    WrongDepartmentError,
    answer_objection,
    file_objection,
    pass_on_objection,
    reopen_objection,
    withdraw_objection,
)
from members.choices import RecordKind, SanctionKind
from members.models import (
    Affiliation,
    CollectionDuty,
    Commendation,
    Department,
    Notice,
    Sanction,
)
from tests.accounts.people import make_user
from tests.building import (
    attend,
    invite,
    make_meeting,
    make_member,
    make_term,
    propose,
    report_opinion,
    sanction,
    speak,
)

pytestmark = pytest.mark.django_db

DAY = date(2023, 5, 10)
#: A Monday; the seventh working day after it is Wednesday the week after (no holidays then).
AT = datetime(2023, 6, 5, 2, 0, tzinfo=UTC)
DUE = date(2023, 6, 14)
LATER = datetime(2023, 6, 7, 2, 0, tzinfo=UTC)


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


@pytest.fixture
def department(term):
    department = Department.objects.create(term=term, name="调研信息科", sequence=1)
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.OPINION)
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.INVITATION)
    return department


@pytest.fixture
def clerk(department):
    clerk = make_user("clerk", "collector")
    Affiliation.objects.create(user=clerk, department=department)
    return clerk


def file(member, record=None, **given):
    values = {
        "member": member,
        "record": record,
        "statement": "日期不对。",
        "actor": member.person.user,
    }
    return file_objection(**values | {"at": AT} | given)


def miss(member, kind=RecordKind.INVITATION, label="5月视察", **given):
    return file(member, missing_kind=kind, missing_label=label, **given)


def answer(objection, actor, outcome=ObjectionState.EXPLAINED, **given):
    return answer_objection(
        objection=objection,
        outcome=outcome,
        actor=actor,
        **{"text": "已核对。", "at": LATER} | given,
    )


def receivers(notice):
    return {str(row) for row in notice.recipients.all()}


def test_filing_names_the_record_and_who_answers_by_when(member, department, clerk):
    report = report_opinion(DAY, member)
    objection = file(member, report)
    assert objection.kind == RecordKind.OPINION
    assert (objection.record_type, objection.record_id) == (
        "proposals.publicopinionreport",
        report.pk,
    )
    assert objection.department == department
    assert objection.due_date == DUE
    assert objection.state == ObjectionState.OPEN
    entry = objection.entries.get()
    assert (entry.act, entry.text, entry.by) == (
        ObjectionAct.FILED,
        "日期不对。",
        member.person.user,
    )


def test_filing_is_one_entry_in_the_trail_besides_the_notice(member, department, clerk):
    file(member, report_opinion(DAY, member))
    kinds = list(AuditEntry.objects.order_by("sequence").values_list("object_type", flat=True))
    assert kinds == ["dossiers.objection", "members.notice"]


def test_filing_tells_the_departments_accounts(member, department, clerk, registrar):
    file(member, report_opinion(DAY, member))
    assert receivers(Notice.objects.get()) == {clerk.name}


def test_filing_tells_the_office_where_no_department_collects(member, registrar):
    objection = file(member, invite(member, DAY))
    assert objection.department is None
    assert receivers(Notice.objects.get()) == {registrar.name}


@pytest.mark.parametrize(("organiser", "found"), [("经济委员会", True), ("提案委员会", False)])
def test_own_only_duty_answers_for_what_it_organised(organiser, found, term, member):
    department = Department.objects.create(term=term, name="经济委员会")
    CollectionDuty.objects.create(
        department=department, record_kind=RecordKind.SPEECH, own_only=True
    )
    speech = speak(member, make_meeting(term, on=DAY, organiser=organiser))
    assert file(member, speech).department == (department if found else None)


@pytest.mark.parametrize(
    ("kind", "collected_as"),
    [
        (MeetingKind.PLENARY_SESSION, RecordKind.PLENARY_ATTENDANCE),
        (MeetingKind.THEMED_ACTIVITY, RecordKind.THEMED_ACTIVITY),
        (MeetingKind.OTHER, RecordKind.ATTENDANCE),
    ],
)
def test_attendance_is_of_the_kind_it_is_collected_as(kind, collected_as, term, member):
    (row,) = attend(member, make_meeting(term, kind, DAY))
    assert file(member, row).kind == collected_as


def test_cosigner_objects_to_a_proposal_too(term, member):
    assert file(member, propose(make_member(term), DAY, member)).member == member


def test_anothers_record_cannot_be_objected_to(term, member):
    with pytest.raises(NotOwnRecordError):
        file(member, invite(make_member(term), DAY))
    assert not Objection.objects.exists()


def test_nobody_objects_for_a_member(member, registrar):
    with pytest.raises(NotOwnRecordError):
        file(member, invite(member, DAY), actor=registrar)


def test_objection_without_words_is_refused(member):
    with pytest.raises(ReasonMissingError):
        file(member, invite(member, DAY), statement="  ")


def test_second_open_objection_to_a_record_is_refused(member):
    record = invite(member, DAY)
    first = file(member, record)
    with pytest.raises(AlreadyFiledError):
        file(member, record)
    withdraw_objection(objection=first, actor=member.person.user, at=LATER)
    assert file(member, record).state == ObjectionState.OPEN


def test_the_same_missing_record_is_asked_for_once(member):
    miss(member)
    with pytest.raises(AlreadyFiledError):
        miss(member)
    miss(member, label="6月视察")
    assert Objection.objects.count() == 2


def test_missing_record_without_a_name_is_refused(member):
    with pytest.raises(ReasonMissingError):
        miss(member, label=" ")


def test_proof_of_a_wrong_kind_is_refused(member):
    proof = SimpleUploadedFile("proof.pdf", b"MZ not a pdf")
    with pytest.raises(ValidationError):
        file(member, invite(member, DAY), proof=proof)
    assert not Objection.objects.exists()


def test_passing_on_keeps_the_day_and_tells_the_other_department(
    member, registrar, department, clerk
):
    objection = file(member, speak(member, make_meeting(member.term, on=DAY)))
    passed = pass_on_objection(
        objection=objection, department=department, reason="归贵科采集", actor=registrar, at=LATER
    )
    assert (passed.department, passed.due_date) == (department, DUE)
    assert receivers(Notice.objects.order_by("pk").last()) == {clerk.name}
    with pytest.raises(WrongDepartmentError):
        pass_on_objection(
            objection=objection, department=department, reason="x", actor=registrar, at=LATER
        )


def test_objection_to_a_sanction_stays_with_the_office(term, member, registrar, department):
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.CONDUCT)
    objection = file(member, sanction(member, DAY, SanctionKind.WARNING))
    assert objection.department is None
    with pytest.raises(WrongDepartmentError):
        pass_on_objection(
            objection=objection, department=department, reason="x", actor=registrar, at=LATER
        )
    notice = Notice.objects.get()
    assert "警告" not in notice.title + notice.body


def test_member_withdraws_while_it_is_open(member, registrar):
    objection = file(member, invite(member, DAY))
    with pytest.raises(NotOwnRecordError):
        withdraw_objection(objection=objection, actor=registrar, at=LATER)
    done = withdraw_objection(objection=objection, actor=member.person.user, at=LATER)
    assert (done.state, done.settled_at) == (ObjectionState.WITHDRAWN, LATER)
    with pytest.raises(ObjectionClosedError):
        answer(objection, registrar)


def test_member_reopens_once_with_a_new_day(member, registrar):
    objection = file(member, invite(member, DAY))
    own = member.person.user
    with pytest.raises(ObjectionClosedError):
        reopen_objection(objection=objection, text="不同意", actor=own, at=LATER)
    answer(objection, registrar)
    reopened = reopen_objection(objection=objection, text="仍不同意", actor=own, at=LATER)
    assert (reopened.state, reopened.settled_at) == (ObjectionState.OPEN, None)
    assert reopened.due_date == date(2023, 6, 16)
    answer(objection, registrar)
    with pytest.raises(ObjectionClosedError):
        reopen_objection(objection=objection, text="再次", actor=own, at=LATER)
    acts = list(objection.entries.values_list("act", flat=True))
    assert acts == ["filed", "answered", "reopened", "answered"]


def test_reopened_correction_must_change_the_record_again(member, registrar):
    record = invite(member, DAY)
    objection = file(member, record)
    record.title = "改过的名称"
    save_record(obj=record, actor=registrar, at=LATER)
    answer(objection, registrar, ObjectionState.CORRECTED)
    reopen_objection(objection=objection, text="日期也不对", actor=member.person.user, at=LATER)
    with pytest.raises(NotCorrectedError):
        answer(objection, registrar, ObjectionState.CORRECTED)


def test_withdrawn_objection_is_not_reopened(member):
    objection = file(member, invite(member, DAY))
    withdraw_objection(objection=objection, actor=member.person.user, at=LATER)
    with pytest.raises(ObjectionClosedError):
        reopen_objection(objection=objection, text="又想", actor=member.person.user, at=LATER)


@pytest.mark.parametrize(("on", "count"), [(DUE, 0), (date(2023, 6, 15), 1)])
def test_objection_is_overdue_the_day_after_its_last_day(on, count, member):
    file(member, invite(member, DAY))
    assert Objection.objects.overdue(on).count() == count


def test_what_waits_is_what_the_account_may_answer(member, registrar, department, clerk):
    theirs = file(member, report_opinion(DAY, member))
    office = file(
        member,
        Speech.objects.create(
            meeting=make_meeting(member.term, on=DAY),
            member=member,
            title="发言",
            manner=SpeechManner.ORAL,
        ),
    )
    assert list(waiting_objections(user=clerk)) == [theirs]
    assert list(waiting_objections(user=registrar)) == [theirs, office]
    assert list(waiting_objections(user=member.person.user)) == []
    answer(theirs, clerk)
    assert list(waiting_objections(user=clerk)) == []


def test_sanction_is_not_offered_as_a_missing_commendation(member, term, department, clerk):
    """To the unit that answers; the office may name it where no unit reads along."""
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.CONDUCT)
    office = make_user("office", "registrar")
    objection = miss(member, kind=RecordKind.CONDUCT, label="5月表彰")
    kept = save_record(
        obj=Sanction(member=member, date=DAY, kind=SanctionKind.WARNING), actor=office, at=LATER
    )
    praised = save_record(
        obj=Commendation(member=member, date=DAY, kind="先进个人"), actor=clerk, at=LATER
    )
    offered = [(f"members.commendation:{praised.pk}", title_of(praised))]
    named = f"members.sanction:{kept.pk}"
    assert record_choices(objection, user=clerk) == offered
    for actor in (clerk, office):
        with pytest.raises(NotCorrectedError):
            answer(objection, actor, outcome=ObjectionState.CORRECTED, named_record=named)
    objection = pass_on_objection(
        objection=objection, department=None, reason="另行核对", actor=clerk, at=LATER
    )
    assert [name for name, _ in record_choices(objection, user=office)] == [offered[0][0], named]
    assert record_choices(objection, user=clerk) == offered
