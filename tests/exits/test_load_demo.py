"""The demonstration as it stands in the database after `load_demo`."""

from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import AuditEntry
from assessments.choices import FindingState
from assessments.models import Finding
from assessments.rulebook import load_pack
from assessments.selectors import assess
from dossiers.choices import HandInKind, ObjectionState, PaperState
from dossiers.models import Campaign, DutyPaper, Objection
from exits.choices import Act, CaseKind, CaseState, InterviewState, PaperKind, Partner
from exits.management.demo import PARTS, PREVIOUS_TERM, TERM, DemoTerm, invent_term
from exits.models import Case, CaseStep, Interview, OfficialPaper
from exits.selectors import refusals
from members.choices import ReportState
from members.models import ChangeReport, Member, Notice, Person, SuspensionPeriod, Term

MEMBERS, SEED = 30, 5


def load(**options: int) -> str:
    out = StringIO()
    call_command("load_demo", stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo() -> DemoTerm:
    return invent_term(members=MEMBERS, years=1, seed=SEED)


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """Loaded once for the tests of this module, and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load(members=MEMBERS, years=1, seed=SEED)
        transaction.set_rollback(True)


@pytest.fixture
def term(db: None) -> Term:
    return Term.objects.select_related("assembly").get(code=TERM.code)


def hits(term: Term, year: int) -> set[tuple[str, str]]:
    """(rule, subject) on the last day told of that year, refusals in cases included."""
    on = min(date(year, 12, 31), date(2026, 11, 20))
    found = assess(
        term=term,
        year=year,
        on=on,
        pack=load_pack(term.rule_pack),
        refusals=refusals(term=term, on=on),
    )
    return {(hit.judgement.rule.id, hit.judgement.subject.key) for hit in found.hits}


@pytest.mark.parametrize(
    ("records", "sheet", "column"),
    [
        ("proposal_set", "提案", "提案号"),
        ("publicopinionreport_set", "社情民意", "编号"),
        ("meetings", "会议活动", "编号"),
    ],
)
def test_load_demo_loads_every_record_told(records, sheet, column, term, demo):
    """What is staged afterwards comes on top."""
    told = {row[column] for book in demo.workbooks for row in book.sheets.get(sheet, [])}
    assert told - set(getattr(term, records).values_list("number", flat=True)) == set()


def test_load_demo_loads_every_member(term):
    assert Member.objects.filter(term=term).count() == MEMBERS


def test_every_rule_of_the_pack_is_hit(term):
    found = {rule for year in (2024, 2025, 2026) for rule, _ in hits(term, year)}
    assert found == {rule.id for rule in load_pack(TERM.pack).city_rules}


def test_every_part_of_the_cast_is_hit_by_its_rules(term, demo):
    found = set().union(*(hits(term, year) for year in (2024, 2025, 2026)))
    players = {member.part.story: member.code for member in demo.members}
    missing = [
        (part.story, rule)
        for part in PARTS
        for rule in part.rules
        if (rule, players[part.story]) not in found
    ]
    assert missing == []


def test_whoever_was_suspended_all_year_owes_nothing_that_year(term, demo):
    suspended = next(one for one in demo.members if one.part.story.startswith("全年暂停履职"))
    assert suspended.code not in {subject for _, subject in hits(term, 2025)}


def test_findings_are_seen_in_every_state(term):
    states = set(Finding.objects.filter(term=term).values_list("state", flat=True))
    assert states == set(FindingState.values)


def test_a_report_entered_late_withdraws_its_finding(term, demo):
    finding = Finding.objects.get(
        term=term,
        rule="px-opinion-year",
        window="2025",
        subject_key=demo.playing("late_opinion").code,
    )
    assert finding.state == FindingState.WITHDRAWN


def test_cases_are_opened_on_confirmed_findings_only(term):
    grounds = Case.objects.filter(member__term=term, finding__isnull=False)
    assert {case.finding.state for case in grounds} == {FindingState.CONFIRMED}


def test_cases_are_seen_of_every_kind_and_in_every_state(term):
    cases = Case.objects.filter(member__term=term)
    assert set(cases.values_list("kind", flat=True)) == set(CaseKind.values)
    assert set(cases.values_list("state", flat=True)) == set(CaseState.values)
    assert cases.open().filter(due_date__lt=date(2026, 11, 20)).exists()
    assert set(cases.values_list("side", flat=True)) == set(Partner.values)


def test_cases_hold_everything_a_case_may_hold(term):
    steps = CaseStep.objects.filter(case__member__term=term)
    done = set(steps.values_list("kind", flat=True))
    assert set(Act.values) - done == {Act.CLOSE, Act.JOIN}


def test_nobody_decided_what_they_had_proposed(term):
    decided = Case.objects.filter(member__term=term, decided_by__isnull=False)
    assert decided.count() > 1
    assert [case for case in decided if case.decided_by_id == case.proposed_by_id] == []


def test_what_cases_decided_stands_in_the_roster(term, demo):
    told = {one.code: (one.exited, one.suspended) for one in demo.members if one.part.by_case}
    stored = {
        member.code: (
            member.exited_date,
            tuple(member.suspensions.values_list("start_date", "end_date")),
        )
        for member in Member.objects.filter(term=term, code__in=told)
    }
    assert stored == told
    periods = SuspensionPeriod.objects.filter(member__term=term, member__code__in=told)
    assert [period for period in periods if not period.cases.exists()] == []


def test_interviews_are_seen_in_every_state(term):
    interviews = Interview.objects.filter(member__term=term)
    assert set(interviews.values_list("state", flat=True)) == set(InterviewState.values)
    assert interviews.exclude(rescheduled="").count() == 1


def test_letters_are_numbered_in_the_order_of_their_dates(term):
    papers = OfficialPaper.objects.filter(term=term)
    dated = list(papers.order_by("series", "year", "sequence"))
    assert dated == sorted(dated, key=lambda one: (one.series, one.issued_date, one.sequence))
    assert len(dated) == 14
    assert set(papers.values_list("kind", flat=True)) == set(PaperKind) - {PaperKind.OTHER}


def test_every_full_year_has_its_campaign(term):
    years = Campaign.objects.filter(term=term).order_by("year").values_list("year", flat=True)
    assert list(years) == [2022, 2023, 2024, 2025, 2026]


def test_some_persons_serve_in_both_terms(term):
    both = Person.objects.filter(memberships__term=term).filter(
        memberships__term__code=PREVIOUS_TERM.code
    )
    assert both.count() >= 10


def test_objections_and_reports_are_seen_in_every_state(term):
    objections = Objection.objects.filter(member__term=term)
    reports = ChangeReport.objects.filter(member__term=term)
    assert set(objections.values_list("state", flat=True)) == set(ObjectionState.values)
    assert objections.overdue(date(2026, 11, 20)).exists()
    assert set(reports.values_list("state", flat=True)) == set(ReportState.values)
    assert reports.filter(passed_on_at__isnull=False).exists()


def test_papers_are_seen_on_their_way_and_verified(term):
    papers = DutyPaper.objects.filter(campaign__term=term)
    running = set(papers.filter(campaign__year=2026).values_list("state", flat=True))
    assert running >= set(PaperState.values) - {PaperState.ARCHIVED}
    assert papers.filter(campaign__year=2025, kind=HandInKind.PERFORMANCE_FORM).exists()


def test_members_were_told_of_papers_sent_back(term):
    back = DutyPaper.objects.filter(campaign__term=term, state=PaperState.RETURNED)
    back = back.select_related("member__person", "campaign")
    told = Notice.objects.filter(subject__in=[str(paper) for paper in back])
    members = told.values_list("recipients__member", flat=True)
    assert sorted(members) == sorted(paper.member_id for paper in back) != []


def test_load_demo_a_second_time_changes_nothing(term):
    before = AuditEntry.objects.count()
    answer = load(members=MEMBERS + 1, years=2, seed=SEED + 1)
    assert answer == "届次“pingxiang-14”已经存在，没有改动任何数据。\n"
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("options", [{"members": 29}, {"years": 0}, {"years": 6}])
def test_load_demo_refuses_what_it_cannot_tell(db, options):
    with pytest.raises(CommandError) as refusal:
        load(**options)
    assert refusal.value.returncode == 2
