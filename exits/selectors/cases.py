"""One case as its page shows it, and what a member's findings suggest."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import RoleCode
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from exits.choices import Act, CaseKind, CaseState, Ground, Partner, Verdict
from exits.citations import citations_of_kind
from exits.models import Case, CaseOpinion, CaseStep
from exits.procedures import BESIDE_NO_REVOKE, PROCEDURES, last_state, partners_of
from exits.querysets import CaseQuerySet
from exits.selectors.board import SINCE
from members.choices import Post
from members.models import Member

#: Which finding may open which case; the mildest two open interviews.
KIND_OF = {
    Outcome.ADVISE_RESIGN: CaseKind.RESIGNATION,
    Outcome.ORDER_RESIGN: CaseKind.ORDER_RESIGN,
    Outcome.REVOKE: CaseKind.REVOKE,
    Outcome.ADVISE_RESIGN_STANDING: CaseKind.ADVISE_RESIGN_STANDING,
    Outcome.ORDER_RESIGN_STANDING: CaseKind.ORDER_RESIGN_STANDING,
}
#: The ground a rule's finding stands for, where the rule says so.
GROUND_OF = {
    "px-plenary-unapproved-2-running": Ground.ADVISED,
    "px-no-activity-year": Ground.NO_ACTIVITY,
    "px-plenary-2-running": Ground.PLENARY_TWO_RUNNING,
    "px-discipline-order": Ground.SANCTIONED,
    "yq-fail-2-years": Ground.FAILED_TWO_YEARS,
    "px-criminal-revoke": Ground.CRIMINAL,
    "px-expelled-revoke": Ground.EXPELLED,
    "px-charter-revoke": Ground.CHARTER,
    "px-plenary-2-unexcused": Ground.PLENARY_TWO_UNEXCUSED,
    "px-standing-unapproved-2-running": Ground.STANDING_TWO_RUNNING,
    "yq-standing-2-unexcused-year": Ground.STANDING_TWO_IN_YEAR,
}
PATH = (
    CaseState.OPENED,
    CaseState.CONSULTING,
    CaseState.PROPOSED,
    CaseState.SUBMITTED,
    CaseState.DECIDED,
    CaseState.NOTIFIED,
    CaseState.PUBLISHED,
)


@dataclass(frozen=True)
class Waypoint:
    """One state on the way of a kind of case; `on` is when it was reached, if it was."""

    state: CaseState
    on: date | None
    is_here: bool


def way_of(case: Case) -> tuple[Waypoint, ...]:
    """The states of this kind in order; a case that left the way shows where it left."""
    state = CaseState(case.state)
    way = list(PATH[: PATH.index(last_state(case.kind)) + 1])
    reached = [known for known in way if getattr(case, SINCE[known]) is not None]
    if state in {CaseState.REFUSED, CaseState.REJECTED, CaseState.DROPPED}:
        passed = [
            known for known in reached if known not in {CaseState.DECIDED, CaseState.NOTIFIED}
        ]
        way = [*passed, state]
    if state == CaseState.REJECTED and PROCEDURES[CaseKind(case.kind)].decides_either_way:
        way.append(CaseState.NOTIFIED)
    return tuple(
        Waypoint(known, getattr(case, SINCE[known]), is_here=known == state) for known in way
    )


@dataclass(frozen=True)
class Consulted:
    """A department that is asked: its valid opinion, if it has spoken, and the ones before."""

    partner: Partner
    opinion: CaseOpinion | None
    earlier: tuple[CaseOpinion, ...]

    @property
    def is_against(self) -> bool:
        return self.opinion is not None and self.opinion.verdict == Verdict.DISAGREE


def consulted_in(case: Case) -> tuple[Consulted, ...]:
    given: dict[str, list[CaseOpinion]] = defaultdict(list)
    for opinion in case.opinions.select_related("entered_by").order_by("entered_at", "pk"):
        given[opinion.partner].append(opinion)
    return tuple(
        Consulted(
            partner,
            next((one for one in given[partner] if one.superseded_at is None), None),
            tuple(one for one in given[partner] if one.superseded_at is not None),
        )
        for partner in Partner
        if partner in partners_of(case)
    )


def steps_of(case: Case) -> list[CaseStep]:
    """What was done, in the order it was done; what a decision corrected stands after it."""
    steps = case.steps.select_related("entered_by").order_by("date", "entered_at", "pk")
    return sorted(
        steps, key=lambda step: (step.date, step.entered_at, step.kind == Act.CORRECT, step.pk)
    )


def leaders_for(case_or_member: Case | Member) -> QuerySet[User]:
    """Who may conduct a case on the member: every leader but the member."""
    member = case_or_member if isinstance(case_or_member, Member) else case_or_member.member
    leaders = User.objects.filter(groups__role__code=RoleCode.LEADER, is_active=True)
    if member.person.user_id is not None:
        leaders = leaders.exclude(pk=member.person.user_id)
    return leaders.distinct().order_by("name", "pk")


@dataclass(frozen=True)
class KindOffered:
    """A kind of case for a member; `refused` says why it cannot be opened now, if so."""

    kind: CaseKind
    citation: str
    grounds: tuple[Ground, ...]
    refused: str


def kinds_for(member: Member, on: date) -> tuple[KindOffered, ...]:
    """Every kind, with what stands against opening it today."""
    open_kinds = set(Case.objects.open().filter(member=member).values_list("kind", flat=True))
    suspended = member.suspensions.covering(on).exists()
    tenures = member.tenures.covering(on).filter(post=Post.STANDING_MEMBER)
    against: dict[str, str] = {
        CaseKind.SUSPENSION: "该委员现已暂停履职。" if suspended else "",
        CaseKind.REINSTATEMENT: "" if suspended else "该委员现未暂停履职。",
    }
    if CaseKind.REVOKE in open_kinds:
        told = {kind: f"撤销委员资格事项正在办理。{why}" for kind, why in BESIDE_NO_REVOKE.items()}
        against |= {kind: against.get(kind) or why for kind, why in told.items()}
    if not tenures.exists():
        against |= {
            CaseKind.ADVISE_RESIGN_STANDING: "该委员现不是常委。",
            CaseKind.ORDER_RESIGN_STANDING: "该委员现不是常委。",
        }
    serves = member.serves(on)
    return tuple(
        KindOffered(
            kind,
            citations_of_kind(kind, member.term.rule_pack),
            PROCEDURES[kind].grounds,
            "该委员现不在任。"
            if not serves
            else "已有一件同类事项正在办理。"
            if kind in open_kinds
            else against.get(kind, ""),
        )
        for kind in CaseKind
    )


def others_open(case: Case, *, user: User) -> list[Case]:
    """What else is being carried on about the member, as far as the account sees it."""
    others = Case.objects.visible_to(user).open().filter(member=case.member_id)
    return list(others.exclude(pk=case.pk).order_by("opened_date", "pk"))


def revokes_ended_by(case: Case) -> CaseQuerySet:
    """Undecided revoke cases that would fall away with the member's exit by another case."""
    ends = PROCEDURES[CaseKind(case.kind)].ends_membership and case.kind != CaseKind.REVOKE
    undecided = Case.objects.undecided().filter(member=case.member_id, kind=CaseKind.REVOKE)
    return undecided if ends else undecided.none()


def findings_for(member: Member, kind: str) -> QuerySet[Finding]:
    """Confirmed findings that may open a case of the kind."""
    outcomes = [outcome for outcome, opens in KIND_OF.items() if opens == kind]
    return Finding.objects.filter(
        member=member, state=FindingState.CONFIRMED, outcome__in=outcomes
    ).order_by("-as_of_date", "rule")
