from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from accounts.services import work_on
from dossiers.models import Campaign
from dossiers.services.campaigns import remind_running
from reporting.choices import FileFormat
from reporting.exporters.archives import archive_papers
from reporting.exporters.packages import exported_archive
from reporting.services import Selection


@shared_task(name="reporting.tasks.export_dossiers")
def export_dossiers(*, job_id: str) -> None:
    """The owner's rights are looked at again here: they may have changed since."""
    with work_on(job_id) as work:
        parameters = work.job.parameters
        with exported_archive(
            selection=Selection.of(parameters),
            file_format=FileFormat(parameters["format"]),
            actor=work.job.owner,
            at=timezone.now(),
            progress=lambda done, total: work.report(done, total, f"已完成{done}份，共{total}份"),
        ) as exported:
            work.finish(
                product=exported.path,
                filename=exported.path.name,
                result={
                    "members": exported.members,
                    "files": exported.files,
                    "missing_glyphs": [str(lacking) for lacking in exported.missing],
                },
                message=f"共{exported.members}名委员、{exported.files}个文件",
            )


@shared_task(name="reporting.tasks.archive_papers")
def archive_campaign(*, job_id: str) -> None:
    """Freezes a campaign's verified papers; taken up again it goes on where it was broken off."""
    with work_on(job_id) as work:
        campaign = Campaign.objects.select_related("term").get(pk=work.job.parameters["campaign"])
        archived = archive_papers(
            campaign=campaign,
            actor=work.job.owner,
            at=timezone.now(),
            progress=lambda done, total: work.report(done, total, "正在印制并归档"),
        )
        left = f"，{len(archived.left_out)}份未能归档" if archived.left_out else ""
        work.finish(
            result={
                "stored": archived.stored,
                "left_out": list(archived.left_out),
                "url": reverse("reporting:campaign-detail", args=[campaign.pk]),
                "url_label": "查看年度填报",
            },
            message=f"归档{archived.stored}份{left}"[:500],
        )


@shared_task(name="reporting.tasks.remind_campaigns")
def remind_campaigns() -> int:
    """Beat calls this each morning; calling it again, or from two beats, reminds nobody twice."""
    sent = remind_running(
        on=timezone.localdate(), at=timezone.now(), path=reverse("reporting:paper-list")
    )
    return len(sent)
