"""remind_campaigns [--on YYYY-MM-DD]"""

from typing import Any

from django.core.management.base import CommandParser
from django.urls import reverse
from django.utils import timezone

from core.commands import DutyCommand, day
from dossiers.services.campaigns import remind_running


class Command(DutyCommand):
    help = "发出年度填报当天应发的提醒；重复运行不会重复提醒。系统每天 8:30 自动运行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, help="按哪一天判断，默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = remind_running(
            on=options["on"] or timezone.localdate(),
            at=timezone.now(),
            path=reverse("reporting:paper-list"),
        )
        for notice in sent:
            self.stdout.write(f"{notice.title}：{notice.recipients.count()}人")
        if not sent:
            self.stdout.write("今天没有要发的提醒。")
