from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry, User
from assessments.choices import FindingState
from assessments.models import Finding, FindingEvent, PackSnapshot, Run
from assessments.rulebook import load_pack, parse_pack
from assessments.services import YearOutsideTermError, decide_finding, run_assessment
from attendance.choices import AttendanceStatus, MeetingKind
from attendance.models import Attendance
from members.models import Tenure
from tests.assessments.worlds import random_world, store
from tests.building import (
    attend,
    make_meeting,
    make_member,
    make_tenure,
    make_term,
    report_opinion,
)

pytestmark = pytest.mark.django_db

END = date(2023, 12, 31)
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def registrar():
    return User.objects.create(username="registrar", name="联络科")


def run(term, year=2023, as_of=None, pack=None, **options):
    return run_assessment(
        term=term,
        year=year,
        as_of=as_of or date(year, 12, 31),
        pack=pack or load_pack("pingxiang"),
        actor=None,
        at=AT,
        **options,
    )


def absent_from_plenary(member, on=date(2023, 1, 10)):
    meeting = make_meeting(member.term, MeetingKind.PLENARY_SESSION, on)
    return attend(member, meeting, AttendanceStatus.ABSENT)[0]


def the_finding(rule, window="2023"):
    return Finding.objects.get(rule=rule, window=window, member__isnull=False)


def states(result):
    return {
        finding.hit.judgement.rule.id: str(finding.state)
        for finding in result.findings
        if finding.hit.judgement.subject.holder == "member"
    }


def test_run_stores_findings_with_evidence_and_clause(term):
    member = make_member(term, "0012", name="甲")
    absent_from_plenary(member)
    result = run(term)
    finding = the_finding("px-plenary-unapproved")
    meeting = term.meetings.get()
    assert result.run == Run.objects.get()
    assert finding.first_run == finding.last_run == result.run
    assert (finding.member, finding.subject_key, finding.subject_name) == (member, "0012", "甲")
    assert (finding.outcome, finding.state, finding.year) == ("interview", "open", 2023)
    assert finding.values == {"plenary_unexcused": 1}
    assert finding.records == [f"考勤:{meeting.number}|1|0012"]
    assert finding.citations == [
        {
            "document": "萍办字〔2022〕9号",
            "clause": "四（十三）16",
            "text": "未经批准，委员不出席全体会议，对其进行约谈",
        }
    ]
    assert the_finding("px-plenary-interview", "term").year is None
    assert [event.kind for event in finding.events.all()] == ["found"]


def test_run_keeps_the_exact_pack(term):
    result = run(term)
    pack = load_pack("pingxiang")
    snapshot = PackSnapshot.objects.get()
    assert (snapshot.pk, snapshot.content) == (pack.sha256, pack.content)
    assert result.run.pack == snapshot


def test_run_writes_one_audit_entry(term):
    make_member(term)
    result = run(term)
    entry = AuditEntry.objects.get(verb="evaluate")
    assert entry.object_id == str(result.run.pk)
    assert entry.detail["found"] == Finding.objects.count()
    assert entry.changes.count() == Finding.objects.count()


def test_sector_finding_is_told_to_its_committee(term):
    run(term)
    finding = Finding.objects.get(rule="px-sector-activities-year", subject_key="工商联界")
    assert (finding.sector.name, finding.committee.name) == ("工商联界", "经济委员会")
    assert "经济委员会" in finding.summary


def test_running_twice_finds_nothing_twice(term):
    absent_from_plenary(make_member(term))
    first = run(term)
    again = run(term)
    assert Finding.objects.count() == len(first.findings) == len(again.findings)
    assert (again.run.created, again.run.changed, again.run.withdrawn) == (0, 0, 0)
    assert FindingEvent.objects.count() == Finding.objects.count()
    assert set(Finding.objects.values_list("version", flat=True)) == {1}


def test_corrected_record_withdraws_the_finding(term):
    row = absent_from_plenary(make_member(term))
    run(term)
    Attendance.objects.filter(pk=row.pk).update(status=AttendanceStatus.PRESENT)
    result = run(term)
    finding = the_finding("px-plenary-unapproved")
    assert (finding.state, finding.last_run) == (FindingState.WITHDRAWN, result.run)
    assert [(event.kind, event.run) for event in finding.events.all()] == [
        ("found", finding.first_run),
        ("withdrawn", result.run),
    ]
    assert "px-plenary-unapproved" not in states(result)


