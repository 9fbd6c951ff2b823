"""Imported attendance against what leave and sign-in have left in the register."""

from datetime import date

import pytest

from attendance.choices import AttendanceStatus, SignInMethod
from attendance.models import Attendance
from tests.attendance.scene import NINE, grant_leave, make_sitting, member_of
from tests.dossiers.workbooks import AT, faults, load

pytestmark = pytest.mark.django_db

ROWS = ("会议编号", "场次", "委员编号", "状态")


@pytest.fixture
def sitting():
    return make_sitting()


def load_status(sitting, tmp_path, status, code="0001", number=1):
    rows = [ROWS, (sitting.meeting.number, number, code, status)]
    return load(sitting.meeting.term, tmp_path, {"考勤": rows})


def stored(sitting):
    rows = Attendance.objects.filter(sitting=sitting)
    return dict(rows.values_list("member__code", "status"))


def row_of(sitting, status, **fields):
    return Attendance.objects.create(
        sitting=sitting, member=member_of(sitting, "0001"), status=status, **fields
    )


def test_approved_leave_does_not_become_absence(sitting, tmp_path):
    request = grant_leave(sitting, "0001")
    row_of(sitting, AttendanceStatus.LEAVE, leave_request=request)

    absent = load_status(sitting, tmp_path, "缺席")
    leave = load_status(sitting, tmp_path, "请假")

    assert [str(fault) for fault in absent.faults] == [
        "《考勤》第 2 行 状态：“缺席”该委员本场已获准请假，不是缺席。请填请假；请假有误的，请先更正请假。"
    ]
    assert (leave.faults, leave.changes_nothing) == ([], True)
    assert stored(sitting) == {"0001": "leave"}


def test_approved_leave_covers_sittings_without_a_row_and_not_yet_there(sitting, tmp_path):
    grant_leave(sitting, "0001")

    assert faults(load_status(sitting, tmp_path, "缺席")) == [("考勤", 2, "状态")]
    assert faults(load_status(sitting, tmp_path, "缺席", number=2)) == [("考勤", 2, "状态")]
    assert faults(load_status(sitting, tmp_path, "缺席", code="0002")) == []


def test_leave_for_one_sitting_leaves_absence_at_another(sitting, tmp_path):
    other = sitting.meeting.sittings.create(number=2)
    grant_leave(sitting, "0001", other)

    assert faults(load_status(sitting, tmp_path, "缺席")) == []
    assert faults(load_status(sitting, tmp_path, "缺席", number=2)) == [("考勤", 2, "状态")]


def late_leave(sitting):
    """Asked for when the sitting had begun: it explains an absence and does not undo it."""
    request = grant_leave(sitting, "0001")
    request.filed_at = NINE
    request.save()
    return request


def test_leave_asked_for_at_the_beginning_leaves_the_absence(sitting, tmp_path):
    late_leave(sitting)

    assert faults(load_status(sitting, tmp_path, "缺席")) == []


def test_absence_already_recorded_stays_as_it_is(sitting, tmp_path):
    row_of(sitting, AttendanceStatus.ABSENT)
    grant_leave(sitting, "0001")

    plan = load_status(sitting, tmp_path, "缺席")

    assert (plan.faults, plan.changes_nothing) == ([], True)


@pytest.mark.parametrize(
    ("status", "arrived", "mark", "left", "request_kept"),
    [
        ("缺席", None, "", None, False),
        ("请假", None, "", None, True),
        ("迟到", AT, "电话", None, False),
        ("早退", AT, "电话", AT, False),
    ],
)
def test_status_takes_with_it_what_it_contradicts(
    sitting, tmp_path, status, arrived, mark, left, request_kept
):
    request = late_leave(sitting)
    row_of(
        sitting,
        AttendanceStatus.PRESENT,
        method=SignInMethod.HALL_CODE,
        arrived_at=AT,
        left_at=AT,
        device_mark="电话",
        leave_request=request,
    )

    assert faults(load_status(sitting, tmp_path, status)) == []

    row = Attendance.objects.get()
    assert row.get_status_display() == status
    assert (row.arrived_at, row.device_mark, row.left_at) == (arrived, mark, left)
    assert row.leave_request == (request if request_kept else None)
    assert load_status(sitting, tmp_path, status).changes_nothing


@pytest.mark.parametrize(("status", "refused"), [("缺席", True), ("请假", True), ("早退", False)])
def test_walk_in_is_neither_absent_nor_on_leave(sitting, tmp_path, status, refused):
    row_of(sitting, AttendanceStatus.PRESENT, is_walk_in=True)

    plan = load_status(sitting, tmp_path, status)

    assert faults(plan) == ([("考勤", 2, "状态")] if refused else [])
    assert stored(sitting) == {"0001": "present" if refused else "left_early"}


@pytest.mark.parametrize(("end", "refused"), [("2026-12-31", False), ("2027-01-01", True)])
def test_meeting_does_not_end_after_the_term(sitting, tmp_path, end, refused):
    term = sitting.meeting.term
    assert term.end_date == date(2026, 12, 31)
    headers = ("编号", "名称", "类别", "开始日期", "结束日期")

    plan = load(
        term, tmp_path, {"会议活动": [headers, ("HY-1", "会", "其他会议", "2026-12-30", end)]}
    )

    assert faults(plan) == ([("会议活动", 2, "结束日期")] if refused else [])
