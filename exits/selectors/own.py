"""A member's own matters: what they were told, what they said, what they may do now.

What the departments and the office said among themselves is in none of it.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from assessments.querysets import MILD
from exits.choices import Act, Addressee, CaseKind, CaseState, Ground
from exits.models import Case, CaseDelivery, CaseStep, Interview, OfficialPaper
from exits.procedures import PROCEDURES, allowed
from exits.querysets import CaseQuerySet
from members.models import Member

#: How the office's states are called to the member.
STANDINGS = {
    CaseState.OPENED: "办理中",
    CaseState.CONSULTING: "办理中",
    CaseState.PROPOSED: "办理中",
    CaseState.SUBMITTED: "办理中",
    CaseState.DECIDED: "已作出决定",
    CaseState.NOTIFIED: "已作出决定",
    CaseState.PUBLISHED: "已作出决定",
    CaseState.REFUSED: "未提交书面申请",
    CaseState.REJECTED: "审议未通过",
    CaseState.DROPPED: "已终止",
}
APPROVED = (CaseState.DECIDED, CaseState.NOTIFIED, CaseState.PUBLISHED)
#: What the member was told of, apart from the decision.
TOLD = (Act.REMIND, Act.PERSUADE)
SAID = (Act.APPLY, Act.ANSWER)


@dataclass(frozen=True)
class OwnStep:
    """Something the member was told or said; `text` only where they wrote it themself."""

    on: date
    label: str
    text: str
    step: CaseStep
    has_attachment: bool


@dataclass(frozen=True)
class OwnCase:
    """A matter as the member is shown it."""

    case: Case
    standing: str
    is_settled: bool
    is_approved: bool
    is_own_application: bool
    acts: frozenset[Act]

    @property
    def is_answered(self) -> bool:
        """Whether there is a decision that is told, be it one not to agree."""
        decides = PROCEDURES[CaseKind(self.case.kind)].decides_either_way
        return self.is_approved or (self.case.state == CaseState.REJECTED and decides)

    @property
    def may_answer(self) -> bool:
        return Act.ANSWER in self.acts

    @property
    def may_apply(self) -> bool:
        return Act.APPLY in self.acts

    @property
    def may_withdraw(self) -> bool:
        return self.is_own_application and Act.DROP in self.acts

    @property
    def is_pressed(self) -> bool:
        """Whether an application is asked of the member."""
        return PROCEDURES[CaseKind(self.case.kind)].by_application and self.may_apply


def is_own_application(case: Case) -> bool:
    """Opened by the member's own application in their account."""
    return (
        case.recorded_by_id is not None
        and case.recorded_by_id == case.member.person.user_id
        and case.kind == CaseKind.RESIGNATION
        and case.ground == Ground.OWN_APPLICATION
    )


def own_case(case: Case) -> OwnCase:
    return OwnCase(
        case=case,
        standing=STANDINGS[CaseState(case.state)],
        is_settled=case.is_decided,
        is_approved=case.state in APPROVED,
        is_own_application=is_own_application(case),
        acts=allowed(case),
    )


def told_cases(*, user: User) -> CaseQuerySet:
    """The latest first, with what `own_case` reads."""
    told = Case.objects.told_to(user).select_related("member__person", "member__term__assembly")
    return told.prefetch_related("steps").order_by("-opened_date", "-pk")


def own_steps(case: Case, *, user: User) -> list[OwnStep]:
    """What the member was told and said, in order; what the office wrote of it stays inside."""
    own = case.steps.filter(Q(kind__in=TOLD) | Q(kind__in=SAID)).order_by("date", "pk")
    return [
        OwnStep(
            on=step.date,
            label=_label(step),
            text=step.note if step.entered_by_id == user.pk else "",
            step=step,
            has_attachment=step.entered_by_id == user.pk and bool(step.attachment),
        )
        for step in own
    ]


def _label(step: CaseStep) -> str:
    return {
        Act.REMIND: "市政协提醒您",
        Act.PERSUADE: "市政协就此与您谈话",
        Act.APPLY: "您提交书面申请",
        Act.ANSWER: "您作了说明",
    }[Act(step.kind)]


def told_findings(*, user: User) -> QuerySet[Finding]:
    """Confirmed findings about the account's person, those that led to an interview or a case from
    the day the member was told of it: called, reminded, persuaded or told the decision. A call
    tells nothing of what graver finding may stand behind it.
    """
    told = Case.objects.told_to(user).filter(
        Q(decision_date__isnull=False)
        | Exists(CaseStep.objects.filter(case=OuterRef("pk"), kind__in=TOLD))
    )
    own = Finding.objects.filter(member__person__user=user, state=FindingState.CONFIRMED)
    return own.filter(
        Q(outcome__in=MILD)
        | Q(pk__in=told.values("finding"))
        | Q(outcome=Outcome.INTERVIEW, pk__in=Interview.objects.told_to(user).values("finding"))
    )


def own_written_steps(*, user: User) -> QuerySet[CaseStep]:
    """Steps the member wrote in matters they were told of."""
    return CaseStep.objects.filter(
        case__in=Case.objects.told_to(user).values("pk"), entered_by=user
    )


def own_papers(*, user: User) -> QuerySet[OfficialPaper]:
    """Letters written to the account's person, once the matter is told to them."""
    return OfficialPaper.objects.told_to(user).order_by("issued_date", "pk")


def own_delivery(case: Case) -> CaseDelivery | None:
    """When and how the decision was handed over to the member, if it was."""
    return case.deliveries.filter(addressee=Addressee.MEMBER, delivered_date__isnull=False).first()


def applications_asked(*, user: User) -> list[Case]:
    """Matters in which the member was reminded and a written application is awaited."""
    told = told_cases(user=user).open().filter(refused_date__isnull=True)
    return [case for case in told if own_case(case).is_pressed]


def serving_seat(*, user: User, on: date) -> Member | None:
    """The seat from which the account may resign."""
    seats = Member.objects.serving(on).filter(person__user=user)
    return (
        seats.select_related("person", "term__assembly", "sector").order_by("-joined_date").first()
    )


def open_resignation(member: Member) -> Case | None:
    """The one with the member's application; what the office opened without it is none of theirs."""
    opened = Case.objects.open().filter(member=member, kind=CaseKind.RESIGNATION)
    return opened.filter(applied_date__isnull=False).first()
