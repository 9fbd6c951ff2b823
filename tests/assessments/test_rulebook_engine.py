"""Each rule on each side of its threshold, and when rules are judged at all."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.rulebook import Verdict, evaluate, judge, load_pack, owed_minimums
from dossiers.facts import DutyFacts, Holder, MemberFacts, Occasion, OrganFacts, Subject, TermFrame

TERM = TermFrame(1, "t-1", "试验届", False, date(2021, 10, 1), date(2026, 12, 31))
COUNTY = TermFrame(1, "t-1", "试验届", True, date(2021, 10, 1), date(2026, 12, 31))
MET = {
    "research.own": 1,
    "opinions.submitted": 1,
    "hand_ins.annual_return": 1,
    "hand_ins.performance_report": 1,
    "hand_ins.performance_form": 1,
    "hand_ins.annual_duty_report": 1,
    "term.research.topics": 1,
    "term.training.attended": 1,
    "term.hand_ins.term_duty_report": 1,
}


def member(values=None, *, standing=True, suspended=False, years=None):
    return MemberFacts(
        subject=Subject(Holder.MEMBER, 1, "0001", "甲"),
        sector="工商联界",
        is_standing=standing,
        suspended_all_year=suspended,
        values={"score": None} | MET | (values or {}),
        years=years or {},
    )


def organ(holder, occasions=None, name="机构"):
    return OrganFacts(Subject(holder, 1, name, name), occasions or {})


def facts(*members, year=2026, on=date(2026, 12, 31), deadline=None, term=TERM, occasions=None):
    given = occasions or {}
    return DutyFacts(
        term=term,
        year=year,
        on=on,
        deadline=deadline or date(year, 12, 31),
        events={},
        members=members,
        sectors=(organ(Holder.SECTOR, given),),
        committees=(organ(Holder.COMMITTEE, given),),
        assembly=organ(Holder.ASSEMBLY, given, term.code),
    )


def hits(pack, known):
    return {(hit.rule.id, hit.window.name) for hit in evaluate(load_pack(pack), known)}


def member_hits(pack, known):
    return {
        hit.rule.id
        for hit in evaluate(load_pack(pack), known)
        if hit.subject.holder is Holder.MEMBER
    }


#: (pack, rule, measures that do not reach the rule, measures that just reach it)
THRESHOLDS = [
    ("pingxiang", "px-research-year", {"research.own": 1}, {"research.own": 0}),
    ("pingxiang", "px-opinion-year", {"opinions.submitted": 1}, {"opinions.submitted": 0}),
    (
        "pingxiang",
        "px-registration-year",
        {"hand_ins.annual_return": 1},
        {"hand_ins.annual_return": 0},
    ),
    (
        "pingxiang",
        "px-duty-report-year",
        {"hand_ins.performance_report": 1},
        {"hand_ins.performance_report": 0},
    ),
    (
        "pingxiang",
        "px-duty-report-year",
        {"hand_ins.performance_form": 1},
        {"hand_ins.performance_form": 0},
    ),
    ("pingxiang", "px-topic-term", {"term.research.topics": 1}, {"term.research.topics": 0}),
    ("pingxiang", "px-training-term", {"term.training.attended": 1}, {"term.training.attended": 0}),
    (
        "pingxiang",
        "px-term-report",
        {"term.hand_ins.term_duty_report": 1},
        {"term.hand_ins.term_duty_report": 0},
    ),
    ("pingxiang", "px-plenary-unapproved", {"plenary.unexcused": 0}, {"plenary.unexcused": 1}),
    (
        "pingxiang",
        "px-plenary-unapproved-2-running",
        {"term.plenary.unexcused_running": 1},
        {"term.plenary.unexcused_running": 2},
    ),
    ("pingxiang", "px-standing-unapproved", {"standing.unexcused": 0}, {"standing.unexcused": 1}),
    (
        "pingxiang",
        "px-standing-unapproved-2-running",
        {"standing.unexcused_running": 1},
        {"standing.unexcused_running": 2},
    ),
    (
        "pingxiang",
        "px-plenary-interview",
        {"term.plenary.unexcused": 0, "term.plenary.leave": 1},
        {"term.plenary.unexcused": 1, "term.plenary.leave": 0},
    ),
    (
        "pingxiang",
        "px-plenary-interview",
        {"term.plenary.leave": 1},
        {"term.plenary.leave": 2},
    ),
    (
        "pingxiang",
        "px-plenary-2-running",
        {"term.plenary.missed_running": 1},
        {"term.plenary.missed_running": 2},
    ),
    (
        "pingxiang",
        "px-plenary-2-unexcused",
        {"term.plenary.unexcused": 1},
        {"term.plenary.unexcused": 2},
    ),
    ("pingxiang", "px-refuses-order", {"term.refusals": 0}, {"term.refusals": 1}),
    ("yueqing", "yq-score-below-60", {"score": Decimal(60)}, {"score": Decimal("59.9")}),
    (
        "yueqing",
        "yq-standing-2-unexcused-year",
        {"standing.unexcused": 1},
        {"standing.unexcused": 2},
    ),
    (
        "yueqing",
        "yq-report-year",
        {"hand_ins.annual_duty_report": 1},
        {"hand_ins.annual_duty_report": 0},
    ),
    (
        "yueqing",
        "yq-training-first-year",
        {"joined_new": 1, "training.attended": 1},
        {"joined_new": 1, "training.attended": 0},
    ),
    (
        "yueqing",
        "yq-training-first-year",
        {"joined_new": 0, "training.attended": 0},
        {"joined_new": 1, "training.attended": 0},
    ),
    ("yueqing", "yq-training-term", {"term.training.attended": 1}, {"term.training.attended": 0}),
]
THRESHOLDS += [
    ("pingxiang", rule, {measure: 0}, {measure: 1})
    for rule, kinds in {
        "px-discipline-order": [
            "sanctions.party_post_removed",
            "sanctions.party_probation",
            "sanctions.administrative_major_demerit",
            "sanctions.administrative_demotion",
            "sanctions.administrative_dismissal",
        ],
        "px-conduct-order": ["conduct.political_discipline", "conduct.public_morality"],
        "px-criminal-revoke": ["sanctions.criminal_liability"],
        "px-expelled-revoke": ["sanctions.party_expelled", "sanctions.administrative_expulsion"],
        "px-charter-revoke": ["conduct.charter_violation"],
    }.items()
    for measure in (f"term.{kind}" for kind in kinds)
]
NEVER_CAME = {"served_since_january": 1, "events.expected": 3, "events.unexcused": 1}
THRESHOLDS += [
    ("pingxiang", "px-no-activity-year", NEVER_CAME | spared, NEVER_CAME)
    for spared in (
        {"served_since_january": 0},
        {"events.expected": 0},
        {"events.attended": 1},
        {"events.unexcused": 0},
        {"research.topics": 1},
        {"research.inspections": 1},
    )
]


@pytest.mark.parametrize(("pack", "rule", "short_of", "reached"), THRESHOLDS)
def test_member_rule_turns_at_its_threshold(pack, rule, short_of, reached):
    assert rule not in member_hits(pack, facts(member(short_of)))
    assert rule in member_hits(pack, facts(member(reached)))


def test_every_member_rule_has_its_threshold_tested():
    tested = {rule for _, rule, _, _ in THRESHOLDS} | {"yq-fail-2-years"}
    shipped = {
        rule.id
        for pack in ("pingxiang", "yueqing")
        for rule in load_pack(pack).city_rules
        if rule.subject.is_member
    }
    assert tested == shipped


def test_other_sanctions_order_nothing():
    warned = member({"term.sanctions.warning": 3, "term.sanctions.administrative_demerit": 1})
    assert member_hits("pingxiang", facts(warned)) == set()


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({2023: Decimal(59), 2025: Decimal(59)}, {"yq-fail-2-years"}),
        ({2023: Decimal(59), 2025: Decimal(60)}, set()),
        ({2023: Decimal(59)}, set()),
    ],
)
def test_failing_years_are_counted_in_all_not_running(scores, expected):
    assert member_hits("yueqing", facts(member(years={"score": scores}))) == expected


def test_score_rules_wait_for_a_scheme():
    assert member_hits("yueqing", facts(member())) == set()


ORGAN_THRESHOLDS = [
    ("px-sector-activities-year", "sector.activities", 2, TERM),
    ("px-committee-study-year", "committee.study_seminars", 2, TERM),
    ("px-supervision-year", "assembly.oversight_topics", 2, TERM),
    ("px-supervision-year", "assembly.oversight_topics", 1, COUNTY),
    ("px-secretaries-meeting-year", "assembly.secretaries_meetings", 1, TERM),
    ("px-party-building-term", "assembly.party_building_seminars", 1, TERM),
]


def occasions(measure, number, on=date(2026, 3, 1)):
    return {measure: tuple(Occasion(on, f"会议活动:{place}") for place in range(number))}


@pytest.mark.parametrize(("rule", "measure", "enough", "term"), ORGAN_THRESHOLDS)
def test_organ_rule_turns_at_its_threshold(rule, measure, enough, term):
    short = facts(term=term, occasions=occasions(measure, enough - 1))
    assert rule in {found for found, _ in hits("pingxiang", short)}
    held = facts(term=term, occasions=occasions(measure, enough))
    assert rule not in {found for found, _ in hits("pingxiang", held)}


def test_one_topic_of_oversight_counts_once():
    twice = {
        "assembly.oversight_topics": (
            Occasion(date(2026, 3, 1), "会议活动:1", "水"),
            Occasion(date(2026, 4, 1), "会议活动:2", "水"),
        )
    }
    assert ("px-supervision-year", "2026") in hits("pingxiang", facts(occasions=twice))
    without_topic = {
        "assembly.oversight_topics": (
            Occasion(date(2026, 3, 1), "会议活动:1"),
            Occasion(date(2026, 4, 1), "会议活动:2"),
        )
    }
    assert ("px-supervision-year", "2026") not in hits("pingxiang", facts(occasions=without_topic))


def test_absence_is_judged_at_once():
    absent = member({"plenary.unexcused": 1})
    known = facts(absent, year=2021, on=date(2021, 10, 20))
    assert "px-plenary-unapproved" in member_hits("pingxiang", known)


def test_suspended_all_year_is_spared_year_rules_only():
    values = {"opinions.submitted": 0, "plenary.unexcused": 1, "term.research.topics": 0}
    spared = facts(member(values, suspended=True))
    assert member_hits("pingxiang", spared) == {"px-topic-term"}


def test_standing_rules_spare_other_members():
    values = {"standing.unexcused": 2, "hand_ins.performance_form": 0}
    plain = facts(member(values, standing=False))
    assert member_hits("pingxiang", plain) == set()
    assert member_hits("yueqing", plain) == set()


def test_absence_partly_on_leave_is_told():
    absent = member({"plenary.unexcused": 2, "plenary.partly_on_leave": 1})
    found = next(
        hit
        for hit in evaluate(load_pack("pingxiang"), facts(absent))
        if hit.rule.id == "px-plenary-unapproved"
    )
    assert found.values == {"plenary_unexcused": 2, "plenary_partly_on_leave": 1}
    assert found.summary == "2026年度：无故全程不参加全体会议2次（其中1次有部分场次请假，请酌情）。"


@pytest.mark.parametrize(
    ("rule", "known", "verdict"),
    [
        ("px-opinion-year", facts(member({"opinions.submitted": 0})), Verdict.HIT),
        ("px-opinion-year", facts(member()), Verdict.CLEAR),
        ("px-opinion-year", facts(member(), on=date(2026, 6, 1)), Verdict.NOT_DUE),
        ("px-opinion-year", facts(member(suspended=True)), Verdict.EXEMPT),
        (
            "px-opinion-year",
            facts(member(), year=2021, on=date(2021, 12, 31)),
            Verdict.OUTSIDE_TERM,
        ),
        ("px-duty-report-year", facts(member(standing=False)), Verdict.NOT_STANDING),
        ("px-topic-term", facts(member(), year=2024, on=date(2024, 5, 1)), Verdict.NOT_DUE),
        ("yq-score-below-60", facts(member()), Verdict.NO_VALUE),
    ],
)
def test_judge_says_why(rule, known, verdict):
    pack = load_pack("yueqing" if rule.startswith("yq") else "pingxiang")
    found = judge(pack.rule(rule, is_county=False), known.members[0], known)
    assert found.verdict == verdict


def test_owed_minimums_tell_what_is_left_and_by_when():
    person = member({"opinions.submitted": 0}, standing=False)
    known = facts(person, year=2024, on=date(2024, 6, 1), deadline=date(2024, 12, 20))
    owed = owed_minimums(load_pack("pingxiang"), known, person)
    assert [(row.rule.id, row.done, row.required, row.due, row.is_met) for row in owed] == [
        ("px-research-year", 1, 1, date(2024, 12, 31), True),
        ("px-opinion-year", 0, 1, date(2024, 12, 31), False),
        ("px-registration-year", 1, 1, date(2024, 12, 20), True),
        ("px-topic-term", 1, 1, date(2026, 12, 31), True),
        ("px-training-term", 1, 1, date(2026, 12, 31), True),
        ("px-term-report", 1, 1, date(2026, 12, 31), True),
    ]
