"""Background work: the ledger is the truth, the broker only carries the call to start.

A job is claimed by compare-and-swap, keeps beating while it works, and is sent again when it
stops beating. `attempts` fences: a worker that was given up for dead can change nothing more.
"""

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from celery import Task, current_app
from celery.exceptions import Ignore
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from accounts import audit
from accounts.choices import JobState, Verb
from accounts.models import AuditEntry, Job, User
from core.refusals import RefusalError

logger = logging.getLogger(__name__)

#: A job that has not beaten for this long is lost: with the sweep every 30 s it runs again
#: well within two minutes.
LOST_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 5
#: Of one owner's jobs, waiting or running.
MAX_UNFINISHED = 10
BEAT_SECONDS = 10.0
REPORT_SECONDS = 0.5
#: Whoever saves a form does not wait for a broker that is away: one quick try, in seconds.
BROKER_PATIENCE = {
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
    "max_retries": 0,
    "connect_retries_timeout": 1,
}
Clock = Callable[[], datetime]


class UnknownTaskError(Exception):
    """No task of that name exists: a mistake of ours, found before anything is queued."""


class TooManyJobsError(RefusalError):
    """One person's jobs must not keep everybody else's waiting."""


class JobNotClaimedError(Ignore):
    """The job is done, or another worker is at it; Celery drops the call quietly."""


class JobLostError(Exception):
    """This worker was given up for dead and the job belongs to another now."""


@transaction.atomic
def start_job(
    *,
    task: str,
    title: str,
    owner: User | None,
    at: datetime,
    parameters: Mapping[str, Any] | None = None,
    key: str | None = None,
    upload: File | None = None,
    permission: str = "",
) -> Job:
    """Enters the job in the ledger and sends it once the transaction is committed.

    The task is called with `job_id`. With a `key` that is in the ledger already the existing job
    is returned; one that had failed is tried again. `permission` is what the owner must still hold
    to fetch the product. Raises UnknownTaskError or TooManyJobsError.
    """
    _load_task(task)
    job = Job(
        task=task,
        key=key,
        title=title,
        owner=owner,
        permission=permission,
        parameters=audit.plain_value(parameters or {}),
        queued_at=at,
        heartbeat_at=at,
    )
    existing = _job_with_key(key)
    if existing is not None and existing.state != JobState.FAILED:
        return existing
    if existing is not None:
        job.pk, job._state.adding = existing.pk, False
    _refuse_too_many(owner)
    if upload is not None:
        job.upload.save(f"{job.pk}/{Path(upload.name or 'upload').name}", upload, save=False)
    job.clean_fields()
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError:  # another process entered the same key a moment ago
        existing = _job_with_key(key)
        if existing is None:
            raise
        return existing
    audit.record(actor=owner, verb=Verb.JOB, at=at, obj=job, detail={"parameters": job.parameters})
    transaction.on_commit(partial(send, job))
    return job


def _job_with_key(key: str | None) -> Job | None:
    return Job.objects.select_for_update(no_key=True).filter(key=key).first() if key else None


def _refuse_too_many(owner: User | None) -> None:
    if owner is not None and owner.jobs.unfinished().count() >= MAX_UNFINISHED:
        raise TooManyJobsError(
            f"您已有{MAX_UNFINISHED}项任务在排队或进行，请等其中一项完成后再提交。"
        )


def _load_task(name: str) -> Task:
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    if name not in current_app.tasks:
        raise UnknownTaskError(name)
    return current_app.tasks[name]


def send(job: Job) -> None:
    """Asks a worker to take the job. Without a broker the job waits for the next sweep."""
    task = _load_task(job.task)
    try:
        with current_app.connection_for_write(transport_options=BROKER_PATIENCE) as broker:
            options: dict[str, Any] = {"connection": broker, "retry": False}
            task.apply_async(kwargs={"job_id": str(job.pk)}, **options)
    except (BrokerError, OSError) as error:
        logger.warning("job %s waits: the broker does not answer (%s)", job.pk, error)


@contextmanager
def work_on(job_id: str | uuid.UUID, *, clock: Clock = timezone.now) -> Iterator["JobWork"]:
    """Claims the job and works on it; at the end it is finished or failed, with a message.

    Raises JobNotClaimedError where there is nothing to claim. A RefusalError or ValidationError
    inside becomes the job's message; any other error is logged and the message gives its number.
    When the database itself went away the job stays claimed and the sweep sends it again.
    `clock` is asked for every heartbeat.
    """
    work = JobWork(_claim(job_id, clock()), clock)
    try:
        with work.beating():
            yield work
        if not work.ended:
            work.finish()
    except JobLostError:
        logger.warning("job %s belongs to another worker by now", job_id)
    except (OperationalError, InterfaceError):
        logger.exception("job %s interrupted by the database", job_id)
    except RefusalError as refusal:
        work.fail(str(refusal))
    except ValidationError as invalid:
        work.fail("；".join(invalid.messages))
    except Exception:
        logger.exception("job %s failed", job_id)
        work.fail(f"任务没有完成。请把编号 {str(job_id)[:8]} 告诉系统管理员。")


def _claim(job_id: str | uuid.UUID, at: datetime) -> Job:
    """Takes the job if it waits, or if its worker has stopped beating; one worker succeeds."""
    lost = Q(state=JobState.RUNNING, heartbeat_at__lt=at - LOST_AFTER)
    claimed = Job.objects.filter(Q(state=JobState.QUEUED) | lost, pk=job_id).update(
        state=JobState.RUNNING,
        attempts=F("attempts") + 1,
        started_at=at,
        heartbeat_at=at,
        message="",
    )
    if not claimed:
        raise JobNotClaimedError(str(job_id))
    return Job.objects.select_related("owner").get(pk=job_id)


