from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditChange, AuditEntry, User
from accounts.roles import RoleCode
from attendance.choices import AttendanceStatus, Capacity, MeetingKind, RequestState, Scope
from attendance.models import Attendance, Expectation, LeaveRequest, NonVotingSeat, ScopeLine
from attendance.selectors.approvals import in_turn
from attendance.selectors.seats import places_of
from attendance.services.invited import invite_seat
from attendance.services.leave import file_leave
from attendance.services.procedures import lay_procedures
from attendance.services.seats import propose_seat
from exits.choices import Act, CaseKind
from members.choices import Post
from members.models import Affiliation, Member, SectorGroup, SuspensionPeriod
from members.services.memberships import MembershipRefusedError
from tests.accounts.people import make_user
from tests.building import attend, make_meeting, make_member, make_tenure, suspend
from tests.exits.cases import (
    AT,
    TODAY,
    day,
    decide,
    make_desk,
    make_seat,
    to_decided,
    to_submitted,
)

pytestmark = pytest.mark.django_db
EXITS = (CaseKind.RESIGNATION, CaseKind.ORDER_RESIGN, CaseKind.REVOKE)
CLEARING = (*EXITS, CaseKind.SUSPENSION)
#: The day of the decision in these tests.
DECIDED = day(8)
AHEAD = TODAY + timedelta(days=10)


@pytest.fixture
def desk(db):
    made = make_desk()
    lay_procedures(term=made.term, actor=None, at=AT)
    return made


@pytest.fixture
def member(desk):
    return make_seat(desk, "own")


def corrections(case):
    return list(case.steps.filter(kind=Act.CORRECT).values_list("note", flat=True))


def expect(member, on, kind=MeetingKind.OTHER, **fields):
    meeting = make_meeting(member.term, kind, on)
    Expectation.objects.create(meeting=meeting, member=member, **fields)
    return meeting


def is_invited(member, meeting):
    return Expectation.objects.filter(meeting=meeting, member=member).invitable().exists()


# The membership


@pytest.mark.parametrize("kind", EXITS)
def test_membership_and_every_post_end_on_the_day_of_the_decision(desk, member, kind):
    make_tenure(member, date(2022, 1, 1), date(2023, 1, 1), post=Post.VICE_CHAIRPERSON)
    make_tenure(member, date(2024, 1, 1), post=Post.SECRETARY_GENERAL)
    make_tenure(member, day(12), post=Post.CHAIRPERSON)
    to_decided(desk, member, kind)
    member.refresh_from_db()
    assert member.serves(day(7))
    assert not member.serves(DECIDED)
    assert dict(member.tenures.values_list("post", "end_date")) == {
        Post.STANDING_MEMBER: DECIDED,
        Post.VICE_CHAIRPERSON: date(2023, 1, 1),
        Post.SECRETARY_GENERAL: DECIDED,
        Post.CHAIRPERSON: day(12),  # held on no day
    }


@pytest.mark.parametrize("kind", [CaseKind.ADVISE_RESIGN_STANDING, CaseKind.ORDER_RESIGN_STANDING])
def test_resigning_the_post_ends_the_post_alone(desk, member, kind):
    make_tenure(member, date(2024, 1, 1), post=Post.SECRETARY_GENERAL)
    to_decided(desk, member, kind)
    member.refresh_from_db()
    assert member.exited_date is None
    assert dict(member.tenures.values_list("post", "end_date")) == {
        Post.STANDING_MEMBER: DECIDED,
        Post.SECRETARY_GENERAL: None,
    }


def test_former_standing_member_leaves_the_lists_of_the_standing_committee(desk, member):
    held, ahead, picked = (make_meeting(desk.term, on=on) for on in (day(10), AHEAD, AHEAD))
    for meeting in (held, ahead):
        line = ScopeLine.objects.create(meeting=meeting, scope=Scope.STANDING)
        Expectation.objects.create(meeting=meeting, member=member, line=line)
    Expectation.objects.create(meeting=picked, member=member)
    case = to_decided(desk, member, CaseKind.ORDER_RESIGN_STANDING)
    left = set(Expectation.objects.values_list("meeting", flat=True))
    assert left == {held.pk, picked.pk}
    assert [line[:4] for line in corrections(case)] == ["2024", "2024"]
    assert ["请核对考勤" in line for line in corrections(case)] == [True, False]


def test_second_end_of_a_membership_is_refused(desk, member):
    case = to_submitted(desk, member, CaseKind.REVOKE)
    member.exited_date = day(7)
    member.save()
    with pytest.raises(MembershipRefusedError):
        decide(desk, case)


