"""Attendance saved in bulk: sittings appear as they are named."""

from datetime import UTC, date, datetime

import pytest

from accounts.services import Batch
from attendance.models import Attendance, Sitting
from attendance.services import save_attendance
from tests.building import attend, make_meeting, make_member, make_term

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)


def row(sitting, code, status="present"):
    return {"meeting": "HY-1", "sitting": sitting, "member": code, "status": status}


@pytest.fixture
def term():
    term = make_term()
    make_meeting(term, number="HY-1", on=date(2022, 3, 1))
    for code in ("0001", "0002"):
        make_member(term, code)
    return term


def test_sittings_are_made_once_each(term):
    batch = Batch([row(1, "0001"), row(1, "0002"), row(3, "0001", "leave")])

    changes = save_attendance(term=term, batch=batch, actor=None, at=AT)

    assert list(Sitting.objects.order_by("number").values_list("number", flat=True)) == [1, 3]
    assert Attendance.objects.count() == 3
    assert [change.label for change in changes] == [
        "场次 HY-1 第1场",
        "场次 HY-1 第3场",
        "考勤 HY-1 第1场 0001",
        "考勤 HY-1 第1场 0002",
        "考勤 HY-1 第3场 0001",
    ]


def test_known_sitting_is_used_and_status_amended(term):
    stored = attend(term.members.get(code="0001"), term.meetings.get(), "absent")[0]
    batch = Batch([row(1, "0002")], {stored.pk: {"status": "leave"}})

    save_attendance(term=term, batch=batch, actor=None, at=AT)

    assert Sitting.objects.count() == 1
    assert set(Attendance.objects.values_list("member__code", "status", "version")) == {
        ("0001", "leave", 2),
        ("0002", "present", 1),
    }
