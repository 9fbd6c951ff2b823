"""What a person may do with a job."""

from accounts.choices import JobState
from accounts.models import Job, User


def may_fetch_product(user: User, job: Job) -> bool:
    """Only the owner, and only while they hold the permission the product was made under."""
    return (
        job.state == JobState.DONE
        and bool(job.product)
        and job.owner_id == user.pk
        and (not job.permission or user.has_perm(job.permission))
    )
