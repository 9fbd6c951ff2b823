"""The procedure of each kind of case, as the rules lay it down: read like a table.

Nothing here knows the database. `allowed` says what may be done with a case as it stands; the
services do it, the pages offer it, and the tables' constraints hold the same.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from exits.choices import (
    Act,
    CaseKind,
    CaseState,
    DecidingBody,
    Ground,
    InterviewAct,
    InterviewState,
    Partner,
    Verdict,
)

PX9 = "萍办字〔2022〕9号"
PX19 = "萍协办字〔2022〕19号"
YQ12 = "乐政协〔2021〕12号"
BOTH_PARTNERS = frozenset(Partner)


@dataclass(frozen=True)
class Procedure:
    """`by_application`: the member must have handed in a written application before submission,
    and may be reminded of it and persuaded to (劝辞).

    `presses`: one who was both reminded and persuaded may be recorded as refusing.
    `consults_both`: both departments give an opinion, not only that of the member's side.
    `decides_either_way`: what is proposed is whether to agree or not (19号 一（三）1（1）), and the
    answer is told in writing whichever it is.
    """

    citation: str
    grounds: tuple[Ground, ...]
    body: DecidingBody
    by_application: bool = False
    presses: bool = False
    consults_both: bool = False
    decides_either_way: bool = False
    is_published: bool = True
    ends_membership: bool = False


PROCEDURES: dict[CaseKind, Procedure] = {
    CaseKind.RESIGNATION: Procedure(
        citation=f"{PX19} 一（二）1、（三）",
        grounds=(
            Ground.OWN_APPLICATION, Ground.POST_CHANGED, Ground.HEALTH, Ground.ADVISED,
            Ground.OTHER,
        ),
        body=DecidingBody.STANDING_COMMITTEE,
        by_application=True,
        consults_both=True,
        decides_either_way=True,
        ends_membership=True,
    ),
    CaseKind.ORDER_RESIGN: Procedure(
        citation=f"{PX19} 一（二）2、（三）",
        grounds=(
            Ground.SANCTIONED, Ground.POLITICAL_CONDUCT, Ground.PUBLIC_MORALITY,
            Ground.NO_ACTIVITY, Ground.PLENARY_TWO_RUNNING, Ground.FAILED_TWO_YEARS, Ground.OTHER,
        ),
        body=DecidingBody.STANDING_COMMITTEE,
        by_application=True,
        presses=True,
        ends_membership=True,
    ),
    CaseKind.REVOKE: Procedure(
        citation=f"{PX19} 一（二）3、（三）",
        grounds=(
            Ground.CRIMINAL, Ground.EXPELLED, Ground.CHARTER, Ground.PLENARY_TWO_UNEXCUSED,
            Ground.REFUSED_ORDER, Ground.OTHER,
        ),
        body=DecidingBody.STANDING_COMMITTEE,
        ends_membership=True,
    ),
    CaseKind.ADVISE_RESIGN_STANDING: Procedure(
        citation=f"{PX9} 四（十三）16",
        grounds=(Ground.STANDING_TWO_RUNNING, Ground.OTHER),
        body=DecidingBody.STANDING_COMMITTEE,
        by_application=True,
        presses=True,
    ),
    CaseKind.ORDER_RESIGN_STANDING: Procedure(
        citation=f"{YQ12} 12",
        grounds=(Ground.STANDING_TWO_IN_YEAR, Ground.OTHER),
        body=DecidingBody.STANDING_COMMITTEE,
        by_application=True,
        presses=True,
    ),
    CaseKind.SUSPENSION: Procedure(
        citation=f"{PX19} 二（一）（二）",
        grounds=(Ground.SUSPECTED,),
        body=DecidingBody.CHAIRPERSONS_COUNCIL,
        consults_both=True,
        is_published=False,
    ),
    CaseKind.REINSTATEMENT: Procedure(
        citation=f"{PX19} 二（四）",
        grounds=(Ground.CLEARED,),
        body=DecidingBody.CHAIRPERSONS_COUNCIL,
        consults_both=True,
        is_published=False,
    ),
}  # fmt: skip


#: A resignation the member is asked for is a measure against them, carried on like an order:
#: with the department of their side, which must agree (9号 四（十三）16).
MEASURES = (Ground.ADVISED,)
#: Resignations of one's own.
PLAIN_GROUNDS = (Ground.OWN_APPLICATION, Ground.POST_CHANGED, Ground.HEALTH)

#: What has no place beside an undecided revoke case, and what is to be done instead.
BESIDE_NO_REVOKE: dict[str, str] = {
    CaseKind.SUSPENSION: f"暂停履职应在启动撤销程序之前办理（{PX19} 二（一））；"
    "请继续办理撤销事项，确需先暂停的，先终止撤销事项。",
    CaseKind.REINSTATEMENT: f"恢复履职须不符合撤销情形（{PX19} 二（四））；"
    "请先办结或终止撤销事项，再办理恢复履职。",
}


def kinds_where(**features: object) -> tuple[CaseKind, ...]:
    """The kinds whose procedure has all these features."""
    return tuple(
        kind
        for kind, procedure in PROCEDURES.items()
        if all(getattr(procedure, name) == value for name, value in features.items())
    )


BEFORE_DECISION = (
    CaseState.OPENED,
    CaseState.CONSULTING,
    CaseState.PROPOSED,
    CaseState.SUBMITTED,
)
#: From the first of these on, the departments have been consulted.
CONSULTED = (
    CaseState.PROPOSED,
    CaseState.SUBMITTED,
    CaseState.DECIDED,
    CaseState.NOTIFIED,
    CaseState.PUBLISHED,
    CaseState.REFUSED,
    CaseState.REJECTED,
)


class Standing(Protocol):
    """What a case must tell to be judged; `efforts` are the acts of reminding and persuading.

    `was_told`: the member has been told of it, and may answer from then on. `was_notified`: every
    party has been told of the decision in writing.
    """

    kind: str
    ground: str
    state: str
    side: str

    @property
    def has_applied(self) -> bool: ...

    @property
    def was_told(self) -> bool: ...

    @property
    def was_notified(self) -> bool: ...

    @property
    def efforts(self) -> Collection[str]: ...

    def opinion_of(self, partner: Partner) -> str: ...


def consults_both(kind: str, ground: str) -> bool:
    return PROCEDURES[CaseKind(kind)].consults_both and ground not in MEASURES


def partners_of(case: Standing) -> frozenset[Partner]:
    """Who is consulted before a proposal is made."""
    if consults_both(case.kind, case.ground):
        return BOTH_PARTNERS
    return frozenset({Partner(case.side)})


def all_agree(case: Standing) -> bool:
    return all(case.opinion_of(partner) == Verdict.AGREE for partner in partners_of(case))


def is_consulted(case: Standing) -> bool:
    """Whether the departments said what a proposal needs: their agreement, or, where the question
    is whether to agree, either answer.
    """
    if PROCEDURES[CaseKind(case.kind)].decides_either_way and case.ground not in MEASURES:
        return all(case.opinion_of(partner) for partner in partners_of(case))
    return all_agree(case)


def may_inform(case: Standing) -> bool:
    """Who resigns of their own accord has applied before the departments are asked."""
    return case.ground != Ground.OWN_APPLICATION or case.has_applied


def last_state(kind: str) -> CaseState:
    """Where the notified case ends: published, or notified where nothing is published."""
    published = PROCEDURES[CaseKind(kind)].is_published
    return CaseState.PUBLISHED if published else CaseState.NOTIFIED


def has_ended(case: Standing) -> bool:
    """A refused order ends with its revoke case, a refused resignation once it has been told."""
    if case.state == CaseState.REJECTED:
        return case.was_notified or not PROCEDURES[CaseKind(case.kind)].decides_either_way
    return case.state in {CaseState.DROPPED, last_state(case.kind)}


def allowed(case: Standing) -> frozenset[Act]:
    """The acts the case is open to as it stands, whoever may do them."""
    procedure, state = PROCEDURES[CaseKind(case.kind)], CaseState(case.state)
    acts: set[Act] = set()
    if state in BEFORE_DECISION:
        acts.add(Act.DROP)
        if procedure.by_application and not case.has_applied:
            acts.add(Act.APPLY)
    acts |= _onward(case, procedure, state)
    if case.was_told and state not in {CaseState.REJECTED, CaseState.DROPPED}:
        acts.add(Act.ANSWER)
    return frozenset(acts)


def _onward(case: Standing, procedure: Procedure, state: CaseState) -> set[Act]:
    match state:
        case CaseState.REFUSED if case.kind != CaseKind.ORDER_RESIGN:
            return {Act.DROP}
        case CaseState.OPENED:
            return {Act.INFORM} if may_inform(case) else set()
        case CaseState.CONSULTING:
            return {Act.OPINE, Act.PROPOSE} if is_consulted(case) else {Act.OPINE}
        case CaseState.PROPOSED:
            return _after_proposal(case, procedure)
        case CaseState.SUBMITTED:
            return {Act.DECIDE}
        case CaseState.DECIDED | CaseState.REJECTED if not has_ended(case):
            return {Act.DELIVER}
        case CaseState.NOTIFIED if procedure.is_published:
            return {Act.PUBLISH}
    return set()


def _after_proposal(case: Standing, procedure: Procedure) -> set[Act]:
    acts: set[Act] = set()
    if case.has_applied or not procedure.by_application:
        acts.add(Act.SUBMIT)
    if procedure.by_application and not case.has_applied and all_agree(case):
        acts |= {Act.REMIND, Act.PERSUADE}
        if procedure.presses and {Act.REMIND, Act.PERSUADE} <= set(case.efforts):
            acts.add(Act.REFUSE)
    return acts


#: What may be done with an interview in each state (萍协办字〔2022〕19号 三（三）).
INTERVIEW_ACTS: dict[InterviewState, frozenset[InterviewAct]] = {
    InterviewState.ARRANGED: frozenset(
        {InterviewAct.NOTIFY, InterviewAct.RESCHEDULE, InterviewAct.CANCEL}
    ),
    InterviewState.NOTIFIED: frozenset(
        {InterviewAct.HOLD, InterviewAct.RESCHEDULE, InterviewAct.CANCEL}
    ),
    InterviewState.HELD: frozenset(
        {InterviewAct.SIGN, InterviewAct.SIGN_ON_PAPER, InterviewAct.CLOSE}
    ),
    InterviewState.CLOSED: frozenset({InterviewAct.FOLLOW_UP}),
    InterviewState.CANCELLED: frozenset(),
}


def interview_acts(
    state: str, *, is_signed: bool, awaits_follow_up: bool
) -> frozenset[InterviewAct]:
    """Minutes are signed once, in the account or on paper; a visit afterwards is noted once."""
    acts = INTERVIEW_ACTS[InterviewState(state)]
    if is_signed:
        acts -= {InterviewAct.SIGN, InterviewAct.SIGN_ON_PAPER}
    return acts if awaits_follow_up else acts - {InterviewAct.FOLLOW_UP}
