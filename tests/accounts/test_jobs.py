"""The ledger: started once, claimed by one, never lost, ended visibly."""

from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from celery import shared_task
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from accounts.choices import JobState, Verb
from accounts.models import AuditEntry, Job
from accounts.services import jobs
from accounts.services.jobs import (
    LOST_AFTER,
    MAX_ATTEMPTS,
    MAX_UNFINISHED,
    JobLostError,
    JobNotClaimedError,
    TooManyJobsError,
    UnknownTaskError,
    requeue_lost_jobs,
    start_job,
    work_on,
)
from core.refusals import RefusalError
from tests.accounts.people import AT, make_user
from tests.running import wait_until

pytestmark = pytest.mark.django_db

TASK = "tests.accounts.nothing"
LATER = AT + LOST_AFTER + timedelta(seconds=1)


@shared_task(name=TASK)
def nothing(*, job_id: str) -> None:
    """Stands for real work."""


@pytest.fixture
def sent(monkeypatch):
    """Job ids the broker was given."""
    calls = []
    monkeypatch.setattr(nothing, "apply_async", lambda kwargs, **_: calls.append(kwargs["job_id"]))
    return calls


@pytest.fixture
def owner():
    return make_user("lian", "registrar")


@pytest.fixture
def job(owner, sent):
    return start_job(task=TASK, title="导出表册", owner=owner, at=AT, parameters={"year": 2025})


def work(job, at=AT):
    return work_on(job.pk, clock=lambda: at)


def test_job_is_sent_once_the_transaction_is_committed(
    owner, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        job = start_job(task=TASK, title="导出表册", owner=owner, at=AT)
        assert sent == []
    assert sent == [str(job.pk)]
    assert Job.objects.get().state == JobState.QUEUED
    assert AuditEntry.objects.get(verb=Verb.JOB).object_id == str(job.pk)


def test_unknown_task_is_refused_before_anything_is_queued(owner):
    with pytest.raises(UnknownTaskError):
        start_job(task="tests.accounts.misspelt", title="导出", owner=owner, at=AT)
    assert not Job.objects.exists()


def test_dead_broker_leaves_the_job_waiting(owner, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(**_):
        raise BrokerError("connection refused")

    monkeypatch.setattr(nothing, "apply_async", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        start_job(task=TASK, title="导出", owner=owner, at=AT)
    assert Job.objects.get().state == JobState.QUEUED


def test_same_key_is_the_same_job(owner, sent):
    first = start_job(task=TASK, title="年度考核", owner=owner, at=AT, key="yearly:x:2025")
    assert start_job(task=TASK, title="年度考核", owner=None, at=AT, key="yearly:x:2025") == first
    assert Job.objects.count() == 1
    assert AuditEntry.objects.filter(verb=Verb.JOB).count() == 1


def test_failed_job_with_a_key_is_tried_again(owner, sent):
    first = start_job(task=TASK, title="年度考核", owner=owner, at=AT, key="yearly:x:2025")
    with work(first) as hand:
        hand.fail("没有办成")
    again = start_job(task=TASK, title="年度考核", owner=owner, at=LATER, key="yearly:x:2025")
    again.refresh_from_db()
    assert (again.pk, again.state, again.message) == (first.pk, JobState.QUEUED, "")
    with work(again, LATER) as hand:
        hand.finish()
    assert Job.objects.get().state == JobState.DONE


def test_upload_is_kept_with_the_job(owner, sent):
    upload = ContentFile(b"rows", name="名册.xlsx")
    job = start_job(task=TASK, title="导入", owner=owner, at=AT, upload=upload)
    assert Job.objects.get().upload.read() == b"rows"
    assert str(job.pk) in job.upload.name


def test_one_owner_does_not_fill_the_queue(owner, sent):
    for _ in range(MAX_UNFINISHED):
        start_job(task=TASK, title="导出", owner=owner, at=AT)
    with pytest.raises(TooManyJobsError, match="10项任务"):
        start_job(task=TASK, title="导出", owner=owner, at=AT)
    assert Job.objects.count() == MAX_UNFINISHED
    start_job(task=TASK, title="导出", owner=make_user("bie"), at=AT)
    with work(Job.objects.filter(owner=owner).first()) as hand:
        hand.finish()
    assert start_job(task=TASK, title="导出", owner=owner, at=AT)


def test_job_is_claimed_by_one_worker(job):
    with work(job) as hand:
        assert (hand.job.state, hand.job.attempts) == (JobState.RUNNING, 1)
        with pytest.raises(JobNotClaimedError), work(job):
            pytest.fail("claimed twice")


def test_finished_job_is_not_claimed_again(job):
    with work(job):
        pass
    with pytest.raises(JobNotClaimedError), work(job, LATER):
        pytest.fail("done twice")


def test_lost_job_is_claimed_by_another_and_the_first_is_fenced_off(job):
    with work(job) as first:
        with work(job, LATER) as second:
            second.finish(result={"by": "second"})
        with pytest.raises(JobLostError):
            first.finish(result={"by": "first"})
        first.report(1, 2)
        with pytest.raises(JobLostError):
            first.report(2, 2)
    stored = Job.objects.get()
    assert (stored.state, stored.result) == (JobState.DONE, {"by": "second"})


def test_progress_is_seen_while_the_job_runs(job):
    with work(job) as hand:
        hand.report(3, 3, "第3人")
        stored = Job.objects.get()
        assert (stored.done, stored.total, stored.message) == (3, 3, "第3人")
        assert stored.percent == 100


def test_progress_is_not_written_at_every_step(job, django_assert_max_num_queries):
    with work(job) as hand, django_assert_max_num_queries(3):
        for step in range(1000):
            hand.report(step, 1000)


def test_finishing_stores_result_and_product(job, owner):
    with work(job) as hand:
        hand.finish(result={"members": 2}, product=b"%PDF", filename="登记表.pdf")
    stored = Job.objects.get()
    assert (stored.state, stored.result, stored.finished_at) == (JobState.DONE, {"members": 2}, AT)
    assert (stored.product.read(), stored.product_name) == (b"%PDF", "登记表.pdf")
    entry = AuditEntry.objects.filter(verb=Verb.JOB).first()
    assert entry.detail["product_digest"] == stored.product_digest != ""


def test_product_may_be_a_file(job, tmp_path):
    path = tmp_path / "汇总表.xlsx"
    path.write_bytes(b"PK")
    with work(job) as hand:
        hand.finish(product=path)
    assert (Job.objects.get().product.read(), Job.objects.get().product_name) == (
        b"PK",
        "汇总表.xlsx",
    )


def test_work_that_just_ends_is_done(job):
    with work(job):
        pass
    assert Job.objects.get().state == JobState.DONE


class ClosedYearError(RefusalError):
    pass


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ClosedYearError("2025年度已经归档，不能再改。"), "2025年度已经归档，不能再改。"),
        (ValidationError(["甲有误", "乙有误"]), "甲有误；乙有误"),
    ],
)
def test_refusal_becomes_the_jobs_message(job, error, message):
    with work(job):
        raise error
    stored = Job.objects.get()
    assert (stored.state, stored.message) == (JobState.FAILED, message)
    assert AuditEntry.objects.filter(verb=Verb.JOB, succeeded=False).count() == 1


