"""Notices on the phone and at the desk: read, followed, handed over, printed."""

import io

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Job
from members.models import Department, Notice, NoticeRecipient
from members.services.notices import send_notice
from tests.world import World, add_user, build_world

pytestmark = pytest.mark.django_db
BODY = "各位委员：\n兹定于3月10日召开会议。\n一、地点\n市政协三楼"


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def notice(world) -> Notice:
    return send_notice(
        term=world.term,
        kind="meeting",
        title="关于召开会议的通知",
        body=BODY,
        members=world.members,
        parties=["市委组织部"],
        path="/attendance/meetings/1/",
        actor=world.users["collector"],
        at=timezone.now(),
    )


def page(name: str, pk: int) -> str:
    return reverse(name, args=[pk])


def test_opening_a_notice_is_reading_it(client, world, notice):
    client.force_login(world.users["member"])
    listing = client.get(reverse("members:notice-list")).content.decode()
    assert listing.count("未读") == 2
    detail = client.get(page("members:notice-detail", notice.pk))
    assert "兹定于3月10日召开会议。" in detail.content.decode()
    receipts = notice.recipients.filter(read_at__isnull=False)
    assert [str(recipient) for recipient in receipts] == ["青鸾某"]


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("member", 200),
        ("registrar", 302),
        ("leader", 302),
        ("collector", 302),
        ("organization_department", 404),
        ("county_group", 404),
        ("system_admin", 404),
        ("security_auditor", 404),
    ],
)
def test_notice_opens_for_recipients_and_keepers(role, code, client, world, notice):
    client.force_login(world.users[role])
    answer = client.get(page("members:notice-detail", notice.pk))
    assert answer.status_code == code
    letter = client.get(page("members:notice-letter", notice.pk))
    assert letter.status_code == (404 if code == 404 else 200)
    assert not NoticeRecipient.objects.filter(read_at__isnull=False, member=None).exists()


def test_letter_is_printed_with_its_signature(client, world, notice):
    client.force_login(world.users["member"])
    answer = client.get(page("members:notice-letter", notice.pk))
    text = "".join(
        "".join(sheet.extract_text().split())
        for sheet in PdfReader(io.BytesIO(answer.content)).pages
    )
    assert "关于召开会议的通知各位委员：兹定于3月10日召开会议。一、地点市政协三楼" in text
    assert "政协测试市委员会办公室" in text


def test_desk_lists_who_has_read_and_who_was_handed_the_letter(client, world, notice):
    client.force_login(world.users["registrar"])
    recipient = notice.recipients.get(party="市委组织部")
    hand_over = reverse("admin:members_notice_hand_over", args=[recipient.pk])
    assert client.get(hand_over).status_code == 200
    refused = client.post(hand_over, {"delivered_at": "2099-01-01T09:00", "note": "签收"})
    assert "送达时间还没有到" in refused.content.decode()
    client.post(hand_over, {"delivered_at": "2026-01-01T09:00", "note": "签收"})

    address = page("admin:members_notice_change", notice.pk)
    assert client.get(address, {"show": "reached"}).context["page"].paginator.count == 1
    assert client.get(address, {"show": "waiting"}).context["page"].paginator.count == 3
    assert client.get(address, {"q": "白鹤"}).context["page"].paginator.count == 1
    assert "4 个，其中 1 个已读或已送达" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("role", "code"), [("leader", 403), ("organization_department", 404), ("collector", 200)]
)
def test_delivery_is_written_down_by_who_sent_it(role, code, client, world, notice):
    client.force_login(world.users[role])
    recipient = notice.recipients.get(party="市委组织部")
    hand_over = reverse("admin:members_notice_hand_over", args=[recipient.pk])
    assert client.get(hand_over).status_code == code


