"""Celery's doors to the import workbook. The ledger of jobs decides what is really done."""

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from accounts.services import work_on
from dossiers.exporters import fault_list
from dossiers.importers import ImportPlan, office


@shared_task(name="dossiers.tasks.check_workbook")
def check_workbook(*, job_id: str) -> None:
    with work_on(job_id) as work:
        plan = office.perform_check(job=work.job, report=work.report)
        work.finish(
            result={
                **office.preview_of(plan),
                "url": reverse("dossiers:import-detail", args=[work.job.pk]),
                "url_label": "查看检查结果",
            },
            message=f"检查完毕：可{office.summary_of(plan)}",
            **faults_of(plan),
        )


@shared_task(name="dossiers.tasks.import_workbook")
def import_workbook(*, job_id: str) -> None:
    with work_on(job_id) as work:
        plan = office.perform_import(job=work.job, report=work.report, at=timezone.now())
        work.finish(
            result={
                "sheets": plan.counts,
                "url": reverse("dossiers:import-create"),
                "url_label": "继续导入",
            },
            message=f"导入完毕：{office.summary_of(plan)}",
            **faults_of(plan),
        )


def faults_of(plan: ImportPlan) -> dict[str, bytes | str]:
    """The list of faults as the job's product; none where there are none."""
    if not plan.log.errors:
        return {}
    faults = [problem.as_json() for problem in plan.log.errors]
    name = plan.filename.removesuffix(".xlsx")
    return {"product": fault_list(faults), "filename": f"错误清单 {name}.xlsx"}
