from typing import Any

from core.commands import DutyCommand
from reporting.exporters.paper import form_printer


class Command(DutyCommand):
    help = "裁切表册所用的字体（约十秒，字体不变就只做一次）；换了字体之后也可运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        shelf = form_printer().shelf
        cuts = shelf.cuts("")
        self.stdout.write(f"表册字体已备好：{len(cuts)}个文件，在 {shelf.folder}")
