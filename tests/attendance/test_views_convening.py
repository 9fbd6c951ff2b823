"""会务 at the desk and the meeting on the phone: from the rule to the reply."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from attendance.choices import Participation, Reply, Scope
from attendance.models import Expectation, Meeting, MeetingMaterial
from attendance.selectors.expected import Line
from attendance.services.expected import build_expected
from members.models import Affiliation, CollectionDuty, Department, Notice
from tests.attendance.test_services_expected import crowd
from tests.building import make_meeting, suspend
from tests.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def meeting(world) -> Meeting:
    """Next week, wherever the clock of the house stands."""
    day = timezone.localdate() + timedelta(days=7)
    world.term.start_date, world.term.end_date = day.replace(month=1, day=1), day.replace(year=2099)
    world.term.save()
    return make_meeting(world.term, on=day, title="下周会议", organiser="提案委")


def page(name: str, pk: int) -> str:
    return reverse(f"attendance:{name}", args=[pk])


def shown(answer) -> str:
    return answer.content.decode()


def test_clerk_builds_the_list_and_tells_it(client, world, meeting):
    client.force_login(world.users["registrar"])
    suspend(world.members[2], timezone.localdate())

    preview = client.post(page("meeting-scope", meeting.pk), {"lines": ["all"]})
    assert "青鸾某" in shown(preview)
    assert "赤鲤某" not in shown(preview)
    assert not meeting.expectations.exists()
    mark = preview.context["change"].mark
    answer = client.post(page("meeting-scope", meeting.pk), {"lines": ["all"], "mark": mark})
    assert answer.status_code == 302
    assert meeting.expectations.count() == 3

    listing = shown(client.get(page("expected-list", meeting.pk)))
    assert [mark in listing for mark in ("青鸾某", "白鹤某", "赤鲤某")] == [True, True, False]
    desk = client.get(page("meeting-desk", meeting.pk))
    assert desk.context["whole"].total == 2

    form = client.get(page("notice-create", meeting.pk)).context["form"]
    assert "only_untold" not in form.fields
    letter = {"title": form.initial["title"], "body": form.initial["body"], "sent_before": 0}
    assert client.post(page("notice-create", meeting.pk), letter).status_code == 302
    again = client.post(page("notice-create", meeting.pk), letter)
    assert "没有重复发送" in shown(again)
    notice = Notice.objects.get(subject=f"attendance.meeting:{meeting.pk}")
    assert notice.recipients.count() == 2


def test_stale_preview_is_refused_plainly(client, world, meeting):
    client.force_login(world.users["registrar"])
    given = {"lines": ["all"], "mark": "0" * 16}
    assert "请重新预览" in shown(client.post(page("meeting-scope", meeting.pk), given))


def test_one_member_is_found_added_and_taken_off(client, world, meeting):
    client.force_login(world.users["registrar"])
    found = client.get(page("expected-create", meeting.pk), {"q": "白鹤"})
    assert [member.code for member in found.context["found"]] == ["0002"]
    client.post(page("expected-create", meeting.pk), {"member": world.members[1].pk})
    row = meeting.expectations.get()
    assert client.get(page("expected-detail", row.pk)).status_code == 200

    client.post(page("expected-detail", row.pk), {"reply-reply": "attending"})
    row.refresh_from_db()
    assert row.reply == Reply.ATTENDING
    refused = client.post(page("expected-detail", row.pk), {"remove-reason": ""})
    assert "此项必填。" in shown(refused)
    client.post(page("expected-detail", row.pk), {"remove-reason": "出国"})
    assert client.get(page("expected-detail", row.pk)).status_code == 404


def test_member_reads_replies_and_downloads(client, world, meeting, monkeypatch, tmp_path):
    storage = MeetingMaterial._meta.get_field("file").storage
    monkeypatch.setitem(vars(storage), "base_location", tmp_path)
    monkeypatch.setitem(vars(storage), "location", str(tmp_path))
    build_expected(meeting=meeting, lines=[Line(Scope.ALL)], actor=None, at=timezone.now())
    client.force_login(world.users["registrar"])
    upload = {"title": "会议议程", "file": SimpleUploadedFile("议程.pdf", b"%PDF-1.7")}
    client.post(page("material-create", meeting.pk), upload)
    letter = {"title": "通知", "body": "请参加。", "sent_before": 0}
    client.post(page("notice-create", meeting.pk), letter)
    material = MeetingMaterial.objects.get()

    client.force_login(world.users["member"])
    assert "下周会议" in shown(client.get(reverse("attendance:meeting-own-list")))
    assert "会议议程" in shown(client.get(page("meeting-detail", meeting.pk)))
    assert client.get(page("material-detail", material.pk)).getvalue() == b"%PDF-1.7"
    client.post(page("meeting-reply", meeting.pk), {"reply": "declined"})
    row = meeting.expectations.get(member=world.members[0])
    assert row.reply == Reply.DECLINED
    assert "不等于请假" in shown(client.get(page("meeting-detail", meeting.pk)))

    suspend(world.members[0], timezone.localdate())
    for name, pk in (("meeting-detail", meeting.pk), ("material-detail", material.pk)):
        assert client.get(page(name, pk)).status_code == 404
    assert client.post(page("meeting-reply", meeting.pk), {"reply": "attending"}).status_code == 404


def test_sign_up_has_its_own_words(client, world, meeting):
    meeting.participation = Participation.SIGN_UP
    meeting.save()
    Expectation.objects.create(meeting=meeting, member=world.members[0])
    client.force_login(world.users["member"])
    assert "我要报名" in shown(client.get(page("meeting-detail", meeting.pk)))
    client.post(page("meeting-reply", meeting.pk), {"reply": "attending"})
    assert "取消报名" in shown(client.get(page("meeting-detail", meeting.pk)))


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        ("registrar", 200, 200),
        ("leader", 200, 403),
        ("collector", 404, 404),
        ("organization_department", 404, 403),
        ("member", 403, 403),
        ("system_admin", 403, 403),
    ],
)
def test_desk_is_for_those_who_keep_the_meeting(role, reads, writes, client, world, meeting):
    client.force_login(world.users[role])
    assert client.get(page("meeting-desk", meeting.pk)).status_code == reads
    assert client.get(page("expected-list", meeting.pk)).status_code == reads
    for name in ("meeting-scope", "expected-create", "notice-create", "meeting-copy"):
        assert client.get(page(name, meeting.pk)).status_code == writes


def test_collector_keeps_the_meetings_its_department_organises(client, world, meeting):
    department = Department.objects.create(term=world.term, name="活动部")
    CollectionDuty.objects.create(department=department, record_kind="attendance", own_only=True)
    Affiliation.objects.create(user=world.users["collector"], department=department)
    other = make_meeting(world.term, on=meeting.start_date, organiser="活动部")
    client.force_login(world.users["collector"])
    assert client.get(page("meeting-desk", other.pk)).status_code == 200
    assert client.get(page("meeting-desk", meeting.pk)).status_code == 404


def test_last_years_meeting_is_copied_in_the_browser(client, world, meeting):
    client.force_login(world.users["registrar"])
    form = client.get(page("meeting-copy", meeting.pk)).context["form"]
    given = {name: form.initial[name] for name in ("title", "number", "start_date")}
    answer = client.post(page("meeting-copy", meeting.pk), given | {"number": "H-新"})
    copy = Meeting.objects.get(copied_from=meeting)
    assert answer["Location"] == page("meeting-desk", copy.pk)
    assert copy.start_date == meeting.start_date + timedelta(weeks=52)


@pytest.mark.parametrize("name", ["meeting-desk", "expected-list"])
def test_pages_take_as_many_queries_for_one_as_for_thousands(
    name, client, world, meeting, django_assert_max_num_queries
):
    client.force_login(world.users["registrar"])
    client.get(page(name, meeting.pk))
    crowd(world.term, 3000)
    build_expected(meeting=meeting, lines=[Line(Scope.ALL)], actor=None, at=timezone.now())
    with django_assert_max_num_queries(40):
        answer = client.get(page(name, meeting.pk))
    assert "3003" in shown(answer)
