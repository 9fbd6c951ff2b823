"""Importing from the office's pages, as a clerk does it."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import AuditEntry, Job, Role, User
from accounts.services import jobs
from attendance.models import Meeting
from dossiers.tasks import check_workbook, import_workbook
from members.choices import RecordKind
from members.models import Affiliation, CollectionDuty, Department
from proposals.models import Proposal
from tests.building import make_member, make_term
from tests.dossiers.workbooks import MEETINGS

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)
GOOD = ("HY-1", "会", "其他会议", "2022-03-01")
BAD = ("HY-2", "会", "其他会议", "2030-03-01")


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(jobs, "send", lambda job: None)


@pytest.fixture
def term():
    return make_term()


def sign_in(client, name, *codes):
    user = User.objects.create_user(name, password="not-used-here", name=name, is_staff=True)
    user.groups.set(Role.objects.filter(code__in=codes))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def collector(client, term, *, own_only, kind=RecordKind.ATTENDANCE):
    """Signed in for the department 学习委."""
    user = sign_in(client, "collector", "collector")
    department = Department.objects.create(term=term, name="学习委")
    CollectionDuty.objects.create(department=department, record_kind=kind, own_only=own_only)
    Affiliation.objects.create(user=user, department=department)
    return user


def workbook(sheets, name="data.xlsx"):
    book, buffer = Workbook(write_only=True), BytesIO()
    for sheet, rows in sheets.items():
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(list(row))
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def upload(client, term, sheets, name="data.xlsx"):
    """Uploads, lets the worker check, and returns the job."""
    response = client.post(
        reverse("dossiers:import-create"), {"term": term.pk, "file": workbook(sheets, name)}
    )
    job = Job.objects.get(task="dossiers.tasks.check_workbook")
    assert response.url == reverse("dossiers:import-detail", args=[job.pk])
    check_workbook(job_id=str(job.pk))
    job.refresh_from_db()
    return job


def confirm(client, job, **data):
    """Confirms, lets the worker import, and returns the import's job."""
    client.post(reverse("dossiers:import-confirm", args=[job.pk]), data)
    importing = Job.objects.get(task="dossiers.tasks.import_workbook")
    import_workbook(job_id=str(importing.pk))
    importing.refresh_from_db()
    return importing


def test_upload_is_checked_and_nothing_is_written(client, term):
    sign_in(client, "registrar", "registrar")

    job = upload(client, term, {"会议活动": [MEETINGS, GOOD]})

    assert job.state == "done"
    assert Meeting.objects.count() == 0
    page = client.get(reverse("dossiers:import-detail", args=[job.pk])).content.decode()
    assert "确认导入 1 条" in page
    assert "HY-1" in page


def test_confirmed_upload_is_imported_in_the_name_of_the_clerk(client, term):
    user = sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, GOOD]})

    importing = confirm(client, job)

    assert importing.message == "导入完毕：新增 1 条，修改 0 条，不变 0 条，未导入 0 条"
    assert Meeting.objects.get().recorded_by == user
    assert AuditEntry.objects.filter(verb="import", actor=user).count() == 1


def test_confirming_twice_imports_once(client, term):
    sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, GOOD]})
    confirm(client, job)

    client.post(reverse("dossiers:import-confirm", args=[job.pk]))

    assert Job.objects.filter(task="dossiers.tasks.import_workbook").count() == 1


def test_upload_with_faults_shows_them_and_is_not_imported_whole(client, term):
    sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, GOOD, BAD]})

    page = client.get(reverse("dossiers:import-detail", args=[job.pk])).content.decode()
    client.post(reverse("dossiers:import-confirm", args=[job.pk]))

    assert "文件有 1 处错误" in page
    assert "跳过有错的行，导入其余 1 条" in page
    assert Job.objects.filter(task="dossiers.tasks.import_workbook").count() == 0


def test_good_rows_of_an_upload_are_imported_when_confirmed(client, term):
    sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, GOOD, BAD]})

    confirm(client, job, skip_bad_rows="on")

    assert [meeting.number for meeting in Meeting.objects.all()] == ["HY-1"]


def test_list_of_faults_is_downloaded_as_text(client, term):
    sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, ("HY-1", "会", '=HYPERLINK("x")', "x")]})

    response = client.get(reverse("accounts:job-product", args=[job.pk]))

    page = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    cells = [cell for row in page.iter_rows() for cell in row]
    assert [row[:3] for row in page.iter_rows(min_row=2, values_only=True)] == [
        ("会议活动", 2, "类别"),
        ("会议活动", 2, "开始日期"),
    ]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


