"""One act in a case: the row is locked, the act allowed, dated, saved, kept as a step, audited.

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
from exits.choices import Act
from exits.models import Case, CaseStep
from exits.models.constraints import MILESTONES
from exits.procedures import allowed

#: Acts that may be dated before the last milestone: what somebody said or handed in.
LOOSELY_DATED = (Act.ANSWER, Act.OPINE, Act.APPLY, Act.DELIVER)


class ActNotAllowedError(RefusalError):
    """The case does not stand where this act is possible."""


class StepOutOfOrderError(RefusalError):
    """The date lies before an earlier step, or in the future."""


class OwnCaseError(RefusalError):
    """Nobody carries on a case about themself."""


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
) -> Turn:
    """Locks the case. `by_member`: the act is the member's own, and only theirs.

    Raises ReasonMissingError, StaleRecordError, ActNotAllowedError, StepOutOfOrderError or
    OwnCaseError.
    """
    if not note.strip():
        raise ReasonMissingError("请写明情况记录。")
    stored = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    if not by_member:
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


def refuse_misdated(case: Case, act: Act, on: date, at: datetime) -> None:
    refuse_future(on, at)
    passed = [getattr(case, name) for name in MILESTONES if getattr(case, name) is not None]
    earliest = case.opened_date if act in LOOSELY_DATED else max(passed)
    if act == Act.DELIVER and case.decision_date is not None:
        earliest = case.decision_date
    if on < earliest:
        raise StepOutOfOrderError(f"“{act.label}”的日期不能早于{earliest}（此前的环节）。")


def refuse_future(on: date, at: datetime) -> None:
    if on > timezone.localdate(at):
        raise StepOutOfOrderError(f"日期{on}还没有到。")
