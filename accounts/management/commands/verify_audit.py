from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import AuditEntry
from accounts.selectors.trail import product_problems, trail_problems


class Command(BaseCommand):
    help = "核对审计记录和归档文件，指出被改动之处。没有发现返回 0，有发现返回 1。"

    def handle(self, **options: Any) -> None:
        problems = [
            f"第{problem.sequence}条：{problem.message}" if problem.sequence else problem.message
            for problem in trail_problems()
        ]
        problems += product_problems()
        for line in problems:
            self.stderr.write(line)
        if problems:
            self.stderr.write(f"共{len(problems)}处与当初记录的不符，请保护现场并报告。")
            raise SystemExit(1)
        self.stdout.write(f"已核对{AuditEntry.objects.count()}条审计记录，没有发现改动。")
