"""归档: the frozen copy of a paper, kept under a digest; a later correction is a further number."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.choices import JobState, Verb
from accounts.models import Job, User
from accounts.services import ReasonMissingError, start_job
from core.refusals import RefusalError
from dossiers.choices import PaperAct, PaperState
from dossiers.models import Campaign, DutyPaper, PaperArchive, PaperEvent
from reporting.selectors.archives import digest_of

TASK = "reporting.tasks.archive_papers"
PERMISSION = "dossiers.change_campaign"


class NotArchivableError(RefusalError):
    """The paper, or its campaign, is not far enough."""


@transaction.atomic
def start_archive(*, campaign: Campaign, actor: User, at: datetime) -> Job:
    """Enters the archiving of every verified paper in the ledger of jobs; while one is under way,
    the same job. Raises NotArchivableError.
    """
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.closed_at is None:
        raise NotArchivableError(f"{campaign.year}年度填报还没有结束，请先结束填报再归档。")
    running = Job.objects.filter(
        task=TASK,
        state__in=[JobState.QUEUED, JobState.RUNNING],
        parameters__campaign=campaign.pk,
    ).first()
    if running is not None:
        return running
    count = DutyPaper.objects.filter(campaign=campaign, state=PaperState.VERIFIED).count()
    if not count:
        raise NotArchivableError("没有已审核、待归档的材料。请先审核。")
    return start_job(
        task=TASK,
        title=f"{campaign.year}年度填报归档：{count}份",
        owner=actor,
        at=at,
        parameters={"campaign": campaign.pk},
        permission=PERMISSION,
    )


@transaction.atomic
def store_archive(
    *,
    paper: DutyPaper,
    data: Mapping[str, Any],
    pdf: bytes,
    reason: str = "",
    actor: User | None,
    at: datetime,
) -> PaperArchive:
    """Freezes a verified paper, or, with a reason, adds a number to an archived one; the earlier
    copies stay. Freezing for the first time twice gives the copy there is.

    Raises NotArchivableError.
    """
    rows = DutyPaper.objects.select_for_update(of=("self",), no_key=True)
    paper = rows.select_related("campaign", "member__person").get(pk=paper.pk)
    last = PaperArchive.objects.filter(paper=paper).aggregate(last=Max("number"))["last"] or 0
    if last and not reason.strip():
        return PaperArchive.objects.get(paper=paper, number=last)
    if paper.state not in {PaperState.VERIFIED, PaperState.ARCHIVED}:
        raise NotArchivableError(f"{paper}还没有审核通过，不能归档。")
    number = last + 1
    archive = PaperArchive(
        paper=paper,
        number=number,
        data=dict(data),
        digest=digest_of(data, pdf),
        reason=reason.strip() if last else "",
        archived_by=actor,
        archived_at=at,
    )
    year, name = paper.campaign.year, paper.member.person.name
    stem = f"{paper.member.code}_{name}{year}年度{paper.get_kind_display()}_第{number}版"
    archive.pdf.save(f"{stem}.pdf", ContentFile(pdf), save=False)
    archive.full_clean()
    archive.save(force_insert=True)
    changes = [audit.changes_of(archive, None, audit.snapshot(archive))]
    before = audit.snapshot(paper)
    if paper.state != PaperState.ARCHIVED:
        paper.state = PaperState.ARCHIVED
        paper.version += 1
        paper.full_clean()
        paper.save()
        changes.append(audit.changes_of(paper, before, audit.snapshot(paper)))
    event = PaperEvent(paper=paper, act=PaperAct.ARCHIVED, note=archive.reason, by=actor, at=at)
    event.full_clean()
    event.save(force_insert=True)
    changes.append(audit.changes_of(event, None, audit.snapshot(event)))
    audit.record(
        actor=actor, verb=Verb.CREATE, at=at, obj=archive, reason=archive.reason, changes=changes
    )
    return archive


def refuse_rearchive(*, paper: DutyPaper, reason: str) -> None:
    """Raises NotArchivableError or ReasonMissingError."""
    if paper.state != PaperState.ARCHIVED:
        raise NotArchivableError("只有已归档的材料才重新归档。")
    if not reason.strip():
        raise ReasonMissingError("请写明重新归档的事由。原归档件保留，仍可查阅。")
