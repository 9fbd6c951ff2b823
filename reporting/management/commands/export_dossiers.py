from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from core.commands import DutyCommand, WrongUsageError
from members.selectors import TermUnknownError, named_term
from reporting.choices import FileFormat
from reporting.exporters.packages import export_to_folder
from reporting.selectors.forms import form_date
from reporting.services import Selection


class Command(DutyCommand):
    help = "导出某届某年度的委员履职情况登记表、常委述职表和履职情况汇总表。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--term", required=True, metavar="CODE", help="届次代码")
        parser.add_argument("--year", required=True, type=int, metavar="YYYY", help="年度")
        parser.add_argument(
            "--format",
            required=True,
            choices=[FileFormat.PDF.value, FileFormat.XLSX.value, FileFormat.ZIP.value],
            help="pdf、xlsx，或 zip（PDF 打包成一个文件）",
        )
        parser.add_argument(
            "--member",
            nargs="+",
            action="extend",
            default=[],
            metavar="委员编号",
            help="只导出这些委员",
        )
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="放到哪个目录")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            term = named_term(options["term"])
        except TermUnknownError as error:
            raise WrongUsageError(str(error)) from error
        selection = Selection(
            term=term,
            year=options["year"],
            on=form_date(term=term, year=options["year"], today=timezone.localdate()),
            codes=tuple(options["member"]),
        )
        exported = export_to_folder(
            selection=selection,
            file_format=FileFormat(options["format"]),
            folder=options["out"],
            actor=None,
            at=timezone.now(),
        )
        for lacking in exported.missing:
            self.stderr.write(str(lacking))
        self.stdout.write(
            f"已导出{exported.members}名委员的表册，共{exported.files}个文件：{options['out']}"
        )
