"""What others ask of the account: approvals, answers, reports to settle, records to look at."""

from collections.abc import Iterator

from django.db.models import Min
from django.db.models.functions import Coalesce
from django.utils import timezone

from attendance.choices import RequestState
from attendance.selectors.approvals import recordable_approvals, waiting_approvals
from attendance.selectors.seats import open_seats
from dossiers.selectors.duplicates import SUSPECTS_SINCE, suspects
from dossiers.selectors.objections import ANSWER_PERMISSION, waiting_objections
from dossiers.selectors.submissions import INTAKE_WORKDAYS, waiting_submissions
from members.choices import RecordKind
from members.selectors.notices import unread_notices
from members.selectors.reports import SETTLE_PERMISSION, waiting_reports
from proposals.models import Topic
from proposals.selectors.linking import converted_waiting
from reporting.selectors.worklist.tasks import Desk, Task, Viewer, address, records

#: So many are named one by one where no list shows just these; the rest follow as they are done.
EACH = 5
ENTER_PERMISSION = "dossiers.import_workbook"


def approvals(desk: Desk) -> Iterator[Task]:
    """Own steps; for 委员联络科 also those others decide on paper. Due by the meeting's day."""
    if not desk.may("attendance.decide_approval"):
        return
    own = waiting_approvals(user=desk.user, on=desk.on)
    others = recordable_approvals(user=desk.user).exclude(pk__in=own.values("pk"))
    for found, title in ((own, "请假、列席待您审批"), (others, "请假、列席等他人审批，可代为登记")):
        days = Coalesce("leave_request__meeting__start_date", "seat__meeting__start_date")
        counted = found.order_by().annotate(day=days)
        yield Task(
            subject="请假与列席",
            title=title,
            count=counted.count(),
            unit="件",
            path=address("attendance:approval-list"),
            due=counted.aggregate(first=Min("day"))["first"],
            overdue=counted.filter(day__lt=desk.on).count(),
            note="最早的会议日期",
        )


def submissions_to_take_in(desk: Desk) -> Iterator[Task]:
    """Work members handed in: seven working days each."""
    moments = waiting_submissions(user=desk.user).values_list("submitted_at", flat=True)
    dues = [
        desk.calendar.due(timezone.localdate(moment), INTAKE_WORKDAYS)
        for moment in moments
        if moment is not None
    ]
    yield Task(
        subject="委员报送",
        title="委员报送待受理",
        count=len(dues),
        unit="件",
        path=address("dossiers:submission-queue"),
        due=min(dues, default=None),
        overdue=sum(due < desk.on for due in dues),
    )


def seats_to_carry_on(desk: Desk) -> Iterator[Task]:
    """Seats to invite to, to enter the outcome of, to take the papers back from."""
    if not desk.may("attendance.decide_approval") or not desk.may(
        "attendance.change_nonvotingseat"
    ):
        return
    found = open_seats(user=desk.user, on=desk.on).exclude(state=RequestState.PENDING)
    yield Task(
        subject="请假与列席",
        title="列席人员待通知、登记到会或收回材料",
        count=found.count(),
        unit="人",
        path=address("attendance:seat-board"),
    )


def objections(viewer: Viewer) -> Iterator[Task]:
    if not viewer.may(ANSWER_PERMISSION):
        return
    found = waiting_objections(user=viewer.user)
    first = found.first()
    yield Task(
        subject="记录异议",
        title="委员对记录的异议待答复",
        count=found.count(),
        unit="件",
        path=records("dossiers.objection", term="all", state="open"),
        due=first.due_date if first else None,
        overdue=found.overdue(viewer.on).count(),
    )


def change_reports(viewer: Viewer) -> Iterator[Task]:
    if not viewer.may(SETTLE_PERMISSION):
        return
    found = waiting_reports(user=viewer.user)
    first = found.first()
    since = first.recorded_at if first else None
    yield Task(
        subject="委员情况报告",
        title="职务变动等情况报告待办理",
        count=found.count(),
        unit="件",
        path=records("members.changereport", term="all", state__exact="new"),
        note=f"最早一件 {timezone.localdate(since):%Y-%m-%d} 报来" if since else "",
    )


def look_alikes(desk: Desk) -> Iterator[Task]:
    """Records collected that may have been entered twice."""
    if desk.may(ENTER_PERMISSION):
        found = suspects(
            term=desk.term,
            duties=desk.duties,
            user=desk.user,
            since=desk.on - SUSPECTS_SINCE,
            until=desk.on,
        )
        yield Task(
            subject="采集",
            title="疑似重复的记录待核对",
            count=len(found),
            unit="对",
            path=address("dossiers:duplicate-list"),
        )


def conversions(desk: Desk) -> Iterator[Task]:
    """Proposals examined as 转社情民意, for whoever collects these."""
    if desk.may(ENTER_PERMISSION) and desk.duties.opens(RecordKind.OPINION):
        yield Task(
            subject="采集",
            title="提案转社情民意，待登记",
            count=converted_waiting(desk.term).count(),
            unit="件",
            path=address("dossiers:conversion-list"),
        )


def topics_overdue(desk: Desk) -> Iterator[Task]:
    """Planned for a day that has passed, each by itself: there is no list of just these."""
    if not desk.may("proposals.change_topic"):
        return
    found = Topic.objects.visible_to(desk.user).overdue(desk.on).filter(term=desk.term)
    if not desk.duties.is_whole:
        found = found.filter(department__name__in=desk.duties.departments)
    for topic in found.order_by("planned_date", "pk")[:EACH]:
        yield Task(
            subject="年度协商计划",
            title=f"议题已过计划完成日期：{topic.title}",
            count=1,
            unit="",
            path=address("reporting:topic-detail", topic.pk),
            due=topic.planned_date,
            overdue=1,
        )


def contributions_owed(desk: Desk) -> Iterator[Task]:
    """Joint topics to which the account's county has not written its part yet (联动)."""
    if not desk.may("proposals.change_topicpartnership"):
        return
    waiting = Topic.objects.visible_to(desk.user).awaiting_contribution(desk.user)
    for topic in waiting.filter(term=desk.term).order_by("planned_date", "pk")[:EACH]:
        yield Task(
            subject="年度协商计划",
            title=f"联动议题的分工与成果待填写：{topic.title}",
            count=1,
            unit="",
            path=address("reporting:topic-detail", topic.pk),
            due=topic.planned_date,
            overdue=int(topic.planned_date is not None and topic.planned_date < desk.on),
        )


def notices(viewer: Viewer) -> Iterator[Task]:
    found = unread_notices(viewer.user).order_by().values_list("reply_by", flat=True)
    replies = list(found)
    first = min((day for day in replies if day), default=None)
    yield Task(
        subject="通知",
        title="通知未读",
        count=len(replies),
        unit="份",
        path=address("members:notice-list", unread=1),
        due=first,
        note="最早的回复期限" if first else "",
    )
