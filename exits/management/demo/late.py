"""A decision entered late: what was recorded meanwhile is corrected, line by line, in the case."""

from datetime import date, timedelta

from django.db.models import Count

from attendance.models import Attendance
from exits.choices import Act, CaseKind, Ground, Partner, Verdict
from exits.management.demo.cases import ACTS, CaseStage, Row
from exits.management.demo.chance import office_day
from exits.management.demo.times import moment
from exits.models import Case
from exits.services import open_case
from members.models import Member, Tenure

#: Days before the last day told.
OPENED, DECIDED, ENTERED = 40, 30, 1
STORY: list[tuple[int, Row]] = [
    (38, {"act": Act.INFORM, "note": "函请市委组织部、市委统战部会商，附有关机关来函。"}),
    (36, {"act": Act.OPINE, "by": Partner.ORGANIZATION, "text": "同意暂停其履行委员职责。"}),
    (35, {"act": Act.OPINE, "by": Partner.UNITED_FRONT, "text": "同意。"}),
    (34, {"act": Act.PROPOSE, "note": "经三方协商，建议暂停其履行委员职责。"}),
    (33, {"act": Act.SUBMIT, "note": "提请主席会议审议。"}),
    (DECIDED, {"act": Act.DECIDE, "note": "会议决定暂停其履行委员职责；决定文件送达后补登。"}),
]


def stage_late_decision(stage: CaseStage, *, told_until: date) -> None:
    """Played when everything else is told: the attendance it contradicts is there."""
    member = recorded_since(stage, told_until - timedelta(days=DECIDED))
    if member is None:
        return
    opened = office_day(told_until - timedelta(days=OPENED))
    case = open_case(
        member=member,
        kind=CaseKind.SUSPENSION,
        ground=Ground.SUSPECTED,
        grounds="市公安局来函，该委员因涉嫌违法犯罪接受调查。",
        opened_date=opened,
        conductors=[stage.account("leader", opened)],
        actor=stage.registrar,
        at=moment(opened),
    )
    for before, row in STORY:
        on = office_day(told_until - timedelta(days=before))
        rows = Case.objects.select_related("member__person__user", "member__term__assembly")
        own: Row = {"on": on, "verdict": Verdict.AGREE}
        if row["act"] == Act.DECIDE:
            own |= {
                "entered": told_until - timedelta(days=ENTERED),
                "meeting": f"十四届政协{on.year}年{on.month}月主席会议",
                "number": f"演示停〔{on.year}〕6号",
            }
        ACTS[row["act"]](stage, rows.get(pk=case.pk), own | row)


def recorded_since(stage: CaseStage, since: date) -> Member | None:
    """An ordinary member with the most attendance on record from the day on, and nothing else
    told of them.
    """
    seats = Member.objects.invitable(since).filter(
        term=stage.term, person__user=None, exited_date=None, cases=None, interviews=None
    )
    seats = seats.exclude(pk__in=Tenure.objects.values("member"))
    rows = Attendance.objects.filter(
        member__in=seats, sitting__meeting__start_date__range=(since, stage.demo.told_until)
    )
    counted = rows.values("member").annotate(number=Count("pk")).order_by("-number", "member")
    first = counted.first()
    return Member.objects.select_related("person").get(pk=first["member"]) if first else None
