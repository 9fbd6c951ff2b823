from datetime import UTC, date, datetime

import pytest

from assessments.models import Finding
from assessments.rulebook import Verdict, load_pack
from assessments.selectors import (
    NotServingError,
    RuleUnknownError,
    explain,
    finding_evidence,
    member_rules,
    progress,
    suggested_actions,
)
from assessments.services import run_assessment
from attendance.choices import AttendanceStatus, MeetingKind
from tests.building import attend, make_meeting, make_member, make_term, report_opinion

pytestmark = pytest.mark.django_db

END = date(2023, 12, 31)


def absent(member, on=END, **fields):
    meeting = make_meeting(member.term, MeetingKind.PLENARY_SESSION, on, **fields)
    attend(member, meeting, AttendanceStatus.ABSENT)
    attend(member, make_meeting(member.term, MeetingKind.OTHER, on))


def run(term, year=2023):
    run_assessment(
        term=term,
        year=year,
        as_of=date(year, 12, 31),
        pack=load_pack("pingxiang"),
        actor=None,
        at=datetime(2024, 1, 1, tzinfo=UTC),
    )


def test_explain_shows_facts_records_and_clause_of_a_hit():
    member = make_member(make_term(), "0012")
    absent(member, number="Q-1", title="三次会议")
    found = explain(member=member, rule_id="px-plenary-unapproved", year=2023, on=END)
    assert found.judgement.verdict == Verdict.HIT
    assert found.rule.citations[0].clause == "四（十三）16"
    (fact,) = found.facts
    assert (fact.measure.name, fact.value) == ("plenary.unexcused", 1)
    (row,) = fact.rows
    assert (row.on, row.title, row.status) == (END, "三次会议（第1场）", "缺席")
    assert (row.model, row.record) == ("attendance.attendance", "考勤:Q-1|1|0012")


def test_explain_shows_what_spared_a_member():
    member = make_member(make_term())
    report_opinion(END, member, number="S-1")
    found = explain(member=member, rule_id="px-opinion-year", year=2023, on=END)
    assert found.judgement.verdict == Verdict.CLEAR
    assert [row.record for row in found.facts[0].rows] == ["社情民意:S-1"]


def test_explain_counts_a_supplied_refusal():
    member = make_member(make_term())
    found = explain(
        member=member,
        rule_id="px-refuses-order",
        year=2023,
        on=END,
        refusals={member.pk: ("退出事项:甲",)},
    )
    assert found.judgement.verdict == Verdict.HIT
    assert [row.record for row in found.facts[0].rows] == ["退出事项:甲"]


def test_explain_refuses_an_unknown_rule():
    member = make_member(make_term())
    for rule in ("px-nothing", "px-sector-activities-year"):
        with pytest.raises(RuleUnknownError):
            explain(member=member, rule_id=rule, year=2023, on=END)


def test_explain_refuses_a_member_who_left():
    member = make_member(make_term(), exited=date(2023, 5, 1))
    with pytest.raises(NotServingError):
        explain(member=member, rule_id="px-opinion-year", year=2023, on=END)


def test_suggested_actions_read_the_stored_findings():
    term = make_term()
    idle, away = make_member(term, "1"), make_member(term, "2")
    absent(away)
    run(term)
    assert suggested_actions(term=term) == {idle.pk: "remind", away.pk: "interview"}
    Finding.objects.filter(member=away, outcome="interview").update(state="withdrawn")
    assert suggested_actions(term=term) == {idle.pk: "remind", away.pk: "remind"}


def test_suggested_actions_of_a_year_leave_other_years_out():
    term = make_term()
    member = make_member(term)
    absent(member, date(2022, 5, 1))
    run(term, 2022)
    run(term, 2023)
    Finding.objects.filter(window="term").update(state="withdrawn")
    assert suggested_actions(term=term, year=2022) == {member.pk: "interview"}
    assert suggested_actions(term=term, year=2023) == {member.pk: "remind"}


def test_finding_evidence_is_read_record_by_record():
    term = make_term()
    absent(make_member(term), number="Q-1", title="三次会议")
    run(term)
    finding = Finding.objects.get(rule="px-plenary-unapproved")
    assert [row.title for row in finding_evidence(finding)] == ["三次会议（第1场）"]


def test_progress_is_told_for_every_serving_member(django_assert_num_queries):
    term = make_term()
    plain, standing = make_member(term), make_member(term, standing_from=term.start_date)
    report_opinion(date(2023, 2, 1), plain)
    with django_assert_num_queries(5):
        owed = progress(term=term, year=2023, on=date(2023, 6, 1))
    assert [(row.rule.id, row.done, row.is_met) for row in owed[plain.pk]] == [
        ("px-research-year", 0, False),
        ("px-opinion-year", 1, True),
        ("px-registration-year", 0, False),
        ("px-topic-term", 0, False),
        ("px-training-term", 0, False),
        ("px-term-report", 0, False),
    ]
    assert len(owed[standing.pk]) == 8


def test_member_rules_follow_the_pack():
    assert [rule.id for rule in member_rules(make_term(pack="yueqing"))] == [
        "yq-score-below-60",
        "yq-fail-2-years",
        "yq-standing-2-unexcused-year",
        "yq-report-year",
        "yq-training-first-year",
        "yq-training-term",
    ]
