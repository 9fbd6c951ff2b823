import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.choices import Verb
from accounts.models import AuditEntry, Job
from accounts.roles import RoleCode
from reporting.choices import FormKind
from tests.building import make_tenure
from tests.world import MARKS, build_world

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def world():
    return build_world()


def signed_in(client, world, role):
    client.force_login(world.users[role])
    session = client.session
    session["signed_in_at"] = NOW.timestamp()
    session.save()
    return client


def form_url(member, kind=FormKind.ANNUAL_RETURN, ending="pdf", year=2023):
    return reverse("reporting:form-detail", args=[member.pk, year, kind.value, ending])


def test_form_comes_as_a_file_with_a_chinese_name(client, world):
    member = world.members[0]
    response = signed_in(client, world, RoleCode.REGISTRAR).get(form_url(member))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert member.person.name in PdfReader(io.BytesIO(response.content)).pages[0].extract_text()


def test_form_comes_as_a_worksheet(client, world):
    response = signed_in(client, world, RoleCode.REGISTRAR).get(
        form_url(world.members[0], ending="xlsx")
    )
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["委员履职情况登记表"]


def test_fetching_a_form_is_written_down(client, world):
    signed_in(client, world, RoleCode.LEADER).get(form_url(world.members[1]))
    entry = AuditEntry.objects.filter(verb=Verb.EXPORT).get()
    assert entry.actor == world.users[RoleCode.LEADER]
    assert entry.object_id == str(world.members[1].pk)
    assert len(entry.detail["sha256"]) == 64


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (RoleCode.REGISTRAR, (200, 200, 200)),
        (RoleCode.LEADER, (200, 200, 200)),
        (RoleCode.MEMBER, (200, 404, 404)),
        (RoleCode.COUNTY_GROUP, (200, 200, 404)),
        (RoleCode.SYSTEM_ADMIN, (403, 403, 403)),
        (RoleCode.SECURITY_AUDITOR, (403, 403, 403)),
    ],
)
def test_form_is_for_those_who_may_see_the_member(client, world, role, statuses):
    signed_in(client, world, role)
    answers = [client.get(form_url(member)) for member in world.members]
    for answer, expected, mark in zip(answers, statuses, MARKS, strict=True):
        may_export = world.users[role].has_perm("reporting.export_dutydossier")
        assert answer.status_code == (expected if may_export else 403)
        if answer.status_code != 200:
            assert mark.encode() not in answer.content


def test_visitor_is_sent_to_sign_in(client, world):
    response = client.get(form_url(world.members[0]))
    assert response.status_code == 302
    assert MARKS[0].encode() not in response.content
    assert not AuditEntry.objects.filter(verb="denied").exists()


def test_performance_form_exists_for_standing_members_only(client, world):
    member = world.members[1]
    member.tenures.filter(post="standing_member").delete()
    signed_in(client, world, RoleCode.REGISTRAR)
    assert client.get(form_url(member, FormKind.PERFORMANCE_FORM)).status_code == 404
    make_tenure(member, world.term.start_date)
    assert client.get(form_url(member, FormKind.PERFORMANCE_FORM)).status_code == 200


@pytest.mark.parametrize("year", [1999, 2999])
def test_year_outside_the_term_has_no_form(client, world, year):
    response = signed_in(client, world, RoleCode.REGISTRAR).get(
        form_url(world.members[0], year=year)
    )
    assert response.status_code == 404


def test_member_finds_their_years_under_downloads(client, world):
    response = signed_in(client, world, RoleCode.MEMBER).get(reverse("reporting:own-data"))
    page = response.content.decode()
    assert form_url(world.members[0]) in page
    assert form_url(world.members[0], ending="xlsx") in page
    assert form_url(world.members[1]) not in page
    assert "2024年度" in page
    assert "截至今天" in page


def test_office_begins_at_its_desk(client, world):
    response = signed_in(client, world, RoleCode.REGISTRAR).get(reverse("reporting:home"))
    assert response["Location"] == reverse("admin:index")


def ask(client, **fields):
    data = {"year": "2023", "scope": "all", "file_format": "pdf"} | fields
    return client.post(reverse("reporting:export-create"), data)


def test_export_is_asked_for_and_found_under_jobs(client, world):
    signed_in(client, world, RoleCode.REGISTRAR)
    assert "导出表册" in client.get(reverse("reporting:export-create")).content.decode()
    response = ask(client)
    job = Job.objects.get(task="reporting.tasks.export_dossiers")
    assert response["Location"] == reverse("accounts:job-detail", args=[job.pk])
    assert (job.parameters["on"], job.parameters["format"]) == ("2023-12-31", "pdf")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"scope": "sector"}, "请填写界别。"),
        ({"scope": "committee"}, "请填写专委会。"),
        ({"scope": "picked"}, "请填写委员编号。"),
        ({"scope": "picked", "codes": "没有此人"}, "没有这些委员编号：没有此人"),
        ({"year": "1999"}, "1999"),
        ({"file_format": "zip"}, "zip"),
    ],
)
def test_export_that_cannot_be_made_says_why(client, world, fields, complaint):
    signed_in(client, world, RoleCode.REGISTRAR)
    response = ask(client, **fields)
    assert response.status_code == 200
    assert complaint in response.content.decode()
    assert not Job.objects.filter(task="reporting.tasks.export_dossiers").exists()


def test_picked_members_are_parted_by_any_usual_mark(client, world):
    signed_in(client, world, RoleCode.REGISTRAR)
    codes = [member.code for member in world.members]
    ask(client, scope="picked", codes=f"{codes[0]}、{codes[1]}\n{codes[2]},{codes[0]}")
    assert Job.objects.get(task="reporting.tasks.export_dossiers").parameters["codes"] == codes


def test_export_page_is_the_office_s(client, world):
    for role in (RoleCode.MEMBER, RoleCode.SYSTEM_ADMIN):
        signed_in(client, world, role)
        assert client.get(reverse("reporting:export-create")).status_code == 403
        assert ask(client).status_code == 403
