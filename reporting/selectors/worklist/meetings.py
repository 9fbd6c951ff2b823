"""Meetings ahead that are not prepared, and sittings held that nobody has closed."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

from attendance.models import Attendance, Expectation, Sitting
from attendance.selectors.convening import SUBJECT, kept_meetings
from members.choices import NoticeKind
from members.models import Notice
from reporting.selectors.arrivals import ON_THE_SPOT, WITHOUT_MEMBERS
from reporting.selectors.worklist.tasks import Desk, Task, address

#: A meeting without list or notice is told of so long before it begins.
AHEAD = timedelta(days=14)
#: So many are named one by one; the rest follow as these are done.
EACH = 5


def meetings_to_prepare(desk: Desk) -> Iterator[Task]:
    """Each by itself, the nearest first: it has no expected list, or no notice has gone out."""
    if not desk.may("attendance.change_meeting"):
        return
    listed = Expectation.objects.filter(meeting=OuterRef("pk"))
    subject = Concat(Value(SUBJECT), Cast(OuterRef("pk"), CharField()))
    told = Notice.objects.filter(kind=NoticeKind.MEETING, subject=subject)
    ahead = (
        kept_meetings(desk.user)
        .filter(term=desk.term, start_date__gte=desk.on, start_date__lte=desk.on + AHEAD)
        .exclude(kind__in=WITHOUT_MEMBERS)
        .annotate(is_listed=Exists(listed), is_told=Exists(told))
        .exclude(is_listed=True, is_told=True)
    )
    for meeting in ahead.order_by("start_date", "pk")[:EACH]:
        lacking = "会议通知还没有发出" if meeting.is_listed else "会议还没有应到名单"
        yield Task(
            subject="会议",
            title=f"{lacking}：{meeting.title}",
            count=1,
            unit="",
            path=address("attendance:meeting-desk", meeting.pk),
            due=meeting.start_date,
            note="开会日期",
        )


def sittings_to_close(desk: Desk) -> Iterator[Task]:
    """Each by itself: signed in on the spot, over, and not closed; until then nobody is absent."""
    if not desk.may("attendance.change_sitting"):
        return
    on_the_spot = Attendance.objects.filter(sitting=OuterRef("pk"), method__in=ON_THE_SPOT)
    over = Q(ends_at__lt=desk.at) | Q(last_day__lt=desk.on)
    held = (
        Sitting.objects.filter(
            meeting__in=kept_meetings(desk.user).filter(term=desk.term), closed_at__isnull=True
        )
        .annotate(last_day=Coalesce(F("meeting__end_date"), F("meeting__start_date")))
        .filter(over)
        .filter(Exists(on_the_spot))
        .select_related("meeting")
        .order_by("last_day", "pk")
    )
    for sitting in held[:EACH]:
        yield Task(
            subject="会议",
            title=f"签到还没有结束：{sitting.meeting.title} {sitting.short_name}",
            count=1,
            unit="",
            path=address("attendance:sitting-sign-in", sitting.pk),
            due=sitting.last_day,
            overdue=int(sitting.last_day < desk.on),
        )
