"""Celery's doors to the yearly run. The ledger of jobs decides what is really done."""

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from accounts.services import work_on
from assessments.services import AssessmentResult
from exits.exporters import trial_workbook
from exits.services import figures_of, perform_assessment, start_yearly_runs, summary_of


@shared_task(name="exits.tasks.run_last_year")
def run_last_year() -> None:
    """Beat calls this each night; calling it again, or from two beats, starts nothing twice."""
    start_yearly_runs(on=timezone.localdate(), at=timezone.now())


@shared_task(name="exits.tasks.run_assessment")
def run_assessment(*, job_id: str) -> None:
    with work_on(job_id) as work:
        result = perform_assessment(job=work.job, report=work.report, at=timezone.now())
        told = {"figures": figures_of(result), **findings_link(result)}
        if result.run is None:
            work.finish(
                result=told,
                message=summary_of(result),
                product=trial_workbook(result),
                filename=f"{result.assessment.facts.year}年度考核试算.xlsx",
            )
        else:
            work.finish(result=told, message=summary_of(result))


def findings_link(result: AssessmentResult) -> dict[str, str]:
    """Where the stored findings are read; nothing to read after a trial."""
    if result.run is None:
        return {}
    year = result.assessment.facts.year
    listed = reverse("admin:assessments_finding_changelist")
    return {"url": f"{listed}?of_year={year}", "url_label": "查看考核发现"}
