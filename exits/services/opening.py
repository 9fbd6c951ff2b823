"""Opening a case: on a confirmed finding, by hand, or by the member's own application."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from core.inserting import unless_known
from core.refusals import RefusalError
from exits.choices import Act, CaseKind, Ground, Partner
from exits.models import Case
from exits.procedures import BESIDE_NO_REVOKE, PROCEDURES
from exits.services.steps import (
    NotOwnCaseError,
    OwnCaseError,
    add_step,
    begin,
    finish,
    lock_member,
    refuse_conducting,
    refuse_future,
)
from exits.services.telling import tell_of_application
from members.choices import Party, Post
from members.models import Member

#: Which finding may open which case.
OUTCOMES_OF = {
    CaseKind.RESIGNATION: Outcome.ADVISE_RESIGN,
    CaseKind.ORDER_RESIGN: Outcome.ORDER_RESIGN,
    CaseKind.REVOKE: Outcome.REVOKE,
    CaseKind.ADVISE_RESIGN_STANDING: Outcome.ADVISE_RESIGN_STANDING,
    CaseKind.ORDER_RESIGN_STANDING: Outcome.ORDER_RESIGN_STANDING,
}
STANDING_KINDS = (CaseKind.ADVISE_RESIGN_STANDING, CaseKind.ORDER_RESIGN_STANDING)


class FindingNotGroundsError(RefusalError):
    """Only a confirmed finding on this member, of this outcome, can open the case."""


class CaseNotPossibleError(RefusalError):
    """This kind of case, or this ground, does not fit the member as they stand."""


class OpenAlreadyError(RefusalError):
    """One case of a kind at a time."""


@transaction.atomic
def open_case(
    *,
    member: Member,
    kind: str,
    ground: str,
    grounds: str,
    opened_date: date,
    actor: User | None,
    at: datetime,
    finding: Finding | None = None,
    conductors: Iterable[User] = (),
    applied_date: date | None = None,
    attachment: Any = None,
) -> Case:
    """Opens a case, on a confirmed finding or by hand with its grounds in words.

    `applied_date`: the member's written application is there already. Raises
    FindingNotGroundsError, CaseNotPossibleError, OpenAlreadyError, OwnCaseError,
    StepOutOfOrderError, ReasonMissingError or ValidationError.
    """
    if not grounds.strip():
        raise ReasonMissingError("请写明事由。")
    refuse_future(opened_date, at)
    member = lock_member(member)
    if actor is not None and member.person.user_id == actor.pk:
        raise OwnCaseError("这是关于您本人的事项，请由他人办理，或在“我的事项”中提出申请。")
    if ground == Ground.REFUSED_ORDER:
        raise CaseNotPossibleError(
            "拒不提交书面申请的，请在责令辞去事项中登记“拒不提交”，由此转为撤销委员资格事项。"
        )
    _refuse_impossible(member, CaseKind(kind), Ground(ground), opened_date, at)
    refuse_beside_revoke(member, kind)
    if finding is not None:
        _refuse_finding(finding, member, CaseKind(kind))
    case = build_case(member, kind, ground, grounds, opened_date, actor, at)
    case.finding = finding
    if applied_date is not None:
        refuse_future(applied_date, at)
        if not PROCEDURES[CaseKind(kind)].by_application:
            raise CaseNotPossibleError(f"“{CaseKind(kind).label}”不以委员的书面申请办理。")
        note_application(case, applied_date)
    return store_case(case, at=at, conductors=conductors, attachment=attachment)


@transaction.atomic
def apply_resignation(
    *, member: Member, reason: str, actor: User, at: datetime, on: date, attachment: Any = None
) -> Case:
    """The member's own application to resign (19号 一（三）1（1）). It opens the case, or is handed in
    to the one the office opened, which the member need not have been told of.

    Raises NotOwnCaseError, CaseNotPossibleError, OpenAlreadyError, StepOutOfOrderError,
    ReasonMissingError or ValidationError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明申请辞去委员的理由。")
    refuse_future(on, at)
    member = lock_member(member)
    if member.person.user_id != actor.pk:
        raise NotOwnCaseError("只能由委员本人申请。")
    waiting = Case.objects.open().filter(member=member, kind=CaseKind.RESIGNATION)
    opened = waiting.filter(applied_date__isnull=True).first()
    if opened is not None:
        turn = begin(
            opened, Act.APPLY, on=on, note=reason, actor=actor, at=at, by_member=True, unasked=True
        )
        note_application(turn.case, on)
        finish(turn, attachment=attachment, due_date=turn.case.due_date)
        tell_of_application(turn.case, actor=actor, at=at)
        return turn.case
    _refuse_impossible(member, CaseKind.RESIGNATION, Ground.OWN_APPLICATION, on, at)
    case = build_case(member, CaseKind.RESIGNATION, Ground.OWN_APPLICATION, reason, on, actor, at)
    note_application(case, on)
    store_case(case, at=at, attachment=attachment)
    tell_of_application(case, actor=actor, at=at)
    return case


