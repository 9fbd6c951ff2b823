"""Speeches, invitations and activities entered one by one, and lists marked afterwards."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from attendance.choices import AttendanceStatus, MeetingKind
from attendance.models import Attendance, Expectation, Meeting, OutsideInvitation, Speech
from attendance.selectors.entry import (
    mark_list,
    meetings_to_mark,
    meetings_to_speak_at,
    next_meeting_number,
)
from attendance.services.entry import (
    AlreadyEnteredError,
    MarkedMeanwhileError,
    NoSuchSittingError,
    NotMemberThenError,
    enter_activity,
    enter_invitations,
    enter_speech,
    mark_attendance,
)
from attendance.services.sign_in import NotSignedInError
from members.choices import RecordKind
from members.selectors.duties import NotCollectedError, duties_of
from tests.building import attend, make_meeting, make_member, make_term, suspend
from tests.members.test_duties import collector

pytestmark = pytest.mark.django_db

AT = datetime(2023, 6, 1, 4, tzinfo=UTC)
DAY = date(2023, 5, 10)
PRESENT, LEAVE, ABSENT = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LEAVE,
    AttendanceStatus.ABSENT,
)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def actor(term):
    return collector(
        term,
        (RecordKind.ATTENDANCE, False),
        (RecordKind.INVITATION, False),
        (RecordKind.SPEECH, True),
        (RecordKind.THEMED_ACTIVITY, True),
    )


def activity(term, actor, *attended, number="HD-1", kind=MeetingKind.OTHER, organiser="学习委"):
    return enter_activity(
        term=term,
        number=number,
        title="座谈会",
        kind=kind,
        start_date=DAY,
        organiser=organiser,
        attended=attended,
        actor=actor,
        at=AT,
    )


def mark(meeting, actor, marks, seen=None, reasons=None, number=1):
    return mark_attendance(
        meeting=meeting,
        number=number,
        marks=marks,
        seen=seen or {},
        reasons=reasons or {},
        actor=actor,
        at=AT,
    )


def statuses(meeting):
    rows = Attendance.objects.filter(sitting__meeting=meeting)
    return dict(rows.values_list("member__code", "status"))


def test_enter_activity_opens_one_sitting_with_those_who_came(term, actor):
    one, two = make_member(term, "0001"), make_member(term, "0002")
    meeting = activity(term, actor, one, two)
    assert statuses(meeting) == {"0001": "present", "0002": "present"}
    assert list(meeting.sittings.values_list("number", flat=True)) == [1]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.changes.count()) == ("create", 4)


@pytest.mark.parametrize(
    ("kind", "organiser", "falls"),
    [
        (MeetingKind.OTHER, "经济委", True),
        (MeetingKind.THEMED_ACTIVITY, "学习委", True),
        (MeetingKind.THEMED_ACTIVITY, "经济委", False),
        (MeetingKind.PLENARY_SESSION, "学习委", False),
    ],
)
def test_activities_fall_to_whoever_collects_their_attendance(kind, organiser, falls, term, actor):
    if falls:
        assert activity(term, actor, kind=kind, organiser=organiser)
    else:
        with pytest.raises(NotCollectedError):
            activity(term, actor, kind=kind, organiser=organiser)
        assert Meeting.objects.count() == 0


def test_an_activity_is_numbered_once(term, actor):
    activity(term, actor)
    with pytest.raises(AlreadyEnteredError, match="编号“HD-1”"):
        activity(term, actor)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (date(2023, 5, 1), date(2023, 5, 10), True),
        (date(2023, 5, 1), date(2023, 5, 11), False),
        (date(2023, 5, 10), None, False),
        (date(2023, 5, 11), None, True),
    ],
)
def test_the_suspended_came_to_nothing(start, end, held, term, actor):
    member = make_member(term, "0001")
    suspend(member, start, end)
    if held:
        assert statuses(activity(term, actor, member)) == {"0001": "present"}
    else:
        with pytest.raises(NotMemberThenError, match="暂停履职"):
            activity(term, actor, member)
        assert Meeting.objects.count() == 0


def test_enter_speech_once_at_a_meeting_of_the_department(term, actor):
    member = make_member(term, "0001")
    own = make_meeting(term, on=DAY, organiser="学习委")
    other = make_meeting(term, on=DAY, organiser="经济委")
    values = {"member": member, "title": "题目", "manner": "oral", "actor": actor, "at": AT}
    enter_speech(meeting=own, **values)
    with pytest.raises(AlreadyEnteredError, match="已经录入过"):
        enter_speech(meeting=own, **values)
    with pytest.raises(NotCollectedError):
        enter_speech(meeting=other, **values)
    assert Speech.objects.count() == AuditEntry.objects.count() == 1


def test_meetings_to_speak_at_are_begun_and_of_the_department(term, actor):
    own = make_meeting(term, on=DAY, organiser="学习委")
    make_meeting(term, on=DAY, organiser="经济委")
    make_meeting(term, on=date(2023, 5, 11), organiser="学习委")
    duties = duties_of(actor, term)
    assert list(meetings_to_speak_at(term=term, duties=duties, on=DAY)) == [own]


def test_enter_invitations_is_one_act_for_several_members(term, actor):
    one, two, three = (make_member(term, code) for code in ("0001", "0002", "0003"))
    values = {"term": term, "date": DAY, "title": "评议会", "actor": actor, "at": AT}
    rows = enter_invitations(members=[one, two], **values)
    assert [row.member for row in rows] == [one, two]
    assert AuditEntry.objects.get().changes.count() == 2
    with pytest.raises(AlreadyEnteredError, match="0002"):
        enter_invitations(members=[two, three], **values)
    assert OutsideInvitation.objects.count() == 2


def test_mark_attendance_writes_what_was_marked_with_one_entry(term, actor):
    one, two, three = (make_member(term, code) for code in ("0001", "0002", "0003"))
    meeting = make_meeting(term, on=DAY)
    attend(one, meeting, ABSENT)
    written = mark(
        meeting,
        actor,
        {one: PRESENT, two: LEAVE},
        seen={one: "absent"},
        reasons={two: "因公出差"},
    )
    assert statuses(meeting) == {"0001": "present", "0002": "leave"}
    assert [row.leave_reason for row in written] == ["", "因公出差"]
    assert written[0].version == 2
    assert AuditEntry.objects.get().changes.count() == 2
    assert three.attendances.count() == 0


def test_mark_attendance_again_changes_nothing(term, actor):
    one = make_member(term, "0001")
    meeting = make_meeting(term, on=DAY)
    mark(meeting, actor, {one: PRESENT})
    assert mark(meeting, actor, {one: PRESENT}, seen={one: "present"}) == []
    assert AuditEntry.objects.count() == 1


def test_what_another_clerk_marked_meanwhile_is_not_overwritten(term, actor):
    one, two = make_member(term, "0001"), make_member(term, "0002")
    meeting = make_meeting(term, on=DAY)
    attend(one, meeting, LEAVE)
    with pytest.raises(MarkedMeanwhileError, match=r"0001.*现为请假"):
        mark(meeting, actor, {one: ABSENT, two: PRESENT})
    assert statuses(meeting) == {"0001": "leave"}


def test_a_reason_stands_with_leave_only(term, actor):
    one = make_member(term, "0001")
    meeting = make_meeting(term, on=DAY)
    mark(meeting, actor, {one: LEAVE}, reasons={one: "出差"})
    [row] = mark(meeting, actor, {one: PRESENT}, seen={one: "leave"}, reasons={one: "出差"})
    assert (row.status, row.leave_reason) == ("present", "")


@pytest.mark.parametrize(
    ("status", "arrived", "left"), [(ABSENT, None, None), (LEAVE, None, None), ("late", AT, None)]
)
def test_mark_attendance_takes_back_the_arrival_it_contradicts(term, actor, status, arrived, left):
    one = make_member(term, "0001")
    meeting = make_meeting(term, on=DAY)
    [row] = attend(one, meeting, PRESENT)
    Attendance.objects.update(arrived_at=AT, left_at=AT, device_mark="电话")
    mark(meeting, actor, {one: status}, seen={one: "present"})
    row.refresh_from_db()
    assert (row.status, row.arrived_at, row.left_at) == (status, arrived, left)
    assert row.device_mark == ("电话" if arrived else "")


@pytest.mark.parametrize(("status", "refused"), [(ABSENT, True), (LEAVE, True), ("late", False)])
def test_a_walk_in_is_neither_absent_nor_on_leave(term, actor, status, refused):
    one = make_member(term, "0001")
    meeting = make_meeting(term, on=DAY)
    attend(one, meeting, PRESENT)
    Attendance.objects.update(is_walk_in=True)
    if refused:
        with pytest.raises(NotSignedInError, match="0001"):
            mark(meeting, actor, {one: status}, seen={one: "present"})
    else:
        mark(meeting, actor, {one: status}, seen={one: "present"})
    assert statuses(meeting) == {"0001": "present" if refused else status}


def test_a_sitting_that_is_not_there_is_not_made_up(term, actor):
    one = make_member(term, "0001")
    meeting = make_meeting(term, on=DAY)
    with pytest.raises(NoSuchSittingError):
        mark(meeting, actor, {one: PRESENT}, number=2)
    assert meeting.sittings.count() == 0


def test_plenaries_are_not_marked_by_others(term, actor):
    one = make_member(term, "0001")
    plenary = make_meeting(term, MeetingKind.PLENARY_SESSION, DAY)
    other = make_meeting(term, on=DAY)
    assert list(meetings_to_mark(user=actor, term=term)) == [other]
    with pytest.raises(NotCollectedError):
        mark(plenary, actor, {one: PRESENT})
    assert Attendance.objects.count() == 0


def test_mark_list_leaves_the_suspended_out(term):
    one, two, three = (make_member(term, code) for code in ("0001", "0002", "0003"))
    meeting = make_meeting(term, on=DAY)
    for member in (one, two):
        Expectation.objects.create(meeting=meeting, member=member)
    suspend(two, DAY)
    attend(three, meeting, PRESENT)
    lines = mark_list(meeting=meeting, number=1)
    assert [(line.member, line.is_expected, line.status) for line in lines] == [
        (one, True, ""),
        (three, False, "present"),
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_mark_list_takes_two_queries(size, term, django_assert_num_queries):
    meeting = make_meeting(term, on=DAY)
    for _ in range(size):
        Expectation.objects.create(meeting=meeting, member=make_member(term))
        attend(make_member(term), meeting, PRESENT)
    with django_assert_num_queries(2):
        lines = mark_list(meeting=meeting, number=1)
        told = [(line.member.person.name, str(line.member.sector)) for line in lines]
    assert len(told) == 2 * size


def test_marking_three_takes_as_many_queries_as_one(term, actor):
    def queries(size):
        meeting = make_meeting(term, on=DAY)
        members = [make_member(term) for _ in range(2 * size)]
        for member in members[:size]:
            attend(member, meeting, ABSENT)
        seen = dict.fromkeys(members[:size], "absent")
        with CaptureQueriesContext(connection) as context:
            mark(meeting, actor, dict.fromkeys(members, PRESENT), seen=seen)
        return len(context)

    queries(1)  # Roles are asked for once.
    assert queries(1) == queries(3)


@pytest.mark.parametrize(
    ("numbers", "year", "following"),
    [
        ([], 2023, "HD-2023-001"),
        (["QT-2023-07", "QT-2023-09"], 2023, "QT-2023-10"),
        (["QT-2023-07"], 2024, "QT-2024-01"),
    ],
)
def test_next_meeting_number_counts_on_within_its_kind(numbers, year, following, term):
    make_meeting(term, MeetingKind.TRAINING, DAY, number="PX-2023-99")
    for number in numbers:
        make_meeting(term, MeetingKind.OTHER, DAY, number=number)
    assert next_meeting_number(term=term, kind=MeetingKind.OTHER, year=year) == following
