"""列席: proposed, approved, at most five without a reason, invited, attended, handed back."""

from datetime import timedelta

import pytest

from accounts.services import ReasonMissingError
from attendance.choices import Approver, Capacity, RequestState, SeatStage, Verdict
from attendance.models import Attendance, Expectation, LeaveRequest, NonVotingSeat, Procedure
from attendance.selectors.approvals import waiting_approvals
from attendance.selectors.leave import leave_covering
from attendance.selectors.seats import open_seats, seat_lines, with_people
from attendance.services.approvals import NotYourStepError, decide_approval
from attendance.services.invited import (
    accept_terms,
    file_seat_leave,
    invite_seat,
    record_materials_returned,
    record_seat_attendance,
)
from attendance.services.seats import (
    PlacesExceededError,
    SeatClosedError,
    SeatNotPossibleError,
    propose_seat,
    set_non_voting_reason,
    withdraw_seat,
)
from members.models import NoticeRecipient
from tests.attendance.leaving import AT, COUNCIL, DAY, STANDING, TODAY, make_office, moment
from tests.building import suspend

pytestmark = pytest.mark.django_db
AFTER = moment(DAY, 18)


@pytest.fixture
def office():
    return make_office()


def propose(office, meeting, *, actor="联络科", at=AT, **who):
    given = {"agenda_item": "议题一", "reason": "熟悉情况", **(who or {"name": "来宾"})}
    return propose_seat(meeting=meeting, actor=office.users[actor], at=at, **given)


def decide(office, seat, *names, verdict=Verdict.APPROVED, note="", at=AT):
    for name in names:
        approval = seat.approvals.filter(verdict=Verdict.WAITING).first()
        decide_approval(
            approval=approval, verdict=verdict, note=note, actor=office.users[name], at=at
        )
    seat.refresh_from_db()
    return seat


def approved(office, meeting, **who):
    return decide(office, propose(office, meeting, **who), "秘书长")


def invited(office, meeting, **who):
    seat = approved(office, meeting, **who)
    return invite_seat(seat=seat, actor=office.users["联络科"], at=AT)


def stage(seat, on=TODAY):
    (line,) = seat_lines(with_people(NonVotingSeat.objects.filter(pk=seat.pk)), on=on)
    return line.stage


def test_chain_of_the_council_is_walked_in_order(office):
    seat = propose(office, office.meeting(COUNCIL))
    assert list(seat.approvals.values_list("approver", flat=True)) == [
        Approver.SECRETARY_GENERAL,
        Approver.VICE_CHAIRPERSON,
        Approver.CHAIRPERSON,
    ]
    decide(office, seat, "秘书长", "副主席乙")
    assert seat.state == RequestState.PENDING
    decide(office, seat, "主席")
    assert (seat.state, seat.settled_at) == (RequestState.APPROVED, AT)


def test_standing_committee_seats_are_settled_by_the_secretary_general(office):
    seat = propose(office, office.meeting(STANDING))
    assert list(seat.approvals.values_list("approver", flat=True)) == [Approver.SECRETARY_GENERAL]


def test_nobody_decides_what_they_proposed_not_even_on_behalf(office):
    meeting = office.meeting(STANDING)
    seat = propose(office, meeting, actor="秘书长")
    assert not waiting_approvals(user=office.users["秘书长"], on=TODAY).exists()
    with pytest.raises(NotYourStepError):
        decide(office, seat, "秘书长")
    own = propose(office, meeting, name="另一位")
    with pytest.raises(NotYourStepError):
        decide_approval(
            approval=own.approvals.get(),
            verdict=Verdict.APPROVED,
            note="秘书长批示",
            on_behalf=True,
            actor=office.users["联络科"],
            at=AT,
        )


def test_member_does_not_decide_about_their_own_seat(office):
    meeting = office.meeting("democratic_oversight")
    Procedure.objects.filter(purpose="non_voting", meeting_kind="").first().steps.update(
        approver="vice_chairperson"
    )
    seat = propose(office, meeting, member=office.members["副主席甲"])
    with pytest.raises(NotYourStepError):
        decide(office, seat, "副主席甲")
    assert decide(office, seat, "副主席乙").state == RequestState.APPROVED


def test_those_who_sit_there_anyway_are_not_proposed(office):
    standing = office.seat("常委", standing_from=office.term.start_date)
    suspended = office.seat("停某")
    suspend(suspended, TODAY)
    meeting = office.meeting(STANDING, office.members["委员乙"])
    for member, words in (
        (standing, "应出席"),
        (office.members["主席"], "应出席"),
        (suspended, "暂停履职"),
        (office.members["委员乙"], "应到名单"),
    ):
        with pytest.raises(SeatNotPossibleError, match=words):
            propose(office, meeting, member=member)
    propose(office, meeting, member=office.members["委员甲"])
    with pytest.raises(SeatNotPossibleError, match="已提名"):
        propose(office, meeting, member=office.members["委员甲"])
    with pytest.raises(SeatNotPossibleError, match="已经开始"):
        propose(office, meeting, at=moment(DAY, 9))
    with pytest.raises(ReasonMissingError):
        propose(office, meeting, name="来宾", reason=" ")


