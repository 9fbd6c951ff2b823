"""What waits for a member: their own affairs, whatever office they may hold besides."""

from collections.abc import Iterator
from datetime import timedelta

from attendance.choices import Capacity, Reply, RequestState
from attendance.models import LeaveRequest
from attendance.selectors.seats import own_seats
from dossiers.models import Objection
from dossiers.selectors.submissions import returned_submissions, signatures_owed
from members.models import Member
from reporting.selectors.worklist.tasks import Desk, Task, address

#: An answer is news for so long.
NEWS = timedelta(days=14)


def meetings_to_answer(desk: Desk) -> Iterator[Task]:
    """Meetings announced, to which the member has not said whether they come."""
    found = [
        place.meeting.start_date
        for place in desk.meetings
        if place.reply == Reply.NONE and place.capacity == Capacity.EXPECTED
    ]
    yield Task(
        subject="会议",
        title="会议待回复是否参加",
        count=len(found),
        unit="场",
        path=address("attendance:meeting-own-list"),
        due=min(found, default=None),
        note="最早的会议日期",
    )


def leave_results(desk: Desk) -> Iterator[Task]:
    settled = LeaveRequest.objects.filter(
        member__person__user=desk.user,
        state__in=[RequestState.APPROVED, RequestState.REFUSED],
        settled_at__gte=desk.at - NEWS,
    )
    states = list(settled.order_by().values_list("state", flat=True))
    refused = states.count(RequestState.REFUSED)
    yield Task(
        subject="请假",
        title="请假申请已有结果",
        count=len(states),
        unit="件",
        path=address("attendance:leave-list"),
        note=f"14 天之内办结的{f'，其中 {refused} 件未批准' if refused else ''}",
    )


def invitations_to_accept(desk: Desk) -> Iterator[Task]:
    """Non-voting seats whose terms of confidence are to be read and accepted."""
    found = own_seats(desk.user).filter(
        state=RequestState.APPROVED,
        terms_accepted_at__isnull=True,
        leave_filed_at__isnull=True,
        meeting__start_date__gte=desk.on,
    )
    days = list(found.order_by().values_list("meeting__start_date", flat=True))
    yield Task(
        subject="列席",
        title="列席邀请待确认保密要求",
        count=len(days),
        unit="场",
        path=address("attendance:seat-own-list"),
        due=min(days, default=None),
        note="最早的会议日期",
    )


def answered_objections(desk: Desk) -> Iterator[Task]:
    answered = Objection.objects.filter(
        member__person__user=desk.user, settled_at__gte=desk.at - NEWS
    )
    yield Task(
        subject="记录异议",
        title="您提出的异议已有答复",
        count=answered.count(),
        unit="件",
        path=address("dossiers:objection-list"),
        note="14 天之内答复的",
    )


def work_to_sign_or_mend(desk: Desk) -> Iterator[Task]:
    """Work of others to co-sign, and own work the unit has sent back."""
    yield Task(
        subject="报送",
        title="请您联名，待您答复",
        count=signatures_owed(user=desk.user).count(),
        unit="件",
        path=address("dossiers:signature-list"),
    )
    yield Task(
        subject="报送",
        title="您报送的材料退回修改",
        count=returned_submissions(user=desk.user).count(),
        unit="件",
        path=address("dossiers:submission-list"),
        note="改好后再次提交，首次提交的日期不变",
    )


def papers_to_hand_in(desk: Desk) -> Iterator[Task]:
    """The year's papers not handed in yet, and those sent back, which the suspended see too: they
    are asked for none.
    """
    seat = desk.seat
    if seat is None:
        return
    is_asked = Member.objects.invitable(desk.on).filter(pk=seat.pk).exists()
    for row in desk.papers:
        if not (row.is_returned or (row.waits_for_member and is_asked)):
            continue
        due = row.campaign.deadline_date
        path = (
            address("reporting:paper-detail", row.paper.pk)
            if row.paper
            else address("reporting:paper-list")
        )
        yield (
            Task(
                subject="年度材料",
                title=f"{row.title}退回修改",
                count=1,
                unit="",
                path=path,
                note="改好后再次提交，首次提交的日期不变",
            )
            if row.is_returned
            else Task(
                subject="年度材料",
                title=f"{row.title}待提交",
                count=1,
                unit="",
                path=path,
                due=due,
                overdue=int(due < desk.on),
            )
        )