def build_case(
    member: Member,
    kind: str,
    ground: str,
    grounds: str,
    opened_date: date,
    actor: User | None,
    at: datetime,
) -> Case:
    is_cpc = member.party == Party.CPC
    return Case(
        member=member,
        kind=kind,
        ground=ground,
        grounds=grounds.strip(),
        side=Partner.ORGANIZATION if is_cpc else Partner.UNITED_FRONT,
        opened_date=opened_date,
        recorded_by=actor,
        recorded_at=at,
    )


def store_case(
    case: Case, *, at: datetime, conductors: Iterable[User] = (), attachment: Any = None
) -> Case:
    """Inserts a built case with its first step under one audit entry."""
    changes = insert_case(case, at=at, conductors=conductors, attachment=attachment)
    audit.record(
        actor=case.recorded_by,
        verb=Verb.CREATE,
        at=at,
        obj=case,
        reason=case.grounds,
        changes=changes,
    )
    return case


def insert_case(
    case: Case, *, at: datetime, conductors: Iterable[User] = (), attachment: Any = None
) -> list[Change]:
    """Inserts a built case with its first step; the caller audits.

    Raises OpenAlreadyError, or OwnCaseError where the member would conduct it.
    """
    leaders = list(conductors)
    refuse_conducting(case.member, leaders)

    def refuse_known() -> None:
        if Case.objects.open().filter(member=case.member, kind=case.kind).exists():
            raise OpenAlreadyError(
                f"{case.member}已有一件“{CaseKind(case.kind).label}”正在办理，没有重复立案。"
                "请在该事项中继续办理，或先办结该事项。"
            )

    with unless_known(refuse_known):
        case.full_clean()
        case.save(force_insert=True)
    case.conductors.set(leaders)
    step = add_step(
        case,
        Act.OPEN,
        case.opened_date,
        case.grounds,
        actor=case.recorded_by,
        at=at,
        attachment=attachment,
    )
    stored = audit.snapshot(case) | {"conductors": sorted(leader.pk for leader in leaders)}
    return [
        audit.changes_of(case, None, stored),
        audit.changes_of(step, None, audit.snapshot(step)),
    ]


def note_application(case: Case, on: date) -> None:
    case.applied_date = on
    case.told_date = case.told_date or on


def refuse_beside_revoke(member: Member, kind: str) -> None:
    """Nobody is cleared, nor suspended for the time before the procedure begins, while a case to
    revoke their membership is being carried on (19号 二（一）（四）). Raises CaseNotPossibleError.
    """
    if kind not in BESIDE_NO_REVOKE:
        return
    if Case.objects.undecided().filter(member=member, kind=CaseKind.REVOKE).exists():
        raise CaseNotPossibleError(f"{member}的撤销委员资格事项正在办理。{BESIDE_NO_REVOKE[kind]}")


def _refuse_impossible(
    member: Member, kind: CaseKind, ground: Ground, on: date, at: datetime
) -> None:
    if ground not in PROCEDURES[kind].grounds:
        raise CaseNotPossibleError(f"“{ground.label}”不是“{kind.label}”的情形。")
    # Whoever has left since is past a case, even one entered late under an earlier day.
    for day in (on, timezone.localdate(at)):
        if not member.serves(day):
            raise CaseNotPossibleError(f"{member}在{day}不在任，不能立案。")
    suspended = member.suspensions.covering(on).exists()
    if kind == CaseKind.SUSPENSION and suspended:
        raise CaseNotPossibleError(f"{member}在{on}已暂停履职。")
    if kind == CaseKind.REINSTATEMENT and not suspended:
        raise CaseNotPossibleError(f"{member}在{on}没有暂停履职，无须恢复。")
    if kind in STANDING_KINDS:
        posts = member.tenures.covering(on).filter(post=Post.STANDING_MEMBER)
        if not posts.exists():
            raise CaseNotPossibleError(f"{member}在{on}不是常委。")


def _refuse_finding(finding: Finding, member: Member, kind: CaseKind) -> None:
    finding = Finding.objects.select_for_update(of=("self",), no_key=True).get(pk=finding.pk)
    if finding.member_id != member.pk:
        raise FindingNotGroundsError(f"考核发现“{finding}”不是关于该委员的。")
    if finding.state != FindingState.CONFIRMED:
        raise FindingNotGroundsError(f"考核发现“{finding}”尚未确认，不能据以立案。")
    if finding.outcome != OUTCOMES_OF.get(kind):
        raise FindingNotGroundsError(
            f"考核发现“{finding}”的建议是“{finding.get_outcome_display()}”，"
            f"不能据以办理“{kind.label}”。"
        )
