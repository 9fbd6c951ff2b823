"""Ways for a notice to leave the house. Which are used is a setting, NOTICE_CHANNELS.

A channel of one's own derives from `Channel` (a text message gateway with another protocol from
`SmsChannel`) and is named in the setting by its dotted path.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import ClassVar
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from members.choices import NoticeKind
from members.models import Notice, NoticeRecipient, Person

#: What such a notice says may travel in the open; of all others only that there is one.
OPEN_KINDS = frozenset(
    {NoticeKind.MEETING, NoticeKind.CAMPAIGN, NoticeKind.REMINDER, NoticeKind.OTHER}
)
#: Seconds a gateway is waited for.
PATIENCE = 15


class UndeliveredError(Exception):
    """One recipient was not reached; the message says why, in Chinese, for the office."""


@dataclass(frozen=True)
class Message:
    """What one recipient is sent. `key` is the same however often it is tried."""

    key: str
    address: str
    title: str
    text: str


class Channel(ABC):
    """One way out."""

    #: As the office calls it: 邮件.
    label: ClassVar[str]
    #: Field of NoticeRecipient that holds when it was sent this way.
    column: ClassVar[str]

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Around a whole notice: a channel that keeps a connection opens it here.

        An OSError says that nobody can be reached at all just now.
        """
        yield

    @abstractmethod
    def address_of(self, recipient: NoticeRecipient) -> str:
        """Where the recipient is reached; empty where that is not known."""

    @abstractmethod
    def wording(self, notice: Notice) -> str:
        """What goes out, the same for everybody."""

    def title(self, notice: Notice) -> str:
        """What a message is headed by, where it has a heading."""
        return notice.title if notice.kind in OPEN_KINDS else "您有一份新的通知"

    @abstractmethod
    def send(self, message: Message) -> None:
        """Hands over one message. Raises UndeliveredError."""


class EmailChannel(Channel):
    """By Django's e-mail settings, to the address of the account."""

    label = "邮件"
    column = "email_at"

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        self._connection = get_connection()
        self._connection.open()
        try:
            yield
        finally:
            self._connection.close()

    def address_of(self, recipient: NoticeRecipient) -> str:
        person = _person(recipient)
        user = recipient.user or (person and person.user)
        return user.email if user else ""

    def wording(self, notice: Notice) -> str:
        if notice.kind not in OPEN_KINDS:
            return _only_that_there_is_one(notice)
        return f"{notice.body}\n\n{where_to_read(notice)}"

    def send(self, message: Message) -> None:
        mail = EmailMessage(
            subject=" ".join(message.title.split()),
            body=message.text,
            to=[message.address],
            connection=self._connection,
            headers={"X-Notice": message.key},
        )
        try:
            mail.send()
        except (OSError, ValueError) as error:  # the server's refusals, and malformed addresses
            raise UndeliveredError("邮件服务器没有接收") from error


class SmsChannel(Channel):
    """Text messages to the telephone of the person; how they reach the gateway is `send`'s."""

    label = "短信"
    column = "sms_at"

    def address_of(self, recipient: NoticeRecipient) -> str:
        person = _person(recipient)
        digits = "".join(mark for mark in (person.phone if person else "") if mark.isdigit())
        number = digits.removeprefix("86") if len(digits) == 13 else digits
        return number if len(number) == 11 and number.startswith("1") else ""

    def wording(self, notice: Notice) -> str:
        if notice.kind not in OPEN_KINDS:
            return _only_that_there_is_one(notice)
        reply = (
            f"请于{notice.reply_by.month}月{notice.reply_by.day}日前回复。"
            if notice.reply_by
            else ""
        )
        return f"{notice.title}。{reply}{where_to_read(notice)}"


class GatewaySmsChannel(SmsChannel):
    """Posts {"id", "phone", "text"} as JSON to SMS_GATEWAY_URL, with SMS_GATEWAY_TOKEN as bearer.

    Any answer of 2xx counts as sent. The gateway is expected to drop an `id` it has had.
    """

    def send(self, message: Message) -> None:
        if not settings.SMS_GATEWAY_URL.startswith(("https://", "http://")):
            raise UndeliveredError("没有设置短信网关地址")
        request = Request(  # noqa: S310 -- the scheme has been looked at
            settings.SMS_GATEWAY_URL,
            data=json.dumps(
                {"id": message.key, "phone": message.address, "text": message.text}
            ).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
            },
        )
        try:
            urlopen(request, timeout=PATIENCE).close()  # noqa: S310 -- as above
        except (OSError, HTTPException) as error:
            raise UndeliveredError("短信网关没有接收") from error


def channels() -> list[Channel]:
    """Those of this installation, made anew."""
    return [import_string(path)() for path in settings.NOTICE_CHANNELS]


def where_to_read(notice: Notice) -> str:
    address = f"：{settings.SITE_URL}{notice.path}" if settings.SITE_URL and notice.path else ""
    return f"详情请登录履职管理系统查看{address}"


def _only_that_there_is_one(notice: Notice) -> str:
    return f"您有一份新的通知。{where_to_read(notice)}"


def _person(recipient: NoticeRecipient) -> Person | None:
    if recipient.member is not None:
        return recipient.member.person
    return getattr(recipient.user, "person", None)
