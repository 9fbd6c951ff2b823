"""Celery's doors to the yearly run. The ledger of jobs decides what is really done."""

from celery import shared_task
from django.utils import timezone

from accounts.services import work_on
from exits.services import perform_assessment, start_yearly_runs


@shared_task(name="exits.tasks.run_last_year")
def run_last_year() -> None:
    """Beat calls this on 1 January; calling it again, or from two beats, starts nothing twice."""
    start_yearly_runs(on=timezone.localdate(), at=timezone.now())


@shared_task(name="exits.tasks.run_assessment")
def run_assessment(*, job_id: str) -> None:
    with work_on(job_id) as work:
        work.finish(result=perform_assessment(job=work.job, report=work.report, at=timezone.now()))