def test_exit_takes_the_roles_of_posts_and_the_keys(desk, member):
    user = member.person.user
    leader = make_user("former", RoleCode.LEADER, RoleCode.MEMBER)
    member.person.user = leader
    member.person.save()
    to_decided(desk, member, CaseKind.REVOKE)
    assert set(leader.groups.values_list("role__code", flat=True)) == {RoleCode.MEMBER}
    assert leader.is_active
    assert user.groups.count() == 1


def test_former_member_convenes_no_sector_group(desk, member):
    """The group's members stay hidden, until the role is given back by hand."""
    group = SectorGroup.objects.create(term=desk.term, name="甲界别活动组", sector=member.sector)
    convenor = make_user("convenor", RoleCode.SECTOR_GROUP, RoleCode.MEMBER)
    Affiliation.objects.create(user=convenor, sector_group=group)
    other = make_member(desk.term, sector=member.sector)
    member.person.user = convenor
    member.person.save()
    assert Member.objects.visible_to(convenor).filter(pk=other.pk).exists()
    case = to_decided(desk, member, CaseKind.REVOKE)
    convenor = User.objects.get(pk=convenor.pk)
    assert convenor.role_codes == {RoleCode.MEMBER}
    assert not Member.objects.visible_to(convenor).filter(pk=other.pk).exists()
    entry = AuditEntry.objects.filter(object_id=str(case.pk), object_type="exits.case")
    change = entry.order_by("-sequence").first().changes.get(object_type="accounts.user")
    assert change.after == {"roles": ["member"]}


# Suspension and reinstatement


def test_suspension_holds_from_the_day_of_the_decision(desk, member):
    case = to_decided(desk, member, CaseKind.SUSPENSION)
    period = SuspensionPeriod.objects.get()
    assert (period.start_date, period.end_date, period.decision_number) == (
        DECIDED, None, case.decision_number,
    )  # fmt: skip
    assert case.suspension == period
    member.refresh_from_db()
    assert (member.exited_date, member.tenures.get().end_date) == (None, None)


def test_reinstatement_ends_the_suspension_on_the_day_of_the_decision(desk, member):
    period = suspend(member, date(2024, 5, 6))
    case = to_decided(desk, member, CaseKind.REINSTATEMENT)
    period.refresh_from_db()
    assert (period.end_date, case.suspension) == (DECIDED, period)


def test_suspension_before_a_later_one_is_refused(desk, member):
    case = to_submitted(desk, member, CaseKind.SUSPENSION)
    suspend(member, day(9))
    with pytest.raises(MembershipRefusedError, match="已有一段"):
        decide(desk, case)


def test_suspension_on_the_day_of_another_is_refused(desk, member):
    case = to_submitted(desk, member, CaseKind.SUSPENSION)
    suspend(member, DECIDED, DECIDED)
    with pytest.raises(MembershipRefusedError, match="自次日起"):
        decide(desk, case)


def test_reinstatement_without_a_suspension_is_refused(desk, member):
    period = suspend(member, date(2024, 5, 6))
    case = to_submitted(desk, member, CaseKind.REINSTATEMENT)
    period.end_date = DECIDED
    period.save()
    with pytest.raises(MembershipRefusedError, match="无须恢复"):
        decide(desk, case)


@pytest.mark.parametrize("kind", EXITS)
def test_exit_while_suspended_ends_the_suspension(desk, member, kind):
    running, over = suspend(member, day(2)), suspend(member, date(2023, 1, 1), date(2023, 2, 1))
    to_decided(desk, member, kind)
    running.refresh_from_db()
    over.refresh_from_db()
    assert (running.end_date, over.end_date) == (DECIDED, date(2023, 2, 1))


def test_back_dated_reinstatement_names_the_meetings_come_back_to(desk, member):
    suspend(member, date(2024, 5, 6))
    before, held, ahead = (expect(member, on) for on in (day(7), DECIDED, AHEAD))
    taken_off = expect(member, day(9), removed_reason="调整")
    assert not is_invited(member, held)
    case = to_decided(desk, member, CaseKind.REINSTATEMENT)
    assert [is_invited(member, meeting) for meeting in (before, held, ahead, taken_off)] == [
        False, True, True, False,
    ]  # fmt: skip
    missed, coming = corrections(case)
    assert (held.title in missed, "补登" in missed) == (True, True)
    assert (ahead.title in coming, "补发" in coming) == (True, True)


