"""load_demo [--members 330] [--years 3] [--seed 1]"""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from core.commands import DutyCommand, WrongUsageError
from exits.management.demo import TERM, invent_term
from exits.management.demo.people import SMALLEST_TERM
from exits.management.demo.staging import demo_registrar, stage_term
from exits.management.demo.times import moment
from exits.management.demo.workbooks import MOST_FULL_YEARS
from members.models import Term


class Command(DutyCommand):
    help = "载入演示数据：虚构的一届，按种子可重现，每条规则至少有一例。已载入过就不再改动。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--members", type=int, default=330, help="委员人数")
        parser.add_argument("--years", type=int, default=3, help="记录齐全的年数")
        parser.add_argument("--seed", type=int, default=1, help="随机种子")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["members"] < SMALLEST_TERM:
            raise WrongUsageError(f"委员人数至少{SMALLEST_TERM}人，才容得下各条规则的例子。")
        if not 1 <= options["years"] <= MOST_FULL_YEARS:
            raise WrongUsageError(f"年数应在1至{MOST_FULL_YEARS}之间。")
        if Term.objects.filter(code=TERM.code).exists():
            self.stdout.write(f"届次“{TERM.code}”已经存在，没有改动任何数据。")
            return
        demo = invent_term(members=options["members"], years=options["years"], seed=options["seed"])
        with transaction.atomic():
            registrar = demo_registrar(at=moment(demo.outline.starts))
            term = stage_term(
                demo=demo, seed=options["seed"], actor=registrar, say=self.stdout.write
            )
        self.stdout.write(f"演示数据已载入：{term.name}，委员{len(demo.members)}人。")
