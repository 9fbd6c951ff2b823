from celery import shared_task
from django.utils import timezone

from accounts import services


@shared_task(name="accounts.tasks.requeue_lost_jobs")
def requeue_lost_jobs() -> int:
    return services.requeue_lost_jobs(at=timezone.now())
