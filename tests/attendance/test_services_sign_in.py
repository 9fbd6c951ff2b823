"""One attendance a member, whoever signs them in and however often."""

import pytest

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError
from attendance.choices import AttendanceStatus, SignInMethod
from attendance.models import Attendance, Expectation, Sitting, Visitor
from attendance.services.sign_in import (
    AlreadySignedInError,
    DeviceUsedError,
    NotInvitableError,
    NotSignedInError,
    SittingClosedError,
    SittingNotYetOpenError,
    add_visitor,
    correct_status,
    leave_early,
    sign_in,
    undo_sign_in,
)
from tests.attendance.scene import DAY, make_sitting, make_user, member_of, minutes
from tests.building import make_member, make_term, suspend

pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting():
    return make_sitting()


@pytest.fixture
def clerk(db):
    return make_user()


def come(sitting, code="0001", *, actor=None, at=None, method=SignInMethod.STAFF, device_mark=""):
    return sign_in(
        sitting=sitting,
        member=member_of(sitting, code),
        method=method,
        actor=actor,
        at=at or minutes(-10),
        device_mark=device_mark,
    )


def test_sign_in_is_present_with_method_and_time(sitting, clerk):
    row = come(sitting, actor=clerk)
    stored = Attendance.objects.get()
    assert stored == row
    assert (stored.status, stored.method) == (AttendanceStatus.PRESENT, SignInMethod.STAFF)
    assert (stored.arrived_at, stored.is_walk_in) == (minutes(-10), False)
    assert (stored.recorded_by, stored.version) == (clerk, 1)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.changes.count()) == ("create", clerk, 1)


@pytest.mark.parametrize(
    ("grace", "at", "status"),
    [(0, 0, "present"), (0, 0.1, "late"), (15, 15, "present"), (15, 15.1, "late")],
)
def test_late_begins_after_the_grace_minutes(grace, at, status):
    sitting = make_sitting(1, late_after_minutes=grace)
    assert come(sitting, at=minutes(at)).status == status


def test_second_sign_in_is_refused_telling_when_how_and_by_whom(sitting, clerk):
    come(sitting, actor=clerk)
    with pytest.raises(AlreadySignedInError) as refusal:
        come(sitting, actor=make_user("other", "别人"), method=SignInMethod.MEMBER_CODE)
    assert str(refusal.value) == (
        "委员0001已于03月01日 08:50签到（工作人员签到，经办人文清扬），不再重复登记。"
    )
    assert Attendance.objects.count() == 1


def test_walk_in_is_marked_and_never_somebody_else(sitting):
    make_member(sitting.meeting.term, "0009")
    row = come(sitting, "0009")
    assert (row.member.code, row.is_walk_in, row.status) == ("0009", True, "present")
    assert come(sitting, "0001").is_walk_in is False


def test_without_a_list_nobody_is_a_walk_in(sitting):
    Expectation.objects.all().delete()
    assert come(sitting).is_walk_in is False


def test_suspended_member_is_refused_plainly(sitting):
    suspend(member_of(sitting, "0001"), DAY)
    with pytest.raises(NotInvitableError, match="委员0001自2023-03-01起暂停履职，不能签到"):
        come(sitting)
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(("exited", "comes"), [("2023-03-01", False), ("2023-03-02", True)])
def test_member_no_longer_serving_is_refused(sitting, exited, comes):
    member = member_of(sitting, "0001")
    type(member).objects.filter(pk=member.pk).update(exited_date=exited)
    if comes:
        assert come(sitting).status == "present"
        return
    with pytest.raises(NotInvitableError, match="不在任"):
        come(sitting)


def test_member_of_another_term_is_refused(sitting):
    stranger = make_member(make_term("other"), "0001")
    with pytest.raises(NotInvitableError, match="不是"):
        sign_in(sitting=sitting, member=stranger, method="staff", actor=None, at=minutes(0))


def test_closed_sitting_takes_nobody(sitting):
    Sitting.objects.update(closed_at=minutes(60))
    with pytest.raises(SittingClosedError, match="03月01日 10:00结束签到"):
        come(sitting, at=minutes(61))


@pytest.mark.parametrize(("hours", "opens"), [(-12, True), (-12.1, False)])
def test_sitting_is_not_signed_in_at_a_day_before(sitting, hours, opens):
    if opens:
        assert come(sitting, at=minutes(hours * 60)).status == "present"
        return
    with pytest.raises(SittingNotYetOpenError):
        come(sitting, at=minutes(hours * 60))


def test_one_telephone_signs_in_one_member_and_the_attempt_is_written_down(sitting, clerk):
    come(sitting, "0001", method=SignInMethod.HALL_CODE, device_mark="phone")
    with pytest.raises(DeviceUsedError, match="已为另一位委员签到"):
        come(sitting, "0002", actor=clerk, method=SignInMethod.HALL_CODE, device_mark="phone")
    assert Attendance.objects.count() == 1
    entry = AuditEntry.objects.get(verb="denied")
    assert (entry.actor, entry.succeeded) == (clerk, False)
    assert entry.detail == {"member": member_of(sitting, "0002").pk}
    assert come(sitting, "0002", device_mark="another phone").status == "present"


