"""Cases from opening to submission (萍协办字〔2022〕19号 一（三）1–2, 二): what people did, kept."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.audit import Change
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from core.inserting import unless_known
from core.refusals import RefusalError
from exits.choices import Act, CaseKind, CaseState, Ground, Partner, Verdict
from exits.models import Case, CaseOpinion
from exits.procedures import PROCEDURES, partners_of
from exits.services.steps import (
    OwnCaseError,
    StepOutOfOrderError,
    add_step,
    begin,
    finish,
    refuse_future,
)
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


class NotConsultedError(RefusalError):
    """The department is not asked in this case, or the account does not speak for it."""


class RepeatedStepError(RefusalError):
    """The same reminder or persuasion of the day is on record already."""


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
    if actor is not None and member.person.user_id == actor.pk:
        raise OwnCaseError("这是关于您本人的事项，请由他人办理，或在“我的事项”中提出申请。")
    _refuse_impossible(member, CaseKind(kind), Ground(ground), opened_date)
    if finding is not None:
        _refuse_finding(finding, member, CaseKind(kind))
    case = build_case(member, kind, ground, grounds, opened_date, actor, at)
    case.finding = finding
    if applied_date is not None:
        _note_application(case, applied_date)
    return store_case(case, at=at, conductors=conductors, attachment=attachment)


@transaction.atomic
def apply_resignation(
    *, member: Member, reason: str, actor: User, at: datetime, on: date, attachment: Any = None
) -> Case:
    """The member's own application to resign, which opens the case (19号 一（三）1（1）).

    Raises CaseNotPossibleError, OpenAlreadyError, ReasonMissingError or ValidationError.
    """
    if not reason.strip():
        raise ReasonMissingError("请写明申请辞去委员的理由。")
    if member.person.user_id != actor.pk:
        raise CaseNotPossibleError("只能由委员本人申请。")
    _refuse_impossible(member, CaseKind.RESIGNATION, Ground.OWN_APPLICATION, on)
    case = build_case(member, CaseKind.RESIGNATION, Ground.OWN_APPLICATION, reason, on, actor, at)
    _note_application(case, on)
    return store_case(case, at=at, attachment=attachment)


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
    """Inserts a built case with its first step; the caller audits. Raises OpenAlreadyError."""

    def refuse_known() -> None:
        if Case.objects.open().filter(member=case.member, kind=case.kind).exists():
            raise OpenAlreadyError(
                f"{case.member}已有一件“{CaseKind(case.kind).label}”正在办理，没有重复立案。"
            )

    with unless_known(refuse_known):
        case.full_clean()
        case.save(force_insert=True)
    leaders = list(conductors)
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


@transaction.atomic
def inform_departments(
    *,
    case: Case,
    date: date,
    note: str,
    actor: User | None,
    at: datetime,
    due_date: date | None = None,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """Tells 组织部 and 统战部 and asks their opinions. Raises as `begin`."""
    turn = begin(
        case, Act.INFORM, on=date, note=note, actor=actor, at=at, seen_version=seen_version
    )
    turn.case.state, turn.case.informed_date = CaseState.CONSULTING, date
    return finish(turn, attachment=attachment, due_date=due_date)


@transaction.atomic
def give_opinion(
    *,
    case: Case,
    partner: str,
    verdict: str,
    text: str,
    date: date,
    actor: User,
    at: datetime,
    document_number: str = "",
    attachment: Any = None,
    on_behalf: bool = False,
    seen_version: int | None = None,
) -> CaseOpinion:
    """A department's opinion, in its own account or entered from its paper (`on_behalf`).

    A later one replaces it until the proposal is made. Raises NotConsultedError or as `begin`.
    """
    turn = begin(case, Act.OPINE, on=date, note=text, actor=actor, at=at, seen_version=seen_version)
    asked = Partner(partner)
    if asked not in partners_of(turn.case.kind, turn.case.side):
        raise NotConsultedError(f"本事项按分工不由{asked.label}会商。")
    if on_behalf and not (document_number.strip() or attachment):
        raise ReasonMissingError("代录会商意见，须填来文文号或附来文。")
    previous = turn.case.opinions.filter(partner=asked, superseded_at__isnull=True).first()
    changes = []
    if previous is not None:
        before = audit.snapshot(previous)
        previous.superseded_at = at
        previous.save(update_fields=["superseded_at"])
        changes.append(audit.changes_of(previous, before, audit.snapshot(previous)))
    opinion = CaseOpinion(
        case=turn.case,
        partner=asked,
        verdict=verdict,
        text=text.strip(),
        date=date,
        document_number=document_number.strip(),
        attachment=attachment or "",
        on_behalf=on_behalf,
        entered_by=actor,
        entered_at=at,
    )
    opinion.full_clean()
    opinion.save(force_insert=True)
    changes.append(audit.changes_of(opinion, None, audit.snapshot(opinion)))
    setattr(turn.case, f"{asked.value}_opinion", Verdict(verdict))
    finish(turn, due_date=turn.case.due_date, others=changes)
    return opinion


@transaction.atomic
def propose_case(
    *,
    case: Case,
    date: date,
    proposal: str,
    actor: User,
    at: datetime,
    due_date: date | None = None,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """The joint proposal, once the departments asked have agreed. Raises as `begin`."""
    turn = begin(
        case, Act.PROPOSE, on=date, note=proposal, actor=actor, at=at, seen_version=seen_version
    )
    stored = turn.case
    stored.state, stored.proposed_date = CaseState.PROPOSED, date
    stored.proposal, stored.proposed_by = proposal.strip(), actor
    return finish(turn, attachment=attachment, due_date=due_date)


@transaction.atomic
def record_effort(
    *,
    case: Case,
    act: Act,
    date: date,
    note: str,
    actor: User | None,
    at: datetime,
    due_date: date | None = None,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """A reminder (Act.REMIND) or a persuasion (Act.PERSUADE), from which the member knows.

    Raises RepeatedStepError or as `begin`.
    """
    turn = begin(case, act, on=date, note=note, actor=actor, at=at, seen_version=seen_version)
    if turn.case.steps.filter(kind=act, date=date, note=turn.note).exists():
        raise RepeatedStepError(f"{date}的这次{act.label}已经登记，没有重复保存。")
    turn.case.told_date = turn.case.told_date or date
    return finish(turn, attachment=attachment, due_date=due_date)


@transaction.atomic
def hand_in_application(
    *,
    case: Case,
    date: date,
    note: str,
    actor: User | None,
    at: datetime,
    attachment: Any = None,
    by_member: bool = False,
    seen_version: int | None = None,
) -> Case:
    """The member's written application, in their own account or received on paper.

    Raises as `begin`.
    """
    turn = begin(
        case,
        Act.APPLY,
        on=date,
        note=note,
        actor=actor,
        at=at,
        seen_version=seen_version,
        by_member=by_member,
    )
    _note_application(turn.case, date)
    return finish(turn, attachment=attachment, due_date=turn.case.due_date)


@transaction.atomic
def record_refusal(
    *,
    case: Case,
    date: date,
    note: str,
    actor: User | None,
    at: datetime,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """The member refuses to apply: an order to resign turns into a revoke case, which is returned.

    A refusal to resign a post stays with the case, which is returned. Raises OpenAlreadyError or
    as `begin` (19号 一（二）3（5）).
    """
    turn = begin(
        case, Act.REFUSE, on=date, note=note, actor=actor, at=at, seen_version=seen_version
    )
    _refuse_before_efforts(turn.case, date)
    order = turn.case
    order.state, order.refused_date = CaseState.REFUSED, date
    if order.kind != CaseKind.ORDER_RESIGN:
        return finish(turn, attachment=attachment)
    revoke = build_case(order.member, CaseKind.REVOKE, Ground.REFUSED_ORDER, note, date, actor, at)
    revoke.origin = order
    opened = insert_case(revoke, at=at, conductors=order.conductors.all())
    finish(turn, attachment=attachment, others=opened)
    return revoke


@transaction.atomic
def submit_case(
    *,
    case: Case,
    date: date,
    note: str,
    actor: User | None,
    at: datetime,
    due_date: date | None = None,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """Lays the proposal before the body that decides. Raises as `begin`."""
    turn = begin(
        case, Act.SUBMIT, on=date, note=note, actor=actor, at=at, seen_version=seen_version
    )
    turn.case.state, turn.case.submitted_date = CaseState.SUBMITTED, date
    return finish(turn, attachment=attachment, due_date=due_date)


@transaction.atomic
def answer_case(
    *, case: Case, text: str, actor: User, at: datetime, on: date, attachment: Any = None
) -> Case:
    """What the member has to say to what they were told. Raises as `begin`."""
    if case.member.person.user_id != actor.pk:
        raise CaseNotPossibleError("只有委员本人可以说明。")
    turn = begin(case, Act.ANSWER, on=on, note=text, actor=actor, at=at, by_member=True)
    return finish(turn, attachment=attachment, due_date=turn.case.due_date)


def _note_application(case: Case, on: date) -> None:
    case.applied_date = on
    case.told_date = case.told_date or on


def _refuse_before_efforts(case: Case, on: date) -> None:
    done = set(case.steps.filter(date__lte=on).values_list("kind", flat=True))
    if not {Act.REMIND, Act.PERSUADE} <= done:
        raise StepOutOfOrderError("登记“拒不提交书面申请”之前，须先登记提醒和劝说。")


def _refuse_impossible(member: Member, kind: CaseKind, ground: Ground, on: date) -> None:
    if ground not in PROCEDURES[kind].grounds:
        raise CaseNotPossibleError(f"“{ground.label}”不是“{kind.label}”的情形。")
    if not member.serves(on):
        raise CaseNotPossibleError(f"{member}在{on}不在任，不能立案。")
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