def test_receiver_has_no_hand_in_the_proof_of_delivery(client, world, settings):
    """A colleague of the sender's department has; a collector of another, told of it, has not."""
    settings.NOTICE_CHANNELS = ["members.services.channels.EmailChannel"]
    told, colleague = add_user(world, "told", "collector"), add_user(world, "mate", "collector")
    other = Department.objects.create(term=world.term, name="社法委")
    told.affiliations.create(department=other)
    colleague.affiliations.create(department=world.departments["提案委"])
    notice = send_notice(
        term=world.term,
        kind="other",
        title="请派员参加",
        body="请派员参加。",
        users=[told, colleague],
        actor=world.users["collector"],
        at=timezone.now(),
    )
    Job.objects.all().delete()
    recipient = notice.recipients.get(user=told)
    hand_over = reverse("admin:members_notice_hand_over", args=[recipient.pk])
    deliver = reverse("admin:members_notice_deliver", args=[notice.pk])
    given = {"delivered_at": "2026-01-01T09:00", "note": "签收"}
    client.force_login(told)
    listing = client.get(page("admin:members_notice_change", notice.pk))
    assert (listing.status_code, hand_over in listing.content.decode()) == (200, False)
    answers = [client.get(hand_over), client.post(hand_over, given), client.post(deliver)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    recipient.refresh_from_db()
    assert (recipient.delivered_at, Job.objects.count()) == (None, 0)
    client.force_login(colleague)
    assert client.post(hand_over, given).status_code == 302
    recipient.refresh_from_db()
    assert recipient.delivery_note == "签收"


def test_recorded_delivery_is_corrected_with_a_reason_only(client, world, notice):
    client.force_login(world.users["registrar"])
    recipient = notice.recipients.get(party="市委组织部")
    hand_over = reverse("admin:members_notice_hand_over", args=[recipient.pk])
    client.post(hand_over, {"delivered_at": "2026-01-01T09:00", "note": "签收"})
    again = {"delivered_at": "2026-01-02T09:00", "note": "电话告知"}
    shown = client.post(hand_over, again).content.decode()
    assert ("已登记送达：2026年1月1日 09:00" in shown, "更正的理由" in shown) == (True, True)
    recipient.refresh_from_db()
    assert recipient.delivery_note == "签收"
    client.post(hand_over, again | {"reason": "日期登错"})
    recipient.refresh_from_db()
    assert recipient.delivery_note == "电话告知"


def test_failed_messages_are_sent_again_from_the_desk(client, world, notice, settings):
    settings.NOTICE_CHANNELS = ["members.services.channels.EmailChannel"]
    client.force_login(world.users["registrar"])
    deliver = reverse("admin:members_notice_deliver", args=[notice.pk])
    assert client.get(deliver).status_code == 403
    for _ in range(2):
        client.post(deliver)
    assert Job.objects.filter(task="members.tasks.deliver_notice").count() == 1
    notice.recipients.filter(member=world.members[0]).update(
        failure="邮件：没有登记可用的地址或号码"
    )
    shown = client.get(page("admin:members_notice_change", notice.pk), {"show": "failed"})
    assert "没有登记可用的地址或号码" in shown.content.decode()
    assert shown.context["page"].paginator.count == 1


def test_without_channels_the_desk_says_so(client, world, notice):
    client.force_login(world.users["registrar"])
    deliver = reverse("admin:members_notice_deliver", args=[notice.pk])
    answer = client.post(deliver, follow=True)
    assert "没有设置邮件或短信通道" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_as_many_queries_for_one_as_for_many(
    count, client, world, django_assert_num_queries
):
    Notice.objects.all().delete()
    for number in range(count):
        send_notice(
            term=world.term,
            kind="other",
            title=f"通知{number}",
            body="请知悉。",
            members=world.members,
            actor=None,
            at=timezone.now(),
        )
    client.force_login(world.users["member"])
    client.get(reverse("members:notice-list"))
    with django_assert_num_queries(6):
        client.get(reverse("members:notice-list"))
