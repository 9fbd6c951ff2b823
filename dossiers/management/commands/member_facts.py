"""member_facts --term CODE --year YYYY [--as-of DATE] [--member 委员编号] [--json FILE]"""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from core.commands import (
    REFUSED,
    DutyCommand,
    WrongUsageError,
    calendar_year,
    day,
    output_file,
    write_json,
)
from dossiers.facts import DutyFacts, year_summary
from dossiers.selectors import duty_facts
from members.models import Member, Term
from members.selectors import TermUnknownError, named_term


class Command(DutyCommand):
    help = "列出在任委员一个年度的履职数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--term", required=True, help="届次代码")
        parser.add_argument("--year", required=True, type=calendar_year, help="年度")
        parser.add_argument("--as-of", type=day, help="截至日期，默认年底；当年默认今天")
        parser.add_argument("--member", help="只列此委员编号")
        parser.add_argument("--json", type=output_file, help="把结果写入此文件")

    def handle(self, *args: Any, **options: Any) -> None:
        year, today = options["year"], timezone.localdate()
        try:
            term = named_term(options["term"])
            on = options["as_of"] or min(date(year, 12, 31), today)
            begins = date(year, 1, 1)
        except TermUnknownError as error:
            raise WrongUsageError(str(error)) from error
        if on < begins:
            raise WrongUsageError(f"截至{on}，{year}年度尚未开始。")
        chosen = member_key(term, options["member"]) if options["member"] else None
        facts = duty_facts(term=term, year=year, on=on, members=chosen)
        if chosen and not facts.members:
            raise CommandError(f"委员{options['member']}在{on}不在任。", returncode=REFUSED)
        document = {member.subject.key: year_summary(member) for member in facts.members}
        if options["json"]:
            write_json(options["json"], document)
        self.stdout.write(report(facts))


def member_key(term: Term, code: str) -> list[int]:
    member = Member.objects.filter(term=term, code=code).first()
    if member is None:
        raise CommandError(f"{term.name}没有编号为“{code}”的委员。", returncode=REFUSED)
    return [member.pk]


def report(facts: DutyFacts) -> str:
    lines = [
        f"{facts.term.name} {facts.year}年度，截至{facts.on}，在任委员{len(facts.members)}人",
        "编号\t姓名\t全体会议(应/实)\t常委会(应/实)\t活动\t提案\t社情民意\t调研",
    ]
    for member in facts.members:
        value = member.value
        lines.append(
            f"{member.subject.key}\t{member.subject.name}"
            f"\t{value('plenary.expected')}/{value('plenary.attended')}"
            f"\t{value('standing.expected')}/{value('standing.attended')}"
            f"\t{value('activities.attended')}\t{value('proposals.first')}"
            f"\t{value('opinions.submitted')}\t{value('research.own')}"
        )
    return "\n".join(lines)
