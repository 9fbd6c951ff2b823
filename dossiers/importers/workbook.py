"""The import workbook as a whole: examined without a lock, then written in one transaction."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from core.refusals import RefusalError
from core.spreadsheets.reading import Workbook, WorkbookRefusedError, open_workbook
from dossiers.importers.base import CREATED, UPDATED, Context, SheetImporter, SheetPlan
from dossiers.importers.conduct import ConductImporter, HandInImporter
from dossiers.importers.freshness import changed_since, hold_still, read_mark
from dossiers.importers.meetings import (
    AttendanceImporter,
    InvitationImporter,
    MeetingImporter,
    SpeechImporter,
)
from dossiers.importers.periods import SuspensionImporter, TenureImporter
from dossiers.importers.problems import HEADER_ROW, Problem, ProblemLog
from dossiers.importers.register import Register
from dossiers.importers.roster import RosterImporter
from dossiers.importers.rows import parse_sheet
from dossiers.importers.scope import EVERYTHING, Scope
from dossiers.importers.works import (
    ArticleImporter,
    OpinionImporter,
    ProposalImporter,
    ResearchImporter,
)
from members.models import Term

#: In the order in which they rest on one another; their order in the file means nothing.
IMPORTERS: tuple[type[SheetImporter], ...] = (
    RosterImporter,
    TenureImporter,
    SuspensionImporter,
    MeetingImporter,
    AttendanceImporter,
    SpeechImporter,
    ProposalImporter,
    OpinionImporter,
    ResearchImporter,
    ArticleImporter,
    InvitationImporter,
    ConductImporter,
    HandInImporter,
)
NOTES_SHEET = "填表说明"
#: How often a file is examined without a lock, where the records keep changing meanwhile.
FREE_ATTEMPTS = 2

Progress = Callable[[int, int, str], None]


class ImportRefusedError(RefusalError):
    """The workbook has faults and is imported whole or not at all; `plan` lists them."""

    def __init__(self, plan: "ImportPlan") -> None:
        self.plan = plan
        super().__init__(f"文件有 {len(plan.faults)} 处错误，没有导入任何数据。")


class ImportConflictError(RefusalError):
    """The database refused what the checks let pass."""


@dataclass
class ImportPlan:
    """What importing a file would do, and everything that is wrong with it."""

    term: Term
    filename: str
    sha256: str
    skip_bad_rows: bool
    mark: int
    log: ProblemLog
    sheets: list[SheetPlan] = field(default_factory=list)

    @property
    def faults(self) -> list[Problem]:
        """Faults to be mended; with bad rows skipped, also the rows left out because of them."""
        return self.log.faults(with_followers=self.skip_bad_rows)

    @property
    def is_refused(self) -> bool:
        return bool(self.log.errors) and not self.skip_bad_rows

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        return {sheet.name: dict(sheet.counts) for sheet in self.sheets}

    @property
    def changes_nothing(self) -> bool:
        return not any(sheet.counts[CREATED] or sheet.counts[UPDATED] for sheet in self.sheets)

    def report(self) -> dict[str, Any]:
        """What was found, as the contract of the command has it."""
        return {
            "sheets": self.counts,
            "errors": [problem.as_json() for problem in self.faults],
            "warnings": [problem.as_json() for problem in self.log.warnings],
        }

    def shown(self) -> list[dict[str, Any]]:
        """The first changes of each sheet, for a preview."""
        return [
            {"sheet": sheet.name, **asdict(change)}
            for sheet in self.sheets
            for change in sheet.shown
        ]


def no_progress(done: int, total: int, message: str) -> None:
    """For callers that show none."""


def import_workbook(
    *,
    path: Path,
    filename: str,
    term: Term,
    actor: User | None,
    at: datetime,
    scope: Scope = EVERYTHING,
    skip_bad_rows: bool = False,
    progress: Progress = no_progress,
) -> ImportPlan:
    """Imports the file; nothing of it where it has faults, unless bad rows are to be skipped.

    Checked without a lock and written in one short transaction. Where the records keep changing
    meanwhile, the last check is made with everybody else held still.
    Raises WorkbookRefusedError, ImportRefusedError or ImportConflictError.
    """

    def examine() -> ImportPlan:
        plan = examine_workbook(
            path=path,
            filename=filename,
            term=term,
            scope=scope,
            skip_bad_rows=skip_bad_rows,
            progress=progress,
        )
        if plan.is_refused:
            raise ImportRefusedError(plan)
        progress(len(plan.sheets), len(plan.sheets), "检查完毕，正在写入")
        return plan

    for _ in range(FREE_ATTEMPTS):
        plan = examine()
        if plan.changes_nothing or carry_out(plan=plan, actor=actor, at=at):
            return plan
    with transaction.atomic():
        hold_still()
        plan = examine()
        carry_out(plan=plan, actor=actor, at=at)
    return plan


def examine_workbook(
    *,
    path: Path,
    filename: str,
    term: Term,
    scope: Scope = EVERYTHING,
    skip_bad_rows: bool = False,
    progress: Progress = no_progress,
) -> ImportPlan:
    """Reads, checks and compares the whole file; writes nothing and locks nothing.

    Raises WorkbookRefusedError where the file cannot be opened at all.
    """
    log = ProblemLog()
    with open_workbook(path) as workbook:
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        importers = _importers_of(workbook, log)
        plan = ImportPlan(term, filename, sha256, skip_bad_rows, read_mark(), log)
        context = Context(term, Register.load(term), log, scope)
        context.register.unreadable |= workbook.repeated
        for done, importer in enumerate(importers):
            name = importer.sheet.name
            progress(done, len(importers), f"正在检查《{name}》")
            rows = parse_sheet(importer.sheet, workbook.rows(name), log)
            plan.sheets.append(importer(context).examine(rows))
    return plan


def _importers_of(workbook: Workbook, log: ProblemLog) -> list[type[SheetImporter]]:
    """Those whose sheets the file has once; other sheets are mentioned and left alone."""
    known = {importer.sheet.name for importer in IMPORTERS}
    for name in workbook.sheet_names:
        if name not in known and name != NOTES_SHEET:
            remedy = "本表不导入；如需导入，请按模板更正工作表名称"
            log.caution(Problem(name, HEADER_ROW, "", "", "不认识的工作表，已忽略", remedy))
        elif name in known and name in workbook.repeated:
            problem = "文件中有几张同名的工作表（名称前后的空格不算），不知以哪张为准"
            remedy = "请合并成一张，或删去多余的"
            log.refuse(Problem(name, HEADER_ROW, "", "", problem, remedy))
        elif name in known and name in workbook.hidden:
            remedy = "请取消隐藏并核对；不应导入的请删去本表"
            log.caution(Problem(name, HEADER_ROW, "", "", "本表是隐藏的，其内容也导入", remedy))
    names = {name for name in workbook.sheet_names if name not in workbook.repeated}
    present = [importer for importer in IMPORTERS if importer.sheet.name in names]
    if not present and not log.errors:
        names = "、".join(importer.sheet.name for importer in IMPORTERS)
        raise WorkbookRefusedError(
            f"文件中没有可导入的工作表。工作表名称应为：{names}。可先下载模板。"
        )
    return present


def carry_out(*, plan: ImportPlan, actor: User | None, at: datetime) -> bool:
    """Writes the plan with one audit entry; False where the records have changed since.

    Raises ImportConflictError.
    """
    try:
        with transaction.atomic():
            hold_still()
            if changed_since(plan.mark):
                return False
            _write(plan, actor, at)
    except (IntegrityError, DataError) as error:
        raise ImportConflictError(
            "数据与库中已有记录冲突，没有导入。请重新检查文件；仍有问题请告诉系统管理员。"
        ) from error
    return True


def _write(plan: ImportPlan, actor: User | None, at: datetime) -> None:
    changes = [
        change for sheet in plan.sheets for change in sheet.save(term=plan.term, actor=actor, at=at)
    ]
    detail: Mapping[str, Any] = {
        "file": plan.filename,
        "sha256": plan.sha256,
        "sheets": plan.counts,
    }
    audit.record(
        actor=actor, verb=Verb.IMPORT, at=at, obj=plan.term, detail=detail, changes=changes
    )
