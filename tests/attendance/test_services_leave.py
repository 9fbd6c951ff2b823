"""请假: who may ask, when it is late, whom it goes to, what it does to attendance."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from attendance.choices import Approver, AttendanceStatus, Purpose, RequestState, Verdict
from attendance.models import Approval, Attendance, Expectation, Procedure, ProcedureStep
from attendance.selectors.approvals import waiting_approvals
from attendance.selectors.leave import leave_covering, leave_meetings
from attendance.services.approvals import (
    DecidedAlreadyError,
    NotInTurnError,
    NotYourStepError,
    decide_approval,
)
from attendance.services.leave import (
    FiledInFutureError,
    LeaveAskedBeforeError,
    NotExpectedError,
    NotWithdrawableError,
    file_leave,
    withdraw_leave,
)
from members.models import NoticeRecipient
from tests.attendance.leaving import (
    AT,
    COUNCIL,
    DAY,
    OTHER,
    PLENARY,
    STANDING,
    TODAY,
    make_office,
    moment,
)
from tests.building import suspend

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office()


def ask(office, meeting, name="委员甲", at=AT, **fields):
    actor = fields.pop("actor", office.users[name])
    given = {"reason": "出差", **fields}
    return file_leave(meeting=meeting, member=office.members[name], actor=actor, at=at, **given)


def chain(request):
    return list(request.approvals.values_list("approver", flat=True))


def decide(office, request, who, verdict=Verdict.APPROVED, at=AT, **fields):
    approval = request.approvals.filter(verdict=Verdict.WAITING).first()
    return decide_approval(
        approval=approval, verdict=verdict, actor=office.users[who], at=at, **fields
    )


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        (PLENARY, [Approver.SECRETARY_GENERAL, Approver.CHAIRPERSON]),
        (STANDING, [Approver.CHAIRPERSON]),
        (COUNCIL, [Approver.ORGANISER]),
        (OTHER, [Approver.ORGANISER]),
    ],
)
def test_chain_follows_the_kind_of_meeting(kind, steps, office):
    request = ask(office, office.meeting(kind, office.members["委员甲"]))
    assert chain(request) == steps
    assert (request.state, request.is_late, request.is_afterwards) == ("pending", False, False)


def test_chain_is_fixed_at_filing(office):
    request = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    ProcedureStep.objects.all().delete()
    assert chain(request) == [Approver.SECRETARY_GENERAL, Approver.CHAIRPERSON]


def test_other_chains_can_be_told(office):
    """A county's: standing members go to the chairperson, others not, 3 days or more via 秘书长."""
    procedure = Procedure.objects.get(term=office.term, purpose=Purpose.LEAVE, meeting_kind=PLENARY)
    procedure.steps.all().delete()
    for sequence, (approver, condition, days) in enumerate(
        [
            ("liaison_section", "others", 0),
            ("secretary_general", "always", 3),
            ("chairperson", "standing_members", 0),
        ],
        start=1,
    ):
        ProcedureStep.objects.create(
            procedure=procedure,
            sequence=sequence,
            approver=approver,
            condition=condition,
            from_days=days,
        )
    standing = office.seat("常委", "member", standing_from=office.term.start_date)
    for days, expected in (
        (2, {"委员甲": ["liaison_section"], "常委": ["chairperson"]}),
        (
            3,
            {
                "委员甲": ["liaison_section", "secretary_general"],
                "常委": ["secretary_general", "chairperson"],
            },
        ),
    ):
        meeting = office.meeting(PLENARY, office.members["委员甲"], standing, sittings=days)
        assert {name: chain(ask(office, meeting, name)) for name in expected} == expected


def test_nobody_is_asked_about_their_own_leave(office):
    members = office.members
    meeting = office.meeting(PLENARY, members["秘书长"], members["主席"], members["副主席甲"])
    assert chain(ask(office, meeting, "秘书长")) == [Approver.CHAIRPERSON]
    assert chain(ask(office, meeting, "主席")) == [Approver.SECRETARY_GENERAL]
    alone = office.meeting(STANDING, members["主席"])
    assert chain(ask(office, alone, "主席")) == [Approver.LIAISON_SECTION]


