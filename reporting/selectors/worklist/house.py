"""Accounts, jobs and the trail: what waits for the administrator, the auditor, and for oneself."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from accounts.choices import JobState, Verb
from accounts.models import AuditEntry, Job
from accounts.selectors.users import dead_initial_passwords, locked_users, pending_initial_passwords
from reporting.selectors.worklist.tasks import Task, Viewer, address, records

#: Failed jobs, refusals and failed sign-ins are told of for so long.
RECENTLY = timedelta(days=7)


def own_failed_jobs(viewer: Viewer) -> Iterator[Task]:
    failed = Job.objects.filter(
        owner=viewer.user, state=JobState.FAILED, finished_at__gte=viewer.at - RECENTLY
    )
    yield Task(
        subject="我的任务",
        title="后台任务没有完成",
        count=failed.count(),
        unit="项",
        path=address("accounts:job-list"),
    )


def accounts_to_help(viewer: Viewer) -> Iterator[Task]:
    """Who is locked out, whose initial password runs out, whose has run out."""
    if not viewer.may("accounts.change_user"):
        return
    pending = pending_initial_passwords(viewer.at)
    first = pending.order_by("initial_password_expires_at").first()
    yield Task(
        subject="账号",
        title="账号因登录失败被锁定",
        count=locked_users(viewer.at).count(),
        unit="个",
        path=records("accounts.user", access="locked"),
        note="30 分钟后自动解除，也可以在账号页上解除",
    )
    yield Task(
        subject="账号",
        title="初始密码还没有使用",
        count=pending.count(),
        unit="个",
        path=records("accounts.user", access="pending"),
        due=timezone.localdate(first.initial_password_expires_at) if first else None,
        note="到期没有登录的，要重置密码",
    )
    yield Task(
        subject="账号",
        title="初始密码已失效，需要重置",
        count=dead_initial_passwords(viewer.at).count(),
        unit="个",
        path=records("accounts.user", access="dead"),
    )


def failed_jobs(viewer: Viewer) -> Iterator[Task]:
    """Of everybody, for whoever looks after the system."""
    if not viewer.may("accounts.view_job"):
        return
    failed = Job.objects.visible_to(viewer.user).filter(state=JobState.FAILED)
    yield Task(
        subject="后台任务",
        title="后台任务失败",
        count=failed.count(),
        unit="项",
        path=records("accounts.job", state__exact=JobState.FAILED.value),
    )


def entries_to_look_at(viewer: Viewer) -> Iterator[Task]:
    """What was refused in the last days, for 安全审计员."""
    if not viewer.may("accounts.view_auditentry"):
        return
    since = viewer.at - RECENTLY
    for verb, title in (
        (Verb.DENIED, "近七日被拒绝的访问"),
        (Verb.SIGN_IN_FAILED, "近七日的登录失败"),
    ):
        entries = AuditEntry.objects.filter(verb=verb, at__gte=since)
        yield Task(
            subject="审计",
            title=title,
            count=entries.count(),
            unit="次",
            path=records("accounts.auditentry", verb__exact=verb.value, at__gte=since.isoformat()),
        )
