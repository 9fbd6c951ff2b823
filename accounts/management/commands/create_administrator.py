from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.roles import RoleCode
from accounts.services.users import create_user
from core.commands import DutyCommand


class Command(DutyCommand):
    help = "建立系统管理员账号，初始密码只显示这一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", help="登录账号，不给则询问")
        parser.add_argument("--name", help="姓名，不给则询问")

    def handle(self, *, username: str | None, name: str | None, **options: Any) -> None:
        issued = create_user(
            username=username or input("登录账号："),
            name=name or input("姓名："),
            roles=[RoleCode.SYSTEM_ADMIN],
            actor=None,
            at=timezone.now(),
        )
        self.stdout.write(f"已建立系统管理员账号 {issued.user.username}（{issued.user.name}）。")
        self.stdout.write(f"初始密码：{issued.password}")
        self.stdout.write("72小时内登录一次，登录后须自己改密码。")
