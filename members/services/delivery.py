"""Carrying a notice out of the house: a job of the ledger, each recipient once a channel."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import Job, User
from accounts.services import start_job
from core.bulk import update_rows
from core.refusals import RefusalError
from members.models import Member, Notice, NoticeRecipient
from members.services.channels import OPEN_KINDS, Channel, Message, UndeliveredError, channels

logger = logging.getLogger(__name__)

DELIVERY_TASK = "members.tasks.deliver_notice"
Clock = Callable[[], datetime]
Report = Callable[[int, int, str], None]


class NoChannelError(RefusalError):
    """This installation sends nothing outward."""


def start_delivery(*, notice: Notice, actor: User | None, at: datetime) -> Job:
    """Enters the delivery in the ledger; one that is under way is not started twice.

    The house owns the job: a notice must not wait because its sender has many jobs.
    Raises NoChannelError.
    """
    if not settings.NOTICE_CHANNELS:
        raise NoChannelError(
            "系统没有设置邮件或短信通道，通知只在系统内显示；未登录的委员请书面或电话告知。"
        )
    rounds = Job.objects.filter(
        task=DELIVERY_TASK, key__startswith=f"notice:{notice.pk}:", finished_at__isnull=False
    ).count()
    return start_job(
        task=DELIVERY_TASK,
        title=f"发送通知：{notice.title}"[:200],
        owner=None,
        at=at,
        parameters={"notice_id": notice.pk, "asked_by": actor.username if actor else ""},
        key=f"notice:{notice.pk}:{rounds + 1}",
    )


def deliver_notice(*, notice: Notice, clock: Clock, report: Report) -> dict[str, dict[str, int]]:
    """Sends to all who were not yet reached, channel by channel; how many were and were not.

    Each recipient is marked as soon as the message is out, so that a run broken off goes on
    where it stopped. Whoever has been suspended since is passed over where the notice asks
    something of them. `clock` is asked for each mark.
    """
    ways = [(way, _waiting(notice, way, clock())) for way in channels()]
    total, done = sum(len(rows) for _, rows in ways), 0
    counts: dict[str, dict[str, int]] = {}
    failures: dict[int, list[str]] = {row.pk: [] for _, rows in ways for row in rows}
    changes: list[Change] = []
    for way, rows in ways:
        for recipient, reason in _sent_to(way, notice, rows):
            if reason:
                failures[recipient.pk].append(f"{way.label}：{reason}")
            else:
                changes += _mark_sent(recipient, way, clock())
            done += 1
            report(done, total, f"已处理{done}份，共{total}份")
        failed = sum(1 for row in rows if getattr(row, way.column) is None)
        counts[way.label] = {"sent": len(rows) - failed, "failed": failed}
    _write_down(notice, counts, failures, changes, clock())
    return counts


def _waiting(notice: Notice, way: Channel, at: datetime) -> list[NoticeRecipient]:
    rows = NoticeRecipient.objects.filter(
        notice=notice, party="", **{f"{way.column}__isnull": True}
    )
    if notice.kind in OPEN_KINDS:
        suspended = Member.objects.filter(term=notice.term_id).suspended(timezone.localdate(at))
        rows = rows.exclude(member__in=suspended)
    return list(rows.select_related("member__person__user", "user__person").order_by("pk"))


def _sent_to(
    way: Channel, notice: Notice, rows: list[NoticeRecipient]
) -> Iterator[tuple[NoticeRecipient, str]]:
    """Each recipient with the reason why the message did not go out; empty where it did."""
    text, handled = way.wording(notice), 0
    try:
        with way.opened():
            for recipient in rows:
                reason = _attempt(way, notice, recipient, text)
                handled += 1
                yield recipient, reason
    except OSError:
        logger.exception("channel %s broke down at notice %s", way.label, notice.pk)
        for recipient in rows[handled:]:
            yield recipient, "通道暂时连不上"


def _attempt(way: Channel, notice: Notice, recipient: NoticeRecipient, text: str) -> str:
    address = way.address_of(recipient)
    if not address:
        return "没有登记可用的地址或号码"
    message = Message(f"notice-{notice.pk}-{recipient.pk}", address, way.title(notice), text)
    try:
        way.send(message)
    except UndeliveredError as error:
        return str(error)
    return ""


def _mark_sent(recipient: NoticeRecipient, way: Channel, at: datetime) -> list[Change]:
    """By compare-and-swap: the first mark stays."""
    unmarked = NoticeRecipient.objects.filter(pk=recipient.pk, **{f"{way.column}__isnull": True})
    setattr(recipient, way.column, at)
    if not unmarked.update(**{way.column: at}):
        return []
    before, after = {way.column: None}, {way.column: audit.plain_value(at)}
    return [audit.changes_of(recipient, before, after)]


@transaction.atomic
def _write_down(
    notice: Notice,
    counts: dict[str, dict[str, int]],
    failures: dict[int, list[str]],
    changes: list[Change],
    at: datetime,
) -> None:
    recipients = NoticeRecipient.objects.in_bulk(failures)
    for key, recipient in recipients.items():
        recipient.failure = "；".join(failures[key])[:200]
    update_rows(list(recipients.values()), ["failure"])
    audit.record(
        actor=None, verb=Verb.UPDATE, at=at, obj=notice, detail={"sent": counts}, changes=changes
    )
