"""Notices going out: each recipient once a channel, failures told plainly, nothing private."""

import json
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail

from accounts.choices import JobState
from accounts.models import AuditEntry, Job
from accounts.services import work_on
from members.choices import NoticeKind
from members.models import NoticeRecipient
from members.services.channels import SmsChannel, UndeliveredError
from members.services.delivery import NoChannelError, deliver_notice, start_delivery
from members.tasks import deliver_notice as task
from tests.building import make_member, make_term, suspend
from tests.members.test_services_notices import AT, account, send

pytestmark = pytest.mark.django_db

EMAIL = "members.services.channels.EmailChannel"
GATEWAY = "members.services.channels.GatewaySmsChannel"
RECORDING = "tests.members.test_services_delivery.RecordingSms"


class RecordingSms(SmsChannel):
    """Keeps what it is given; refuses one number; breaks down at another."""

    sent: list[tuple[str, str, str]] = []
    refused, breaking = "13800000009", "13800000008"

    def send(self, message):
        if message.address == self.refused:
            raise UndeliveredError("号码是空号")
        if message.address == self.breaking:
            raise OSError
        self.sent.append((message.key, message.address, message.text))


@pytest.fixture(autouse=True)
def empty_record():
    RecordingSms.sent = []


def reachable(term, name, phone="", email="", **fields):
    member = make_member(term, name=name, **fields)
    member.person.phone = phone
    member.person.save()
    user = account(name, member)
    user.email = email
    user.save()
    return member


def deliver(notice):
    return deliver_notice(notice=notice, clock=lambda: AT, report=lambda *_: None)


def failures(notice):
    return list(notice.recipients.order_by("pk").values_list("failure", flat=True))


def test_without_channels_nothing_is_queued(django_capture_on_commit_callbacks):
    term = make_term()
    notice = send(term, members=[make_member(term)])
    assert not Job.objects.exists()
    with pytest.raises(NoChannelError):
        start_delivery(notice=notice, actor=None, at=AT)


def test_sending_queues_one_delivery(settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    term = make_term()
    notice = send(term, members=[reachable(term, "甲", "13800000001")])
    job = Job.objects.get()
    start_delivery(notice=notice, actor=None, at=AT)
    assert Job.objects.get() == job

    task(job_id=str(job.pk))

    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.DONE, "短信发出1份，未发出0份")
    assert len(RecordingSms.sent) == 1
    again = start_delivery(notice=notice, actor=None, at=AT)
    assert again != job
    task(job_id=str(again.pk))
    assert len(RecordingSms.sent) == 1


