"""What an approved decision does to the register, on the date of the decision and in no other way.

Rows that a decision dated back contradicts (attendance, leave asked) are taken out; each is told
in a line of the case and kept whole in the audit trail.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.audit import Change
from accounts.models import User
from accounts.services import end_access
from attendance.services.withdrawal import clear_from
from exits.choices import CaseKind
from exits.models import Case
from exits.procedures import PROCEDURES
from members.choices import Post
from members.models import Member
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
        effect.changes += end_membership(member=member, on=on, actor=actor, at=at)
        _clear(effect, member, on, actor, at)
        effect.changes += end_access(user=member.person.user)
    elif kind == CaseKind.SUSPENSION:
        period, changes = start_suspension(
            member=member, on=on, number=case.decision_number, actor=actor, at=at
        )
        case.suspension = period
        effect.changes += changes
        _clear(effect, member, on, actor, at)
    elif kind == CaseKind.REINSTATEMENT:
        period, changes = end_suspension(member=member, on=on)
        case.suspension = period
        effect.changes += changes
    else:
        effect.changes += end_post(member=member, post=Post.STANDING_MEMBER, on=on)
    return effect


def _clear(effect: Effect, member: Member, on: date, actor: User | None, at: datetime) -> None:
    changes, lines = clear_from(member=member, on=on, actor=actor, at=at)
    effect.changes += changes
    effect.corrected += lines