def test_file_changed_after_the_check_is_not_imported(client, term):
    sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, GOOD]})
    with job.upload.storage.open(job.upload.name, "wb") as stored:
        stored.write(workbook({"会议活动": [MEETINGS, GOOD, BAD]}).read())

    importing = confirm(client, job)

    assert importing.state == "failed"
    assert importing.message == "上传的文件已不是检查过的那一份，没有导入。请重新上传。"
    assert Meeting.objects.count() == 0


def test_file_that_is_no_workbook_ends_the_check_with_a_reason(client, term):
    sign_in(client, "registrar", "registrar")
    file = SimpleUploadedFile("data.xlsx", b"a,b,c\n1,2,3\n")
    client.post(reverse("dossiers:import-create"), {"term": term.pk, "file": file})
    job = Job.objects.get()

    check_workbook(job_id=str(job.pk))

    job.refresh_from_db()
    assert job.state == "failed"
    assert job.message.startswith("文件不是 xlsx 工作簿")


@pytest.mark.parametrize(("name", "size"), [("data.xls", 10), ("data.xlsx", 10 * 1024 * 1024 + 1)])
def test_upload_refuses_other_and_larger_files(client, term, name, size):
    sign_in(client, "registrar", "registrar")
    file = SimpleUploadedFile(name, b"x" * size)

    response = client.post(reverse("dossiers:import-create"), {"term": term.pk, "file": file})

    assert list(response.context["form"].errors) == ["file"]
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    "code", ["member", "leader", "organization_department", "system_admin", "security_auditor"]
)
def test_others_cannot_import(client, term, code):
    sign_in(client, "other", code)

    assert client.get(reverse("dossiers:import-create")).status_code == 403
    assert client.get(reverse("dossiers:import-template")).status_code == 403


def test_upload_of_somebody_else_does_not_exist(client, term):
    sign_in(client, "registrar", "registrar")
    job = upload(client, term, {"会议活动": [MEETINGS, GOOD]})
    sign_in(client, "second", "registrar")

    assert client.get(reverse("dossiers:import-detail", args=[job.pk])).status_code == 404
    assert client.post(reverse("dossiers:import-confirm", args=[job.pk])).status_code == 404
    assert Meeting.objects.count() == 0


def test_collector_imports_only_the_sheets_of_their_department(client, term):
    make_member(term, "0001")
    collector(client, term, own_only=False)
    proposals = [
        ("提案号", "案由", "第一提案人", "提交日期"),
        ("T1", "建议", "0001", "2022-03-01"),
    ]

    job = upload(client, term, {"会议活动": [MEETINGS, GOOD], "提案": proposals})
    confirm(client, job, skip_bad_rows="on")

    assert [(fault["sheet"], fault["problem"]) for fault in job.result["errors"]] == [
        ("提案", "本部门不负责采集此表")
    ]
    assert job.result["sheets"]["提案"]["rejected"] == 1
    assert (Meeting.objects.count(), Proposal.objects.count()) == (1, 0)


def test_collector_of_own_events_imports_no_others(client, term):
    collector(client, term, own_only=True)
    Meeting.objects.create(
        term=term,
        number="HY-3",
        title="会",
        kind="other",
        start_date="2022-03-01",
        organiser="办公室",
    )
    headers = (*MEETINGS, "承办部门")
    rows = [
        ("HY-1", "会", "其他会议", "2022-03-01", "学习委"),
        ("HY-2", "会", "其他会议", "2022-03-01", "办公室"),
        ("HY-3", "会", "其他会议", "2022-03-01", "学习委"),
    ]

    job = upload(client, term, {"会议活动": [headers, *rows]})

    assert [fault["row"] for fault in job.result["errors"]] == [3, 4]


def test_collector_of_other_attendance_does_not_import_plenaries(client, term):
    collector(client, term, own_only=False)
    rows = [("QT-1", "全会", "全体会议", "2022-03-01"), GOOD]

    job = upload(client, term, {"会议活动": [MEETINGS, *rows]})

    assert [fault["row"] for fault in job.result["errors"]] == [2]


def test_template_is_importable_and_empty(client, term):
    sign_in(client, "registrar", "registrar")

    content = client.get(reverse("dossiers:import-template")).content

    names = load_workbook(BytesIO(content)).sheetnames
    assert names[:3] == ["填表说明", "委员名册", "职务任期"]
    file = SimpleUploadedFile("template.xlsx", content)
    client.post(reverse("dossiers:import-create"), {"term": term.pk, "file": file})
    job = Job.objects.get()
    check_workbook(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.result["error_count"], job.result["warning_count"]) == (0, 0)
    assert job.result["changes_nothing"] is True
