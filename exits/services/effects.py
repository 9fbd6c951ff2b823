"""What an approved decision does to the register, on the date of the decision and in no other way.

Rows that a decision dated back contradicts (attendance, leave asked) are taken out; each is told
in a line of the case and kept whole in the audit trail.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from accounts.roles import RoleCode
from accounts.services import end_access, end_post_roles
from attendance.selectors.returning import regained_places
from attendance.services.withdrawal import clear_from, leave_standing_lists
from core.dates import planned
from exits.choices import Act, CaseKind, InterviewState
from exits.models import Case, CaseStep, Interview
from exits.procedures import PROCEDURES
from exits.selectors.interviews import LEADERS, told_moment
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
    """The changes for the audit entry, and a line in words for each kind of row corrected.

    `called_off`: interviews that people had been told of.
    """

    changes: list[Change] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    called_off: list[Interview] = field(default_factory=list)


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
        _call_off(effect, member, on)
    elif kind == CaseKind.SUSPENSION:
        period, changes = start_suspension(
            member=member, on=on, number=case.decision_number, actor=actor, at=at
        )
        case.suspension = period
        effect.changes += changes
        _clear(effect, member, on, at)
        _rest_post(effect, member)
    elif kind == CaseKind.REINSTATEMENT:
        period, changes = end_suspension(member=member, on=on)
        case.suspension = period
        effect.changes += changes
        effect.corrected += _come_back_to(member, period, on, at)
        effect.corrected += _post_to_resume(member, on)
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


def _call_off(effect: Effect, member: Member, on: date) -> None:
    """Nobody is interviewed who is no member any more; what was held is closed by people."""
    rows = Interview.objects.select_for_update(of=("self",), no_key=True).filter(
        member=member, state__in=[InterviewState.ARRANGED, InterviewState.NOTIFIED]
    )
    related = rows.select_related("member__person", "member__term", "leader__person", "committee")
    for interview in related.order_by("scheduled_at", "pk"):
        before = audit.snapshot(interview)
        if interview.state == InterviewState.NOTIFIED:
            effect.called_off.append(interview)
        interview.state = InterviewState.CANCELLED
        interview.cancelled_reason = f"委员资格自{planned(on)}终止，不再约谈。"
        interview.version += 1
        interview.full_clean(exclude=["signed_copy"])
        interview.save()
        effect.changes.append(audit.changes_of(interview, before, audit.snapshot(interview)))
        effect.corrected.append(
            f"原定{told_moment(interview.scheduled_at)}的{interview.get_kind_display()}，"
            "因委员资格终止而取消。"
        )


def _rest_post(effect: Effect, member: Member) -> None:
    """Who is suspended performs no duties of a member (19号 二（一）（三）), those of a leader's post
    among them: what the account was given for the post is taken back until reinstatement.
    """
    taken = end_post_roles(user=member.person.user)
    effect.changes += taken
    if taken:
        effect.corrected.append("暂停履职期间，其账号的“领导”角色停用。")


def _post_to_resume(member: Member, on: date) -> list[str]:
    user = member.person.user
    holds = member.tenures.covering(on).filter(post__in=LEADERS).exists()
    if user is None or not holds or user.has_role(RoleCode.LEADER):
        return []
    return ["该委员仍任领导职务，其账号的“领导”角色在暂停时停用，请系统管理员恢复。"]


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
