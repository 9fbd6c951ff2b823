"""workbook_template FILE.xlsx"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from core.commands import DutyCommand, WrongUsageError
from dossiers.exporters import workbook_template
from dossiers.importers import IMPORTERS, NOTES_SHEET


class Command(DutyCommand):
    help = "写出空白的导入工作簿：表头、下拉列表和填表说明。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.xlsx", type=Path, help="要写出的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        sheets = [importer.sheet for importer in IMPORTERS]
        content = workbook_template(sheets=sheets, notes_sheet=NOTES_SHEET)
        try:
            options["file"].write_bytes(content)
        except OSError as error:
            raise WrongUsageError(f"文件 {options['file']} 不能写入。") from error
        self.stdout.write(f"已写出空白工作簿 {options['file']}。")