def test_notice_on_paper_only_queues_nothing(settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    send(make_term(), parties=["市委组织部"])
    assert not Job.objects.exists()


def test_failures_are_told_plainly_and_tried_again(settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    term = make_term()
    members = [
        reachable(term, "有号", "138 0000 0001"),
        reachable(term, "空号", RecordingSms.refused),
        reachable(term, "无号"),
    ]
    notice = send(term, members=members)

    assert deliver(notice) == {"短信": {"sent": 1, "failed": 2}}
    assert failures(notice) == ["", "短信：号码是空号", "短信：没有登记可用的地址或号码"]
    entry = AuditEntry.objects.latest("sequence")
    assert entry.detail == {"sent": {"短信": {"sent": 1, "failed": 2}}}
    assert entry.changes.count() == 1

    second = members[1].person
    second.phone = "+86 13800000002"
    second.save()
    assert deliver(notice) == {"短信": {"sent": 1, "failed": 1}}
    assert failures(notice) == ["", "", "短信：没有登记可用的地址或号码"]
    assert [address for _, address, _ in RecordingSms.sent] == ["13800000001", "13800000002"]


def test_channel_that_breaks_down_leaves_the_rest_waiting(settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    term = make_term()
    phones = ["13800000001", RecordingSms.breaking, "13800000003"]
    notice = send(term, members=[reachable(term, phone, phone) for phone in phones])
    assert deliver(notice) == {"短信": {"sent": 1, "failed": 2}}
    assert failures(notice) == ["", "短信：通道暂时连不上", "短信：通道暂时连不上"]


def test_run_broken_off_goes_on_where_it_stopped(settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    term = make_term()
    notice = send(term, members=[reachable(term, f"{n}", f"1380000000{n}") for n in range(1, 4)])

    def break_off(done, total, message):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_notice(notice=notice, clock=lambda: AT, report=break_off)
    deliver(notice)
    assert [key for key, _, _ in RecordingSms.sent] == [
        f"notice-{notice.pk}-{row.pk}" for row in notice.recipients.order_by("pk")
    ]


@pytest.mark.parametrize(("kind", "reached"), [(NoticeKind.MEETING, 0), (NoticeKind.EXIT, 1)])
def test_member_suspended_since_is_not_asked_to_a_meeting(kind, reached, settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    term = make_term()
    member = reachable(term, "甲", "13800000001")
    notice = send(term, kind=kind, members=[member])
    suspend(member, date(2026, 1, 1))
    deliver(notice)
    assert len(RecordingSms.sent) == reached


def test_private_matters_do_not_travel(settings):
    settings.NOTICE_CHANNELS = [RECORDING, EMAIL]
    settings.SITE_URL = "https://lvzhi.example.gov.cn"
    term = make_term()
    member = reachable(term, "甲", "13800000001", "jia@example.com")
    for kind in (NoticeKind.INTERVIEW, NoticeKind.MEETING):
        deliver(
            send(
                term,
                kind=kind,
                title="约谈安排",
                body="因履职考核不合格约谈。",
                path="/members/notices/7/",
                members=[member],
                reply_by=date(2026, 2, 5),
            )
        )
    link = "详情请登录履职管理系统查看：https://lvzhi.example.gov.cn/members/notices/7/"
    assert [text for _, _, text in RecordingSms.sent] == [
        f"您有一份新的通知。{link}",
        f"约谈安排。请于2月5日前回复。{link}",
    ]
    private, public = mail.outbox
    assert private.subject == "您有一份新的通知"
    assert private.body == f"您有一份新的通知。{link}"
    assert public.subject == "约谈安排"
    assert public.body == f"因履职考核不合格约谈。\n\n{link}"


def test_email_goes_to_the_account(settings):
    settings.NOTICE_CHANNELS = [EMAIL]
    term = make_term()
    clerk = account("clerk")
    clerk.email = "clerk@example.com"
    clerk.save()
    notice = send(term, members=[reachable(term, "甲", email="jia@example.com")], users=[clerk])
    assert deliver(notice) == {"邮件": {"sent": 2, "failed": 0}}
    assert [message.to for message in mail.outbox] == [["jia@example.com"], ["clerk@example.com"]]
    assert NoticeRecipient.objects.filter(email_at=AT).count() == 2


def test_gateway_is_posted_each_message(settings):
    received = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(200 if len(received) == 1 else 503)
            self.end_headers()

        def log_message(self, *_):
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.NOTICE_CHANNELS = [GATEWAY]
    settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_GATEWAY_TOKEN = "token"
    term = make_term()
    notice = send(term, members=[reachable(term, f"{n}", f"1380000000{n}") for n in range(1, 3)])
    counts = deliver(notice)
    server.shutdown()
    server.server_close()

    assert counts == {"短信": {"sent": 1, "failed": 1}}
    assert failures(notice) == ["", "短信：短信网关没有接收"]
    assert received[0] == (
        "Bearer token",
        {
            "id": f"notice-{notice.pk}-{notice.recipients.order_by('pk').first().pk}",
            "phone": "13800000001",
            "text": "通知。详情请登录履职管理系统查看",
        },
    )


def test_gateway_without_an_address_reaches_nobody(settings):
    settings.NOTICE_CHANNELS = [GATEWAY]
    settings.SMS_GATEWAY_URL = "file:///etc/passwd"
    term = make_term()
    notice = send(term, members=[reachable(term, "甲", "13800000001")])
    deliver(notice)
    assert failures(notice) == ["短信：没有设置短信网关地址"]


def test_delivery_given_up_and_started_again_works(settings):
    settings.NOTICE_CHANNELS = [RECORDING]
    term = make_term()
    notice = send(term, members=[reachable(term, "甲", "13800000001")])
    job = Job.objects.get()
    with work_on(job.pk, clock=lambda: AT + timedelta(seconds=1)) as work:
        work.fail("后台中断")
    again = start_delivery(notice=notice, actor=None, at=AT)
    task(job_id=str(again.pk))
    assert len(RecordingSms.sent) == 1