@pytest.mark.parametrize(
    ("at", "late", "afterwards"),
    [
        (moment(DAY, 8, 59), False, False),
        (moment(DAY, 9, 0), True, True),
    ],
)
def test_without_days_of_notice_the_beginning_decides(at, late, afterwards, office):
    request = ask(office, office.meeting(PLENARY, office.members["委员甲"]), at=at)
    assert (request.is_late, request.is_afterwards) == (late, afterwards)


@pytest.mark.parametrize(("days_before", "late"), [(3, False), (2, False), (1, True), (0, True)])
def test_days_of_notice_are_counted_to_the_day(days_before, late, office):
    Procedure.objects.filter(meeting_kind=PLENARY).update(notice_days=2)
    at = moment(DAY - timedelta(days=days_before), 8, 59)
    request = ask(office, office.meeting(PLENARY, office.members["委员甲"]), at=at)
    assert (request.is_late, request.is_afterwards) == (late, False)


def test_sitting_without_a_time_begins_when_its_day_is_over(office):
    meeting = office.meeting(PLENARY, office.members["委员甲"], office.members["委员乙"])
    meeting.sittings.update(starts_at=None)
    assert not ask(office, meeting, at=moment(DAY, 23, 59)).is_afterwards
    late = ask(office, meeting, "委员乙", at=moment(DAY + timedelta(days=1), 0))
    assert late.is_afterwards


def test_leave_is_asked_by_those_expected_only(office):
    suspended, gone = office.seat("停某", "member"), office.seat("退某", "member", exited=TODAY)
    meeting = office.meeting(PLENARY, suspended, gone, office.members["委员甲"])
    suspend(suspended, TODAY)
    for name, words in (
        ("停某", "暂停履职"),
        ("退某", "不是在任委员"),
        ("委员乙", "不在“"),
    ):
        with pytest.raises(NotExpectedError, match=words):
            ask(office, meeting, name)
    assert ask(office, meeting).pk


def test_only_those_who_put_their_names_down_ask_leave(office):
    meeting = office.meeting(OTHER, office.members["委员甲"], participation="sign_up")
    with pytest.raises(NotExpectedError):
        ask(office, meeting)
    Expectation.objects.update(reply="attending")
    assert ask(office, meeting).pk


def test_one_request_at_a_time(office):
    meeting = office.meeting(PLENARY, office.members["委员甲"], sittings=2)
    first = ask(office, meeting, sittings=[meeting.sittings.first()])
    with pytest.raises(LeaveAskedBeforeError, match="待审批"):
        ask(office, meeting)
    decide(office, first, "秘书长")
    decide(office, first, "主席")
    with pytest.raises(LeaveAskedBeforeError, match="已经批准"):
        ask(office, meeting, sittings=[meeting.sittings.first()])
    assert ask(office, meeting, sittings=[meeting.sittings.last()]).pk


def test_reason_and_moment_are_checked(office):
    meeting = office.meeting(PLENARY, office.members["委员甲"])
    with pytest.raises(ReasonMissingError):
        ask(office, meeting, reason="  ")
    with pytest.raises(FiledInFutureError):
        ask(office, meeting, actor=office.users["联络科"], received_at=AT + timedelta(minutes=1))
    with pytest.raises(FiledInFutureError, match="本人"):
        ask(office, meeting, received_at=AT - timedelta(minutes=1))
    told = moment(DAY, 8, 30)
    at = moment(DAY, 10)
    request = ask(office, meeting, actor=office.users["联络科"], received_at=told, at=at)
    assert (request.filed_at, request.recorded_at, request.is_late) == (told, at, False)


def test_approval_goes_step_by_step_and_tells_the_member(office):
    request = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    with pytest.raises(NotYourStepError):
        decide(office, request, "主席")
    decide(office, request, "秘书长", note="同意")
    request.refresh_from_db()
    assert request.state == RequestState.PENDING
    before = AuditEntry.objects.count()
    decide(office, request, "主席")
    request.refresh_from_db()
    assert (request.state, request.settled_at) == (RequestState.APPROVED, AT)
    told = NoticeRecipient.objects.get(member=office.members["委员甲"])
    assert told.notice.title.startswith("请假已批准")
    assert AuditEntry.objects.count() == before + 2  # the decision, and the notice


