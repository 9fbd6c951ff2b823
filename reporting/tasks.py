from celery import shared_task
from django.utils import timezone

from accounts.services import work_on
from reporting.choices import FileFormat
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
