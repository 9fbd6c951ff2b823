from datetime import datetime

from accounts.choices import JobState
from accounts.models import Job


def seconds_left(job: Job, *, at: datetime) -> int | None:
    """How long the rest takes at the pace so far; None while that cannot be told."""
    if job.state != JobState.RUNNING or job.started_at is None or not 0 < job.done < job.total:
        return None
    spent = (at - job.started_at).total_seconds()
    return round(spent / job.done * (job.total - job.done))