def test_last_step_waits_for_the_first(office):
    request = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    last = request.approvals.last()
    with pytest.raises(NotInTurnError):
        decide_approval(approval=last, verdict=Verdict.APPROVED, actor=office.users["主席"], at=AT)


def test_refusal_needs_its_reason_and_ends_the_chain(office):
    request = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    with pytest.raises(ReasonMissingError):
        decide(office, request, "秘书长", Verdict.REFUSED)
    decide(office, request, "秘书长", Verdict.REFUSED, note="会议重要，请协调")
    request.refresh_from_db()
    assert request.state == RequestState.REFUSED
    with pytest.raises(NotInTurnError):
        decide(office, request, "主席")
    told = NoticeRecipient.objects.get(member=office.members["委员甲"])
    assert "会议重要，请协调" in told.notice.body


def test_second_press_of_the_button_is_told_so(office):
    request = ask(office, office.meeting(STANDING, office.members["委员甲"]))
    approval = request.approvals.get()
    decide(office, request, "主席")
    with pytest.raises(DecidedAlreadyError, match="主席某"):
        decide_approval(
            approval=approval, verdict=Verdict.REFUSED, note="x", actor=office.users["主席"], at=AT
        )
    approval.refresh_from_db()
    assert approval.verdict == Verdict.APPROVED


def test_office_writes_down_what_was_decided_on_paper(office):
    request = ask(office, office.meeting(STANDING, office.members["委员甲"]))
    with pytest.raises(ReasonMissingError):
        decide(office, request, "联络科", on_behalf=True)
    with pytest.raises(NotYourStepError):
        decide(office, request, "联络科", note="x")
    with pytest.raises(NotYourStepError):
        decide(office, request, "联络员", note="x", on_behalf=True)
    decide(office, request, "联络科", on_behalf=True, note="主席3月4日书面批示同意")
    approval = request.approvals.get()
    assert (approval.on_behalf, approval.decided_by) == (True, office.users["联络科"])


def test_organising_department_decides_about_its_own_meetings(office):
    own = office.meeting(OTHER, office.members["委员甲"], organiser="经济委员会")
    others = office.meeting(OTHER, office.members["委员甲"], organiser="委员联络科")
    nobody = office.meeting(OTHER, office.members["委员甲"], organiser="没有这个部门")
    requests = {meeting.pk: ask(office, meeting) for meeting in (own, others, nobody)}

    def waiting(name):
        found = waiting_approvals(user=office.users[name], on=TODAY)
        return set(found.values_list("leave_request__meeting", flat=True))

    assert waiting("联络员") == {own.pk}
    assert waiting("联络科") == {others.pk, nobody.pk}
    with pytest.raises(NotYourStepError):
        decide(office, requests[others.pk], "联络员")
    decide(office, requests[own.pk], "联络员")


def test_post_is_looked_at_on_the_day(office):
    request = ask(office, office.meeting(STANDING, office.members["委员甲"]))
    office.members["主席"].tenures.update(end_date=TODAY)
    with pytest.raises(NotYourStepError):
        decide(office, request, "主席")
    office.members["主席"].tenures.update(end_date=TODAY + timedelta(days=1))
    assert decide(office, request, "主席").verdict == Verdict.APPROVED


def test_suspended_holder_of_a_post_decides_nothing(office):
    request = ask(office, office.meeting(STANDING, office.members["委员甲"]))
    suspend(office.members["主席"], TODAY)
    with pytest.raises(NotYourStepError):
        decide(office, request, "主席")


