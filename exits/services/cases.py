"""Exit cases: opened by a person, carried on in dated steps, closed (D5 一)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from core.refusals import RefusalError
from exits.choices import CaseStepKind, ExitKind
from exits.models import ExitCase, ExitCaseStep
from members.models import Member

#: Which finding may open which case.
OUTCOME_OF = {
    ExitKind.RESIGNATION: Outcome.ADVISE_RESIGN,
    ExitKind.ORDER_RESIGN: Outcome.ORDER_RESIGN,
    ExitKind.REVOKE: Outcome.REVOKE,
}


class FindingNotGroundsError(RefusalError):
    """Only a confirmed finding on this member, of this outcome, can open the case."""


class CaseClosedError(RefusalError):
    """A closed case takes no further steps."""


class StepOutOfOrderError(RefusalError):
    """The step is not possible at this point, or on this date."""


@transaction.atomic
def open_exit_case(
    *,
    member: Member,
    kind: str,
    grounds: str,
    opened_date: date,
    actor: User | None,
    at: datetime,
    finding: Finding | None = None,
) -> ExitCase:
    """Opens a case, on a confirmed finding or by hand with its grounds in words.

    Raises FindingNotGroundsError, StepOutOfOrderError, ReasonMissingError or ValidationError.
    """
    if not grounds.strip():
        raise ReasonMissingError("请写明事由。")
    _refuse_future(opened_date, at)
    if not member.serves(opened_date):
        raise StepOutOfOrderError(f"{member}在{opened_date}不在任，不能立案。")
    if finding is not None:
        _refuse_finding(finding, member, kind)
    case = ExitCase(
        member=member,
        kind=kind,
        finding=finding,
        grounds=grounds.strip(),
        opened_date=opened_date,
        recorded_by=actor,
        recorded_at=at,
    )
    case.full_clean()
    case.save(force_insert=True)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=case,
        reason=case.grounds,
        changes=[audit.changes_of(case, None, audit.snapshot(case))],
    )
    return case


@transaction.atomic
def record_case_step(
    *, case: ExitCase, kind: str, date: date, note: str, actor: User | None, at: datetime
) -> ExitCaseStep:
    """Adds a dated step; a refusal only after a reminder and a persuasion.

    Raises CaseClosedError, StepOutOfOrderError or ReasonMissingError.
    """
    case = ExitCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    if kind == CaseStepKind.CLOSED:
        raise StepOutOfOrderError("办结请用“办结”操作，不作为步骤登记。")
    _refuse_step(case, kind, date, note, at)
    step = _add_step(case, kind, date, note, actor, at)
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=case,
        reason=step.note,
        changes=[audit.changes_of(step, None, audit.snapshot(step))],
    )
    return step


@transaction.atomic
def close_exit_case(
    *, case: ExitCase, closed_date: date, note: str, actor: User | None, at: datetime
) -> ExitCase:
    """Closes the case with its result in words; the membership itself is not touched.

    Raises CaseClosedError, StepOutOfOrderError or ReasonMissingError.
    """
    case = ExitCase.objects.select_for_update(no_key=True).get(pk=case.pk)
    _refuse_step(case, CaseStepKind.CLOSED, closed_date, note, at)
    last = case.steps.order_by("-date").first()
    if last is not None and last.date > closed_date:
        raise StepOutOfOrderError(f"办结日期不能早于最后一个步骤（{last.date}）。")
    before = audit.snapshot(case)
    step = _add_step(case, CaseStepKind.CLOSED, closed_date, note, actor, at)
    case.closed_date = closed_date
    case.version += 1
    case.full_clean()
    case.save()
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=case,
        reason=step.note,
        changes=[
            audit.changes_of(case, before, audit.snapshot(case)),
            audit.changes_of(step, None, audit.snapshot(step)),
        ],
    )
    return case


def _refuse_finding(finding: Finding, member: Member, kind: str) -> None:
    finding = Finding.objects.select_for_update(of=("self",), no_key=True).get(pk=finding.pk)
    if finding.member_id != member.pk:
        raise FindingNotGroundsError(f"考核发现“{finding}”不是关于该委员的。")
    if finding.state != FindingState.CONFIRMED:
        raise FindingNotGroundsError(f"考核发现“{finding}”尚未确认，不能据以立案。")
    if finding.outcome != OUTCOME_OF.get(ExitKind(kind)):
        raise FindingNotGroundsError(
            f"考核发现“{finding}”的建议是“{finding.get_outcome_display()}”，"
            f"不能据以办理“{ExitKind(kind).label}”。"
        )


def _refuse_step(case: ExitCase, kind: str, on: date, note: str, at: datetime) -> None:
    if not note.strip():
        raise ReasonMissingError("请写明情况记录。")
    if case.closed_date is not None:
        raise CaseClosedError(f"“{case}”已于{case.closed_date}办结，不能再登记。")
    _refuse_future(on, at)
    if on < case.opened_date:
        raise StepOutOfOrderError(f"日期不能早于立案日期（{case.opened_date}）。")
    if kind == CaseStepKind.REFUSED:
        _refuse_early_refusal(case, on)


def _refuse_early_refusal(case: ExitCase, on: date) -> None:
    if case.kind != ExitKind.ORDER_RESIGN:
        raise StepOutOfOrderError("只有责令辞去委员的事项才登记“拒不提交书面申请”。")
    done = set(case.steps.filter(date__lte=on).values_list("kind", flat=True))
    if not {CaseStepKind.REMINDED, CaseStepKind.PERSUADED} <= done:
        raise StepOutOfOrderError("登记“拒不提交书面申请”之前，须先登记提醒和劝说。")


def _refuse_future(on: date, at: datetime) -> None:
    if on > timezone.localdate(at):
        raise StepOutOfOrderError(f"日期{on}还没有到。")


def _add_step(
    case: ExitCase, kind: str, on: date, note: str, actor: User | None, at: datetime
) -> ExitCaseStep:
    step = ExitCaseStep(
        case=case, kind=kind, date=on, note=note.strip(), entered_by=actor, entered_at=at
    )
    step.full_clean()
    step.save(force_insert=True)
    return step
