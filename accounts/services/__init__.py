from accounts.services.jobs import (
    JobLostError,
    JobNotClaimedError,
    JobWork,
    UnknownTaskError,
    requeue_lost_jobs,
    start_job,
    work_on,
)
from accounts.services.records import (
    ReasonMissingError,
    RecordInUseError,
    StaleRecordError,
    delete_record,
    save_record,
)

__all__ = [
    "JobLostError",
    "JobNotClaimedError",
    "JobWork",
    "ReasonMissingError",
    "RecordInUseError",
    "StaleRecordError",
    "UnknownTaskError",
    "delete_record",
    "requeue_lost_jobs",
    "save_record",
    "start_job",
    "work_on",
]
