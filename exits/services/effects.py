"""What an approved decision does to the register, on the date of the decision and in no other way.

Rows that a decision dated back contradicts (attendance, leave asked) are taken out; each is told
in a line of the case and kept whole in the audit trail.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from accounts.audit import Change
from accounts.models import User
from accounts.services import end_access
from attendance.selectors.returning import regained_places
from attendance.services.withdrawal import clear_from, leave_standing_lists
from core.dates import planned
from exits.choices import Act, CaseKind
from exits.models import Case, CaseStep
from exits.procedures import PROCEDURES
from members.choices import Post
from members.models import Member, SuspensionPeriod
from members.services.memberships import (
    end_membership,
    end_post,
    end_suspension,
    start_suspension,
)


@dataclass
class Effect:
    """The changes for the audit entry, and a line in words for each kind of row corrected."""

    changes: list[Change] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)


def apply_decision(*, case: Case, on: date, actor: User | None, at: datetime) -> Effect:
    """Carries out an approved decision as of the date of the decision; the caller audits.

    Raises MembershipRefusedError where the register does not allow it (ended already, no
    suspension to end …).
    """
    kind, member = CaseKind(case.kind), case.member
    effect = Effect()
    if PROCEDURES[kind].ends_membership:
        effect.changes += end_membership(member=member, on=on)
        _clear(effect, member, on, at)
        effect.changes += end_access(user=member.person.user)
    elif kind == CaseKind.SUSPENSION:
        period, changes = start_suspension(
            member=member, on=on, number=case.decision_number, actor=actor, at=at
        )
        case.suspension = period
        effect.changes += changes
        _clear(effect, member, on, at)
    elif kind == CaseKind.REINSTATEMENT:
        period, changes = end_suspension(member=member, on=on)
        case.suspension = period
        effect.changes += changes
        effect.corrected += _come_back_to(member, period, on, at)
    else:
        effect.changes += end_post(member=member, post=Post.STANDING_MEMBER, on=on)
        changes, lines = leave_standing_lists(member=member, on=on, at=at)
        effect.changes += changes
        effect.corrected += lines
    return effect


def _clear(effect: Effect, member: Member, on: date, at: datetime) -> None:
    changes, lines = clear_from(member=member, on=on, at=at)
    effect.changes += changes
    effect.corrected += lines


def _come_back_to(member: Member, period: SuspensionPeriod, on: date, at: datetime) -> list[str]:
    """What the office has to add by hand: nobody knows what a member not told of would have done."""
    today, lines = timezone.localdate(at), []
    for place in regained_places(member=member, since=on):
        meeting = place.meeting
        due = "考勤请核对补登" if meeting.start_date <= today else "会议通知请补发"
        lines.append(
            f"自{planned(on)}起恢复履职：{planned(meeting.start_date)}“{meeting.title}”的名单"
            f"重新包括该委员，{due}。"
        )
    removed = CaseStep.objects.filter(
        case__suspension=period, case__kind=CaseKind.SUSPENSION, kind=Act.CORRECT
    )
    if removed.exists():
        lines.append(
            "暂停履职时移出的考勤、请假和列席，见暂停履职事项中的更正记录；"
            f"其中{planned(on)}及以后的，请核对补登。"
        )
    return lines