def test_fifth_is_usual_and_the_sixth_wants_a_reason(office):
    meeting = office.meeting(STANDING)
    for number in range(5):
        approved(office, meeting, name=f"来宾{number}")
    sixth = propose(office, meeting, name="来宾六")
    with pytest.raises(PlacesExceededError, match="5人"):
        decide(office, sixth, "秘书长")
    assert not sixth.approvals.exclude(verdict=Verdict.WAITING).exists()
    meeting.refresh_from_db()
    with pytest.raises(ReasonMissingError):
        set_non_voting_reason(meeting=meeting, reason=" ", actor=None, at=AT)
    set_non_voting_reason(
        meeting=meeting, reason="议题涉及六个县区", actor=office.users["联络科"], at=AT
    )
    assert decide(office, sixth, "秘书长").state == RequestState.APPROVED


def test_sixth_may_be_refused_without_a_reason_for_more(office):
    meeting = office.meeting(STANDING)
    for number in range(5):
        approved(office, meeting, name=f"来宾{number}")
    sixth = propose(office, meeting, name="来宾六")
    decide(office, sixth, "秘书长", verdict=Verdict.REFUSED, note="人数已满")
    assert sixth.state == RequestState.REFUSED


def test_invitations_stop_where_the_reason_is_gone(office):
    meeting = office.meeting(STANDING, non_voting_reason="议题涉及六个县区")
    seats = [approved(office, meeting, name=f"来宾{number}") for number in range(6)]
    meeting.refresh_from_db()
    meeting.non_voting_reason = ""
    meeting.save()
    with pytest.raises(PlacesExceededError):
        invite_seat(seat=seats[0], actor=office.users["联络科"], at=AT)
    file = seats[5]
    withdraw_seat(seat=file, reason="改期", actor=office.users["联络科"], at=AT)
    assert invite_seat(seat=seats[0], actor=office.users["联络科"], at=AT).invited_at == AT


def test_council_has_no_usual_number(office):
    meeting = office.meeting(COUNCIL)
    for number in range(6):
        seat = propose(office, meeting, name=f"主席{number}")
        assert decide(office, seat, "秘书长", "副主席甲", "主席").state == RequestState.APPROVED


def test_invited_member_is_listed_as_non_voting_and_told(office):
    member = office.members["委员甲"]
    meeting = office.meeting(STANDING, office.members["委员乙"])
    seat = propose(office, meeting, member=member)
    with pytest.raises(SeatClosedError, match="批准之后"):
        invite_seat(seat=seat, actor=office.users["联络科"], at=AT)
    decide(office, seat, "秘书长")
    assert stage(seat) == SeatStage.INVITATION
    invite_seat(seat=seat, actor=office.users["联络科"], at=AT)
    place = Expectation.objects.get(meeting=meeting, member=member)
    assert place.capacity == Capacity.NON_VOTING
    notice = NoticeRecipient.objects.get(member=member).notice
    assert "未经批准不得擅自录音" in notice.body
    assert stage(seat) == SeatStage.TERMS
    with pytest.raises(SeatClosedError, match="已经通知"):
        invite_seat(seat=seat, actor=office.users["联络科"], at=AT)


def test_guest_is_told_on_paper(office):
    seat = invited(office, office.meeting(STANDING), name="来宾", unit="某单位")
    assert NoticeRecipient.objects.get().party == "来宾（某单位）"
    assert not Expectation.objects.exists()
    assert accept_terms(seat=seat, actor=office.users["联络科"], at=AT).terms_accepted_at == AT
    later = AT + timedelta(hours=1)
    assert accept_terms(seat=seat, actor=office.users["联络科"], at=later).terms_accepted_at == AT
    assert stage(seat) == SeatStage.MEETING


@pytest.mark.parametrize(("days", "late"), [(3, False), (2, False), (1, True), (0, True)])
def test_leave_is_told_two_days_before(days, late, office):
    meeting = office.meeting(STANDING)
    seat = invited(office, meeting, member=office.members["委员甲"])
    at = moment(DAY - timedelta(days=days), 8)
    file_seat_leave(seat=seat, reason="出差", actor=office.users["委员甲"], at=at)
    seat.refresh_from_db()
    assert (seat.leave_is_late, seat.leave_filed_at) == (late, at)
    request = LeaveRequest.objects.get()
    assert (request.state, request.is_late) == (RequestState.APPROVED, late)
    assert set(leave_covering(meeting.sittings.get())) == {seat.member_id}
    with pytest.raises(SeatClosedError, match="已经请假"):
        file_seat_leave(seat=seat, reason="出差", actor=office.users["委员甲"], at=at)


