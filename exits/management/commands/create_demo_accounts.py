"""One account for each role, so that a visitor can look at the demonstration from every side."""

import unicodedata
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.passwords import IssuedPassword, reset_password
from accounts.services.roles import set_roles
from accounts.services.users import create_user, reactivate_user
from core.commands import DutyCommand
from exits.management.demo.accounts import ACCOUNTS, REASON, attach, people_behind
from members.selectors import named_term

#: What an account is shown as where its role's name says too little.
TITLES = {
    "demo-standing-member": "常委",
    "demo-leader": "主席",
    "demo-secretary": "秘书长",
    "demo-vice-chair": "副主席",
}


class Command(DutyCommand):
    help = "为演示届次的每个角色建立账号；再次运行则重新生成密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--term", default="pingxiang-14", help="届次代码")

    @transaction.atomic
    def handle(self, *, term: str, **options: Any) -> None:
        found = named_term(term)
        at = timezone.now()
        people = people_behind(found, at)
        rows = [("角色", "账号", "姓名", "密码")]
        for role, username, invented in ACCOUNTS:
            person = people.get(username)
            issued = issue(role, username, person.name if person else invented, at)
            attach(issued.user, person, found, at)
            rows.append((title_of(role, username), username, issued.user.name, issued.password))
        for row in rows:
            self.stdout.write(aligned(row))


def issue(role: RoleCode, username: str, name: str, at: datetime) -> IssuedPassword:
    """A new account, or a new password for the one there is."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return create_user(
            username=username, name=name, roles=[role], actor=None, at=at, temporary=False
        )
    reactivate_user(user=user, actor=None, at=at, reason=REASON)
    set_roles(user=user, roles=[role], actor=None, at=at, reason=REASON)
    return reset_password(user=user, actor=None, at=at, reason=REASON, temporary=False)


def title_of(role: RoleCode, username: str) -> str:
    return TITLES.get(username, str(role.label))


def aligned(row: tuple[str, ...]) -> str:
    """Columns under one another; a Chinese character is two columns wide."""
    widths = (18, 24, 10, 0)
    cells = zip(row, widths, strict=True)
    return "".join(text + " " * (width - columns(text)) for text, width in cells).rstrip()


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