def test_withdrawn_finding_comes_back_open(term, registrar):
    row = absent_from_plenary(make_member(term))
    run(term)
    decide("px-plenary-unapproved", "confirmed", registrar)
    Attendance.objects.filter(pk=row.pk).update(status=AttendanceStatus.PRESENT)
    run(term)
    Attendance.objects.filter(pk=row.pk).update(status=AttendanceStatus.ABSENT)
    result = run(term)
    finding = the_finding("px-plenary-unapproved")
    assert (finding.state, finding.decided_by, finding.decision_reason) == ("open", None, "")
    assert [event.kind for event in finding.events.all()] == [
        "found",
        "confirmed",
        "withdrawn",
        "found",
    ]
    assert result.run.created == 0


def decide(rule, state, actor, window="2023"):
    finding = the_finding(rule, window)
    return decide_finding(
        finding=finding,
        state=state,
        reason="经核实",
        actor=actor,
        at=AT,
        seen_version=finding.version,
    )


def test_decision_survives_while_the_evidence_is_the_same(term, registrar):
    absent_from_plenary(make_member(term))
    run(term)
    decide("px-plenary-unapproved", "dismissed", registrar)
    result = run(term)
    finding = the_finding("px-plenary-unapproved")
    assert (finding.state, finding.decided_by) == ("dismissed", registrar)
    assert states(result)["px-plenary-unapproved"] == "dismissed"


def test_changed_evidence_puts_a_decision_back_to_review(term, registrar):
    member = make_member(term)
    absent_from_plenary(member)
    run(term)
    decide("px-plenary-unapproved", "dismissed", registrar)
    absent_from_plenary(member, date(2023, 11, 10))
    result = run(term)
    finding = the_finding("px-plenary-unapproved")
    assert (finding.state, finding.decided_by, finding.values) == (
        "open",
        None,
        {"plenary_unexcused": 2},
    )
    changed = finding.events.get(kind="changed")
    assert changed.evidence["decision_reason"] == "经核实"
    assert changed.evidence["state"] == "dismissed"
    assert changed.evidence["values"] == {"plenary_unexcused": 1}
    assert result.run.changed >= 1


def test_term_finding_dismissed_last_year_stays_dismissed(term, registrar):
    absent_from_plenary(make_member(term))
    run(term)
    decide("px-plenary-interview", "dismissed", registrar, window="term")
    result = run(term, year=2024)
    finding = the_finding("px-plenary-interview", "term")
    assert (finding.state, finding.as_of_date) == ("dismissed", date(2024, 12, 31))
    assert Finding.objects.filter(rule="px-plenary-interview").count() == 1
    assert "px-plenary-unapproved" not in states(result)
    assert the_finding("px-plenary-unapproved", "2023").state == "open"


def test_suggested_is_the_most_severe_of_open_and_confirmed(term, registrar):
    member = make_member(term, "0012")
    absent_from_plenary(member, date(2022, 1, 10))
    absent_from_plenary(member, date(2023, 1, 10))
    assert run(term).suggested == {"0012": "revoke"}
    decide("px-plenary-2-unexcused", "dismissed", registrar, window="term")
    assert run(term).suggested == {"0012": "order_resign"}


def test_earlier_date_reports_and_stores_nothing(term):
    absent_from_plenary(make_member(term))
    run(term, year=2024)
    before = list(Finding.objects.order_by("pk").values())
    result = run(term, year=2023)
    assert result.run is None
    assert "2024-12-31" in result.unstored_because
    assert states(result)["px-plenary-unapproved"] == "open"
    assert list(Finding.objects.order_by("pk").values()) == before
    assert Run.objects.count() == 1


@pytest.mark.parametrize("stores", [True, False])
def test_trial_stores_nothing(term, stores):
    make_member(term)
    pack = load_pack("pingxiang")
    changed = parse_pack(pack.content.replace("below = 1", "below = 9").encode(), source="x")
    result = run(term, pack=changed if stores else pack, stores=stores)
    assert result.run is None
    assert result.findings
    counts = [model.objects.count() for model in (Run, Finding, FindingEvent, PackSnapshot)]
    assert counts == [0, 0, 0, 0]
    assert not AuditEntry.objects.exists()


def test_rule_gone_from_the_pack_withdraws_its_findings(term, monkeypatch):
    make_member(term)
    run(term)
    pack = load_pack("pingxiang")
    start = pack.content.index('[[rules]]\nid = "px-opinion-year"')
    end = pack.content.index("[[rules]]", start + 9)
    shorter = parse_pack((pack.content[:start] + pack.content[end:]).encode(), source="x")
    monkeypatch.setattr("assessments.services.runs.load_pack", lambda pack_id: shorter)
    run(term, pack=shorter)
    assert the_finding("px-opinion-year").state == "withdrawn"
    assert the_finding("px-research-year").state == "open"


