"""import_workbook FILE.xlsx --term CODE [--dry-run] [--skip-bad-rows] [--report FILE.json]"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.commands import REFUSED, DutyCommand, WrongUsageError, output_file, write_json
from core.refusals import RefusalError
from dossiers.importers import (
    ImportPlan,
    ImportRefusedError,
    examine_workbook,
    import_workbook,
)
from members.models import Term


class Command(DutyCommand):
    help = "导入一届的工作簿。文件有错时一行也不导入，除非写明 --skip-bad-rows。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx", type=Path, help="要导入的工作簿")
        parser.add_argument("--term", required=True, metavar="CODE", help="届次代码")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="跳过有错的行，导入其余各行"
        )
        parser.add_argument(
            "--report", metavar="FILE.json", type=output_file, help="把结果写入此文件"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        term = Term.objects.filter(code=options["term"]).first()
        if term is None:
            raise WrongUsageError(f"没有代码为“{options['term']}”的届次。请先运行 create_term。")
        given = {
            "path": options["file"],
            "filename": options["file"].name,
            "term": term,
            "skip_bad_rows": options["skip_bad_rows"],
        }
        try:
            if options["dry_run"]:
                plan = examine_workbook(**given)
            else:
                plan = import_workbook(**given, actor=None, at=timezone.now())
        except ImportRefusedError as refusal:
            plan = refusal.plan
        except RefusalError as refusal:
            self._write_report(options["report"], _refused_whole(str(refusal)))
            raise
        self._write_report(options["report"], plan.report())
        self._tell(plan, dry_run=options["dry_run"])

    def _write_report(self, path: Path | None, report: dict[str, Any]) -> None:
        if path is not None:
            write_json(path, report)

    def _tell(self, plan: ImportPlan, *, dry_run: bool) -> None:
        for warning in plan.log.warnings:
            self.stdout.write(f"提醒：{warning}")
        for fault in plan.faults:
            self.stderr.write(str(fault))
        if plan.is_refused:
            message = f"文件有 {len(plan.faults)} 处错误，没有导入任何数据。"
            raise CommandError(message, returncode=REFUSED)
        for name, counts in plan.counts.items():
            self.stdout.write(
                f"《{name}》新增 {counts['created']}，修改 {counts['updated']}，"
                f"不变 {counts['unchanged']}，未导入 {counts['rejected']}"
            )
        self.stdout.write("检查完毕，没有写入。" if dry_run else "导入完毕。")


def _refused_whole(message: str) -> dict[str, Any]:
    """The report where no single row is at fault: the file, or what is stored, stands against it."""
    whole = {"sheet": "", "row": 0, "column": "", "value": "", "problem": message, "remedy": ""}
    return {"sheets": {}, "errors": [whole], "warnings": []}
