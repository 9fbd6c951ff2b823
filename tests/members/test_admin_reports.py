"""Pages of the reports of change: the unit's form and list, the office's queue."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from members.choices import ChangeKind, ReportState
from members.models import Affiliation, ChangeReport, LiaisonGroup
from members.services.reports import report_change
from tests.accounts.people import make_user
from tests.building import make_member, make_term
from tests.test_scale import queries_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 5, 2, 0, tzinfo=UTC)
ADD = "/admin/members/changereport/add/"
LIST = "/admin/members/changereport/"


def signed_in(user) -> Client:
    user.password_changed_at = timezone.now()
    user.save()
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def term():
    return make_term(starts=date(2021, 1, 1), ends=date(2099, 12, 31))


@pytest.fixture
def member(term):
    group = LiaisonGroup.objects.create(term=term, name="安源区联络组")
    return make_member(term, name="青某", liaison_group=group)


@pytest.fixture
def county(member):
    user = make_user("county", "county_group")
    Affiliation.objects.create(user=user, liaison_group=member.liaison_group)
    return user


@pytest.fixture
def desk():
    return signed_in(make_user("registrar", "registrar"))


def made(member, county, kind=ChangeKind.SUSPECTED_VIOLATION, **given) -> ChangeReport:
    values = {"statement": "情况正在核实。", "at": AT} | given
    return report_change(member=member, kind=kind, actor=county, **values)


def page(report, act="change") -> str:
    return reverse(f"admin:members_changereport_{act}", args=[report.pk])


def test_group_reports_on_its_own_members(term, member, county):
    make_member(term, name="外某")
    client = signed_in(county)
    text = client.get(ADD).content.decode()
    assert "青某" in text
    assert "外某" not in text
    form = {"member": member.pk, "kind": "moved_away", "statement": "已随迁。"}
    answer = client.post(ADD, form | {"attachment": SimpleUploadedFile("证明.pdf", b"%PDF-1.4")})
    report = ChangeReport.objects.get()
    assert answer["Location"] == page(report)
    assert (report.kind, report.liaison_group) == ("moved_away", member.liaison_group)
    text = client.get(page(report)).content.decode()
    assert "已随迁。" in text
    assert "证明.pdf" in text
    file = client.get(page(report, "attachment"))
    assert file["Content-Disposition"].startswith("attachment;")


def test_anothers_member_cannot_be_chosen(term, member, county):
    other = make_member(term)
    form = {"member": other.pk, "kind": "other", "statement": "x"}
    text = signed_in(county).post(ADD, form).content.decode()
    assert "请从名单中选择。" in text
    assert not ChangeReport.objects.exists()


def test_report_twice_is_refused_with_the_words_kept(member, county):
    client = signed_in(county)
    form = {"member": member.pk, "kind": "other", "statement": "情况如下。"}
    client.post(ADD, form)
    text = client.post(ADD, form).content.decode()
    assert "不必重复提交" in text
    assert "情况如下。" in text


@pytest.mark.parametrize("role", ["leader", "collector", "united_front_department", "member"])
def test_others_have_no_form(role, member):
    assert signed_in(make_user("other", role)).get(ADD).status_code in {302, 403}


def test_office_settles_and_passes_on(member, county, desk):
    report = made(member, county)
    desk.post(page(report, "pass-on"))
    desk.post(page(report, "settle"), {"state": "accepted", "answer": "已改。"})
    report.refresh_from_db()
    assert (report.state, report.answer) == (ReportState.ACCEPTED, "已改。")
    assert report.passed_on_at is not None
    assert "已改。" in signed_in(county).get(page(report)).content.decode()


def test_reading_by_get_does_nothing(member, county, desk):
    report = made(member, county)
    desk.get(page(report, "pass-on"))
    signed_in(county).get(page(report, "withdraw"))
    report.refresh_from_db()
    assert (report.state, report.passed_on_at) == (ReportState.NEW, None)


@pytest.mark.parametrize("act", ["settle", "pass-on"])
def test_unit_and_leader_do_not_settle(act, member, county):
    report = made(member, county)
    for user in (county, make_user("leader", "leader")):
        answer = signed_in(user).post(page(report, act), {"state": "accepted", "answer": "x"})
        assert answer.status_code == 403


def test_reporter_withdraws(member, county):
    report = made(member, county)
    signed_in(county).post(page(report, "withdraw"))
    report.refresh_from_db()
    assert report.state == ReportState.WITHDRAWN


@pytest.mark.parametrize("act", ["change", "history", "attachment", "withdraw"])
def test_report_of_another_group_is_not_found(act, term, member, county):
    report = made(member, county, attachment=SimpleUploadedFile("a.pdf", b"%PDF-1.4"))
    stranger = make_user("stranger", "county_group")
    group = LiaisonGroup.objects.create(term=term, name="湘东区联络组")
    Affiliation.objects.create(user=stranger, liaison_group=group)
    client = signed_in(stranger)
    ask = client.post if act == "withdraw" else client.get
    assert ask(page(report, act)).status_code == 404


def test_reading_what_is_disciplinary_is_written_down(member, county, desk):
    plain, grave = made(member, county, ChangeKind.OTHER), made(member, county)
    for report in (plain, grave):
        desk.get(page(report))
    desk.get(LIST)
    desk.get(page(grave, "history"))
    read = [entry.detail for entry in AuditEntry.objects.filter(verb="view")]
    assert read == [{"object_type": "members.changereport", "ids": [grave.pk]}] * 3


def test_waiting_reports_come_first(member, county, desk):
    old = made(member, county)
    new = made(member, county, ChangeKind.OTHER, at=datetime(2026, 6, 6, tzinfo=UTC))
    ChangeReport.objects.filter(pk=new.pk).update(state="accepted", settled_at=AT)
    rows = desk.get(LIST).context_data["cl"].result_list
    assert [row.pk for row in rows] == [old.pk, new.pk]


def test_list_costs_the_same_queries_for_one_and_three(term, member, county, desk):
    counts = []
    for number in range(3):
        other = make_member(term, name=f"某{number}", liaison_group=member.liaison_group)
        made(other, county)
        desk.get(LIST)
        counts.append(queries_of(lambda: desk.get(LIST)))
    assert len(set(counts)) == 1


def test_organization_department_is_named_as_reporter(member, desk):
    made(member, make_user("cadres", "organization_department", name="顾守成"), "post_changed")
    assert "组织部（顾守成）" in desk.get(LIST).content.decode()
