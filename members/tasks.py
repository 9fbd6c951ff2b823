from celery import shared_task
from django.utils import timezone

from accounts.services import work_on
from members.models import Notice
from members.services import delivery


@shared_task(name="members.tasks.deliver_notice")
def deliver_notice(*, job_id: str) -> None:
    with work_on(job_id) as work:
        notice = Notice.objects.get(pk=work.job.parameters["notice_id"])
        counts = delivery.deliver_notice(notice=notice, clock=timezone.now, report=work.report)
        told = "；".join(
            f"{label}发出{count['sent']}份，未发出{count['failed']}份"
            for label, count in counts.items()
        )
        work.finish(result=counts, message=told)
