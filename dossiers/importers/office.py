"""Importing from the office's pages: a job checks the file, a person confirms, a job imports it.

What is imported is the very file that was checked, told by its digest.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files.base import File

from accounts.choices import JobState
from accounts.models import Job, User
from accounts.services import start_job
from core.refusals import RefusalError
from dossiers.importers.base import CREATED, REJECTED, UNCHANGED, UPDATED
from dossiers.importers.scope import Scope
from dossiers.importers.workbook import IMPORTERS, ImportPlan, examine_workbook, import_workbook
from members.models import Term

PERMISSION = "dossiers.import_workbook"
CHECK_TASK, IMPORT_TASK = "dossiers.tasks.check_workbook", "dossiers.tasks.import_workbook"
#: What a page shows; the list of faults to download holds them all.
FAULTS_SHOWN = WARNINGS_SHOWN = 200

Report = Callable[[int, int, str], None]


class NotToBeImportedError(RefusalError):
    """The checked file is not there to be imported any more, or not by this account."""


def start_check(*, term: Term, upload: File, owner: User, at: datetime) -> Job:
    """Keeps the file and starts checking it; nothing is written to the records."""
    name = Path(upload.name or "工作簿.xlsx").name
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return start_job(
        task=CHECK_TASK,
        title=f"检查工作簿 {name}"[:200],
        owner=owner,
        at=at,
        parameters={"term": term.code, "filename": name, "sha256": digest.hexdigest()},
        upload=upload,
        permission=PERMISSION,
    )


def start_import(*, check: Job, skip_bad_rows: bool, owner: User, at: datetime) -> Job:
    """Imports the checked file; confirming twice is one import.

    Raises NotToBeImportedError.
    """
    if check.task != CHECK_TASK or check.state != JobState.DONE or check.owner != owner:
        raise NotToBeImportedError("请先上传文件，检查完毕后再确认导入。")
    if check.result["error_count"] and not skip_bad_rows:
        raise NotToBeImportedError("文件有错，不能整份导入。请改正后重新上传。")
    return start_job(
        task=IMPORT_TASK,
        title=f"导入工作簿 {check.parameters['filename']}"[:200],
        owner=owner,
        at=at,
        parameters={**check.parameters, "check": str(check.pk), "skip_bad_rows": skip_bad_rows},
        key=f"import:{check.pk}:{'good' if skip_bad_rows else 'whole'}",
        permission=PERMISSION,
    )


def perform_check(*, job: Job, report: Report) -> ImportPlan:
    """What importing the job's upload would do."""
    term, scope = _term_and_scope(job)
    with _local_copy(job, job.parameters["sha256"]) as path:
        return examine_workbook(
            path=path,
            filename=job.parameters["filename"],
            term=term,
            scope=scope,
            progress=report,
        )


def perform_import(*, job: Job, report: Report, at: datetime) -> ImportPlan:
    """Imports the file that was checked, in the name of the one who confirmed it."""
    term, scope = _term_and_scope(job)
    check = Job.objects.get(pk=job.parameters["check"])
    with _local_copy(check, job.parameters["sha256"]) as path:
        return import_workbook(
            path=path,
            filename=job.parameters["filename"],
            term=term,
            actor=job.owner,
            at=at,
            scope=scope,
            skip_bad_rows=job.parameters["skip_bad_rows"],
            progress=report,
        )


def _term_and_scope(job: Job) -> tuple[Term, Scope]:
    """Asked again when the work begins: a right may have ended meanwhile."""
    term = Term.objects.get(code=job.parameters["term"])
    if job.owner is None or not job.owner.has_perm(PERMISSION):
        raise NotToBeImportedError("您没有导入工作簿的权限。")
    return term, Scope.of(job.owner, term)


@contextmanager
def _local_copy(job: Job, sha256: str) -> Iterator[Path]:
    """The upload as a file of this machine, wherever uploads are kept."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        with job.upload.open("rb") as stored:
            for chunk in stored.chunks():
                digest.update(chunk)
                copy.write(chunk)
        copy.flush()
        if digest.hexdigest() != sha256:
            raise NotToBeImportedError("上传的文件已不是检查过的那一份，没有导入。请重新上传。")
        yield Path(copy.name)


def preview_of(plan: ImportPlan) -> dict[str, Any]:
    """What the page shows before a person confirms."""
    faults = [problem.as_json() for problem in plan.faults]
    warnings = [problem.as_json() for problem in plan.log.warnings]
    return {
        "sheets": plan.counts,
        "total": totals(plan.counts),
        "errors": faults[:FAULTS_SHOWN],
        "error_count": len(faults),
        "warnings": warnings[:WARNINGS_SHOWN],
        "warning_count": len(warnings),
        "changes": plan.shown(),
        "changes_nothing": plan.changes_nothing,
    }


def totals(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {
        outcome: sum(sheet[outcome] for sheet in counts.values())
        for outcome in (CREATED, UPDATED, UNCHANGED, REJECTED)
    }


def summary_of(plan: ImportPlan) -> str:
    """One line for the list of jobs."""
    total = totals(plan.counts)
    return (
        f"新增 {total[CREATED]} 条，修改 {total[UPDATED]} 条，"
        f"不变 {total[UNCHANGED]} 条，未导入 {total[REJECTED]} 条"
    )


def open_sheets(*, user: User, term: Term) -> list[str]:
    """Names of the sheets the account may import."""
    scope = Scope.of(user, term)
    return [importer.sheet.name for importer in IMPORTERS if scope.opens(importer.sheet)]
