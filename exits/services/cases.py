"""Cases from information to submission (萍协办字〔2022〕19号 一（三）1–2, 二): what people did, kept."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.audit import Change
from accounts.models import User
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError
from core.files import size_of
from core.refusals import RefusalError
from exits.choices import Act, CaseKind, CaseState, Ground, Partner, Verdict
from exits.models import Case, CaseOpinion
from exits.procedures import partners_of
from exits.querysets import partners_for
from exits.services.opening import build_case, insert_case, note_application
from exits.services.steps import (
    RepeatedStepError,
    StepOutOfOrderError,
    Turn,
    add_step,
    begin,
    finish,
    refuse_repeated,
)
from exits.services.telling import (
    read_what_was_asked,
    tell_departments,
    tell_of_answer,
    tell_of_application,
    tell_of_effort,
)

#: What a member may have to say in one case: times, and bytes of all that is attached.
MOST_ANSWERS, MOST_ATTACHED = 20, 30 * 1024 * 1024


class AnswersFullError(RefusalError):
    """The member has said so much in this case already that the rest goes to the office on paper."""


class NotConsultedError(RefusalError):
    """The department is not asked in this case, or the account does not speak for it."""


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
    informed = finish(turn, attachment=attachment, due_date=due_date)
    tell_departments(informed, actor=actor, at=at)
    return informed


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

    A later one replaces it until the proposal is made; the same once more is refused. Raises
    NotConsultedError, RepeatedStepError or as `begin`.
    """
    turn = begin(case, Act.OPINE, on=date, note=text, actor=actor, at=at, seen_version=seen_version)
    asked = Partner(partner)
    if asked not in partners_of(turn.case):
        raise NotConsultedError(f"本事项按分工不由{asked.label}会商。")
    _refuse_speaking_for(asked, actor, on_behalf)
    if on_behalf and not (document_number.strip() or attachment):
        raise ReasonMissingError("代录会商意见，须填来文文号或附来文。")
    previous = turn.case.opinions.filter(partner=asked, superseded_at__isnull=True).first()
    changes = []
    if previous is not None and (previous.verdict, previous.text, previous.date) == (
        verdict,
        text.strip(),
        date,
    ):
        raise RepeatedStepError(f"{asked.label}的这条意见已经登记，没有重复保存。")
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
    read_what_was_asked(turn.case, user=actor, at=at)
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
    """The joint proposal, once the departments asked have agreed; on a resignation, once they have
    spoken: whether to agree to it is what is proposed. Raises as `begin`.
    """
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
    answer_by: date | None = None,
    due_date: date | None = None,
    attachment: Any = None,
    seen_version: int | None = None,
) -> Case:
    """A reminder (Act.REMIND) or a persuasion (Act.PERSUADE), from which the member knows.

    `answer_by` is the day the member was given; without one the last given stays. Raises
    RepeatedStepError or as `begin`.
    """
    turn = begin(case, act, on=date, note=note, actor=actor, at=at, seen_version=seen_version)
    refuse_repeated(turn)
    if answer_by is not None and answer_by < date:
        raise StepOutOfOrderError(f"请委员答复的期限不能早于{act.label}的日期{date}。")
    turn.case.told_date = turn.case.told_date or date
    turn.case.answer_by = answer_by or turn.case.answer_by
    pressed = finish(turn, attachment=attachment, due_date=due_date or turn.case.answer_by)
    tell_of_effort(pressed, act, on=date, actor=actor, at=at)
    return pressed


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
    note_application(turn.case, date)
    finish(turn, attachment=attachment, due_date=turn.case.due_date)
    if by_member:
        tell_of_application(turn.case, actor=actor, at=at)
    return turn.case


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

    Where one is being carried on already, on whatever ground, the refusal is joined to it. A
    refusal to resign a post stays with the case, which is returned. Raises as `begin`
    (19号 一（二）3（5）).
    """
    turn = begin(
        case, Act.REFUSE, on=date, note=note, actor=actor, at=at, seen_version=seen_version
    )
    _refuse_before_efforts(turn.case, date)
    order = turn.case
    order.state, order.refused_date = CaseState.REFUSED, date
    if order.kind != CaseKind.ORDER_RESIGN:
        return finish(turn, attachment=attachment)
    known = _open_revoke(order)
    if known is not None:
        finish(turn, attachment=attachment, others=_join(known, order, turn))
        return known
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
    """What the member has to say to what they were told. Raises RepeatedStepError,
    AnswersFullError or as `begin`.
    """
    turn = begin(case, Act.ANSWER, on=on, note=text, actor=actor, at=at, by_member=True)
    refuse_repeated(turn)
    _refuse_too_much(turn.case, attachment)
    finish(turn, attachment=attachment, due_date=turn.case.due_date)
    tell_of_answer(turn.case, actor=actor, at=at)
    return turn.case


def _open_revoke(order: Case) -> Case | None:
    rows = Case.objects.select_for_update(of=("self",), no_key=True).undecided()
    return rows.filter(member=order.member, kind=CaseKind.REVOKE).first()


def _join(revoke: Case, order: Case, turn: Turn) -> list[Change]:
    """The refusal becomes part of a revoke case opened on other grounds, and ends with it."""
    before = audit.snapshot(revoke)
    revoke.origin = order
    revoke.version += 1
    revoke.full_clean(exclude=["conductors"])
    revoke.save()
    on = max(turn.on, revoke.opened_date)
    step = add_step(revoke, Act.JOIN, on, turn.note, actor=turn.actor, at=turn.at)
    return [
        audit.changes_of(revoke, before, audit.snapshot(revoke)),
        audit.changes_of(step, None, audit.snapshot(step)),
    ]


def _refuse_speaking_for(asked: Partner, actor: User, on_behalf: bool) -> None:
    if on_behalf and not actor.has_role(RoleCode.REGISTRAR):
        raise NotConsultedError("只有委员联络科可以据来文代录会商意见。")
    if not on_behalf and asked not in partners_for(actor):
        raise NotConsultedError(f"您的账号不代表{asked.label}；据来文登记的，请选“代录”并附来文。")


def _refuse_too_much(case: Case, attachment: Any) -> None:
    answers = list(case.steps.filter(kind=Act.ANSWER))
    if len(answers) >= MOST_ANSWERS:
        raise AnswersFullError(
            f"本事项您已说明{MOST_ANSWERS}次，没有保存。还有要说明的，请书面交市政协办公室。"
        )
    attached = sum(size_of(step.attachment) for step in answers if step.attachment)
    if attachment and attached + attachment.size > MOST_ATTACHED:
        raise AnswersFullError(
            f"本事项您所附的材料合计超过{MOST_ATTACHED // 1024**2} MB，没有保存。"
            "请压缩附件，或书面交市政协办公室。"
        )


def _refuse_before_efforts(case: Case, on: date) -> None:
    done = set(case.steps.filter(date__lte=on).values_list("kind", flat=True))
    if not {Act.REMIND, Act.PERSUADE} <= done:
        raise StepOutOfOrderError("登记“拒不提交书面申请”之前，须先登记提醒和劝说。")
