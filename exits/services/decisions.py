"""Cases from the decision to publication, and their early end (19号 一（三）2–3, 二（二）（四）)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from core.dates import planned
from core.refusals import RefusalError
from exits.choices import Act, Addressee, CaseKind, CaseState, Ground
from exits.models import Case, CaseDelivery
from exits.procedures import BEFORE_DECISION, PROCEDURES, has_ended
from exits.selectors.cases import revokes_ended_by
from exits.services.effects import Effect, apply_decision
from exits.services.opening import refuse_beside_revoke
from exits.services.steps import (
    NotOwnCaseError,
    add_step,
    begin,
    earliest_date,
    finish,
    refuse_conducting,
    refuse_own,
)
from exits.services.telling import tell_of_cancelled_interview, tell_of_decision, tell_of_end
from members.models import LiaisonGroup, SectorGroup


class OwnProposalError(RefusalError):
    """Who made the proposal does not record its decision."""


class NumberMissingError(RefusalError):
    """A decision without meeting and document number is none."""


class UnitUnknownError(RefusalError):
    """A decision is told to the member's unit or who recommended them, by its name."""


class UnseenCaseError(RefusalError):
    """The decision would end a case the account does not see."""


class DeliveredAlreadyError(RefusalError):
    """A party is told once."""