def test_finding_of_a_member_who_left_is_withdrawn(term):
    member = make_member(term)
    run(term, year=2023)
    leave(member)
    run(term, year=2023)
    assert the_finding("px-opinion-year").state == "withdrawn"


def leave(member):
    type(member).objects.filter(pk=member.pk).update(exited_date=date(2023, 12, 31))


@pytest.mark.parametrize("state", ["confirmed", "dismissed"])
def test_decision_on_a_member_who_left_stays(term, registrar, state):
    member = make_member(term)
    absent_from_plenary(member)
    run(term)
    decide("px-plenary-unapproved", state, registrar)
    leave(member)
    result = run(term)
    finding = the_finding("px-plenary-unapproved")
    assert (finding.state, finding.decided_by) == (state, registrar)
    assert "px-plenary-unapproved" not in states(result)


def test_decision_on_a_standing_member_who_stood_down_stays(term, registrar):
    members = [make_member(term, code) for code in ("0001", "0002")]
    posts = [make_tenure(member, term.start_date) for member in members]
    for on in (date(2023, 3, 1), date(2023, 6, 1)):
        meeting = make_meeting(term, MeetingKind.STANDING_COMMITTEE_MEETING, on)
        for member in members:
            attend(member, meeting, AttendanceStatus.ABSENT)
    run(term)
    decided, left_open = Finding.objects.filter(outcome="advise_resign_standing")
    decide_finding(
        finding=decided, state="confirmed", reason="经核实", actor=registrar, at=AT, seen_version=1
    )
    for post in posts:
        Tenure.objects.filter(pk=post.pk).update(end_date=date(2023, 12, 31))
    run(term)
    decided.refresh_from_db()
    left_open.refresh_from_db()
    assert (decided.state, left_open.state) == ("confirmed", "withdrawn")


@pytest.mark.parametrize(
    ("year", "as_of"),
    [
        (2020, date(2020, 12, 31)),
        (2027, date(2027, 12, 31)),
        (2023, date(2022, 12, 31)),
        (2021, date(2021, 10, 31)),
    ],
)
def test_year_without_a_day_of_the_term_is_refused(term, year, as_of):
    with pytest.raises(YearOutsideTermError):
        run(term, year=year, as_of=as_of)


def test_run_from_a_day_that_has_not_come_blocks_no_later_one(term):
    make_member(term)
    run(term, as_of=date(2099, 12, 31))
    assert run(term, as_of=END).run == Run.objects.latest("pk")
    assert run(term, as_of=date(2023, 12, 30)).run is None


def test_corrected_code_keeps_the_finding(term):
    members = [make_member(term, code) for code in ("0001", "0002")]
    run(term)
    kept = dict(Finding.objects.filter(rule="px-opinion-year").values_list("member", "pk"))
    for member, code in zip(members, ("9999", "0001"), strict=True):
        type(member).objects.filter(pk=member.pk).update(code=code)
    assert run(term).run.created == 0
    found = Finding.objects.filter(rule="px-opinion-year")
    assert dict(found.values_list("member", "pk")) == kept
    assert set(found.values_list("subject_key", "state")) == {("9999", "open"), ("0001", "open")}


def test_running_year_stores_and_grows(term):
    member = make_member(term)
    absent_from_plenary(member)
    run(term, as_of=date(2023, 6, 30))
    assert not Finding.objects.filter(rule="px-opinion-year").exists()
    run(term, as_of=END)
    assert the_finding("px-opinion-year").state == "open"
    report_opinion(date(2023, 5, 1), member)
    run(term, as_of=END)
    assert the_finding("px-opinion-year").state == "withdrawn"


def queries_of_run(size, code, again=False):
    world = random_world(5, size=size)
    term = store(world, code)
    options = {"year": world.year, "as_of": date(world.year, 12, 31)}
    if again:
        run(term, **options)
        members = list(term.members.values_list("pk", flat=True))
        Attendance.objects.filter(member__in=members).update(status=AttendanceStatus.LEAVE)
    with CaptureQueriesContext(connection) as queries:
        assert run(term, **options).run.found > size
    return len(queries)


@pytest.mark.parametrize("again", [False, True])
def test_storing_takes_as_many_queries_for_thirty_as_for_three_hundred(again):
    run(store(random_world(5, size=1), "first"), year=random_world(5).year)
    assert queries_of_run(30, "small", again) == queries_of_run(300, "large", again)


def test_earlier_year_is_stored_when_seen_from_the_later_date(term):
    member = make_member(term)
    run(term, year=2024)
    absent_from_plenary(member, date(2023, 6, 1))
    result = run(term, year=2023, as_of=date(2024, 12, 31))
    assert result.run is not None
    assert the_finding("px-plenary-unapproved").as_of_date == date(2024, 12, 31)
