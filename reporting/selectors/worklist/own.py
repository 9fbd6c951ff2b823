"""What waits for a member: their own affairs, whatever office they may hold besides."""

from collections.abc import Iterator
from datetime import timedelta

from dossiers.choices import HandInKind
from dossiers.models import Campaign, HandIn, Objection
from members.models import Member
from reporting.selectors.worklist.tasks import Desk, Task, address

#: An answer is news for so long.
NEWS = timedelta(days=14)


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


def papers_to_hand_in(desk: Desk) -> Iterator[Task]:
    """Registration forms of campaigns that are open and not handed in yet."""
    seats = Member.objects.invitable(desk.on).filter(term=desk.term, person__user=desk.user)
    seat = seats.first()
    if seat is None:
        return
    open_now = Campaign.objects.filter(
        term=desk.term, opens_date__lte=desk.on, deadline_date__gte=desk.on - NEWS
    )
    for campaign in open_now.order_by("deadline_date"):
        known = HandIn.objects.filter(
            member=seat, year=campaign.year, kind=HandInKind.ANNUAL_RETURN
        )
        if not known.exists():
            yield Task(
                subject="年度填报",
                title=f"{campaign.year}年度履职情况登记表待提交",
                count=1,
                unit="份",
                path=address("reporting:home") + "#forms",
                due=campaign.deadline_date,
                overdue=int(campaign.deadline_date < desk.on),
            )
