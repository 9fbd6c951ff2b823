"""Cases of exit and suspension, and interviews: what waits for whom."""

from collections.abc import Iterator

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.roles import RoleCode
from exits.choices import InterviewStage
from exits.models import Case, CaseDelivery
from exits.selectors.board import awaiting_decision, awaiting_delivery
from exits.selectors.interviews import (
    findings_to_interview,
    interview_board,
    interviews_ahead,
    interviews_to_confirm,
)
from exits.selectors.opinions import opinions_asked
from exits.selectors.own import applications_asked
from reporting.selectors.worklist.tasks import Desk, Task, address, records

SUBJECT = "约谈、退出与暂停"
#: Stages of an interview in which nothing is to be done before its time.
QUIET = (InterviewStage.MEETING, InterviewStage.LATER)


def open_cases(desk: Desk) -> Iterator[Task]:
    """For the office that carries them on."""
    if not desk.may("exits.carry_on_case"):
        return
    cases = Case.objects.visible_to(desk.user).open().filter(member__term=desk.term)
    yield of_cases(
        cases,
        desk,
        title="退出与暂停事项办理中",
        path=records("exits.case", closed="no", term=desk.term.code),
    )


def decisions_to_record(desk: Desk) -> Iterator[Task]:
    """For leaders, and for 委员联络科 where somebody else made the proposal."""
    if not desk.may("exits.decide_case"):
        return
    cases = awaiting_decision(user=desk.user)
    yield of_cases(cases, desk, title="已提请审议，待登记决定", path=board("decision"))


def decisions_to_deliver(desk: Desk) -> Iterator[Task]:
    if not desk.may("exits.carry_on_case"):
        return
    cases = awaiting_delivery(user=desk.user)
    untold = CaseDelivery.objects.filter(case__in=cases.values("pk"), delivered_date__isnull=True)
    yield of_cases(
        cases,
        desk,
        title="决定的书面通知未送完",
        path=board("delivery"),
        note=f"尚有 {untold.count()} 处未送达",
    )


def opinions_to_give(desk: Desk) -> Iterator[Task]:
    """For 组织部 and 统战部."""
    if not desk.user.has_role(RoleCode.ORGANIZATION_DEPARTMENT, RoleCode.UNITED_FRONT_DEPARTMENT):
        return
    cases = opinions_asked(user=desk.user)
    yield of_cases(cases, desk, title="待本部门提出会商意见", path=address("exits:opinion-list"))


def interviews_to_carry_on(desk: Desk) -> Iterator[Task]:
    """For 委员联络科, and for the leader who conducts them."""
    if not desk.may("exits.conduct_interview"):
        return
    lines = [
        line
        for stage, found in interview_board(user=desk.user, at=desk.at)
        if stage not in QUIET
        for line in found
    ]
    yield Task(
        subject=SUBJECT,
        title="约谈待通知、记录或办结",
        count=len(lines),
        unit="次",
        path=address("exits:interview-list"),
        overdue=sum(line.is_overdue for line in lines),
    )
    if desk.may("exits.carry_on_case"):
        yield Task(
            subject=SUBJECT,
            title="已确认的考核发现待安排约谈",
            count=findings_to_interview(user=desk.user, term=desk.term, on=desk.on).count(),
            unit="项",
            path=address("exits:interview-list"),
        )


def own_interviews(desk: Desk) -> Iterator[Task]:
    """What a member was called to, and the minutes they are asked to confirm."""
    ahead = list(interviews_ahead(user=desk.user, at=desk.at))
    yield Task(
        subject="约谈",
        title="约谈",
        count=len(ahead),
        unit="次",
        path=address("exits:own-list"),
        due=min((timezone.localdate(one.scheduled_at) for one in ahead), default=None),
        note="请按通知的时间、地点参加",
    )
    yield Task(
        subject="约谈",
        title="约谈记录待确认",
        count=interviews_to_confirm(user=desk.user).count(),
        unit="份",
        path=address("exits:own-list"),
    )


def own_applications(desk: Desk) -> Iterator[Task]:
    """Matters in which the member was asked for a written application."""
    asked = applications_asked(user=desk.user)
    yield Task(
        subject="委员事项",
        title="待提交书面申请",
        count=len(asked),
        unit="件",
        path=address("exits:own-list"),
        due=min((case.answer_by for case in asked if case.answer_by), default=None),
    )


def of_cases(cases: QuerySet[Case], desk: Desk, *, title: str, path: str, note: str = "") -> Task:
    counted = cases.order_by().aggregate(
        count=Count("pk"),
        first=Min("due_date"),
        late=Count("pk", filter=Q(due_date__lt=desk.on)),
    )
    return Task(
        subject=SUBJECT,
        title=title,
        count=counted["count"],
        unit="件",
        path=path,
        due=counted["first"],
        overdue=counted["late"],
        note=note,
    )


def board(show: str) -> str:
    return f"{reverse('exits:case-board')}?show={show}"
