"""The hall's code opens the door of its own sitting for half a minute; guesses are few."""

import pytest

from accounts.models import AuditEntry
from attendance.models import Attendance, Sitting
from attendance.services.arrivals import (
    HallCodeRefusedError,
    MemberCodeRefusedError,
    NoPassError,
    TooManyGuessesError,
    arrive,
    find_by_number,
    hall_code,
    member_code_text,
    read_hall_code,
    read_member_code,
)
from tests.attendance.scene import make_sitting, make_user, member_of, minutes

pytestmark = pytest.mark.django_db
NOW = minutes(-10)


@pytest.fixture
def sitting():
    return make_sitting()


@pytest.fixture
def user(db):
    return make_user("member", "委员0001")


def test_code_read_in_time_opens_a_pass_of_three_minutes(sitting):
    token = hall_code(sitting, NOW).token
    assert read_hall_code(sitting=sitting, token=token, at=minutes(-9.5)) == (
        minutes(-6.5).timestamp()
    )


def test_code_a_minute_old_is_refused_telling_to_scan_again(sitting):
    token = hall_code(sitting, NOW).token
    with pytest.raises(HallCodeRefusedError, match=r"已过期.*请重新扫描"):
        read_hall_code(sitting=sitting, token=token, at=minutes(-9))


def test_code_of_another_sitting_is_refused(sitting):
    other = Sitting.objects.create(meeting=sitting.meeting, number=2)
    with pytest.raises(HallCodeRefusedError, match="无效"):
        read_hall_code(sitting=sitting, token=hall_code(other, NOW).token, at=NOW)


@pytest.mark.parametrize(("at", "comes"), [(-7, True), (-6.9, False)])
def test_pass_runs_out(sitting, user, at, comes):
    member = member_of(sitting, "0001")
    good_until = read_hall_code(sitting=sitting, token=hall_code(sitting, NOW).token, at=NOW)

    def press():
        return arrive(
            sitting=sitting,
            member=member,
            good_until=good_until,
            device_mark="phone",
            actor=user,
            at=minutes(at),
        )

    if comes:
        row = press()
        assert (row.method, row.device_mark, row.recorded_by) == ("hall_code", "phone", user)
        return
    with pytest.raises(NoPassError):
        press()
    assert not Attendance.objects.exists()


def test_number_finds_its_sitting(sitting, user):
    other = Sitting.objects.create(meeting=sitting.meeting, number=2)
    number = hall_code(other, NOW).number
    found = find_by_number(sittings=[sitting, other], number=number, actor=user, at=NOW)
    assert found == other


def test_five_wrong_numbers_a_minute_and_no_more(sitting, user):
    right = hall_code(sitting, NOW).number
    wrong = "000000" if right != "000000" else "000001"

    def enter(number, at, who=user):
        return find_by_number(sittings=[sitting], number=number, actor=who, at=at)

    for _ in range(5):
        with pytest.raises(HallCodeRefusedError):
            enter(wrong, NOW)
    with pytest.raises(TooManyGuessesError, match="一分钟后再试"):
        enter(right, NOW)
    assert enter(right, NOW, make_user("other", "别人")) == sitting
    assert enter(hall_code(sitting, minutes(-9)).number, minutes(-9)) == sitting
    assert AuditEntry.objects.filter(verb="denied", actor=user).count() == 5


def test_guesses_count_where_no_sitting_is_open(user):
    for _ in range(5):
        with pytest.raises(HallCodeRefusedError):
            find_by_number(sittings=[], number="123456", actor=user, at=NOW)
    with pytest.raises(TooManyGuessesError):
        find_by_number(sittings=[], number="123456", actor=user, at=NOW)


def test_members_code_is_read_back_in_time(sitting):
    member = member_of(sitting, "0001")
    text = member_code_text(member, NOW)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
    assert read_member_code(text=f" {text.lower()}\n", at=NOW) == member
    with pytest.raises(MemberCodeRefusedError, match="委员0001的委员码已过期"):
        read_member_code(text=text, at=minutes(-9))


@pytest.mark.parametrize("text", ["", "WY", "WY-²-1", "WY-99999-1-0", "0001", "WY-" + "9" * 30])
def test_other_texts_are_no_members_code(sitting, text):
    with pytest.raises(MemberCodeRefusedError, match="不是委员码"):
        read_member_code(text=text, at=NOW)


def test_members_code_is_not_good_for_another_member(sitting):
    one, two = member_of(sitting, "0001"), member_of(sitting, "0002")
    forged = member_code_text(one, NOW).replace(f"WY-{one.pk}-", f"WY-{two.pk}-")
    with pytest.raises(MemberCodeRefusedError, match="无效"):
        read_member_code(text=forged, at=NOW)
