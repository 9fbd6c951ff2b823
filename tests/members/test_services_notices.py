"""Notices: sent once to each party, read once, handed over on paper."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, User
from accounts.services import ReasonMissingError
from members.choices import NoticeKind
from members.models import Notice, NoticeRecipient
from members.selectors.notices import received_notices, unread_notices
from members.services.notices import (
    DeliveredAlreadyError,
    DeliveryInFutureError,
    read_notice,
    record_delivery,
    send_notice,
)
from tests.building import make_member, make_term, suspend

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)
TODAY = date(2026, 2, 1)


def account(name: str, member=None) -> User:
    user = User.objects.create(username=name, name=name)
    if member is not None:
        member.person.user = user
        member.person.save()
    return user


def send(term, **values) -> Notice:
    given = {"kind": NoticeKind.OTHER, "title": "通知", "body": "请知悉。", "actor": None, "at": AT}
    return send_notice(term=term, **given | values)


def told(notice: Notice) -> list[str]:
    return [str(recipient) for recipient in notice.recipients.order_by("pk")]


def test_each_party_is_told_once():
    term = make_term()
    first, second = make_member(term, name="甲"), make_member(term, name="乙")
    own, clerk = account("first", first), account("clerk")

    notice = send(
        term,
        members=[second, first, first],
        users=[own, clerk, clerk],
        parties=["市委组织部", " 市委组织部 ", ""],
    )

    assert told(notice) == ["甲", "乙", "clerk", "市委组织部"]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id) == ("create", str(notice.pk))
    assert entry.changes.count() == 5


def test_suspended_and_exited_members_are_passed_over():
    term = make_term()
    serving = make_member(term, name="在任")
    back = make_member(term, name="已恢复")
    suspend(back, date(2026, 1, 1), TODAY)
    from_today = make_member(term, name="今日起暂停")
    suspend(from_today, TODAY)
    from_tomorrow = make_member(term, name="明日起暂停")
    suspend(from_tomorrow, TODAY + timedelta(days=1))
    gone = make_member(term, name="今日退出", exited=TODAY)
    everybody = [serving, back, from_today, from_tomorrow, gone]

    assert told(send(term, members=everybody)) == ["在任", "已恢复", "明日起暂停"]
    assert told(send(term, members=everybody, even_suspended=True)) == [
        str(member.person.name) for member in everybody
    ]


def test_account_of_a_suspended_member_is_passed_over():
    term = make_term()
    member = make_member(term, name="暂停者")
    suspend(member, date(2026, 1, 1))
    user = account("suspended", member)

    assert told(send(term, users=[user])) == []
    assert told(send(term, users=[user], even_suspended=True)) == ["suspended"]


def test_account_that_is_closed_is_passed_over():
    term = make_term()
    user = account("closed")
    user.is_active = False
    user.save()
    assert told(send(term, users=[user])) == []


def test_notice_without_words_is_refused():
    term = make_term()
    with pytest.raises(ValidationError):
        send(term, title=" ")
    assert not Notice.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_sending_takes_as_many_queries_for_one_as_for_many(count, django_assert_num_queries):
    term = make_term()
    members = [make_member(term) for _ in range(count)]
    with django_assert_num_queries(11):
        send(term, members=members)


def test_reading_is_written_down_once():
    term = make_term()
    member, other = make_member(term, name="甲"), make_member(term, name="乙")
    user, stranger = account("first", member), account("other", other)
    notice = send(term, members=[member])
    assert list(unread_notices(user)) == [notice]

    read_notice(notice=notice, user=user, at=AT + timedelta(hours=1))
    entries = AuditEntry.objects.count()
    read_notice(notice=notice, user=user, at=AT + timedelta(hours=2))
    read_notice(notice=notice, user=stranger, at=AT + timedelta(hours=2))

    assert notice.recipients.get().read_at == AT + timedelta(hours=1)
    assert AuditEntry.objects.count() == entries
    assert list(unread_notices(user)) == []
    assert [row.read_at for row in received_notices(user)] == [AT + timedelta(hours=1)]
    assert list(received_notices(stranger)) == []


def test_delivery_on_paper_is_written_down():
    term = make_term()
    recipient = send(term, parties=["市委统战部"]).recipients.get()
    delivered = AT + timedelta(days=1)

    with pytest.raises(ReasonMissingError):
        record_delivery(
            recipient=recipient, delivered_at=delivered, note=" ", actor=None, at=delivered
        )
    with pytest.raises(DeliveryInFutureError):
        record_delivery(
            recipient=recipient,
            delivered_at=delivered,
            note="签收",
            actor=None,
            at=delivered - timedelta(minutes=1),
        )
    for _ in range(2):
        record_delivery(
            recipient=recipient, delivered_at=delivered, note="签收", actor=None, at=delivered
        )

    stored = NoticeRecipient.objects.get()
    assert (stored.delivered_at, stored.delivery_note) == (delivered, "签收")
    assert AuditEntry.objects.count() == 2


def test_recorded_delivery_is_replaced_with_a_reason_only():
    recipient = send(make_term(), parties=["市委统战部"]).recipients.get()
    given = {"recipient": recipient, "delivered_at": AT, "actor": None, "at": AT}
    record_delivery(note="签收", **given)
    with pytest.raises(DeliveredAlreadyError):
        record_delivery(note="电话告知", reason=" ", **given)
    assert NoticeRecipient.objects.get().delivery_note == "签收"
    record_delivery(note="电话告知", reason="方式登错", **given)
    assert NoticeRecipient.objects.get().delivery_note == "电话告知"
    entry = AuditEntry.objects.order_by("-sequence").first()
    assert (entry.reason, entry.changes.get().before["delivery_note"]) == ("方式登错", "签收")
