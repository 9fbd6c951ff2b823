"""滞后榜: seven working days after the event, both sides of the line, by department."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import RoleCode
from attendance.choices import MeetingKind
from attendance.models import Attendance, Expectation, Meeting, Sitting
from members.models import CalendarDay, CollectionDuty, Department
from members.selectors.calendar import work_calendar
from proposals.models import Proposal, PublicOpinionReport
from reporting.selectors.timeliness import Arrival, outstanding_meetings, records_of, timeliness
from tests.building import (
    attend,
    commend,
    make_meeting,
    make_member,
    make_term,
    propose,
    report_opinion,
    speak,
)
from tests.world import build_world

#: 春节 2026: 15 to 23 February off, worked on the 14th and the 28th; the seventh working day
#: after the 12th is the 28th.
EVENT, DUE, AFTER = date(2026, 2, 12), date(2026, 2, 28), date(2026, 3, 1)
LAST_MOMENT = datetime(2026, 2, 28, 15, 59, tzinfo=UTC)
TOO_LATE = datetime(2026, 2, 28, 16, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def term(db):
    return make_term()


@pytest.fixture
def member(term):
    return make_member(term)


def arrive(row, at) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(recorded_at=at)


def department(term, name, *kinds, own=()):
    found = Department.objects.create(term=term, name=name)
    for kind in kinds:
        CollectionDuty.objects.create(department=found, record_kind=kind)
    for kind in own:
        CollectionDuty.objects.create(department=found, record_kind=kind, own_only=True)
    return found


def counted(term, on=TODAY, year=2026) -> dict:
    found = timeliness(term=term, year=year, on=on)
    return {
        (line.department, line.kind.value): (
            line.on_time,
            line.late,
            line.outstanding,
            line.awaited,
            line.longest,
        )
        for board in found.boards
        for line in board.lines
    }


def test_limit_is_the_packs_with_its_words(term):
    limit = timeliness(term=term, year=2026, on=TODAY).limit
    assert (limit.workdays, limit.citation.clause) == (7, "三.1")
    assert "7个工作日" in limit.citation.text


def test_pack_without_a_limit_measures_nothing(db):
    assert timeliness(term=make_term(pack="yueqing"), year=2026, on=TODAY) is None


def test_record_is_late_from_the_day_after_the_seventh_working_day(term, member):
    arrive(propose(member, EVENT), LAST_MOMENT)
    assert counted(term) == {("委员联络科", "proposal"): (1, 0, 0, 0, 0)}
    arrive(Proposal.objects.get(), TOO_LATE)
    assert counted(term) == {("委员联络科", "proposal"): (0, 1, 0, 0, 0)}
    arrive(Proposal.objects.get(), datetime(2026, 3, 2, 1, tzinfo=UTC))
    assert counted(term) == {("委员联络科", "proposal"): (0, 1, 0, 0, 1)}


def test_correction_of_the_calendar_moves_the_line(term, member):
    arrive(propose(member, EVENT), TOO_LATE)
    CalendarDay.objects.create(date=date(2026, 2, 27), is_workday=False, name="停工")
    assert counted(term) == {("委员联络科", "proposal"): (1, 0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("collected_from", "count"),
    [(None, 1), (EVENT, 1), (date(2026, 2, 13), 0)],
    ids=["term start", "the day itself", "the day after"],
)
def test_only_events_since_the_term_is_measured_count(collected_from, count, term, member):
    term.collected_from = collected_from
    arrive(propose(member, EVENT), LAST_MOMENT)
    assert len(counted(term)) == count


def test_record_of_unknown_arrival_is_not_judged(term, member):
    propose(member, EVENT)
    assert counted(term) == {}


def test_departments_answer_for_what_they_collect(term, member):
    department(term, "提案委", "proposal", own=["speech"])
    department(term, "调研信息科", "opinion")
    own = make_meeting(term, MeetingKind.CONSULTATION, EVENT, organiser="提案委")
    other = make_meeting(term, MeetingKind.CONSULTATION, EVENT, organiser="经济委")
    for row in (
        propose(member, EVENT),
        report_opinion(EVENT, member),
        speak(member, own),
        speak(member, other),
        commend(member, EVENT),
    ):
        arrive(row, LAST_MOMENT)
    assert counted(term, on=DUE) == {
        ("提案委", "speech"): (1, 0, 0, 0, 0),
        ("提案委", "proposal"): (1, 0, 0, 0, 0),
        ("调研信息科", "opinion"): (1, 0, 0, 0, 0),
        ("委员联络科", "attendance"): (0, 0, 0, 2, 0),
        ("委员联络科", "speech"): (1, 0, 0, 0, 0),
        ("委员联络科", "conduct"): (1, 0, 0, 0, 0),
    }


@pytest.mark.parametrize(
    ("on", "expected"),
    [(DUE, (0, 0, 0, 1, 0)), (AFTER, (0, 0, 1, 0, 0)), (date(2026, 3, 3), (0, 0, 1, 0, 2))],
)
def test_meeting_without_attendance_is_outstanding_after_its_limit(on, expected, term):
    make_meeting(term, MeetingKind.TRAINING, EVENT, organiser="委员联络科")
    assert counted(term, on=on) == {("委员联络科", "attendance"): expected}


def test_meeting_counts_from_its_last_day(term):
    make_meeting(
        term, MeetingKind.PLENARY_SESSION, date(2026, 2, 10), end_date=EVENT, organiser="大会组"
    )
    assert counted(term, on=DUE) == {("委员联络科", "plenary_attendance"): (0, 0, 0, 1, 0)}
    assert counted(term, on=AFTER) == {("委员联络科", "plenary_attendance"): (0, 0, 1, 0, 0)}


def test_meeting_that_expects_nobody_owes_nothing(term, member):
    plain = make_meeting(term, MeetingKind.OTHER, EVENT)
    make_meeting(term, MeetingKind.SECRETARIES_MEETING, EVENT, organiser="办公室")
    make_meeting(term, MeetingKind.OTHER, date(2026, 12, 1), organiser="办公室")
    assert counted(term) == {}
    Expectation.objects.create(meeting=plain, member=member)
    assert len(counted(term)) == 1


def test_meeting_arrives_with_its_last_sitting(term, member):
    meeting = make_meeting(term, MeetingKind.TRAINING, EVENT)
    first, second = attend(member, meeting, "present", "absent")
    arrive(first, LAST_MOMENT)
    arrive(second, LAST_MOMENT)
    assert counted(term) == {("委员联络科", "attendance"): (1, 0, 0, 0, 0)}
    arrive(second, TOO_LATE)
    assert counted(term) == {("委员联络科", "attendance"): (0, 1, 0, 0, 0)}
    Sitting.objects.create(meeting=meeting, number=3)
    assert counted(term, on=AFTER) == {("委员联络科", "attendance"): (0, 0, 1, 0, 0)}


def test_signing_in_is_complete_once_the_sitting_is_closed(term, member):
    meeting = make_meeting(term, MeetingKind.TRAINING, EVENT)
    (row,) = attend(member, meeting)
    Attendance.objects.update(method="staff")
    arrive(row, datetime(2026, 2, 12, 1, tzinfo=UTC))
    assert counted(term, on=AFTER) == {("委员联络科", "attendance"): (0, 0, 1, 0, 0)}
    Sitting.objects.update(closed_at=LAST_MOMENT)
    assert counted(term, on=AFTER) == {("委员联络科", "attendance"): (1, 0, 0, 0, 0)}
    Sitting.objects.update(closed_at=TOO_LATE)
    assert counted(term, on=AFTER) == {("委员联络科", "attendance"): (0, 1, 0, 0, 0)}


def test_outstanding_meetings_are_the_first_due_first(term):
    for day, title in ((EVENT, "后"), (date(2026, 2, 2), "先"), (date(2025, 2, 3), "去年")):
        make_meeting(term, MeetingKind.TRAINING, day, title=title, organiser="办公室")
    found = outstanding_meetings(term=term, on=DUE, calendar=work_calendar())
    titles = dict(Meeting.objects.values_list("pk", "title"))
    assert [(titles[item.group.pk], item.arrival) for item in found] == [
        ("去年", Arrival.OUTSTANDING),
        ("先", Arrival.OUTSTANDING),
        ("后", Arrival.AWAITED),
    ]


def test_every_number_has_as_many_records_behind_it(term, member):
    department(term, "调研信息科", "opinion")
    for day in (EVENT, EVENT, date(2026, 3, 2)):
        arrive(report_opinion(day, member), datetime(2026, 4, 1, tzinfo=UTC))
    arrive(propose(member, EVENT), LAST_MOMENT)
    make_meeting(term, MeetingKind.TRAINING, EVENT, organiser="办公室")
    found = timeliness(term=term, year=2026, on=TODAY)
    for board in found.boards:
        for line in board.lines:
            for arrival in Arrival:
                items = found.matching(arrival=arrival, department=line.department, kind=line.kind)
                records = records_of(term=term, items=items)
                assert len(records) == getattr(line, arrival.value)


def test_queries_do_not_grow_with_records(term, member):
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            timeliness(term=term, year=2026, on=TODAY)
        return len(taken)

    for number in (1, 3):
        for _ in range(number):
            arrive(report_opinion(EVENT, member), TOO_LATE)
            attend(make_member(term), make_meeting(term, MeetingKind.TRAINING, EVENT))
        if number == 1:
            few = queries()
    assert queries() == few


# Pages -------------------------------------------------------------------------------------------

PAGE = reverse("reporting:timeliness")
RECORDS = reverse("reporting:timeliness-records")


@pytest.fixture
def world(db, monkeypatch):
    """One opinion and one proposal of the year, both entered late."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2023, 11, 20))
    world = build_world()
    at = datetime(2023, 11, 1, tzinfo=UTC)
    Proposal.objects.filter(title__startswith="青鸾").update(recorded_at=at)
    PublicOpinionReport.objects.filter(title__startswith="青鸾").update(recorded_at=at)
    return world


