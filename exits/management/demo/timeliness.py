"""From when records are measured by their time limit, and two meetings whose attendance is missing:
one past the limit, one not yet.
"""

from datetime import date, timedelta

from accounts.models import User
from accounts.services import save_record
from attendance.choices import MeetingKind
from attendance.models import Meeting, Sitting
from exits.management.demo.times import moment
from members.models import SpecialCommittee, Term

#: About two months before the last day told.
MEASURED_FOR = timedelta(days=60)
OVERDUE_SINCE, AWAITED_SINCE = timedelta(days=15), timedelta(days=3)


def stage_timeliness(*, term: Term, told_until: date, actor: User) -> None:
    term.collected_from = told_until - MEASURED_FOR
    save_record(obj=term, actor=actor, at=moment(told_until - MEASURED_FOR))
    committees = SpecialCommittee.objects.filter(term=term).order_by("sequence")
    for committee, since, title in zip(
        committees[1:3],
        (OVERDUE_SINCE, AWAITED_SINCE),
        ("惠企政策落实情况调研座谈会", "校外托管服务调研座谈会"),
        strict=False,
    ):
        day = told_until - since
        at = moment(day - timedelta(days=3))
        meeting = Meeting(
            term=term,
            number=f"H{day:%Y%m%d}Z",
            title=title,
            kind=MeetingKind.COMMITTEE_ACTIVITY,
            start_date=day,
            end_date=day,
            organiser=committee.name,
            place="市政协机关",
            committee=committee,
        )
        save_record(obj=meeting, actor=actor, at=at)
        save_record(obj=Sitting(meeting=meeting), actor=actor, at=at)
