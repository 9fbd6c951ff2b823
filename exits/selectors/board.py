"""The board of cases: all that are open by state and age, and what each waits for."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from accounts.models import User
from exits.choices import Act, CaseKind, CaseState, Partner, Verdict
from exits.models import Case
from exits.procedures import PROCEDURES, all_agree, is_consulted, may_inform, partners_of
from exits.querysets import CaseQuerySet

#: The date on which a case came into its state.
SINCE = {
    CaseState.OPENED: "opened_date",
    CaseState.CONSULTING: "informed_date",
    CaseState.PROPOSED: "proposed_date",
    CaseState.SUBMITTED: "submitted_date",
    CaseState.DECIDED: "decision_date",
    CaseState.NOTIFIED: "notified_date",
    CaseState.PUBLISHED: "published_date",
    CaseState.REFUSED: "refused_date",
    CaseState.REJECTED: "decision_date",
    CaseState.DROPPED: "closed_date",
}
#: The states an open case may stand in, in the order of the procedure.
OPEN_STATES = (
    CaseState.OPENED,
    CaseState.CONSULTING,
    CaseState.PROPOSED,
    CaseState.REFUSED,
    CaseState.SUBMITTED,
    CaseState.DECIDED,
    CaseState.REJECTED,
    CaseState.NOTIFIED,
)
#: Decided one way or the other, with somebody still to be told in writing; an open case that was
#: refused waits for nothing else.
UNTOLD = (CaseState.DECIDED, CaseState.REJECTED)
#: What the board can be narrowed to.
SHOWN = {
    "late": "已超过时限的",
    "decision": "待您登记审议决定的",
    "delivery": "书面通知未送完的",
}
#: What a case in the state waits for, where that depends on nothing else.
WAITS = {
    CaseState.REFUSED: "委员拒不提交书面申请，待终止",
    CaseState.NOTIFIED: "待向社会公布",
}


@dataclass(frozen=True)
class BoardLine:
    """`age`: days in the present state. `overdue`: days past the date due; 0 where none."""

    case: Case
    since: date
    age: int
    overdue: int
    waits_for: str

    @property
    def is_overdue(self) -> bool:
        return self.overdue > 0


@dataclass(frozen=True)
class BoardState:
    state: CaseState
    lines: tuple[BoardLine, ...]


@dataclass(frozen=True)
class Board:
    """`kinds`: (kind, how many open), of all states; the rest is narrowed to one kind if asked."""

    states: tuple[BoardState, ...]
    kinds: tuple[tuple[CaseKind, int], ...]
    total: int
    overdue: int
    ended: tuple[Case, ...]

    @property
    def lines(self) -> list[BoardLine]:
        return [line for state in self.states for line in state.lines]


def board_of(*, user: User, on: date, kind: str = "", show: str = "") -> Board:
    """The cases the account sees; `ended` are those closed in the year of `on`.

    `show` narrows to a name of SHOWN.
    """
    seen = cases_in_words(Case.objects.visible_to(user))
    every = [line_of(case, on) for case in seen.open().order_by("opened_date", "pk")]
    counts = Counter(line.case.kind for line in every)
    shown = [line for line in every if not kind or line.case.kind == kind]
    late = sum(line.is_overdue for line in shown)
    shown = [line for line in shown if _is_shown(line, show, user)]
    ended = seen.filter(closed_date__year=on.year).order_by("-closed_date", "-pk")
    return Board(
        states=tuple(
            BoardState(
                state,
                tuple(
                    sorted(
                        (line for line in shown if line.case.state == state),
                        key=lambda line: line.since,
                    )
                ),
            )
            for state in OPEN_STATES
        ),
        kinds=tuple((known, counts[known]) for known in CaseKind if counts[known]),
        total=len(every),
        overdue=late,
        ended=tuple(ended.filter(kind=kind) if kind else ended),
    )


def _is_shown(line: BoardLine, show: str, user: User) -> bool:
    case = line.case
    match show:
        case "late":
            return line.is_overdue
        case "decision":
            return case.state == CaseState.SUBMITTED and case.proposed_by_id != user.pk
        case "delivery":
            return case.state in UNTOLD
    return True


def awaiting_decision(*, user: User) -> CaseQuerySet:
    """Laid before the deciding body; who made the proposal does not record the decision."""
    submitted = Case.objects.visible_to(user).filter(state=CaseState.SUBMITTED)
    return submitted.exclude(proposed_by=user)


def awaiting_delivery(*, user: User) -> CaseQuerySet:
    """Decided, with somebody still to be told in writing."""
    return Case.objects.visible_to(user).open().filter(state__in=UNTOLD)


def cases_in_words(cases: CaseQuerySet) -> CaseQuerySet:
    """With what `line_of` reads, in a fixed number of queries."""
    return (
        cases.select_related("member__person", "member__sector")
        .prefetch_related("steps", "conductors")
        .annotate(
            told=Count("deliveries", filter=Q(deliveries__delivered_date__isnull=False)),
            to_tell=Count("deliveries"),
        )
    )


def line_of(case: Case, on: date) -> BoardLine:
    """A case of `cases_in_words` as the board shows it."""
    since = since_of(case)
    late = case.due_date is not None and case.closed_date is None and case.due_date < on
    return BoardLine(
        case=case,
        since=since,
        age=max(0, (on - since).days),
        overdue=(on - case.due_date).days if late and case.due_date else 0,
        waits_for=waits_for(case),
    )


def since_of(case: Case) -> date:
    return getattr(case, SINCE[CaseState(case.state)]) or case.opened_date


def waits_for(case: Case) -> str:
    """What is to be done next, and by whom, in a few words."""
    state = CaseState(case.state)
    match state:
        case CaseState.OPENED:
            return "待向会商部门通报情况" if may_inform(case) else "待委员提交书面申请"
        case CaseState.CONSULTING:
            return _waits_in_consultation(case)
        case CaseState.PROPOSED:
            return _waits_after_proposal(case)
        case CaseState.REFUSED if case.kind == CaseKind.ORDER_RESIGN:
            return "已转撤销委员资格，随该事项办结"
        case CaseState.SUBMITTED:
            return f"待登记{PROCEDURES[CaseKind(case.kind)].body.label}的决定"
        case CaseState.DECIDED | CaseState.REJECTED if not case.closed_date:
            told, to_tell = getattr(case, "told", 0), getattr(case, "to_tell", 0)
            return f"书面通知已送达 {told} / {to_tell}"
    return "" if case.closed_date else WAITS.get(state, "")


def _waits_in_consultation(case: Case) -> str:
    asked = [partner for partner in Partner if partner in partners_of(case)]
    silent = [partner.label for partner in asked if not case.opinion_of(partner)]
    against = [p.label for p in asked if case.opinion_of(p) == Verdict.DISAGREE]
    if is_consulted(case):
        said = f"{'、'.join(against)}不同意" if against else "会商部门已同意"
        return f"{said}，待提出建议"
    if silent:
        return f"待{'、'.join(silent)}提出意见"
    return f"{'、'.join(against)}不同意，须再会商或终止"


def _waits_after_proposal(case: Case) -> str:
    procedure = PROCEDURES[CaseKind(case.kind)]
    if case.has_applied or not procedure.by_application:
        return f"待提请{procedure.body.label}审议"
    if not all_agree(case):
        return "待委员提交书面申请，或终止"
    missing = [str(act.label) for act in (Act.REMIND, Act.PERSUADE) if act not in set(case.efforts)]
    return (
        f"待{'、'.join(missing)}委员提交书面申请" if missing else "已提醒、劝说，待委员提交书面申请"
    )
