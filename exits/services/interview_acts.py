"""One act with an interview: the row is locked, the act allowed, saved and audited."""

from dataclasses import dataclass
from datetime import datetime

from accounts import audit
from accounts.audit import Snapshot
from accounts.choices import Verb
from accounts.models import User
from accounts.services import StaleRecordError
from core.refusals import RefusalError
from exits.choices import InterviewAct
from exits.models import Interview
from exits.selectors.interviews import acts_of


class InterviewActNotAllowedError(RefusalError):
    """The interview does not stand where this is possible."""


class OwnInterviewError(RefusalError):
    """Nobody carries on an interview about themself, and nobody signs for another."""


@dataclass(frozen=True)
class InterviewTurn:
    """An act begun: the locked row and how it stood."""

    interview: Interview
    before: Snapshot
    act: InterviewAct
    actor: User | None
    at: datetime


def begin_act(
    interview: Interview,
    act: InterviewAct,
    actor: User | None,
    at: datetime,
    seen_version: int | None,
    *,
    by_member: bool = False,
) -> InterviewTurn:
    """Raises OwnInterviewError, InterviewActNotAllowedError or StaleRecordError."""
    rows = Interview.objects.select_for_update(of=("self",), no_key=True)
    stored = rows.select_related("member__person", "member__term", "leader__person").get(
        pk=interview.pk
    )
    if not by_member and actor is not None and stored.member.person.user_id == actor.pk:
        raise OwnInterviewError("这是对您本人的约谈，请由他人办理。")
    if by_member and stored.signed_at is not None:
        raise InterviewActNotAllowedError("您已经确认过这次约谈的记录，没有重复保存。")
    if act not in acts_of(stored):
        signed = "、委员已确认记录" if stored.is_signed else ""
        raise InterviewActNotAllowedError(
            f"“{stored}”{stored.get_state_display()}{signed}，不能{act.label}，没有保存。"
            "可能刚由他人办理，请刷新页面核对。"
        )
    if seen_version is not None and stored.version != seen_version:
        raise StaleRecordError(stored, [])
    return InterviewTurn(stored, audit.snapshot(stored), act, actor, at)


def finish_act(turn: InterviewTurn, *, reason: str = "") -> Interview:
    """Saves the row with one audit entry."""
    interview = turn.interview
    interview.version += 1
    unchanged = [] if turn.act == InterviewAct.SIGN_ON_PAPER else ["signed_copy"]
    interview.full_clean(exclude=unchanged)
    interview.save()
    audit.record(
        actor=turn.actor,
        verb=Verb.UPDATE,
        at=turn.at,
        obj=interview,
        reason=reason,
        detail={"act": turn.act.value},
        changes=[audit.changes_of(interview, turn.before, audit.snapshot(interview))],
    )
    return interview
