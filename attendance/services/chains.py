"""A request's chain of approval, fixed when the request is made."""

from datetime import date

from attendance.choices import Approver, StepCondition
from attendance.models import Approval, LeaveRequest, NonVotingSeat, Procedure, ProcedureStep
from attendance.selectors.approvals import POST_OF, holders
from members.models import Member, Term


def open_chain(
    *,
    request: LeaveRequest | NonVotingSeat,
    procedure: Procedure | None,
    applicant: Member | None,
    days: int,
    on: date,
) -> list[Approval]:
    """The steps the request goes through, in order, stored; later changes of the procedure do not
    reach it.

    A step is left out where it is for others (`condition`, looked at on the meeting's first day),
    where the leave is shorter than `from_days`, and where nobody but the applicant holds the
    post: nobody decides their own request. Where nothing remains 委员联络科 decides.
    """
    term = request.meeting.term
    steps = procedure.steps.all() if procedure else ProcedureStep.objects.none()
    standing = applicant is not None and (
        Member.objects.standing(request.meeting.start_date).filter(pk=applicant.pk).exists()
    )
    needed = [
        step.approver
        for step in steps
        if _applies(step, standing, days) and not _is_own(step.approver, applicant, term, on)
    ]
    field = "leave_request" if isinstance(request, LeaveRequest) else "seat"
    approvals = [
        Approval(**{field: request}, sequence=sequence, approver=approver)
        for sequence, approver in enumerate(_once(needed) or [Approver.LIAISON_SECTION], start=1)
    ]
    for approval in approvals:
        approval.full_clean()
        approval.save(force_insert=True)
    return approvals


def _applies(step: ProcedureStep, standing: bool, days: int) -> bool:
    if step.condition == StepCondition.STANDING_MEMBERS and not standing:
        return False
    if step.condition == StepCondition.OTHERS and standing:
        return False
    return days >= step.from_days


def _is_own(approver: str, applicant: Member | None, term: Term, on: date) -> bool:
    """Whether the applicant alone holds the post of the step."""
    if applicant is None or approver not in POST_OF:
        return False
    return holders(approver=approver, term=term, on=on) == {applicant.pk}


def _once(approvers: list[str]) -> list[str]:
    """Nobody is asked twice in one chain."""
    return list(dict.fromkeys(approvers))
