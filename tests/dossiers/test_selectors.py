from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.choices import AttendanceStatus, MeetingKind, SpeechManner, SpeechOccasion
from dossiers.choices import HandInKind
from dossiers.facts import MEASURES, is_event_measure, year_summary
from dossiers.models import Campaign
from dossiers.selectors import duty_facts, evidence_rows, records_behind
from dossiers.selectors.evidence import SPEECH_MEASURES
from dossiers.selectors.measures import WORK_SOURCES
from members.choices import SanctionKind
from proposals.choices import HandlingResult, ResearchKind
from tests.assessments.worlds import random_world, store
from tests.building import (
    attend,
    commend,
    do_research,
    find_conduct,
    hand_in,
    invite,
    make_meeting,
    make_member,
    make_tenure,
    make_term,
    propose,
    publish,
    report_opinion,
    sanction,
    speak,
    suspend,
)

pytestmark = pytest.mark.django_db

PRESENT, LATE, LEFT = AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.LEFT_EARLY
LEAVE, ABSENT = AttendanceStatus.LEAVE, AttendanceStatus.ABSENT
END = date(2023, 12, 31)


def facts_of(member, on=END, year=2023):
    return duty_facts(term=member.term, year=year, on=on).member(member.pk)


def counted(member, *measures, **when):
    facts = facts_of(member, **when)
    return [facts.value(name) for name in measures]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((PRESENT,), (1, 1, 0, 0)),
        ((LATE,), (1, 1, 0, 0)),
        ((LEFT,), (1, 1, 0, 0)),
        ((LEAVE,), (1, 0, 1, 0)),
        ((ABSENT,), (1, 0, 0, 1)),
        ((ABSENT, PRESENT), (1, 1, 0, 0)),
        ((LEAVE, LEAVE), (1, 0, 1, 0)),
        ((LEAVE, ABSENT), (1, 0, 0, 1)),
        ((LEAVE, ABSENT, LATE), (1, 1, 0, 0)),
    ],
)
def test_plenary_is_counted_once_over_its_sittings(statuses, expected):
    member = make_member(make_term())
    attend(member, make_meeting(member.term, MeetingKind.PLENARY_SESSION, END), *statuses)
    states = [f"plenary.{state}" for state in ("expected", "attended", "leave", "unexcused")]
    assert tuple(counted(member, *states)) == expected


def test_absence_partly_on_leave_is_known():
    member = make_member(make_term())
    attend(member, make_meeting(member.term, MeetingKind.PLENARY_SESSION, END), LEAVE, ABSENT)
    assert counted(member, "plenary.partly_on_leave", "term.plenary.partly_on_leave") == [1, 1]


def test_meeting_belongs_to_the_year_of_its_start():
    member = make_member(make_term())
    meeting = make_meeting(
        member.term, MeetingKind.TRAINING, date(2022, 12, 31), end_date=date(2023, 1, 2)
    )
    attend(member, meeting)
    assert counted(member, "training.attended", "term.training.attended") == [0, 1]


def test_records_after_the_as_of_date_are_ignored():
    member = make_member(make_term())
    attend(member, make_meeting(member.term, MeetingKind.TRAINING, date(2023, 7, 16)))
    report_opinion(date(2023, 7, 16), member)
    sanction(member, date(2023, 7, 16), SanctionKind.WARNING)
    speak(member, make_meeting(member.term, MeetingKind.OTHER, date(2023, 7, 16)))
    measures = ("training.attended", "opinions.submitted", "penalties", "activities.spoken")
    assert counted(member, *measures, on=date(2023, 7, 15)) == [0, 0, 0, 0]
    assert counted(member, *measures, on=date(2023, 7, 16)) == [1, 1, 1, 1]


def test_standing_meeting_is_expected_of_standing_members_only():
    member = make_member(
        make_term(), standing_from=date(2023, 3, 1), standing_until=date(2023, 6, 1)
    )
    for on in (date(2023, 2, 28), date(2023, 3, 1), date(2023, 5, 31), date(2023, 6, 1)):
        kind = MeetingKind.THEMATIC_STANDING_COMMITTEE_MEETING
        attend(member, make_meeting(member.term, kind, on))
    measures = ("standing.expected", "activities.attended", "events.expected")
    assert counted(member, *measures) == [2, 2, 4]