class JobWork:
    """A claimed job in the hands of its worker."""

    def __init__(self, job: Job, clock: Clock) -> None:
        self.job = job
        self.ended = False
        self._clock = clock
        self._lost = False
        self._stopped = threading.Event()
        self._progress: dict[str, Any] = {}
        self._written_at = monotonic()
        #: True only where the caller holds a transaction of its own around the whole job.
        self._enclosed = connection.in_atomic_block

    def report(self, done: int, total: int, message: str = "") -> None:
        """Shows progress to whoever waits; call it as often as you like.

        Inside a transaction of the work itself the heartbeat thread writes it a moment later.
        Raises JobLostError when the job has been given to another worker.
        """
        self._progress = {"done": min(done, total), "total": total, "message": message[:500]}
        writable = self._enclosed or not connection.in_atomic_block
        due = done >= total or monotonic() - self._written_at >= REPORT_SECONDS
        if writable and due:
            self._beat()
        if self._lost:
            raise JobLostError(str(self.job.pk))

    def finish(
        self,
        *,
        result: Mapping[str, Any] | None = None,
        product: bytes | Path | None = None,
        filename: str = "",
        message: str = "",
    ) -> None:
        """Ends the job well. The product is stored whole before anyone can see it."""
        fields: dict[str, Any] = {
            "state": JobState.DONE,
            "result": audit.plain_value(result or {}),
            "message": message or "已完成",
            **self._progress_done(),
        }
        if product is not None:
            fields |= self._store(product, filename)
        self._end(fields)

    def fail(self, message: str, *, result: Mapping[str, Any] | None = None) -> None:
        """Ends the job unfinished; `message` tells the owner what to do."""
        self._end(
            {
                "state": JobState.FAILED,
                "message": message[:500],
                "result": audit.plain_value(result or {}),
            }
        )

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Keeps the heartbeat in a thread of its own, also through one long statement."""
        thread = threading.Thread(target=self._keep_beating, daemon=True)
        if not self._enclosed:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            if thread.is_alive():
                thread.join()

    def _keep_beating(self) -> None:
        seen = self._progress
        while not self._stopped.wait(1.0):
            fresh = self._progress is not seen
            if fresh or monotonic() - self._written_at >= BEAT_SECONDS:
                seen = self._progress
                with suppress(DatabaseError):  # locked or away: the next beat tries again
                    self._beat()
        connection.close()

    def _beat(self) -> None:
        self._written_at = monotonic()
        if not self._mine().update(heartbeat_at=self._clock(), **self._progress):
            self._lost = True

    def _mine(self) -> QuerySet[Job]:
        return Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, attempts=self.job.attempts
        )

    def _progress_done(self) -> dict[str, Any]:
        total = self._progress.get("total", 0)
        return {"done": total, "total": total}

    def _store(self, product: bytes | Path, filename: str) -> dict[str, Any]:
        name = f"{self.job.pk}/{filename or (product.name if isinstance(product, Path) else '')}"
        if isinstance(product, bytes):
            digest = hashlib.sha256(product).hexdigest()
            self.job.product.save(name, ContentFile(product), save=False)
        else:
            with product.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
                self.job.product.save(name, File(stream), save=False)
        return {"product": self.job.product.name, "product_digest": digest}

    @transaction.atomic
    def _end(self, fields: dict[str, Any]) -> None:
        at = self._clock()
        fields |= {"heartbeat_at": at, "finished_at": at}
        if not self._mine().update(**fields):
            if "product" in fields:
                self.job.product.storage.delete(fields["product"])
            raise JobLostError(str(self.job.pk))
        for name, value in fields.items():
            setattr(self.job, name, value)
        self.ended = True
        audit.record(
            actor=self.job.owner,
            verb=Verb.JOB,
            at=at,
            obj=self.job,
            detail={
                "state": fields["state"],
                "message": fields["message"],
                "product_digest": fields.get("product_digest", ""),
            },
            succeeded=fields["state"] == JobState.DONE,
        )


def requeue_lost_jobs(*, at: datetime) -> int:
    """Sends again what nobody works on, and gives up what was lost too often.

    Lost is a running job without heartbeat, or a waiting one whose call nobody answered.
    Returns how many were sent.
    """
    lost = Job.objects.filter(
        state__in=[JobState.QUEUED, JobState.RUNNING], heartbeat_at__lt=at - LOST_AFTER
    )
    return sum(_requeue(job, at) for job in lost.order_by("queued_at"))


@transaction.atomic
def _requeue(job: Job, at: datetime) -> bool:
    """True where the job was sent; compare-and-swap, so that two sweeps do it once."""
    hopeless = job.state == JobState.RUNNING and job.attempts >= MAX_ATTEMPTS
    fields: dict[str, Any] = {"state": JobState.QUEUED, "heartbeat_at": at}
    if hopeless:
        message = f"后台连续{MAX_ATTEMPTS}次中断，任务没有完成。请告诉系统管理员，查明后再试。"
        fields = {"state": JobState.FAILED, "finished_at": at, "message": message}
    taken = Job.objects.filter(
        pk=job.pk, state=job.state, attempts=job.attempts, heartbeat_at=job.heartbeat_at
    ).update(**fields)
    if not taken:
        return False
    if hopeless:
        audit.record(
            actor=None, verb=Verb.JOB, at=at, obj=job, reason=fields["message"], succeeded=False
        )
        return False
    transaction.on_commit(partial(send, job))
    return True


@transaction.atomic
def note_fetched(*, job: Job, actor: User, at: datetime) -> AuditEntry:
    """The product left the house in the hands of its owner."""
    return audit.record(
        actor=actor,
        verb=Verb.EXPORT,
        at=at,
        obj=job,
        detail={"file": job.product_name, "sha256": job.product_digest},
    )
