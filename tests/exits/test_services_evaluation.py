from datetime import UTC, date, datetime

import pytest

from accounts.choices import JobState
from accounts.models import Job
from accounts.roles import RoleCode
from assessments.models import Finding, Run
from assessments.rulebook import load_pack, parse_pack
from assessments.services import YearOutsideTermError
from dossiers.models import Campaign
from exits.choices import Act, CaseKind, Ground, Verdict
from exits.selectors import compare_packs, explain
from exits.services import (
    default_as_of,
    evaluate_term,
    give_opinion,
    inform_departments,
    open_case,
    propose_case,
    record_effort,
    record_refusal,
    start_assessment,
    start_yearly_runs,
    summary_of,
)
from exits.tasks import run_assessment, run_last_year
from tests.accounts.people import make_user
from tests.building import make_member, make_term, report_opinion

pytestmark = pytest.mark.django_db

AT = datetime(2024, 1, 1, tzinfo=UTC)
END = date(2023, 12, 31)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def sent(monkeypatch):
    """Keys of jobs that were handed to the broker."""
    handed = []
    monkeypatch.setattr("accounts.services.jobs.send", lambda job: handed.append(job.key))
    return handed


def refuse(member):
    registrar = make_user("registrar", RoleCode.REGISTRAR)
    acting = {"actor": registrar, "at": AT}
    case = open_case(
        member=member,
        kind=CaseKind.ORDER_RESIGN,
        ground=Ground.NO_ACTIVITY,
        grounds="缺席",
        opened_date=date(2023, 3, 1),
        **acting,
    )
    inform_departments(case=case, date=date(2023, 3, 2), note="通报", **acting)
    give_opinion(
        case=case,
        partner=case.side,
        verdict=Verdict.AGREE,
        text="同意",
        date=date(2023, 3, 3),
        document_number="函1号",
        on_behalf=True,
        **acting,
    )
    propose_case(case=case, date=date(2023, 3, 4), proposal="建议责令辞去", **acting)
    for act in (Act.REMIND, Act.PERSUADE):
        record_effort(case=case, act=act, date=date(2023, 4, 1), note="记录", **acting)
    record_refusal(case=case, date=date(2023, 4, 1), note="拒不提交", **acting)


def evaluate(term, **options):
    return evaluate_term(term=term, year=2023, as_of=END, actor=None, at=AT, **options)


def test_refused_order_suggests_to_revoke(term):
    member = make_member(term, "0012")
    refuse(member)
    assert evaluate(term).suggested == {"0012": "revoke"}
    finding = Finding.objects.get(rule="px-refuses-order")
    assert finding.records == ["退出事项:0012|2023-03-01|拒不提交书面申请|2023-04-01"]
    found = explain(member=member, rule_id="px-refuses-order", year=2023, on=END)
    assert found.judgement.verdict == "hit"


@pytest.mark.parametrize(("year", "as_of"), [(2023, date(2023, 12, 31)), (2024, date(2024, 5, 2))])
def test_finished_year_is_seen_from_its_end(term, year, as_of):
    assert default_as_of(term=term, year=year, today=date(2024, 5, 2)) == as_of


@pytest.mark.parametrize(
    ("today", "as_of"),
    [(date(2024, 1, 10), date(2024, 1, 10)), (date(2024, 5, 2), date(2024, 1, 15))],
)
def test_finished_year_is_seen_from_the_day_its_forms_were_due(term, today, as_of):
    make_campaign(term, deadline=date(2024, 1, 15))
    assert default_as_of(term=term, year=2023, today=today) == as_of


def make_campaign(term, deadline):
    return Campaign.objects.create(
        term=term, year=2023, opens_date=date(2023, 12, 1), deadline_date=deadline, opened_at=AT
    )


def test_yearly_run_comes_again_after_a_late_deadline(term, sent):
    make_campaign(term, deadline=date(2024, 2, 10))
    runs = [
        [job.parameters["as_of"] for job in start_yearly_runs(on=on, at=on_the(on))]
        for on in (date(2024, 1, 1), date(2024, 2, 10), date(2024, 2, 11), date(2024, 2, 12))
    ]
    assert runs == [["2023-12-31"], [], ["2024-02-10"], ["2024-02-10"]]
    assert list(Job.objects.order_by("key").values_list("key", flat=True)) == [
        "yearly:test-1:2023",
        "yearly:test-1:2023:2024-02-10",
    ]