def test_speech_without_a_vote_is_an_activity():
    member = make_member(make_term(), standing_from=date(2023, 6, 1))
    for on in (date(2023, 5, 1), date(2023, 7, 1)):
        meeting = make_meeting(member.term, MeetingKind.STANDING_COMMITTEE_MEETING, on)
        speak(member, meeting)
        speak(member, meeting, SpeechManner.WRITTEN)
    measures = ("speeches.standing.submitted", "speeches.standing.oral", "activities.spoken")
    assert counted(member, *measures) == [2, 1, 1]


def test_plenary_speeches_count_on_the_floor_only():
    member = make_member(make_term())
    meeting = make_meeting(member.term, MeetingKind.PLENARY_SESSION, END)
    speak(member, meeting, SpeechManner.ORAL)
    speak(member, meeting, SpeechManner.WRITTEN, SpeechOccasion.PLENARY_FLOOR)
    speak(member, meeting, SpeechManner.UNUSED)
    speak(member, meeting, SpeechManner.ORAL, SpeechOccasion.GROUP_DISCUSSION)
    speak(member, meeting, SpeechManner.ORAL, SpeechOccasion.OTHER)
    measures = [f"speeches.plenary.{manner}" for manner in ("submitted", "oral", "written")]
    assert counted(member, *measures, "activities.spoken") == [3, 1, 1, 0]


def test_activities_leave_out_plenaries_and_themed_activities_and_add_invitations():
    member = make_member(make_term())
    for kind in (MeetingKind.PLENARY_SESSION, MeetingKind.THEMED_ACTIVITY, MeetingKind.RESEARCH):
        attend(member, make_meeting(member.term, kind, END))
    invite(member, END)
    measures = ("activities.attended", "themed.attended", "external.attended", "events.attended")
    assert counted(member, *measures) == [2, 1, 1, 3]


def test_proposals_are_told_apart_by_sponsor():
    term = make_term()
    lead, other = make_member(term), make_member(term)
    propose(lead, END, other, handling_result=HandlingResult.SOLVED, is_outstanding=True)
    propose(lead, END, handling_result=HandlingResult.PLANNED)
    measures = [f"proposals.{part}" for part in ("first", "cosigned", "adopted", "excellent")]
    assert counted(lead, *measures) == [2, 0, 1, 1]
    assert counted(other, *measures) == [0, 1, 1, 1]


def test_joint_authors_each_count_one_whatever_the_levels():
    term = make_term()
    first, second = make_member(term), make_member(term)
    report_opinion(END, first, second, adopted=["city", "province"], instructed=["city"])
    measures = [f"opinions.{part}" for part in ("submitted", "adopted", "instructed")]
    assert counted(first, *measures) == [1, 1, 1]
    assert counted(second, *measures) == [1, 1, 1]


def test_research_is_told_apart_by_kind():
    member = make_member(make_term())
    for kind in ResearchKind:
        do_research(END, member, kind=kind)
    do_research(date(2022, 5, 1), member, kind=ResearchKind.TOPIC)
    measures = ("research.own", "research.topics", "research.inspections", "term.research.topics")
    assert counted(member, *measures) == [1, 1, 2, 2]


def test_awards_and_penalties_leave_conduct_findings_out():
    member = make_member(make_term())
    commend(member, END)
    sanction(member, END, SanctionKind.WARNING)
    find_conduct(member, END, "public_morality")
    measures = ("awards", "penalties", "term.sanctions.warning", "term.conduct.public_morality")
    assert counted(member, *measures) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("submitted", "on", "counts"),
    [
        (date(2023, 12, 31), date(2023, 12, 31), 1),
        (date(2024, 1, 1), date(2024, 1, 31), 0),
        (date(2023, 12, 30), date(2023, 12, 29), 0),
    ],
)
def test_form_counts_until_the_deadline(submitted, on, counts):
    member = make_member(make_term())
    hand_in(member, 2023, submitted)
    assert counted(member, "hand_ins.annual_return", on=on) == [counts]


def test_campaign_moves_the_deadline():
    member = make_member(make_term())
    Campaign.objects.create(
        term=member.term, year=2023, opens_date=END, deadline_date=date(2024, 1, 5)
    )
    hand_in(member, 2023, date(2024, 1, 5), HandInKind.ANNUAL_DUTY_REPORT)
    assert counted(member, "hand_ins.annual_duty_report", on=date(2024, 1, 5)) == [1]


def test_term_report_counts_whatever_its_year():
    member = make_member(make_term())
    hand_in(member, 2022, date(2023, 1, 9), HandInKind.TERM_DUTY_REPORT)
    assert counted(member, "term.hand_ins.term_duty_report") == [1]


