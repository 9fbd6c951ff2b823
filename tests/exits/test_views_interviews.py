"""Pages of interviews at the office's desk: who opens what, and what is done there."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from exits.choices import InterviewState
from exits.models import Interview
from tests.building import make_member
from tests.exits.interviews import (
    MEETING,
    Scene,
    arranged,
    closed,
    held,
    make_finding,
    make_scene,
    notified,
)

pytestmark = pytest.mark.django_db
LIST = reverse("exits:interview-list")
CREATE = reverse("exits:interview-create")


@pytest.fixture
def scene() -> Scene:
    scene = make_scene()
    User.objects.update(password_changed_at=timezone.now())
    return scene


def page(interview: Interview) -> str:
    return reverse("exits:interview-detail", args=[interview.pk])


def act(interview: Interview, name: str) -> str:
    return reverse("exits:interview-act", args=[interview.pk, name])


#: (code of the list, whether the interview is on it, code of its page) by account.
SHOWN = {
    "registrar": (200, True, 200),
    "leader": (200, True, 200),
    "other-leader": (200, False, 404),
    "organization": (200, False, 404),
    "united": (200, False, 404),
    "committee": (403, False, 403),
    "county": (403, False, 403),
    "member": (403, False, 403),
    "other-member": (403, False, 403),
    "admin": (403, False, 403),
}


def test_interview_is_shown_to_the_office_and_its_leader(client, scene):
    interview = notified(scene)
    seen = {}
    for name in SHOWN:
        client.force_login(scene.users[name])
        listed = client.get(LIST)
        is_on_it = listed.status_code == 200 and "张青" in listed.content.decode()
        seen[name] = (listed.status_code, is_on_it, client.get(page(interview)).status_code)
    assert seen == SHOWN


@pytest.mark.parametrize(("name", "code"), [("organization", 200), ("united", 404)])
def test_department_of_the_side_reads_what_was_held_and_does_nothing(name, code, client, scene):
    interview = held(scene)
    client.force_login(scene.users[name])
    answer = client.get(page(interview))
    assert answer.status_code == code
    assert "办结" not in answer.content.decode()
    assert client.post(act(interview, "close"), {}).status_code == 403
    assert client.get(CREATE).status_code == 403


def test_reading_is_written_down(client, scene):
    interview = held(scene)
    client.force_login(scene.users["registrar"])
    read = {"object_type": "exits.interview", "ids": [interview.pk]}
    for times, path in enumerate((LIST, page(interview)), start=1):
        client.get(path)
        entries = AuditEntry.objects.filter(verb="view")
        assert [entry.detail for entry in entries] == [read] * times


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_as_many_queries_for_one_as_for_many(
    count, client, scene, django_assert_max_num_queries
):
    for number in range(count):
        arranged(
            scene,
            member=make_member(scene.term),
            scheduled_at=MEETING + timedelta(hours=number),
            without_committee="未编入专门委员会",
        )
        make_finding(make_member(scene.term))
    client.force_login(scene.users["registrar"])
    client.get(LIST)
    with django_assert_max_num_queries(30):
        assert client.get(LIST).status_code == 200


def in_form(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def request_of(scene: Scene, **fields) -> dict[str, object]:
    ahead = timezone.now() + timedelta(days=3)
    values = {
        "kind": "interview",
        "reason": "全体会议缺席",
        "leader": scene.leader.pk,
        "scheduled_at": in_form(ahead),
        "place": "三楼",
        "without_committee": "未编入专门委员会",
    }
    return values | fields


@pytest.fixture
def running(scene) -> Scene:
    """The term runs today."""
    today = timezone.localdate()
    scene.term.end_date = today.replace(year=today.year + 2)
    scene.term.save()
    return scene


def test_clerk_arranges_from_a_finding_and_by_number(client, running):
    client.force_login(running.users["registrar"])
    finding = make_finding(running.member)
    path = f"{CREATE}?finding={finding.pk}"
    assert "无故全程不参加全体会议1次。" in client.get(path).content.decode()
    entry = AuditEntry.objects.get(verb="view")
    assert entry.detail == {"object_type": "assessments.finding", "ids": [finding.pk]}
    answer = client.post(path, request_of(running))
    made = Interview.objects.get()
    assert answer["Location"] == page(made)
    assert (made.member, made.finding) == (running.member, finding)
    client.post(CREATE, request_of(running, code="0013"))
    assert Interview.objects.exclude(pk=made.pk).get().member.code == "0013"


def test_refusals_are_told_on_the_form(client, running):
    client.force_login(running.users["registrar"])
    for fields, said in (
        ({"code": "9999"}, "本届没有编号为“9999”的委员。"),
        ({"code": "0013", "place": ""}, "此项必填。"),
        ({"code": "0013", "without_committee": ""}, "请选择参加的专门委员会"),
        ({"code": "0013", "scheduled_at": "明天"}, "请按 2026-01-31 09:30 的格式填写时间。"),
        ({"code": "0013", "scheduled_at": "2020-01-01T09:00"}, "约谈时间已经过去，请重新填写。"),
        ({"code": "0001"}, "委员不能约谈本人。"),
        ({"code": "0013", "leader": "0"}, "请在列出的领导中选择。"),
    ):
        answer = client.post(CREATE, request_of(running, **fields))
        assert answer.status_code == 200
        assert said in answer.content.decode()
    assert not Interview.objects.exists()


def test_leader_arranges_what_they_conduct_themself(client, running):
    client.force_login(running.users["other-leader"])
    answer = client.post(CREATE, request_of(running, code="0013"))
    assert "请在列出的领导中选择。" in answer.content.decode()
    client.force_login(running.users["leader"])
    client.post(CREATE, request_of(running, code="0013"))
    assert Interview.objects.get().leader == running.leader


def test_unknown_finding_or_member_is_not_found(client, running):
    client.force_login(running.users["registrar"])
    for query in ("finding=x", "finding=99", "member=x", "member=99999"):
        assert client.get(f"{CREATE}?{query}").status_code == 404


def test_interview_is_carried_through_on_its_page(client, scene):
    now = timezone.now()
    interview = arranged(scene, scheduled_at=now + timedelta(minutes=30), at=now)
    client.force_login(scene.users["leader"])
    assert client.post(act(interview, "notify"), {"version": 1}).status_code == 302
    Interview.objects.update(notified_at=now - timedelta(days=2))
    held_at = in_form(now - timedelta(days=1))
    values = {"version": 2, "held_at": held_at, "minutes": "要点", "statement": "改正"}
    assert client.post(act(interview, "hold"), values).status_code == 302
    copy = SimpleUploadedFile("签字.pdf", b"%PDF-1.4")
    assert client.post(act(interview, "paper"), {"version": 3, "file": copy}).status_code == 302
    copy = client.get(reverse("exits:interview-signed-copy", args=[interview.pk]))
    assert b"".join(copy.streaming_content) == b"%PDF-1.4"
    today = timezone.localdate().isoformat()
    values = {"version": 4, "result": "accepted", "closed_date": today, "follow_up_date": today}
    assert client.post(act(interview, "close"), values).status_code == 302
    assert "回访到期" in client.get(page(interview)).content.decode()
    values = {"version": 5, "note": "已按时参会"}
    assert client.post(act(interview, "follow_up"), values).status_code == 302
    text = client.get(page(interview)).content.decode()
    assert "已按时参会" in text
    assert "office-form" not in text


def test_second_press_is_told_and_changes_nothing(client, scene):
    interview = held(scene)
    client.force_login(scene.users["registrar"])
    values = {"version": interview.version, "result": "accepted", "note": "未到场签字"}
    values["closed_date"] = timezone.localdate().isoformat()
    assert client.post(act(interview, "close"), values).status_code == 302
    answer = client.post(act(interview, "close"), values)
    assert answer.status_code == 200
    assert "没有保存" in answer.content.decode()
    assert Interview.objects.get().version == interview.version + 1


def test_refused_act_keeps_what_was_typed(client, scene):
    interview = held(scene)
    client.force_login(scene.users["registrar"])
    values = {"version": interview.version, "result": "other", "note": ""}
    values["closed_date"] = timezone.localdate().isoformat()
    text = client.post(act(interview, "close"), values).content.decode()
    assert "委员还没有确认约谈记录" in text
    assert '<option value="other" selected>' in text
    assert Interview.objects.get().state == InterviewState.HELD


def test_unknown_act_and_foreign_interview_are_not_found(client, scene):
    interview = notified(scene)
    client.force_login(scene.users["registrar"])
    assert client.post(act(interview, "sign"), {"version": 2}).status_code == 404
    assert client.get(act(interview, "hold")).status_code == 405
    assert (
        client.get(reverse("exits:interview-signed-copy", args=[interview.pk])).status_code == 404
    )
    client.force_login(scene.users["other-leader"])
    assert client.post(act(interview, "cancel"), {"version": 2}).status_code == 404
    assert Interview.objects.get().state == InterviewState.NOTIFIED


def test_result_is_nowhere_in_what_the_member_reads(client, scene):
    interview = closed(scene, note="内部判断：需再观察")
    client.force_login(scene.users["member"])
    text = client.get(reverse("exits:own-interview", args=[interview.pk])).content.decode()
    assert "谈话要点" in text
    assert "内部判断" not in text
    assert "认识到位" not in text