def test_leave_is_withdrawn_before_the_meeting(office):
    meeting = office.meeting(PLENARY, office.members["委员甲"], office.members["委员乙"])
    early, late = ask(office, meeting), ask(office, meeting, "委员乙")
    withdraw_leave(request=early, actor=office.users["委员甲"], at=moment(DAY, 8, 59))
    early.refresh_from_db()
    assert early.state == RequestState.WITHDRAWN
    with pytest.raises(NotWithdrawableError, match="已撤回"):
        withdraw_leave(request=early, actor=office.users["委员甲"], at=moment(DAY, 8, 59))
    with pytest.raises(NotWithdrawableError, match="已经开始"):
        withdraw_leave(request=late, actor=office.users["委员乙"], at=moment(DAY, 9))
    assert ask(office, meeting, at=moment(DAY, 8, 59)).pk
    assert Approval.objects.filter(leave_request=early, verdict="waiting").count() == 2
    assert not waiting_approvals(user=office.users["秘书长"], on=TODAY).filter(leave_request=early)


def statuses(office, meeting, name="委员甲"):
    rows = Attendance.objects.filter(sitting__meeting=meeting, member=office.members[name])
    return list(rows.order_by("sitting__number").values_list("status", flat=True))


def close(meeting, member, *given):
    for sitting, status in zip(meeting.sittings.order_by("number"), given, strict=True):
        Attendance.objects.create(sitting=sitting, member=member, status=status)


def test_approval_after_closing_turns_absence_into_leave(office):
    meeting = office.meeting(STANDING, office.members["委员甲"], sittings=3)
    request = ask(office, meeting)
    close(meeting, office.members["委员甲"], "absent", "late", "absent")
    decide(office, request, "主席", at=moment(DAY + timedelta(days=4)))
    assert statuses(office, meeting) == ["leave", "late", "leave"]
    row = Attendance.objects.filter(status=AttendanceStatus.LEAVE).first()
    assert (row.leave_request, row.version) == (request, 2)


def test_leave_for_one_sitting_leaves_the_others_alone(office):
    meeting = office.meeting(STANDING, office.members["委员甲"], sittings=2)
    request = ask(office, meeting, sittings=[meeting.sittings.get(number=2)])
    close(meeting, office.members["委员甲"], "absent", "absent")
    decide(office, request, "主席", at=moment(DAY + timedelta(days=4)))
    assert statuses(office, meeting) == ["absent", "leave"]


def test_leave_asked_afterwards_explains_and_stays_absence(office):
    meeting = office.meeting(STANDING, office.members["委员甲"], sittings=2)
    close(meeting, office.members["委员甲"], "absent", "absent")
    during = ask(office, meeting, at=moment(DAY, 9))
    assert (during.is_late, during.is_afterwards) == (True, False)
    decide(office, during, "主席", at=moment(DAY + timedelta(days=4)))
    assert statuses(office, meeting) == ["absent", "leave"]


def test_refused_leave_changes_nothing(office):
    meeting = office.meeting(STANDING, office.members["委员甲"])
    request = ask(office, meeting)
    close(meeting, office.members["委员甲"], "absent")
    decide(office, request, "主席", Verdict.REFUSED, note="不同意")
    assert statuses(office, meeting) == ["absent"]


def test_leave_covering_holds_what_is_approved_in_time(office):
    names = ("委员甲", "委员乙", "副主席甲", "副主席乙")
    meeting = office.meeting(STANDING, *(office.members[n] for n in names), sittings=2)
    first, second = meeting.sittings.order_by("number")
    granted = [
        ask(office, meeting, "委员甲"),
        ask(office, meeting, "委员乙", sittings=[second]),
        ask(office, meeting, "副主席甲", at=moment(DAY, 9)),
    ]
    ask(office, meeting, "副主席乙")
    for request in granted:
        decide(office, request, "主席", at=moment(DAY, 10))
    members = [request.member_id for request in granted]
    assert set(leave_covering(first)) == {members[0]}
    assert set(leave_covering(second)) == set(members)


def test_meetings_offered_for_leave_are_ones_own(office):
    mine = office.meeting(PLENARY, office.members["委员甲"])
    office.meeting(PLENARY, office.members["委员乙"])
    office.meeting(PLENARY, office.members["委员甲"], on=date(2024, 3, 1))
    found = leave_meetings(user=office.users["委员甲"], since=AT)
    assert list(found) == [mine]