def test_only_members_serving_on_the_date_have_facts():
    term = make_term()
    make_member(term, "1", exited=END)
    make_member(term, "2", exited=date(2024, 1, 1))
    make_member(term, "3", joined=END)
    make_member(term, "4", joined=date(2024, 1, 1))
    facts = duty_facts(term=term, year=2023, on=END)
    assert [member.subject.key for member in facts.members] == ["2", "3"]


@pytest.mark.parametrize(
    ("periods", "whole"),
    [
        ([(date(2022, 6, 1), None)], True),
        ([(date(2023, 1, 1), None)], True),
        ([(date(2023, 1, 2), None)], False),
        ([(date(2022, 6, 1), date(2023, 12, 31))], False),
        ([(date(2022, 6, 1), date(2024, 1, 1))], True),
        ([(date(2022, 6, 1), date(2023, 5, 1)), (date(2023, 5, 1), None)], True),
        ([(date(2022, 6, 1), date(2023, 5, 1)), (date(2023, 5, 2), None)], False),
    ],
)
def test_suspended_all_year_leaves_no_day_out(periods, whole):
    member = make_member(make_term())
    for start, end in periods:
        suspend(member, start, end)
    assert facts_of(member).suspended_all_year is whole
    later = duty_facts(term=member.term, year=2023, on=date(2024, 6, 1))
    assert later.members[0].suspended_all_year is whole


@pytest.mark.parametrize(
    ("start", "end", "stands"),
    [(END, None, True), (date(2023, 1, 1), END, False), (date(2024, 1, 1), None, False)],
)
def test_standing_is_looked_at_on_the_date(start, end, stands):
    member = make_member(make_term())
    make_tenure(member, start, end)
    assert facts_of(member).is_standing is stands


def test_a_member_known_from_an_earlier_term_is_not_new():
    term = make_term()
    before = make_term("before", starts=date(2016, 1, 1), ends=date(2021, 10, 31))
    known = make_member(before).person
    returned = make_member(term, joined=date(2023, 4, 1), person=known)
    new = make_member(term, joined=date(2023, 4, 1))
    old = make_member(term)
    assert [counted(one, "joined_new") for one in (returned, new, old)] == [[0], [1], [0]]


def test_runs_skip_meetings_at_which_nobody_was_expected():
    member = make_member(make_term())
    kind = MeetingKind.PLENARY_SESSION
    days = [date(2022, 1, 1), date(2022, 6, 1), date(2023, 1, 1), date(2023, 6, 1)]
    meetings = [make_meeting(member.term, kind, day) for day in days]
    attend(member, meetings[0], ABSENT)
    attend(member, meetings[2], LEAVE)
    attend(member, meetings[3], ABSENT)
    measures = ("term.plenary.missed_running", "term.plenary.unexcused_running")
    assert counted(member, *measures) == [3, 1]


def test_running_absences_of_a_year_end_in_it():
    member = make_member(make_term(), standing_from=date(2021, 11, 1))
    kind = MeetingKind.STANDING_COMMITTEE_MEETING
    for day in (date(2022, 11, 1), date(2022, 12, 1), date(2023, 2, 1)):
        attend(member, make_meeting(member.term, kind, day), ABSENT)
    assert counted(member, "standing.unexcused_running", on=date(2023, 1, 31)) == [0]
    assert counted(member, "standing.unexcused_running") == [3]


def test_meetings_on_one_day_are_ordered_by_number():
    member = make_member(make_term())
    for number, status in (("B", ABSENT), ("A", PRESENT), ("C", ABSENT)):
        meeting = make_meeting(member.term, MeetingKind.PLENARY_SESSION, END, number=number)
        attend(member, meeting, status)
    assert counted(member, "term.plenary.unexcused_running") == [2]


def test_every_measure_of_members_has_a_source():
    event = {name for name in MEASURES if is_event_measure(name)}
    works = {name for name in MEASURES if any(source.counts_for(name) for source in WORK_SOURCES)}
    states = {"served_since_january", "joined_new", "term.refusals", "score"}
    organs = {
        name for name in MEASURES if name.split(".")[0] in {"sector", "committee", "assembly"}
    }
    assert event | works | states | organs | SPEECH_MEASURES == set(MEASURES)
    assert all(any(source.counts_for(name) for name in MEASURES) for source in WORK_SOURCES)


