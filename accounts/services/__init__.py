from accounts.services.bulk import Batch, add_rows, amend_rows, save_batch
from accounts.services.jobs import (
    JobLostError,
    JobNotClaimedError,
    JobWork,
    UnknownTaskError,
    requeue_lost_jobs,
    start_job,
    work_on,
)
from accounts.services.memberships import end_access, end_post_roles
from accounts.services.records import (
    ReasonMissingError,
    RecordInUseError,
    StaleRecordError,
    delete_record,
    save_record,
)

__all__ = [
    "Batch",
    "JobLostError",
    "JobNotClaimedError",
    "JobWork",
    "ReasonMissingError",
    "RecordInUseError",
    "StaleRecordError",
    "UnknownTaskError",
    "add_rows",
    "amend_rows",
    "delete_record",
    "end_access",
    "end_post_roles",
    "requeue_lost_jobs",
    "save_batch",
    "save_record",
    "start_job",
    "work_on",
]
