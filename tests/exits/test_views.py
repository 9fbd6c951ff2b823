import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Job, Role, User
from accounts.roles import RoleCode
from assessments.models import Finding, Run
from assessments.rulebook import load_pack
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db


def sign_in(client, role):
    user = User.objects.create_user(username=role, name=role, is_staff=True)
    user.groups.add(Role.objects.get(code=role))
    client.force_login(user)
    return user


@pytest.fixture
def registrar(client):
    return sign_in(client, RoleCode.REGISTRAR)


@pytest.fixture
def term():
    term = make_term()
    make_member(term)
    return term


@pytest.fixture(autouse=True)
def nothing_is_sent(monkeypatch):
    monkeypatch.setattr("accounts.services.jobs.send", lambda job: None)


PAGES = ["exits:run-create", "exits:trial-create", "exits:trial-pack"]


@pytest.mark.parametrize("page", PAGES)
def test_page_is_for_those_who_may_run(client, term, page):
    assert client.get(reverse(page)).status_code == 302
    sign_in(client, RoleCode.LEADER)
    assert client.get(reverse(page)).status_code == 403
    sign_in(client, RoleCode.REGISTRAR)
    assert client.get(reverse(page)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_page_without_a_term_is_not_there(client, registrar, page):
    assert client.get(reverse(page)).status_code == 404


def wanted(**fields):
    return {"year": 2023, "as_of": "", "stores": "yes", "token": uuid.UUID(int=1)} | fields


def test_run_becomes_a_job(client, registrar, term):
    response = client.post(reverse("exits:run-create"), wanted())
    job = Job.objects.get()
    assert response.url == reverse("accounts:job-detail", args=[job.pk])
    assert (job.owner, job.parameters) == (
        registrar,
        {"term": "test-1", "year": 2023, "as_of": "2023-12-31", "stores": True},
    )


def test_form_sent_twice_is_one_job(client, registrar, term):
    for _ in range(2):
        client.post(reverse("exits:run-create"), wanted())
    assert Job.objects.count() == 1
    client.post(reverse("exits:run-create"), wanted(token=uuid.UUID(int=2)))
    assert Job.objects.count() == 2


def test_impossible_date_is_told_on_the_form(client, registrar, term):
    response = client.post(reverse("exits:run-create"), wanted(as_of="2022-12-31"))
    assert response.context["form"].non_field_errors() == [
        "截至日期2022-12-31时，2023年度（本届）尚未开始。"
    ]
    assert not Job.objects.exists()


def test_trial_shows_whose_suggestion_differs(client, registrar, term):
    changed = load_pack("pingxiang").content.replace('outcome = "remind"', 'outcome = "interview"')
    upload = SimpleUploadedFile("changed.toml", changed.encode())
    response = client.post(reverse("exits:trial-create"), {"year": 2023, "pack": upload})
    (difference,) = response.context["comparison"].differences
    assert (difference.usual, difference.changed) == ("提醒", "约谈")
    assert difference.name in response.content.decode()
    assert (Run.objects.count(), Finding.objects.count(), Job.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("content", [b"rules = 1", b"\xff\xff", b"#" * 1_000_001])
def test_bad_pack_is_told_on_the_form(client, registrar, term, content):
    upload = SimpleUploadedFile("bad.toml", content)
    response = client.post(reverse("exits:trial-create"), {"year": 2023, "pack": upload})
    assert response.status_code == 200
    assert response.context["form"].errors["pack"]


def test_pack_is_handed_out_as_it_is(client, registrar, term):
    response = client.get(reverse("exits:trial-pack"))
    assert response.content.decode() == load_pack("pingxiang").content
    assert response["Content-Disposition"] == 'attachment; filename="pingxiang.toml"'


def test_years_offered_are_those_of_the_term(client, registrar, term):
    form = client.get(reverse("exits:run-create")).context["form"]
    years = [year for year, _ in form.fields["year"].choices]
    assert years[-1] == term.start_date.year
    assert years[0] == min(term.end_date.year, max(date(2026, 1, 1).year, years[0]))
