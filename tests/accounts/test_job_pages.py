"""我的任务: seen, followed and fetched by their owner alone."""

import pytest
from django.utils import timezone

from accounts.choices import JobState, Verb
from accounts.models import AuditEntry, Job
from accounts.roles import RoleCode
from accounts.services.jobs import start_job, work_on
from accounts.services.roles import set_roles
from tests.accounts.people import AT, make_user

pytestmark = pytest.mark.django_db

JOBS = "/accounts/jobs/"
TASK = "accounts.tasks.requeue_lost_jobs"
PERMISSION = "reporting.export_dutydossier"


@pytest.fixture
def owner(client):
    user = make_user("lian", RoleCode.REGISTRAR, password_changed_at=timezone.now())
    client.force_login(user)
    return user


@pytest.fixture
def job(owner):
    return start_job(task=TASK, title="导出表册", owner=owner, at=AT, permission=PERMISSION)


@pytest.fixture
def done(job):
    with work_on(job.pk, clock=lambda: AT) as work:
        work.finish(product=b"%PDF-1.7", filename="登记表.pdf", message="共1份")
    return work.job


def as_other(client, role):
    user = make_user("other", role, password_changed_at=timezone.now())
    client.force_login(user)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_shows_own_jobs_at_the_same_cost(client, owner, rows, django_assert_max_num_queries):
    for number in range(rows):
        Job.objects.create(task=TASK, title=f"导出{number}", owner=owner, queued_at=AT)
    Job.objects.create(task=TASK, title="别人的", queued_at=AT)
    client.get(JOBS)
    with django_assert_max_num_queries(8):
        answer = client.get(JOBS)
    assert [job.title for job in answer.context["jobs"]] == [f"导出{n}" for n in range(rows)]
    assert "别人的" not in answer.content.decode()


def test_empty_list_says_what_will_be_here(client, owner):
    assert "还没有任务" in client.get(JOBS).content.decode()


def test_progress_is_told_in_words_and_numbers(client, job):
    Job.objects.update(state=JobState.RUNNING, done=30, total=120, started_at=timezone.now())
    answer = client.get(f"{JOBS}{job.pk}/progress/").json()
    assert answer["finished"] is False
    assert "30 / 120（25%）" in answer["html"]
    assert "下载" not in answer["html"]


def test_finished_job_offers_its_product(client, done):
    answer = client.get(f"{JOBS}{done.pk}/progress/").json()
    assert answer["finished"] is True
    assert f'href="{JOBS}{done.pk}/product/"' in answer["html"]


def test_owner_fetches_the_product_and_this_is_written_down(client, done, owner):
    answer = client.get(f"{JOBS}{done.pk}/product/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    entry = AuditEntry.objects.get(verb=Verb.EXPORT)
    assert (entry.actor, entry.detail["sha256"]) == (owner, done.product_digest)


@pytest.mark.parametrize("part", ["", "progress/", "product/"])
@pytest.mark.parametrize(
    "role", [RoleCode.REGISTRAR, RoleCode.LEADER, RoleCode.SYSTEM_ADMIN, RoleCode.MEMBER]
)
def test_job_of_somebody_else_is_not_there(client, done, role, part):
    as_other(client, role)
    assert client.get(f"{JOBS}{done.pk}/{part}").status_code == 404


@pytest.mark.parametrize("part", ["", "progress/", "product/"])
def test_jobs_ask_to_sign_in(client, done, part):
    client.logout()
    assert client.get(f"{JOBS}{done.pk}/{part}").status_code == 302


def test_product_is_out_of_reach_with_the_right_gone(client, done, owner):
    set_roles(user=owner, roles=[RoleCode.COLLECTOR], actor=None, at=AT)
    assert client.get(f"{JOBS}{done.pk}/product/").status_code == 404
    assert "下载" not in client.get(f"{JOBS}{done.pk}/").content.decode()


def test_unfinished_job_has_no_product(client, job):
    assert client.get(f"{JOBS}{job.pk}/product/").status_code == 404


def test_title_is_shown_as_text(client, owner):
    job = Job.objects.create(task=TASK, title="<script>x</script>", owner=owner, queued_at=AT)
    assert "<script>x" not in client.get(f"{JOBS}{job.pk}/").content.decode()
