"""evaluate --term CODE --year YYYY [--as-of …] [--pack ID | --pack-file FILE] [--dry-run] [--json FILE]"""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from assessments.exporters import evaluation_document
from assessments.rulebook import OUTCOMES, Pack, load_pack, pack_ids, parse_pack
from assessments.services import AssessmentResult, YearOutsideTermError
from core.commands import (
    REFUSED,
    DutyCommand,
    WrongUsageError,
    calendar_year,
    day,
    output_file,
    write_json,
)
from exits.services import default_as_of, evaluate_term
from members.selectors import TermUnknownError, named_term


class Command(DutyCommand):
    help = "按规则包考核一个年度，列出成立的发现；本届规则包的结果保存，其他规则包只作比较。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--term", required=True, help="届次代码")
        parser.add_argument("--year", required=True, type=calendar_year, help="年度")
        parser.add_argument("--as-of", type=day, help="截至日期，默认年底；当年默认今天")
        packs = parser.add_mutually_exclusive_group()
        packs.add_argument("--pack", choices=pack_ids(), help="用另一规则包比较")
        packs.add_argument("--pack-file", type=Path, help="用改过的规则包文件比较")
        parser.add_argument("--dry-run", action="store_true", help="只试算，不保存")
        parser.add_argument("--json", type=output_file, help="把结果写入此文件")

    def handle(self, *args: Any, **options: Any) -> None:
        year, pack = options["year"], chosen_pack(options["pack"], options["pack_file"])
        today = timezone.localdate()
        try:
            term = named_term(options["term"])
            result = evaluate_term(
                term=term,
                year=year,
                as_of=options["as_of"] or default_as_of(term=term, year=year, today=today),
                actor=None,
                at=timezone.now(),
                pack=pack,
                stores=not options["dry_run"] and options["pack_file"] is None,
            )
        except (TermUnknownError, YearOutsideTermError) as error:
            raise WrongUsageError(str(error)) from error
        if options["json"]:
            write_json(options["json"], evaluation_document(result))
        self.stdout.write(report(result))


def chosen_pack(pack_id: str | None, path: Path | None) -> Pack | None:
    if path is None:
        return load_pack(pack_id) if pack_id else None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(
            f"规则包文件{path}读不出来：{error.strerror}。", returncode=REFUSED
        ) from error
    return parse_pack(content, source=path.name)


def report(result: AssessmentResult) -> str:
    """A short table: how often each rule holds."""
    facts, pack = result.assessment.facts, result.assessment.pack
    counts = Counter(finding.hit.judgement.rule.id for finding in result.findings)
    lines = [
        f"{facts.term.name} {facts.year}年度，截至{facts.on}，{pack.name}（{pack.version}）",
        f"考核委员{len(facts.members)}人，成立{len(result.findings)}项：",
    ]
    lines += [
        f"  {counts[rule.id]:>5}  {OUTCOMES[rule.outcome]}  {rule.title}"
        for rule in pack.rules(is_county=facts.term.is_county)
        if counts[rule.id]
    ]
    run = result.run
    lines.append(
        result.unstored_because
        if run is None
        else f"已保存：新发现{run.created}项，证据变更{run.changed}项，撤回{run.withdrawn}项。"
    )
    return "\n".join(lines)
