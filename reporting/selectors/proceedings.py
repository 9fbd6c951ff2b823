"""A member's interviews and cases, as blocks of the dossier."""

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from exits.models import Case, Interview
from members.models import Member
from reporting.selectors.rows import Block, joined, listed, mine, row


def cases(member: Member, year: int | None, user: User) -> Block:
    """Procedures of exit, suspension and reinstatement, whatever the year."""
    records = mine(Case.objects.all(), user, Q(member=member)).order_by("opened_date")
    rows = [
        row(
            case,
            case.opened_date,
            f"{case.get_kind_display()}：{case.get_ground_display()}",
            joined(
                [
                    case.get_state_display(),
                    case.decision_number,
                    f"{case.closed_date:%Y-%m-%d} 办结" if case.closed_date else "办理中",
                ]
            ),
            tone="" if case.closed_date else "warn",
        )
        for case in records
    ]
    return Block("退出与暂停事项", rows, "exits.case", listed(member, "member", None))


def interviews(member: Member, year: int | None, user: User) -> Block:
    condition = Q(member=member) & (Q() if year is None else Q(scheduled_at__year=year))
    records = mine(Interview.objects.all(), user, condition).order_by("scheduled_at")
    rows = [
        row(
            interview,
            timezone.localdate(interview.scheduled_at),
            f"{interview.get_kind_display()}：{interview.reason}",
            joined([interview.get_state_display(), interview.get_result_display()]),
        )
        for interview in records
    ]
    return Block("约谈", rows, "exits.interview", listed(member, "member", None))
