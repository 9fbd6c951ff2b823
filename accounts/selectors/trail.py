"""Reading the audit trail back with suspicion: what was altered, and where."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.db import DatabaseError, connection
from django.db.models import Max

from accounts.audit import CHANGE_FIELDS, ENTRY_FIELDS, EntrySeal, head_seal
from accounts.choices import JobState, Verb
from accounts.models import AuditChange, AuditEntry, AuditHead, Job

ROWS_AT_ONCE = 2000
NO_DIGEST = "0" * 64
#: The triggers of migration 0005 that keep the trail append-only.
GUARDS = {
    "sqlite": {
        f"{table}_no_{act}"
        for table in ("accounts_auditentry", "accounts_auditchange")
        for act in ("update", "delete", "replace")
    }
    | {f"accounts_audithead_{act}" for act in ("advances", "no_delete", "no_replace")},
    "postgresql": {
        f"{table}_{act}"
        for table in ("accounts_auditentry", "accounts_auditchange")
        for act in ("append_only", "no_truncate")
    }
    | {f"accounts_audithead_{act}" for act in ("advances", "no_truncate")},
}
INSTALLED_GUARDS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}


@dataclass(frozen=True)
class TrailProblem:
    """`sequence` is the entry concerned, None where no single one is."""

    sequence: int | None
    message: str


def trail_problems() -> Iterator[TrailProblem]:
    """Everything wrong with the chain, in order; entries appended meanwhile do not disturb."""
    yield from _missing_guards()
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        yield TrailProblem(None, "审计链头缺失，末尾可能已被截去")
        last = AuditEntry.objects.aggregate(last=Max("sequence"))["last"] or 0
        head = AuditHead(sequence=last, digest="")
    elif head.seal != head_seal(head.sequence, head.digest):
        yield TrailProblem(head.sequence, "审计链头被改动，末尾可能已被截去")
    reader = _ChainReader(head)
    try:
        yield from reader.problems()
    except (ValueError, TypeError, DatabaseError):
        yield TrailProblem(reader.expected, "记录已损坏，无法读取，其后的记录没有核对")
    yield from _entries_beyond()


class _ChainReader:
    """Walks entries and changes side by side, in the order of the sequence."""

    def __init__(self, head: AuditHead) -> None:
        self.head = head
        self.expected = 1
        self._digests = {NO_DIGEST}

    def problems(self) -> Iterator[TrailProblem]:
        entries = AuditEntry.objects.filter(sequence__lte=self.head.sequence).order_by("sequence")
        changes = _ChangeGroups(self.head.sequence)
        rows = entries.values_list(*ENTRY_FIELDS, "digest").iterator(chunk_size=ROWS_AT_ONCE)
        for *values, digest in rows:
            sequence, previous = values[0], values[-1]
            yield from self._gap(sequence, previous)
            seal = EntrySeal(*values)
            for _, *change in changes.of(sequence):
                seal.add(*change)
            yield from self._entry(sequence, previous, digest, seal.digest())
            self.expected = max(self.expected, sequence) + 1
        if self.expected <= self.head.sequence:
            missing = _range(self.expected, self.head.sequence)
            yield TrailProblem(self.expected, f"{missing}缺失，末尾被截去")
        elif self.head.digest and self.head.digest not in self._digests:
            yield TrailProblem(self.head.sequence, "与审计链头不符")

    def _gap(self, sequence: int, previous: str) -> Iterator[TrailProblem]:
        if sequence < self.expected:
            yield TrailProblem(sequence, "多出的记录")
        elif sequence > self.expected:
            missing = _range(self.expected, sequence - 1)
            yield TrailProblem(self.expected, f"{missing}缺失，被删除")
            self._digests = {previous}

    def _entry(
        self, sequence: int, previous: str, digest: str, computed: str
    ) -> Iterator[TrailProblem]:
        if computed != digest:
            yield TrailProblem(sequence, "内容或改动明细被改动")
        elif previous not in self._digests:
            yield TrailProblem(sequence, "与前一条不相接")
        self._digests = {digest, computed}


class _ChangeGroups:
    """The changes of each entry, read once in order."""

    def __init__(self, last: int) -> None:
        rows = AuditChange.objects.filter(entry_id__lte=last).order_by("entry_id", "position")
        columns = rows.values_list("entry_id", *CHANGE_FIELDS)
        self._groups = groupby(columns.iterator(chunk_size=ROWS_AT_ONCE), key=itemgetter(0))
        self._waiting: tuple[int, list[tuple]] | None = None

    def of(self, sequence: int) -> list[tuple]:
        """Changes of entries that are gone are passed over: the gap itself is reported."""
        while self._waiting is None or self._waiting[0] < sequence:
            group = next(self._groups, None)
            if group is None:
                return []
            self._waiting = (group[0], list(group[1]))
        return self._waiting[1] if self._waiting[0] == sequence else []


def _range(first: int, last: int) -> str:
    return f"第{first}条" if first == last else f"第{first}至{last}条"


def _entries_beyond() -> Iterator[TrailProblem]:
    """The last entry is read before the head: an entry appended in between is behind it."""
    last = AuditEntry.objects.aggregate(last=Max("sequence"))["last"] or 0
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None and last > head.sequence:
        yield TrailProblem(head.sequence + 1, f"{_range(head.sequence + 1, last)}在审计链头之后")


def _missing_guards() -> Iterator[TrailProblem]:
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED_GUARDS[connection.vendor])
        installed = {name for (name,) in cursor.fetchall()}
    for name in sorted(GUARDS[connection.vendor] - installed):
        yield TrailProblem(None, f"数据库中防改写的触发器 {name} 缺失或被停用")


def product_problems() -> Iterator[str]:
    """Files handed out by jobs that are gone or no longer what was recorded."""
    recorded: dict[str, set[str]] = {}
    entries = AuditEntry.objects.filter(object_type="accounts.job", verb=Verb.JOB, succeeded=True)
    for job_id, detail in entries.values_list("object_id", "detail"):
        recorded.setdefault(job_id, set()).add(detail.get("product_digest", ""))
    jobs = Job.objects.filter(state=JobState.DONE).exclude(product="").order_by("queued_at")
    for job in jobs.iterator(chunk_size=ROWS_AT_ONCE):
        name = f"任务“{job.title}”（{str(job.pk)[:8]}）的成果文件"
        if job.product_digest not in recorded.get(str(job.pk), set()):
            yield f"{name}：摘要与审计记录不符"
        elif not job.product.storage.exists(job.product.name or ""):
            yield f"{name}：文件缺失"
        elif _digest_of(job) != job.product_digest:
            yield f"{name}：内容被改动"


def _digest_of(job: Job) -> str:
    with job.product.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