@transaction.atomic
def decide_case(
    *,
    case: Case,
    approved: bool,
    date: date,
    meeting: str,
    number: str,
    note: str,
    actor: User,
    at: datetime,
    falls_away: str = "",
    unit: str = "",
    due_date: date | None = None,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """Records what the 常委会会议 or 主席会议 decided; approval takes effect on `date`.

    What a decision dated back touches is corrected, with a trace in the case. `falls_away`: why a
    revoke case need not be carried on, where the member leaves by another one. `unit` is told in
    writing, the recommending unit where none is named. Raises OwnProposalError, NumberMissingError,
    UnitUnknownError, ReasonMissingError, UnseenCaseError, CaseNotPossibleError or as `begin`.
    """
    turn = begin(
        case, Act.DECIDE, on=date, note=note, actor=actor, at=at, seen_version=seen_version
    )
    stored = turn.case
    if stored.proposed_by_id == actor.pk:
        raise OwnProposalError("建议由您提出，决定须由另一位工作人员或领导登记。")
    if not meeting.strip() or not number.strip():
        raise NumberMissingError("请填写作出决定的会议和决定文号。")
    if approved:
        if stored.kind == CaseKind.REINSTATEMENT:
            refuse_beside_revoke(stored.member, stored.kind)
        _refuse_silent_end(stored, falls_away, actor)
    stored.state = CaseState.DECIDED if approved else CaseState.REJECTED
    stored.deciding_body = PROCEDURES[CaseKind(stored.kind)].body
    stored.decision_date, stored.decided_by = date, actor
    stored.decision_meeting, stored.decision_number = meeting.strip(), number.strip()
    if approved:
        done = _approve(stored, date, falls_away, actor, at)
    else:
        done = _refuse(stored, date, actor, at)
    if not has_ended(stored):
        done.changes += _list_addressees(stored, unit)
    decided = finish(turn, attachment=attachment, due_date=due_date, others=done.changes)
    tell_of_decision(decided, approved=approved, actor=actor, at=at)
    for interview in done.called_off:
        tell_of_cancelled_interview(interview, actor=actor, at=at)
    return decided


def _approve(case: Case, on: date, falls_away: str, actor: User, at: datetime) -> Effect:
    effect = apply_decision(case=case, on=on, actor=actor, at=at)
    case.told_date = case.told_date or timezone.localdate(at)
    for line in effect.corrected:
        add_step(case, Act.CORRECT, on, line, actor=actor, at=at)
    if PROCEDURES[CaseKind(case.kind)].ends_membership:
        reason = f"委员资格自{planned(on)}终止（{case.decision_number}）。"
        effect.changes += _conclude(_others_open(case), on, reason, actor, at, falls_away)
    return effect


def _refuse(case: Case, on: date, actor: User, at: datetime) -> Effect:
    """Where either answer is told in writing, the case stays open until it is."""
    if not has_ended(case):
        return Effect()
    case.closed_date = on
    return Effect(_conclude(_origin(case), on, "转办的撤销事项未获通过。", actor, at))


def _refuse_silent_end(case: Case, falls_away: str, actor: User) -> None:
    """A revoke case does not fall away unsaid, nor by somebody who must not know of it."""
    ended = revokes_ended_by(case)
    if not ended.exists():
        return
    if ended.visible_to(actor).count() < ended.count():
        raise UnseenCaseError("该委员另有未决事项，这项决定请由委员联络科登记。")
    if not falls_away.strip():
        raise ReasonMissingError(
            f"{case.member}的撤销委员资格事项正在办理，本决定通过后随之终止，请写明不再办理的理由。"
        )


@transaction.atomic
def record_delivery(
    *,
    delivery: CaseDelivery,
    date: date,
    manner: str,
    actor: User | None,
    at: datetime,
    attachment: Any = None,
) -> Case:
    """One party was told in writing; with the last one the case stands as notified, and a refused
    resignation is closed.

    Raises DeliveredAlreadyError or as `begin`.
    """
    note = f"{delivery}：{manner.strip()}" if manner.strip() else ""
    turn = begin(delivery.case, Act.DELIVER, on=date, note=note, actor=actor, at=at)
    stored = CaseDelivery.objects.select_for_update(of=("self",), no_key=True).get(pk=delivery.pk)
    if stored.delivered_date is not None:
        raise DeliveredAlreadyError(f"{stored}已于{stored.delivered_date}送达，没有重复登记。")
    before = audit.snapshot(stored)
    stored.delivered_date, stored.manner = date, manner.strip()
    stored.entered_by, stored.entered_at = actor, at
    stored.full_clean()
    stored.save()
    case = turn.case
    if stored.addressee == Addressee.MEMBER:
        case.told_date = case.told_date or date
    if not case.deliveries.filter(delivered_date__isnull=True).exists():
        last = case.deliveries.aggregate(last=Max("delivered_date"))["last"]
        case.notified_date, case.due_date = last, None
        if case.state == CaseState.DECIDED:
            case.state = CaseState.NOTIFIED
        if has_ended(case):
            case.closed_date = case.notified_date
    return finish(
        turn,
        attachment=attachment,
        due_date=case.due_date,
        others=[audit.changes_of(stored, before, audit.snapshot(stored))],
    )


@transaction.atomic
def publish_case(
    *,
    case: Case,
    date: date,
    place: str,
    note: str,
    actor: User | None,
    at: datetime,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """Made public in `place` (a website, a newspaper); the case ends. Raises as `begin`."""
    turn = begin(
        case, Act.PUBLISH, on=date, note=note, actor=actor, at=at, seen_version=seen_version
    )
    stored = turn.case
    stored.state, stored.published_date = CaseState.PUBLISHED, date
    stored.published_in, stored.closed_date = place.strip(), date
    return finish(turn, attachment=attachment)


@transaction.atomic
def drop_case(
    *,
    case: Case,
    date: date,
    reason: str,
    actor: User | None,
    at: datetime,
    attachment: Any = None,
    by_member: bool = False,
    seen_version: int | None = None,
) -> Case:
    """Ends the case before a decision: withdrawn, disagreed with, or without grounds any more.

    A revoke case that came of a refusal takes the refused order with it. `by_member`: they take
    their own application back. Raises NotOwnCaseError or as `begin`.
    """
    if by_member and case.ground != Ground.OWN_APPLICATION:
        raise NotOwnCaseError("只有您本人提出的辞去申请可以由您撤回。")
    turn = begin(
        case,
        Act.DROP,
        on=date,
        note=reason,
        actor=actor,
        at=at,
        seen_version=seen_version,
        by_member=by_member,
    )
    turn.case.state, turn.case.closed_date = CaseState.DROPPED, date
    changes = _conclude(_origin(turn.case), date, "转办的撤销事项已终止。", actor, at)
    dropped = finish(turn, attachment=attachment, others=changes)
    if not by_member:
        tell_of_end(dropped, actor=actor, at=at)
    return dropped


def _list_addressees(case: Case, unit: str) -> list[Change]:
    rows = [
        CaseDelivery(case=case, addressee=addressee, name=name[:200])
        for addressee, name in addressees_of(case, unit)
    ]
    for row in rows:
        row.full_clean()
        row.save(force_insert=True)
    return [audit.changes_of(row, None, audit.snapshot(row)) for row in rows]


def addressees_of(case: Case, unit: str = "") -> list[tuple[Addressee, str]]:
    """Whom the rules name to be told, as far as the member has them (19号 一（三）3, 二（二）).

    Of a reinstatement every county group is told (二（四）: 各县区), of anything else the member's own
    (所在县区). Raises UnitUnknownError.
    """
    member = case.member
    name = " ".join(unit.split()) or member.nominating_body.strip()
    if not name:
        raise UnitUnknownError(
            f"名册上没有{member.person.name}的推荐单位。通过的决定须书面通知所在单位或推荐单位，"
            "请填写单位名称，不要写职务。"
        )
    group = SectorGroup.objects.filter(sector=member.sector).first()
    counties = [member.liaison_group]
    if case.kind == CaseKind.REINSTATEMENT:
        counties = list(LiaisonGroup.objects.filter(term=member.term).order_by("pk"))
    named = [
        (Addressee.MEMBER, member.person.name),
        (Addressee.UNIT, name),
        (Addressee.COMMITTEE, str(member.committee or "")),
        (Addressee.SECTOR_GROUP, str(group or f"{member.sector}活动组")),
        *((Addressee.LIAISON_GROUP, str(county or "")) for county in counties),
    ]
    return [(addressee, told) for addressee, told in named if told]


def _others_open(case: Case) -> Iterable[Case]:
    rows = Case.objects.select_for_update(of=("self",), no_key=True).open()
    return rows.filter(member=case.member).exclude(pk=case.pk).order_by("pk")


def _origin(case: Case) -> Iterable[Case]:
    rows = Case.objects.select_for_update(of=("self",), no_key=True).open()
    return rows.filter(successor=case)


def _conclude(
    cases: Iterable[Case],
    on: date,
    reason: str,
    actor: User | None,
    at: datetime,
    falls_away: str = "",
) -> list[Change]:
    """Ends further cases together with the one decided; decided ones go their own way on.

    `falls_away` is added to the reason for a revoke case.
    """
    changes = []
    for case in cases:
        if case.state not in {*BEFORE_DECISION, CaseState.REFUSED}:
            continue
        before = audit.snapshot(case)
        case.state, case.closed_date = CaseState.DROPPED, max(on, earliest_date(case, Act.DROP))
        case.due_date = None
        case.version += 1
        case.full_clean(exclude=["conductors"])
        case.save()
        why = f"{reason}{falls_away.strip()}" if case.kind == CaseKind.REVOKE else reason
        step = add_step(case, Act.DROP, case.closed_date, why, actor=actor, at=at)
        changes += [
            audit.changes_of(case, before, audit.snapshot(case)),
            audit.changes_of(step, None, audit.snapshot(step)),
        ]
    return changes


@transaction.atomic
def name_conductors(*, case: Case, leaders: Iterable[User], actor: User, at: datetime) -> Case:
    """Names the leaders who conduct the case; they read it from now on. Raises OwnCaseError."""
    stored = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.pk)
    refuse_own(stored, actor)
    leaders = list(leaders)
    refuse_conducting(stored.member, leaders)
    before = sorted(stored.conductors.values_list("pk", flat=True))
    chosen = sorted(leader.pk for leader in leaders)
    if chosen == before:
        return stored
    stored.conductors.set(chosen)
    change = audit.changes_of(stored, {"conductors": before}, {"conductors": chosen})
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=stored, changes=[change])
    return stored