def test_unforeseen_error_shows_a_number_and_nothing_of_the_inside(job):
    with work(job):
        raise KeyError("/srv/secret/path")
    stored = Job.objects.get()
    assert stored.state == JobState.FAILED
    assert stored.message == f"任务没有完成。请把编号 {str(job.pk)[:8]} 告诉系统管理员。"


def test_job_interrupted_by_the_database_stays_claimed_and_is_sent_again(
    job, sent, django_capture_on_commit_callbacks
):
    with work(job):
        raise OperationalError("server closed the connection")
    assert Job.objects.get().state == JobState.RUNNING
    with django_capture_on_commit_callbacks(execute=True):
        assert requeue_lost_jobs(at=LATER) == 1
    assert (Job.objects.get().state, sent) == (JobState.QUEUED, [str(job.pk)])


def test_waiting_job_whose_call_was_lost_is_sent_again(
    job, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert requeue_lost_jobs(at=AT + LOST_AFTER) == 0
        assert requeue_lost_jobs(at=LATER) == 1
        assert requeue_lost_jobs(at=LATER) == 0
    assert sent == [str(job.pk)]


def test_beating_job_is_left_alone(job, sent):
    with work(job, LATER) as hand:
        assert requeue_lost_jobs(at=LATER) == 0
        hand.finish()
    assert requeue_lost_jobs(at=LATER + LOST_AFTER * 2) == 0


def test_job_lost_too_often_is_given_up_visibly(job, sent):
    Job.objects.update(state=JobState.RUNNING, attempts=MAX_ATTEMPTS)
    assert requeue_lost_jobs(at=LATER) == 0
    stored = Job.objects.get()
    assert (stored.state, stored.finished_at) == (JobState.FAILED, LATER)
    assert stored.message.startswith("后台连续5次中断")
    assert AuditEntry.objects.filter(verb=Verb.JOB, succeeded=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_heartbeat_goes_on_while_the_work_says_nothing(monkeypatch, sent):
    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0)
    job = start_job(task=TASK, title="导出", owner=None, at=AT)
    seconds = count()
    with work_on(job.pk, clock=lambda: AT + timedelta(seconds=next(seconds))):
        begun = Job.objects.get().heartbeat_at

        def has_beaten() -> bool:
            with suppress(OperationalError):  # read while it was being written
                return Job.objects.get().heartbeat_at > begun
            return False

        wait_until(has_beaten, "no heartbeat")
