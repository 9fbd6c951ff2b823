from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from accounts import services


@shared_task(name="accounts.tasks.requeue_lost_jobs")
def requeue_lost_jobs() -> int:
    return services.requeue_lost_jobs(at=timezone.now())


@shared_task(name="accounts.tasks.clear_expired_sessions")
def clear_expired_sessions() -> None:
    call_command("clearsessions")
