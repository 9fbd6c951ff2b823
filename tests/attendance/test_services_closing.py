"""Closing counts everybody once: came, on leave or absent."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from attendance.choices import Capacity, Participation, Reply, RequestState
from attendance.models import Attendance, Expectation, Meeting, Sitting
from attendance.selectors import leave_covering
from attendance.selectors.roster import Tally, board_of, roster
from attendance.services.closing import (
    ClosingTooEarlyError,
    SittingOpenError,
    close_sitting,
    reopen_sitting,
)
from attendance.services.sign_in import SittingClosedError, correct_status, sign_in
from tests.attendance.scene import (
    DAY,
    expect,
    grant_leave,
    make_sitting,
    make_user,
    member_of,
    minutes,
)
from tests.building import make_member, suspend

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(db):
    return make_user()


def come(sitting, code, at=None):
    member = member_of(sitting, code)
    return sign_in(sitting=sitting, member=member, method="staff", actor=None, at=at or minutes(-1))


def statuses(sitting):
    rows = Attendance.objects.filter(sitting=sitting).order_by("member__code")
    return {row.member.code: row.status for row in rows.select_related("member")}


def test_closing_makes_the_rest_absent_or_on_leave(clerk):
    sitting = make_sitting(4)
    come(sitting, "0001")
    request = grant_leave(sitting, "0002", reason="出国考察")
    grant_leave(sitting, "0003", state=RequestState.REFUSED)
    closed = close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    assert (closed.closed_at, closed.closed_by) == (minutes(60), clerk)
    assert statuses(sitting) == {
        "0001": "present",
        "0002": "leave",
        "0003": "absent",
        "0004": "absent",
    }
    row = Attendance.objects.get(status="leave")
    assert (row.leave_reason, row.leave_request, row.method) == ("出国考察", request, "closing")
    entry = AuditEntry.objects.latest("sequence")
    assert (entry.reason, entry.changes.count()) == ("结束签到", 4)


def test_suspended_and_exited_get_no_row_and_reinstated_do(clerk):
    sitting = make_sitting(4)
    suspend(member_of(sitting, "0001"), DAY.replace(day=1, month=2))
    suspend(member_of(sitting, "0002"), DAY.replace(month=2), DAY)
    suspend(member_of(sitting, "0003"), DAY)
    member_of(sitting, "0004").__class__.objects.filter(code="0004").update(exited_date=DAY)
    assert [place.code for place in roster(sitting)] == ["0002"]
    close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    assert statuses(sitting) == {"0002": "absent"}


def test_non_voting_participants_get_rows_and_are_counted_apart(clerk):
    sitting = make_sitting(1)
    guest = make_member(sitting.meeting.term, "0009")
    expect(sitting.meeting, guest, Capacity.NON_VOTING)
    close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    assert statuses(sitting) == {"0001": "absent", "0009": "absent"}
    board = board_of(sitting, roster(sitting))
    assert (board.total, board.non_voting) == (
        Tally(expected=1, missing=1),
        Tally(expected=1, missing=1),
    )


def test_where_names_are_put_down_only_those_who_did_are_expected(clerk):
    sitting = make_sitting(3)
    Meeting.objects.update(participation=Participation.SIGN_UP)
    Expectation.objects.filter(member__code="0002").update(reply=Reply.ATTENDING)
    close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    assert statuses(sitting) == {"0002": "absent"}


def test_leave_for_one_sitting_holds_there_alone():
    sitting = make_sitting(3)
    second = Sitting.objects.create(meeting=sitting.meeting, number=2)
    whole = grant_leave(sitting, "0001")
    one = grant_leave(sitting, "0002", second)
    grant_leave(sitting, "0003", state=RequestState.PENDING)
    assert leave_covering(sitting) == {whole.member_id: whole}
    assert leave_covering(second) == {whole.member_id: whole, one.member_id: one}


def test_closing_before_the_start_or_twice_is_refused(clerk):
    sitting = make_sitting(1)
    with pytest.raises(ClosingTooEarlyError, match="会前不能结束签到"):
        close_sitting(sitting=sitting, actor=clerk, at=minutes(-1))
    close_sitting(sitting=sitting, actor=clerk, at=minutes(0))
    with pytest.raises(SittingClosedError):
        close_sitting(sitting=sitting, actor=clerk, at=minutes(1))


def test_reopening_takes_back_what_closing_made_and_nothing_else(clerk):
    sitting = make_sitting(4)
    come(sitting, "0001")
    close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    touched = Attendance.objects.get(member__code="0002")
    correct_status(attendance=touched, status="leave", reason="补批", actor=clerk, at=minutes(61))
    with pytest.raises(ReasonMissingError):
        reopen_sitting(sitting=sitting, reason="", actor=clerk, at=minutes(62))
    opened = reopen_sitting(sitting=sitting, reason="点早了", actor=clerk, at=minutes(62))
    assert (opened.closed_at, opened.closed_by) == (None, None)
    assert statuses(sitting) == {"0001": "present", "0002": "leave"}
    assert come(sitting, "0003", minutes(63)).status == "late"
    close_sitting(sitting=sitting, actor=clerk, at=minutes(90))
    assert Counter(statuses(sitting).values()) == {"present": 1, "leave": 1, "late": 1, "absent": 1}
    assert AuditEntry.objects.filter(reason="点早了").count() == 1


def test_open_sitting_cannot_be_reopened(clerk):
    with pytest.raises(SittingOpenError):
        reopen_sitting(sitting=make_sitting(1), reason="误", actor=clerk, at=minutes(1))


@pytest.mark.parametrize("size", [3, 30])
def test_closing_and_board_cost_the_same_for_few_and_many(size, clerk):
    sitting = make_sitting(size)
    come(sitting, "0001")
    with CaptureQueriesContext(
        connection,
    ) as board:
        board_of(sitting, roster(sitting))
    assert len(board) == 4
    with CaptureQueriesContext(connection) as closing:
        close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    assert len(closing) == 13


def test_board_counts_by_sector_and_marks_those_apart(clerk):
    sitting = make_sitting(5)
    other = sitting.meeting.term.sector_set.last()
    member_of(sitting, "0005").__class__.objects.filter(code="0005").update(sector=other)
    make_member(sitting.meeting.term, "0009")
    come(sitting, "0001")
    come(sitting, "0002", minutes(1))
    come(sitting, "0009")
    grant_leave(sitting, "0003")
    board = board_of(sitting, roster(sitting))
    assert board.total == Tally(expected=5, came=2, on_leave=1, missing=2, late=1)
    assert board.sectors == [
        ("工商联界", Tally(expected=4, came=2, on_leave=1, missing=1, late=1)),
        ("经济财贸界", Tally(expected=1, missing=1)),
    ]
    assert (board.walk_ins, board.visitors) == (1, 0)
    close_sitting(sitting=sitting, actor=clerk, at=minutes(60))
    assert board_of(sitting, roster(sitting)) == board