def test_same_telephone_serves_at_the_next_sitting(sitting):
    come(sitting, "0001", device_mark="phone")
    second = Sitting.objects.create(meeting=sitting.meeting, number=2, starts_at=minutes(300))
    assert come(second, "0002", at=minutes(290), device_mark="phone").status == "present"


def test_member_entered_on_leave_may_come_after_all(sitting, clerk):
    row = Attendance.objects.create(
        sitting=sitting, member=member_of(sitting, "0001"), status="leave", leave_reason="出差"
    )
    signed = come(sitting, actor=clerk)
    assert (signed.pk, signed.status, signed.leave_reason) == (row.pk, "present", "")
    assert (signed.version, signed.recorded_by) == (2, clerk)


def test_undo_needs_a_reason_and_leaves_no_row(sitting, clerk):
    row = come(sitting, actor=clerk)
    with pytest.raises(ReasonMissingError):
        undo_sign_in(attendance=row, reason=" ", actor=clerk, at=minutes(-9))
    undo_sign_in(attendance=row, reason="误点", actor=clerk, at=minutes(-9))
    assert not Attendance.objects.exists()
    assert AuditEntry.objects.get(verb="delete").reason == "误点"
    assert come(sitting).status == "present"


def test_undo_is_refused_after_closing_but_for_walk_ins(sitting, clerk):
    make_member(sitting.meeting.term, "0009")
    listed, walk_in = come(sitting), come(sitting, "0009")
    Sitting.objects.update(closed_at=minutes(60))
    with pytest.raises(SittingClosedError):
        undo_sign_in(attendance=listed, reason="误点", actor=clerk, at=minutes(61))
    undo_sign_in(attendance=walk_in, reason="误点", actor=clerk, at=minutes(61))
    assert Attendance.objects.get() == listed


def test_leaving_early_is_marked_once(sitting, clerk):
    row = leave_early(attendance=come(sitting), actor=clerk, at=minutes(60))
    assert (row.status, row.left_at, row.arrived_at) == ("left_early", minutes(60), minutes(-10))
    with pytest.raises(NotSignedInError, match="已登记早退"):
        leave_early(attendance=row, actor=clerk, at=minutes(61))


def test_leaving_early_is_not_marked_after_closing(sitting, clerk):
    row = come(sitting)
    Sitting.objects.update(closed_at=minutes(60))
    with pytest.raises(SittingClosedError, match="更正"):
        leave_early(attendance=row, actor=clerk, at=minutes(61))


def test_who_did_not_come_cannot_leave_early(sitting, clerk):
    member = member_of(sitting, "0001")
    row = Attendance.objects.create(sitting=sitting, member=member, status="absent")
    with pytest.raises(NotSignedInError, match="没有签到"):
        leave_early(attendance=row, actor=clerk, at=minutes(60))
    with pytest.raises(NotSignedInError, match="没有签到"):
        undo_sign_in(attendance=row, reason="误点", actor=clerk, at=minutes(60))


def test_correction_keeps_its_reason(sitting, clerk):
    row = come(sitting, at=minutes(5))
    with pytest.raises(ReasonMissingError):
        correct_status(attendance=row, status="present", reason="", actor=clerk, at=minutes(9))
    mended = correct_status(
        attendance=row, status="present", reason="门口排队", actor=clerk, at=minutes(9)
    )
    assert (mended.status, mended.arrived_at) == ("present", minutes(5))
    assert AuditEntry.objects.get(verb="update").reason == "门口排队"


def test_correction_to_absence_forgets_the_arrival(sitting, clerk):
    row = come(sitting, device_mark="phone")
    mended = correct_status(
        attendance=row, status="absent", reason="代签", actor=clerk, at=minutes(9)
    )
    assert (mended.status, mended.arrived_at, mended.device_mark) == ("absent", None, "")


def test_walk_in_is_never_corrected_to_absence(sitting, clerk):
    make_member(sitting.meeting.term, "0009")
    row = come(sitting, "0009")
    with pytest.raises(NotSignedInError, match="撤销"):
        correct_status(attendance=row, status="absent", reason="误", actor=clerk, at=minutes(9))


def test_visitor_is_nobody_of_the_register(sitting, clerk):
    visitor = add_visitor(
        sitting=sitting, name=" 李来 ", unit="市发改委", note="", actor=clerk, at=minutes(1)
    )
    assert Visitor.objects.get() == visitor
    assert (visitor.name, visitor.arrived_at) == ("李来", minutes(1))
    assert not Attendance.objects.exists()
