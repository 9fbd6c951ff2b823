from typing import Any

from django.core.management.base import CommandError

from accounts.models import AuditEntry
from accounts.selectors.trail import product_problems, trail_problems
from core.commands import REFUSED, DutyCommand


class Command(DutyCommand):
    help = "核对审计记录和归档文件，指出被改动之处。没有发现返回 0，有发现返回 1。"

    def handle(self, **options: Any) -> None:
        problems = [
            f"第{problem.sequence}条：{problem.message}" if problem.sequence else problem.message
            for problem in trail_problems()
        ]
        problems += product_problems()
        if problems:
            problems.append(f"共{len(problems)}处与当初记录的不符，请保护现场并报告。")
            raise CommandError("\n".join(problems), returncode=REFUSED)
        self.stdout.write(f"已核对{AuditEntry.objects.count()}条审计记录，没有发现改动。")
