"""One act in a case: the rows are locked, the act allowed, dated, saved, kept as a step, audited.

Every service of a case goes through `begin` and `finish`, so that two people at once, or a double
click, have one effect: the second finds the act no longer allowed, or the page out of date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts import audit
from accounts.audit import Change, Snapshot
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError, StaleRecordError
from core.refusals import RefusalError
from exits.choices import Act, Ground
from exits.models import Case, CaseStep
from exits.models.constraints import MILESTONES
from exits.procedures import allowed
from members.models import Member

#: Acts that may be dated before the last milestone: what somebody said, handed in or was handed.
LOOSELY_DATED = (Act.ANSWER, Act.APPLY, Act.DELIVER)


class ActNotAllowedError(RefusalError):
    """The case does not stand where this act is possible."""


class StepOutOfOrderError(RefusalError):
    """The date lies before an earlier step, or in the future."""


class OwnCaseError(RefusalError):
    """Nobody carries on a case about themself."""


class NotOwnCaseError(RefusalError):
    """What is the member's to do, nobody else does; and they only where they were told."""


class RepeatedStepError(RefusalError):
    """The same is on record already, word for word."""


@dataclass(frozen=True)
class Turn:
    """An act begun: the locked case and how it stood."""

    case: Case
    before: Snapshot
    act: Act
    on: date
    note: str
    actor: User | None
    at: datetime


def lock_member(member: Member) -> Member:
    """As stored. Locked first, so that cases of one member are carried on one after the other."""
    rows = Member.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("person").get(pk=member.pk)


def begin(
    case: Case,
    act: Act,
    *,
    on: date,
    note: str,
    actor: User | None,
    at: datetime,
    seen_version: int | None = None,
    by_member: bool = False,
    unasked: bool = False,
) -> Turn:
    """Locks the member and the case. `by_member`: the act is the member's own, and only theirs;
    `unasked`: even where they were not told of the case.

    Raises ReasonMissingError, StaleRecordError, ActNotAllowedError, StepOutOfOrderError,
    OwnCaseError or NotOwnCaseError.
    """
    if not note.strip():
        raise ReasonMissingError("请写明情况记录。")
    member = lock_member(case.member)
    stored = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    stored.member = member
    if by_member:
        _refuse_others(stored, actor, unasked=unasked)
    else:
        refuse_own(stored, actor)
    if act not in allowed(stored):
        raise ActNotAllowedError(
            f"“{stored}”现为“{stored.get_state_display()}”，不能办理“{act.label}”，没有保存。"
            "可能刚由他人办理，请刷新页面核对。"
        )
    if seen_version is not None and stored.version != seen_version:
        raise StaleRecordError(stored, [])
    refuse_misdated(stored, act, on, at)
    return Turn(stored, audit.snapshot(stored), act, on, note.strip(), actor, at)


def finish(
    turn: Turn,
    *,
    attachment: Any = None,
    due_date: date | None = None,
    others: Iterable[Change] = (),
) -> Case:
    """Saves the case as it now stands with the step and one audit entry over all changes."""
    case = turn.case
    case.due_date = due_date
    case.version += 1
    case.full_clean(exclude=["conductors"])
    case.save()
    step = add_step(
        case, turn.act, turn.on, turn.note, actor=turn.actor, at=turn.at, attachment=attachment
    )
    audit.record(
        actor=turn.actor,
        verb=Verb.UPDATE,
        at=turn.at,
        obj=case,
        reason=turn.note,
        detail={"act": turn.act.value},
        changes=[
            audit.changes_of(case, turn.before, audit.snapshot(case)),
            audit.changes_of(step, None, audit.snapshot(step)),
            *others,
        ],
    )
    return case


def add_step(
    case: Case,
    act: Act,
    on: date,
    note: str,
    *,
    actor: User | None,
    at: datetime,
    attachment: Any = None,
) -> CaseStep:
    step = CaseStep(
        case=case,
        kind=act,
        date=on,
        note=note.strip(),
        attachment=attachment or "",
        entered_by=actor,
        entered_at=at,
    )
    step.full_clean()
    step.save(force_insert=True)
    return step


def refuse_own(case: Case, actor: User | None) -> None:
    if actor is not None and case.member.person.user_id == actor.pk:
        raise OwnCaseError("这是关于您本人的事项，请由他人办理。")


def _refuse_others(case: Case, actor: User | None, *, unasked: bool) -> None:
    is_theirs = actor is not None and case.member.person.user_id == actor.pk
    if not is_theirs or not (case.was_told or unasked):
        raise NotOwnCaseError("没有等待您本人办理的事项。")


def refuse_conducting(member: Member, leaders: Iterable[User]) -> None:
    if any(leader.pk == member.person.user_id for leader in leaders):
        raise OwnCaseError(f"{member}是本事项涉及的委员，不能担任经办领导。")


def refuse_repeated(turn: Turn) -> None:
    """What may be done more than once is still not recorded twice: a double click."""
    same = turn.case.steps.filter(kind=turn.act, date=turn.on, note=turn.note)
    if same.exists():
        raise RepeatedStepError(f"{turn.on}的这次“{turn.act.label}”已经登记，没有重复保存。")


def refuse_misdated(case: Case, act: Act, on: date, at: datetime) -> None:
    refuse_future(on, at)
    earliest = earliest_date(case, act)
    if on < earliest:
        raise StepOutOfOrderError(f"“{act.label}”的日期不能早于{earliest}（此前的环节）。")


def earliest_date(case: Case, act: Act) -> date:
    """The first day the act may be dated; the last is the day it is entered."""
    dates: list[date | None] = [case.opened_date]
    if act == Act.DELIVER:
        dates += [case.decision_date]
    elif act == Act.ANSWER:
        dates += [case.told_date]
    if act in LOOSELY_DATED:
        return max(day for day in dates if day is not None)
    dates += [getattr(case, name) for name in (*MILESTONES, "refused_date")]
    if act == Act.SUBMIT or (act == Act.INFORM and case.ground == Ground.OWN_APPLICATION):
        dates.append(case.applied_date)
    if act == Act.PROPOSE:
        dates += case.opinions.filter(superseded_at__isnull=True).values_list("date", flat=True)
    return max(day for day in dates if day is not None)


def refuse_future(on: date, at: datetime) -> None:
    if on > timezone.localdate(at):
        raise StepOutOfOrderError(f"日期{on}还没有到。")
