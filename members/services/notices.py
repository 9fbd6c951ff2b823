"""Telling people: a notice goes out once, is read once, and may be handed over on paper.

What leaves the house by e-mail or text message is `members.services.delivery`'s business.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from core.bulk import among, insert_values
from core.refusals import RefusalError
from members.models import Member, Notice, NoticeRecipient, Term
from members.services.delivery import start_delivery

RECIPIENT_FIELDS = ("notice", "member", "user", "party", "delivery_note", "failure")


class DeliveryInFutureError(RefusalError):
    """A letter cannot have been handed over before it was."""


class DeliveredAlreadyError(RefusalError):
    """What proves that somebody was told is corrected with a reason only."""


@transaction.atomic
def send_notice(
    *,
    term: Term,
    kind: str,
    title: str,
    body: str,
    members: Iterable[Member] = (),
    users: Iterable[User] = (),
    parties: Iterable[str] = (),
    subject: str = "",
    path: str = "",
    reply_by: date | None = None,
    actor: User | None,
    at: datetime,
    even_suspended: bool = False,
) -> Notice:
    """Sends one notice to each party once; an account whose own seat is told is not told twice.

    Members suspended or not serving on the day are passed over, as are accounts of suspended
    members; `even_suspended` tells them too (a decision about them). A notice nobody remains
    for is kept without recipients. `parties` are units and persons without an account, told on
    paper. Raises django's ValidationError.
    """
    on = timezone.localdate(at)
    seats = _seats(members, on, even_suspended)
    accounts = _accounts(users, seats, term, on, even_suspended)
    named = list(dict.fromkeys(party.strip() for party in parties if party.strip()))
    notice = Notice(
        term=term,
        kind=kind,
        title=title.strip(),
        body=body.strip(),
        subject=subject,
        path=path,
        reply_by=reply_by,
        sent_at=at,
        recorded_by=actor,
        recorded_at=at,
    )
    notice.full_clean()
    notice.save(force_insert=True)
    changes = [
        audit.changes_of(notice, None, audit.snapshot(notice)),
        *_address(notice, seats, accounts, named),
    ]
    audit.record(actor=actor, verb=Verb.CREATE, at=at, obj=notice, changes=changes)
    if settings.NOTICE_CHANNELS and (seats or accounts):
        start_delivery(notice=notice, actor=actor, at=at)
    return notice


def _seats(members: Iterable[Member], on: date, even_suspended: bool) -> dict[int, str]:
    """Names by key of the members to be told."""
    keys = {member.pk for member in members}
    if not keys:
        return {}
    told = Member.objects.filter(pk__in=among(keys))
    if not even_suspended:
        told = told.invitable(on)
    return dict(told.order_by("code").values_list("pk", "person__name"))


def _accounts(
    users: Iterable[User], seats: Mapping[int, str], term: Term, on: date, even_suspended: bool
) -> dict[int, str]:
    """Names by key of the accounts to be told."""
    keys = {user.pk for user in users}
    if not keys:
        return {}
    told = User.objects.filter(pk__in=among(keys), is_active=True).exclude(
        person__memberships__in=among(seats)
    )
    if not even_suspended:
        suspended = Member.objects.filter(term=term).suspended(on)
        told = told.exclude(person__memberships__in=suspended)
    return dict(told.order_by("username").values_list("pk", "name"))


def _address(
    notice: Notice, seats: Mapping[int, str], accounts: Mapping[int, str], parties: list[str]
) -> list[Change]:
    """Adds the recipients in one statement; who they are, for the trail."""
    rows: list[tuple[int | None, int | None, str]] = [
        *((seat, None, "") for seat in seats),
        *((None, account, "") for account in accounts),
        *((None, None, party[:200]) for party in parties),
    ]
    insert_values(NoticeRecipient, RECIPIENT_FIELDS, [(notice.pk, *row, "", "") for row in rows])
    stored = NoticeRecipient.objects.filter(notice=notice).order_by("pk")
    return [
        Change(
            object_type=NoticeRecipient._meta.label_lower,
            object_id=str(key),
            label=(seats.get(seat) or accounts.get(account) or party)[:200],
            before=None,
            after=_named(seat, account, party),
        )
        for key, seat, account, party in stored.values_list("pk", "member", "user", "party")
    ]


def _named(seat: int | None, account: int | None, party: str) -> dict[str, Any]:
    if seat is not None:
        return {"member": seat}
    return {"user": account} if account is not None else {"party": party}


@transaction.atomic
def read_notice(*, notice: Notice, user: User, at: datetime) -> Notice:
    """Marks what the account was sent of the notice as read; reading again changes nothing."""
    unread = NoticeRecipient.objects.to(user).filter(notice=notice, read_at__isnull=True)
    if not unread.exists():
        return notice
    changes = []
    for recipient in unread.select_for_update(of=("self",), no_key=True).select_related(
        "member__person", "user"
    ):
        before = audit.snapshot(recipient)
        recipient.read_at = at
        recipient.save(update_fields=["read_at"])
        changes.append(audit.changes_of(recipient, before, audit.snapshot(recipient)))
    if changes:
        audit.record(actor=user, verb=Verb.UPDATE, at=at, obj=notice, changes=changes)
    return notice


@transaction.atomic
def record_delivery(
    *,
    recipient: NoticeRecipient,
    delivered_at: datetime,
    note: str,
    actor: User | None,
    at: datetime,
    reason: str = "",
) -> NoticeRecipient:
    """Writes down that the notice was handed over on paper or told outside the system.

    A second record corrects the first, with a `reason`; the first stays in the audit trail.
    Raises ReasonMissingError, DeliveryInFutureError or DeliveredAlreadyError.
    """
    if not note.strip():
        raise ReasonMissingError("请写明送达方式，例如“本人签收”“电话告知”。")
    if delivered_at > at:
        raise DeliveryInFutureError("送达时间还没有到，请核对。")
    stored = NoticeRecipient.objects.select_for_update(no_key=True).get(pk=recipient.pk)
    before = audit.snapshot(stored)
    stored.delivered_at, stored.delivery_note = delivered_at, note.strip()
    after = audit.snapshot(stored)
    if before == after:
        return stored
    if before["delivered_at"] is not None and not reason.strip():
        raise DeliveredAlreadyError(
            f"{stored}已登记送达（{before['delivery_note']}），没有重复登记。"
            "登记有误的，请写明更正的理由。"
        )
    stored.full_clean()
    stored.save()
    change = audit.changes_of(stored, before, after)
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=stored.notice,
        reason=reason.strip(),
        changes=[change],
    )
    return stored