@pytest.mark.parametrize(
    ("role", "departments"),
    [
        (RoleCode.REGISTRAR, {"委员联络科", "提案委"}),
        (RoleCode.LEADER, {"委员联络科", "提案委"}),
        (RoleCode.COLLECTOR, {"提案委"}),
    ],
)
def test_page_shows_each_role_its_departments(role, departments, world, client):
    client.force_login(world.users[role])
    boards = client.get(PAGE).context["measured"].boards
    assert {board.department for board in boards} == departments


@pytest.mark.parametrize(
    "role",
    [
        RoleCode.MEMBER,
        RoleCode.COUNTY_GROUP,
        RoleCode.SECTOR_GROUP,
        RoleCode.ORGANIZATION_DEPARTMENT,
        RoleCode.SYSTEM_ADMIN,
        RoleCode.SECURITY_AUDITOR,
    ],
)
def test_page_is_closed_to_others(role, world, client):
    client.force_login(world.users[role])
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{RECORDS}?state=late").status_code == 403


def test_list_leaves_out_what_other_departments_collect(world, client):
    client.force_login(world.users[RoleCode.COLLECTOR])
    answer = client.get(f"{RECORDS}?state=late")
    assert [record.title for record in answer.context["page"]] == ["青鸾提案"]
    assert "青鸾信息" not in answer.content.decode()
    client.force_login(world.users[RoleCode.REGISTRAR])
    titles = {record.title for record in client.get(f"{RECORDS}?state=late").context["page"]}
    assert titles == {"青鸾提案", "青鸾信息"}


@pytest.mark.parametrize(
    "query", ["", "?state=lost", "?state=late&kind=x", "?state=late&year=1999"]
)
def test_list_of_nothing_known_is_not_found(query, world, client):
    client.force_login(world.users[RoleCode.REGISTRAR])
    assert client.get(f"{RECORDS}{query}").status_code == 404