def on_the(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_yearly_run_looks_from_where_somebody_looked_already(term, sent):
    make_member(term)
    evaluate_term(
        term=term, year=2024, as_of=date(2024, 1, 2), actor=None, at=on_the(date(2024, 1, 2))
    )
    job = start_yearly_runs(on=date(2024, 1, 3), at=on_the(date(2024, 1, 3)))[0]
    assert job.parameters["as_of"] == "2024-01-02"
    run_assessment.apply(kwargs={"job_id": str(job.pk)})
    assert list(Run.objects.order_by("pk").values_list("year", flat=True)) == [2024, 2023]


def test_yearly_run_is_entered_once_for_each_term_of_the_year(term, sent):
    make_term("next", starts=date(2023, 12, 31), ends=date(2028, 1, 1), assembly="乙")
    make_term("past", starts=date(2016, 1, 1), ends=date(2022, 12, 31), assembly="丙")
    make_term("later", starts=date(2024, 1, 1), ends=date(2028, 1, 1), assembly="丁")
    first = start_yearly_runs(on=date(2024, 1, 1), at=AT)
    second = start_yearly_runs(on=date(2024, 1, 31), at=AT)
    keys = ["yearly:next:2023", "yearly:test-1:2023"]
    assert [job.key for job in first] == [job.key for job in second] == keys
    assert Job.objects.count() == 2
    assert first[1].parameters == {
        "term": "test-1",
        "year": 2023,
        "as_of": "2023-12-31",
        "stores": True,
    }


def test_task_does_the_run_and_a_second_call_nothing(term, sent):
    make_member(term)
    job = start_yearly_runs(on=date(2024, 1, 1), at=AT)[0]
    run_assessment.apply(kwargs={"job_id": str(job.pk)})
    found = list(Finding.objects.order_by("pk").values())
    run_assessment.apply(kwargs={"job_id": str(job.pk)})
    start_yearly_runs(on=date(2024, 1, 2), at=AT)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert (Run.objects.count(), list(Finding.objects.order_by("pk").values())) == (1, found)
    assert job.result["url"].endswith("/assessments/finding/?of_year=2023")
    assert job.message.startswith("考核委员1，成立")


def test_task_that_was_killed_is_done_again_with_the_same_findings(term, sent, monkeypatch):
    make_member(term)
    job = start_yearly_runs(on=date(2024, 1, 1), at=AT)[0]

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("assessments.services.runs.insert_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            run_assessment(job_id=str(job.pk))
    assert (Run.objects.count(), Finding.objects.count()) == (0, 0)
    Job.objects.update(heartbeat_at=AT)
    run_assessment.apply(kwargs={"job_id": str(job.pk)})
    job.refresh_from_db()
    assert (job.state, job.attempts, Run.objects.count()) == (JobState.DONE, 2, 1)
    assert Finding.objects.exists()


def test_beat_starts_the_year_before_in_shanghai(term, sent, monkeypatch):
    new_year = datetime(2023, 12, 31, 16, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: new_year)
    run_last_year()
    assert list(Job.objects.values_list("key", flat=True)) == ["yearly:test-1:2023"]


def test_trial_job_hands_out_a_workbook_and_stores_nothing(term, sent):
    make_member(term)
    job = start_assessment(term=term, year=2023, as_of=END, stores=False, owner=None, at=AT)
    run_assessment.apply(kwargs={"job_id": str(job.pk)})
    job.refresh_from_db()
    assert (job.state, Run.objects.count()) == (JobState.DONE, 0)
    assert job.product.read(2) == b"PK"
    assert "未保存" in job.message


def test_job_that_cannot_succeed_is_not_entered(term, sent):
    with pytest.raises(YearOutsideTermError):
        start_assessment(term=term, year=2031, as_of=END, stores=True, owner=None, at=AT)
    assert not Job.objects.exists()


def test_changed_pack_shows_whose_suggestion_differs(term):
    idle, busy = make_member(term, "1"), make_member(term, "2")
    report_opinion(END, busy)
    report_opinion(END, busy)
    pack = load_pack("pingxiang")
    start = pack.content.index('id = "px-opinion-year"')
    changed = pack.content[:start] + pack.content[start:].replace(
        'outcome = "remind"\nall = [{ measure = "opinions.submitted", below = 1 }]',
        'outcome = "interview"\nall = [{ measure = "opinions.submitted", below = 2 }]',
    )
    comparison = compare_packs(
        term=term, year=2023, on=END, pack=parse_pack(changed.encode(), source="x")
    )
    (difference,) = comparison.differences
    assert (difference.key, difference.usual, difference.changed) == ("1", "提醒", "约谈")
    assert comparison.rules == ()
    assert idle.code == "1"
    assert (Run.objects.count(), Finding.objects.count()) == (0, 0)


def test_changed_threshold_tells_which_rules_count_differently(term):
    member = make_member(term, "1")
    report_opinion(END, member)
    pack = load_pack("pingxiang")
    changed = pack.content.replace(
        '{ measure = "opinions.submitted", below = 1 }',
        '{ measure = "opinions.submitted", below = 2 }',
    )
    comparison = compare_packs(
        term=term, year=2023, on=END, pack=parse_pack(changed.encode(), source="x")
    )
    assert comparison.rules == (("px-opinion-year", "年度未反映社情民意信息", 0, 1),)


def test_summary_tells_the_run_in_one_sentence(term):
    make_member(term)
    summary = summary_of(evaluate(term))
    assert summary.startswith("考核委员1，成立")
    assert "新发现" in summary
