"""create_term CODE --name … --pack … --starts … --ends … [--level city|county]"""

from argparse import ArgumentTypeError
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.core.validators import validate_slug
from django.utils import timezone

from assessments.rulebook import load_pack, pack_ids
from assessments.services import create_term
from core.commands import DutyCommand, WrongUsageError, day
from members.choices import AssemblyLevel


class Command(DutyCommand):
    help = "建立一届政协委员会及其规则包；界别、专委会及联系关系取自规则包。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE", type=code, help="届次代码，如 pingxiang-14")
        parser.add_argument("--name", required=True, help="全称，如 政协萍乡市第十四届委员会")
        parser.add_argument("--pack", required=True, choices=pack_ids(), help="规则包")
        parser.add_argument("--starts", required=True, type=day, help="起始日期")
        parser.add_argument("--ends", required=True, type=day, help="届满日期（最后一天）")
        parser.add_argument(
            "--level", choices=AssemblyLevel.values, default=AssemblyLevel.CITY, help="级别"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ends"] < options["starts"]:
            raise WrongUsageError("届满日期（--ends）不能早于起始日期（--starts）。")
        term = create_term(
            code=options["code"],
            name=options["name"].strip(),
            pack_id=options["pack"],
            level=options["level"],
            start_date=options["starts"],
            end_date=options["ends"],
            actor=None,
            at=timezone.now(),
        )
        organs = load_pack(term.rule_pack).organs
        self.stdout.write(
            f"已建立{term.name}（{term.code}）："
            f"{len(organs.sectors)}个界别，{len(organs.committees)}个专门委员会。"
        )


def code(text: str) -> str:
    """The code appears in addresses: letters, figures, hyphen and underscore."""
    try:
        validate_slug(text)
    except ValidationError:
        raise ArgumentTypeError("届次代码只能用字母、数字、连字符和下划线") from None
    return text