def test_reinstatement_of_a_suspension_that_has_ended_is_refused(desk, member):
    case = to_submitted(desk, member, CaseKind.REINSTATEMENT)
    SuspensionPeriod.objects.update(end_date=day(10))
    with pytest.raises(MembershipRefusedError, match="已于2024-06-13结束"):
        decide(desk, case)


def test_reinstatement_points_to_what_the_suspension_removed(desk, member):
    attend(member, expect(member, day(9)), AttendanceStatus.PRESENT)
    to_decided(desk, member, CaseKind.SUSPENSION)
    case = to_decided(desk, member, CaseKind.REINSTATEMENT, opened_date=DECIDED)
    assert "更正记录" in corrections(case)[-1]


# What a decision dated back touches


@pytest.mark.parametrize("kind", CLEARING)
def test_attendance_from_the_decision_on_is_taken_out_with_a_trace(desk, member, kind):
    other = make_seat(desk)
    meetings = [expect(member, on) for on in (day(7), DECIDED, day(9))]
    for meeting in meetings:
        attend(member, meeting, AttendanceStatus.PRESENT)
        attend(other, meeting, AttendanceStatus.PRESENT)
    case = to_decided(desk, member, kind)
    kept = Attendance.objects.filter(member=member)
    assert list(kept.values_list("sitting__meeting", flat=True)) == [meetings[0].pk]
    assert Attendance.objects.filter(member=other).count() == 3
    told = corrections(case)
    assert len(told) == 2
    assert meetings[1].title in told[0]
    assert meetings[2].title in told[1]
    gone = AuditChange.objects.filter(object_type="attendance.attendance")
    assert [change.after for change in gone] == [None, None]
    assert is_invited(member, meetings[0])
    assert not is_invited(member, meetings[1])


def asked(member, on, **fields):
    meeting = expect(member, on)
    at = timezone.make_aware(datetime.combine(on - timedelta(days=3), time(9)))
    return file_leave(meeting=meeting, member=member, reason="出差", actor=None, at=at, **fields)


@pytest.mark.parametrize("kind", CLEARING)
def test_leave_still_asked_is_taken_back_and_waits_for_nobody(desk, member, kind):
    before, waiting, ahead, granted = (asked(member, on) for on in (day(7), day(9), AHEAD, AHEAD))
    over = asked(member, day(10))
    for request in (granted, over):
        request.state, request.settled_at = RequestState.APPROVED, AT
        request.save()
    case = to_decided(desk, member, kind)
    states = dict(LeaveRequest.objects.values_list("pk", "state"))
    assert states == {
        before.pk: RequestState.PENDING,
        waiting.pk: RequestState.WITHDRAWN,
        ahead.pk: RequestState.WITHDRAWN,
        granted.pk: RequestState.WITHDRAWN,
        over.pk: RequestState.APPROVED,  # what was granted for a meeting that is over stays
    }
    assert set(in_turn().values_list("leave_request", flat=True)) == {before.pk}
    assert sum("请假申请" in line for line in corrections(case)) == 3


@pytest.mark.parametrize("kind", CLEARING)
def test_non_voting_seats_ahead_are_taken_back(desk, kind):
    member = make_seat(desk, "own")
    member.tenures.all().delete()
    meeting = make_meeting(desk.term, MeetingKind.STANDING_COMMITTEE_MEETING, AHEAD)
    other = make_meeting(desk.term, MeetingKind.STANDING_COMMITTEE_MEETING, AHEAD)
    seats = [
        propose_seat(
            meeting=row, member=member, agenda_item="议题", reason="熟悉情况", actor=None, at=AT
        )
        for row in (meeting, other)
    ]
    guest = propose_seat(
        meeting=meeting, name="来宾", agenda_item="议题", reason="理由", actor=None, at=AT
    )
    for seat in (seats[0], guest):
        seat.state, seat.settled_at = RequestState.APPROVED, AT
        seat.save()
        invite_seat(seat=seat, actor=None, at=AT)
    assert places_of(meeting).taken == 2
    to_decided(desk, member, kind)
    states = list(NonVotingSeat.objects.order_by("pk").values_list("state", flat=True))
    assert states == [RequestState.WITHDRAWN, RequestState.WITHDRAWN, RequestState.APPROVED]
    assert places_of(meeting).taken == 1
    assert not Expectation.objects.filter(capacity=Capacity.NON_VOTING).exists()
    assert list(in_turn()) == []


def test_rejected_decision_touches_nothing(desk, member):
    attend(member, expect(member, day(9)), AttendanceStatus.PRESENT)
    decide(desk, to_submitted(desk, member, CaseKind.REVOKE), approved=False)
    assert Attendance.objects.count() == 1