def test_leave_of_a_seat_ends_with_the_beginning(office):
    seat = invited(office, office.meeting(STANDING), name="来宾")
    with pytest.raises(SeatClosedError, match="已经开始"):
        file_seat_leave(seat=seat, reason="x", actor=None, at=moment(DAY, 9))


def test_guest_who_came_hands_the_papers_back(office):
    clerk = office.users["联络科"]
    seat = invited(office, office.meeting(STANDING), name="来宾")
    with pytest.raises(SeatClosedError, match="还没有开始"):
        record_seat_attendance(seat=seat, status="present", actor=clerk, at=moment(DAY, 8))
    with pytest.raises(SeatClosedError, match="没有请假记录"):
        record_seat_attendance(seat=seat, status="leave", actor=clerk, at=AFTER)
    assert stage(seat, DAY + timedelta(days=1)) == SeatStage.OUTCOME
    record_seat_attendance(seat=seat, status="present", actor=clerk, at=AFTER)
    assert stage(seat, DAY) == SeatStage.MATERIALS
    record_materials_returned(seat=seat, actor=clerk, at=AFTER)
    assert stage(seat, DAY) == SeatStage.DONE


def test_absent_guest_owes_no_papers(office):
    seat = invited(office, office.meeting(STANDING), name="来宾")
    record_seat_attendance(seat=seat, status="absent", actor=office.users["联络科"], at=AFTER)
    assert stage(seat, DAY) == SeatStage.DONE


def test_members_attendance_is_a_row_at_every_sitting(office):
    clerk = office.users["联络科"]
    meeting = office.meeting(STANDING, sittings=2)
    seat = invited(office, meeting, member=office.members["委员甲"])
    for status in ("absent", "present", "present"):
        record_seat_attendance(seat=seat, status=status, actor=clerk, at=AFTER)
    rows = Attendance.objects.filter(member=seat.member).values_list("status", "version")
    assert list(rows) == [("present", 2), ("present", 2)]
    assert stage(seat, DAY) == SeatStage.MATERIALS


def test_withdrawing_takes_the_member_off_the_list_and_tells_them(office):
    seat = invited(office, office.meeting(STANDING), member=office.members["委员甲"])
    with pytest.raises(ReasonMissingError):
        withdraw_seat(seat=seat, reason="", actor=office.users["联络科"], at=AT)
    withdraw_seat(seat=seat, reason="议题取消", actor=office.users["联络科"], at=AT)
    seat.refresh_from_db()
    assert (seat.state, seat.invited_at) == (RequestState.WITHDRAWN, None)
    assert not Expectation.objects.exists()
    titles = NoticeRecipient.objects.values_list("notice__title", flat=True)
    assert any(title.startswith("列席安排取消") for title in titles)
    with pytest.raises(SeatClosedError):
        withdraw_seat(seat=seat, reason="x", actor=office.users["联络科"], at=AT)


def test_board_holds_what_is_to_be_done(office):
    clerk, meeting = office.users["联络科"], office.meeting(STANDING)
    pending = propose(office, meeting, name="待批")
    waiting = approved(office, meeting, name="待通知")
    terms = invited(office, meeting, name="待确认")
    ready = invited(office, meeting, name="等开会")
    accept_terms(seat=ready, actor=clerk, at=AT)
    gone = propose(office, meeting, name="撤回")
    withdraw_seat(seat=gone, reason="x", actor=clerk, at=AT)

    def board(on):
        return {seat.pk for seat in open_seats(user=clerk, on=on)}

    assert board(TODAY) == {pending.pk, waiting.pk, terms.pk}
    assert board(DAY) == {pending.pk, waiting.pk, terms.pk, ready.pk}
    assert board(DAY + timedelta(days=1)) == {pending.pk, terms.pk, ready.pk}


def test_board_costs_the_same_for_one_and_three(office, django_assert_num_queries):
    clerk, meeting = office.users["联络科"], office.meeting(STANDING)
    _ = clerk.role_codes

    def read():
        return len(seat_lines(open_seats(user=clerk, on=TODAY), on=TODAY))

    propose(office, meeting, member=office.members["委员甲"])
    with django_assert_num_queries(3):
        assert read() == 1
    propose(office, meeting, name="二")
    propose(office, meeting, member=office.members["委员乙"])
    with django_assert_num_queries(3):
        assert read() == 3