def busy_term(members=6):
    """A term in which every kind of record occurs, several sittings and joint authors too."""
    world = random_world(7, size=members)
    term = store(world)
    people = list(term.members.order_by("code"))
    held = term.meetings.filter(start_date__year=world.year, start_date__lte=world.on)
    for person in people:
        propose(person, person.joined_date, handling_result="adopted", is_outstanding=True)
        publish(person, person.joined_date)
        invite(person, person.joined_date)
        commend(person, person.joined_date)
        for meeting in held:
            speak(person, meeting)
            speak(person, meeting, SpeechManner.WRITTEN)
    propose(people[0], people[0].joined_date, *people[1:])
    report_opinion(world.on, *people, adopted=["city"], instructed=["city"])
    return term, world


def test_as_many_records_are_listed_as_counted():
    term, world = busy_term()
    facts = duty_facts(term=term, year=world.year, on=world.on)
    countable = [
        name
        for name, measure in MEASURES.items()
        if measure.holder == "member" and measure.span != "state" and name != "score"
    ]
    wanted = {member.subject.pk: countable for member in facts.members}
    behind = records_behind(facts, wanted=wanted, measures=countable)
    assert facts.members
    for member in facts.members:
        for name in countable:
            records = behind[member.subject.pk, name]
            events = {record.split("|")[0] for record in records if record.startswith("考勤")}
            others = [record for record in records if not record.startswith("考勤")]
            assert len(events) + len(others) == member.value(name), name
            assert len(set(records)) == len(records)


def test_every_listed_record_can_be_read():
    term, world = busy_term()
    facts = duty_facts(term=term, year=world.year, on=world.on)
    wanted = {member.subject.pk: list(MEASURES) for member in facts.members}
    behind = records_behind(facts, wanted=wanted, measures=list(MEASURES))
    records = sorted({record for found in behind.values() for record in found})
    rows = evidence_rows(term, records)
    assert [row.record for row in rows] == records
    assert {row.sheet for row in rows} >= {"考勤", "会议发言", "提案", "社情民意", "调研视察"}
    assert all(row.pk and row.on and row.title for row in rows)


def test_a_record_that_is_gone_says_so():
    rows = evidence_rows(make_term(), ["提案:T-1", "退出事项:1|2023-01-01"])
    assert [(row.title, row.status) for row in rows] == [
        ("T-1", "该记录已不存在"),
        ("1 2023-01-01", ""),
    ]


def queries_of_facts(size, code):
    world = random_world(3, size=size)
    term = store(world, code)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        facts = duty_facts(term=term, year=world.year, on=world.on)
        wanted = {member.subject.pk: ["opinions.submitted"] for member in facts.members}
        records_behind(facts, wanted=wanted, measures=list(MEASURES))
    return len(queries)


def test_facts_take_as_many_queries_for_thirty_as_for_three_hundred():
    assert queries_of_facts(30, "small") == queries_of_facts(300, "large") <= 15


def test_facts_of_some_members_are_theirs_among_all():
    term, world = busy_term()
    everyone = duty_facts(term=term, year=world.year, on=world.on)
    chosen = everyone.members[1]
    alone = duty_facts(term=term, year=world.year, on=world.on, members=[chosen.subject.pk])
    assert alone.members == (chosen,)


def test_year_summary_has_the_agreed_shape():
    member = make_member(make_term())
    assert year_summary(facts_of(member)) == {
        "plenary": {"expected": 0, "attended": 0, "leave": 0, "unexcused": 0},
        "standing": {"expected": 0, "attended": 0, "leave": 0, "unexcused": 0},
        "activities": {"attended": 0, "spoken": 0},
        "proposals": {"first": 0, "cosigned": 0, "adopted": 0, "excellent": 0},
        "speeches": {
            "plenary": {"submitted": 0, "oral": 0, "written": 0},
            "standing": {"submitted": 0, "oral": 0, "written": 0},
        },
        "opinions": {"submitted": 0, "adopted": 0, "instructed": 0},
        "research": {"own": 0, "topics": 0, "inspections": 0},
        "themed": {"attended": 0},
        "training": {"attended": 0},
        "external": {"attended": 0},
        "articles": 0,
        "awards": 0,
        "penalties": 0,
        "score": None,
    }


def test_sector_facts_name_the_committee_to_be_told():
    facts = duty_facts(term=make_term(), year=2023, on=END)
    assert [sector.liaison.name for sector in facts.sectors] == ["经济委员会", "经济委员会"]
