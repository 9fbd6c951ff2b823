"""The member's pages of records and objections, and the office's queue."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from dossiers.choices import ObjectionState
from dossiers.models import Objection
from dossiers.services.objections import file_objection
from members.choices import RecordKind, SanctionKind
from members.models import Affiliation, CollectionDuty, Department
from tests.accounts.people import make_user
from tests.building import invite, make_member, make_term, report_opinion, sanction
from tests.test_scale import queries_of

pytestmark = pytest.mark.django_db

DAY = date(2023, 5, 10)
AT = datetime(2023, 6, 5, 2, 0, tzinfo=UTC)


def signed_in(user) -> Client:
    user.password_changed_at = timezone.now()
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def make_seat(term, name, username):
    member = make_member(term, name=name)
    member.person.user = make_user(username, "member")
    member.person.save()
    return member


@pytest.fixture
def term():
    return make_term(starts=date(2021, 1, 1), ends=date(2026, 12, 31))


@pytest.fixture
def member(term):
    return make_seat(term, "青某", "qing")


@pytest.fixture
def other(term):
    return make_seat(term, "白某", "bai")


@pytest.fixture
def desk():
    return signed_in(make_user("registrar", "registrar"))


def create_page(record) -> str:
    label = record._meta.label_lower
    return reverse("dossiers:objection-create", args=[label, record.pk])


def office_page(objection, act="change") -> str:
    return reverse(f"admin:dossiers_objection_{act}", args=[objection.pk])


def filed(member, record=None, **given) -> Objection:
    return file_objection(
        member=member,
        record=record,
        statement="日期不对。",
        actor=member.person.user,
        **{"at": AT} | given,
    )


def test_records_of_a_year_are_the_members_own(member, other):
    invite(member, DAY, "本人的会")
    invite(member, date(2022, 5, 1), "去年的会")
    invite(other, DAY, "别人的会")
    text = signed_in(member.person.user).get("/dossiers/records/?year=2023").content.decode()
    assert "本人的会" in text
    assert "去年的会" not in text
    assert "别人的会" not in text


@pytest.mark.parametrize("year", ["1999", "x", "²"])
def test_year_without_records_is_not_found(year, member):
    client = signed_in(member.person.user)
    assert client.get("/dossiers/records/", {"year": year}).status_code == 404


def test_records_cost_the_same_queries_for_one_and_three(member):
    client = signed_in(member.person.user)
    page = "/dossiers/records/?year=2023"
    counts = []
    for number in range(3):
        filed(member, invite(member, DAY, f"会{number}"))
        report_opinion(DAY, member)
        client.get(page)
        counts.append(queries_of(lambda: client.get(page)))
    assert len(set(counts)) == 1


def test_member_objects_in_two_steps(member):
    record = invite(member, DAY, "座谈会")
    client = signed_in(member.person.user)
    assert create_page(record) in client.get("/dossiers/records/?year=2023").content.decode()
    answer = client.post(create_page(record), {"statement": "少登记了半天。"})
    objection = Objection.objects.get()
    assert answer["Location"] == reverse("dossiers:objection-detail", args=[objection.pk])
    assert "少登记了半天。" in client.get(answer["Location"]).content.decode()


def test_second_objection_is_refused_with_the_words_kept(member):
    record = invite(member, DAY)
    filed(member, record)
    page = signed_in(member.person.user).post(create_page(record), {"statement": "再说一遍"})
    assert "正在办理，请等待答复" in page.content.decode()
    assert "再说一遍" in page.content.decode()


def test_member_reports_a_missing_record(member):
    form = {"missing_kind": "invitation", "missing_label": "座谈会", "statement": "五月参加。"}
    signed_in(member.person.user).post(reverse("dossiers:objection-missing"), form)
    assert Objection.objects.get().record_label == "记录缺漏：座谈会"


@pytest.mark.parametrize("what", ["create", "detail", "withdraw", "proof"])
def test_other_members_pages_are_not_found(what, member, other):
    record = invite(member, DAY)
    objection = filed(member, record, proof=SimpleUploadedFile("p.pdf", b"%PDF-1.4"))
    client = signed_in(other.person.user)
    if what == "create":
        assert client.get(create_page(record)).status_code == 404
        return
    page = reverse(f"dossiers:objection-{what}", args=[objection.pk])
    ask = client.post if what == "withdraw" else client.get
    assert ask(page).status_code == 404
    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN


def test_member_withdraws(member):
    objection = filed(member, invite(member, DAY))
    page = reverse("dossiers:objection-withdraw", args=[objection.pk])
    client = signed_in(member.person.user)
    assert client.get(page).status_code == 405
    client.post(page)
    objection.refresh_from_db()
    assert objection.state == ObjectionState.WITHDRAWN


def test_office_answers_and_the_member_reads_and_reopens(member, desk):
    objection = filed(member, invite(member, DAY))
    form = {"answer-outcome": "explained", "answer-text": "签到表如此。"}
    desk.post(office_page(objection, "answer"), form)
    client = signed_in(member.person.user)
    page = reverse("dossiers:objection-detail", args=[objection.pk])
    assert "签到表如此。" in client.get(page).content.decode()
    client.post(page, {"text": "仍有出入。"})
    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN
    assert "仍有出入。" in desk.get(office_page(objection)).content.decode()


def test_false_correction_is_refused_on_the_page(member, desk):
    objection = filed(member, invite(member, DAY))
    form = {"answer-outcome": "corrected", "answer-text": "改好了。"}
    text = desk.post(office_page(objection, "answer"), form).content.decode()
    assert "没有改动，不能答复“已更正”" in text
    assert "改好了。" in text


def test_second_clerk_is_told_that_it_is_answered(member, desk):
    objection = filed(member, invite(member, DAY))
    form = {"answer-outcome": "explained", "answer-text": "第一个。"}
    desk.post(office_page(objection, "answer"), form)
    second = signed_in(make_user("second", "registrar"))
    second.post(office_page(objection, "answer"), form | {"answer-text": "第二个。"})
    assert objection.entries.filter(act="answered").count() == 1


def test_collector_sees_and_answers_what_the_department_collects(term, member):
    department = Department.objects.create(term=term, name="调研信息科")
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.OPINION)
    clerk = make_user("clerk", "collector")
    Affiliation.objects.create(user=clerk, department=department)
    theirs = filed(member, report_opinion(DAY, member))
    others = filed(member, invite(member, DAY))
    client = signed_in(clerk)
    listed = client.get(reverse("admin:dossiers_objection_changelist")).context_data["cl"]
    assert [row.pk for row in listed.result_list] == [theirs.pk]
    assert client.get(office_page(theirs)).status_code == 200
    assert client.get(office_page(others)).status_code == 404
    form = {"answer-outcome": "explained", "answer-text": "已核对。"}
    assert client.post(office_page(others, "answer"), form).status_code == 404
    assert client.post(office_page(theirs, "answer"), form).status_code == 302


def test_leader_reads_but_does_not_answer(member):
    objection = filed(member, invite(member, DAY))
    client = signed_in(make_user("leader", "leader"))
    assert client.get(office_page(objection)).status_code == 200
    form = {"answer-outcome": "explained", "answer-text": "x"}
    assert client.post(office_page(objection, "answer"), form).status_code == 403


def test_passing_on_takes_it_out_of_the_collectors_queue(term, member):
    first = Department.objects.create(term=term, name="调研信息科")
    second = Department.objects.create(term=term, name="提案委")
    CollectionDuty.objects.create(department=first, record_kind=RecordKind.INVITATION)
    clerk = make_user("clerk", "collector")
    Affiliation.objects.create(user=clerk, department=first)
    objection = filed(member, invite(member, DAY))
    form = {"pass-department": second.pk, "pass-reason": "归提案委"}
    answer = signed_in(clerk).post(office_page(objection, "pass-on"), form)
    assert answer["Location"] == reverse("admin:dossiers_objection_changelist")
    objection.refresh_from_db()
    assert objection.department == second


def test_queue_shows_what_is_open_the_earliest_due_first(member, desk):
    late = filed(member, invite(member, DAY), at=AT + timedelta(days=30))
    early = filed(member, invite(member, DAY))
    done = filed(member, invite(member, DAY))
    Objection.objects.filter(pk=done.pk).update(state="explained", settled_at=AT)
    page = reverse("admin:dossiers_objection_changelist")
    rows = desk.get(page).context_data["cl"].result_list
    assert [row.pk for row in rows] == [early.pk, late.pk]
    rows = desk.get(f"{page}?state=explained").context_data["cl"].result_list
    assert [row.pk for row in rows] == [done.pk]


def test_queue_costs_the_same_queries_for_one_and_three(term, desk):
    page = reverse("admin:dossiers_objection_changelist")
    counts = []
    for number in range(3):
        seat = make_seat(term, f"某{number}", f"user{number}")
        filed(seat, invite(seat, DAY))
        desk.get(page)
        counts.append(queries_of(lambda: desk.get(page)))
    assert len(set(counts)) == 1


def test_office_page_of_a_deleted_record_says_so(member, desk):
    record = invite(member, DAY)
    objection = filed(member, record)
    record.delete()
    text = desk.get(office_page(objection)).content.decode()
    assert "这条记录已经删除" in text


def test_reading_an_objection_to_a_sanction_is_written_down(member, desk):
    plain = filed(member, invite(member, DAY))
    grave = filed(member, sanction(member, DAY, SanctionKind.WARNING))
    for objection in (plain, grave):
        desk.get(office_page(objection))
    (entry,) = AuditEntry.objects.filter(verb="view")
    assert entry.detail == {"object_type": "dossiers.objection", "ids": [grave.pk]}


def test_proof_is_handed_to_both_sides_as_a_download(member, desk):
    objection = filed(
        member, invite(member, DAY), proof=SimpleUploadedFile("证明.pdf", b"%PDF-1.4 x")
    )
    page = reverse("dossiers:objection-proof", args=[objection.pk])
    for client in (desk, signed_in(member.person.user)):
        answer = client.get(page)
        assert answer["Content-Disposition"].startswith("attachment;")
        assert b"".join(answer.streaming_content) == b"%PDF-1.4 x"


@pytest.mark.parametrize(
    "name", ["dossiers:record-list", "dossiers:objection-list", "dossiers:objection-missing"]
)
def test_office_account_without_a_seat_has_no_member_pages(name):
    client = signed_in(make_user("department", "organization_department"))
    assert client.get(reverse(name)).status_code == 403


def test_strangers_are_asked_to_sign_in(client):
    answer = client.get("/dossiers/objections/create/attendance.attendance/1/")
    assert answer.status_code == 302
    assert "next=" in answer["Location"]
