"""What a member still owes and has done, for their first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assessments.rulebook import Owed
from assessments.selectors import progress
from dossiers.choices import HandInKind, PaperState, SubmissionKind
from dossiers.models import DutyPaper
from dossiers.selectors.papers import OwedPaper
from members.models import Member
from reporting.selectors.standing import as_of
from reporting.selectors.worklist.tasks import address

#: Handed in by the member's own submission.
SUBMITTED = {
    "research.own": SubmissionKind.RESEARCH,
    "opinions.submitted": SubmissionKind.OPINION,
    "opinions.unconverted": SubmissionKind.OPINION,
}
#: Reached by coming.
ATTENDED = {"training.attended", "term.training.attended"}
TOPICS = {"term.research.topics"}
HAND_INS = "hand_ins."
OPEN_STATES = {PaperState.DRAFT, PaperState.RETURNED}


@dataclass(frozen=True)
class Duty:
    """A minimum, and the one button that leads to doing it; `state` tells of a paper begun.

    `submission`: the button begins a submission of
    that kind. No button where nothing can be done today: `note` then says when.
    """

    owed: Owed
    button: str = ""
    path: str = ""
    submission: str = ""
    state: str = ""
    note: str = ""


@dataclass(frozen=True)
class EarlierPaper:
    """A paper of a finished year that is still with the member; 0 `days_late`: in time, or sent
    back.
    """

    title: str
    due: date
    days_late: int
    button: str
    path: str
    state: str


def owed_by(member: Member, *, today: date) -> Sequence[Owed]:
    """The minimums of the running year and the term, what is missing first; none for somebody
    who does not serve.
    """
    on = as_of(member.term, today.year, today)
    owed = progress(term=member.term, year=on.year, on=on, members=[member.pk])
    return sorted(owed.get(member.pk, ()), key=lambda item: (item.is_met, item.due))


def duties_of(member: Member, *, papers: Sequence[OwedPaper], today: date) -> list[Duty]:
    """What is owed, each with what to do about it."""
    current = {row.kind.value: row for row in papers if row.campaign.year == today.year}
    return [_duty(item, current) for item in owed_by(member, today=today)]


def earlier_papers(papers: Sequence[OwedPaper], *, today: date) -> list[EarlierPaper]:
    """What still waits of earlier years, the earliest due first; the suspended are asked for
    nothing, and see what was sent back.
    """
    waiting = [row for row in papers if row.campaign.year < today.year and row.waits_for_member]
    if not waiting:
        return []
    asked = set(
        Member.objects.invitable(today)
        .filter(pk__in=[row.member.pk for row in waiting])
        .values_list("pk", flat=True)
    )
    return [
        _earlier(row, today)
        for row in sorted(waiting, key=lambda row: row.campaign.deadline_date)
        if row.is_returned or row.member.pk in asked
    ]


def _duty(owed: Owed, papers: dict[str, OwedPaper]) -> Duty:
    measure = owed.measure
    if owed.is_met:
        return Duty(owed)
    if measure in SUBMITTED:
        return Duty(owed, "去报送", address("dossiers:submission-create"), SUBMITTED[measure])
    if measure in ATTENDED:
        return Duty(owed, "看近期会议", address("attendance:meeting-own-list"))
    if measure in TOPICS:
        return Duty(owed, "看议题", address("reporting:topic-own"))
    kind = measure.removeprefix("term.").removeprefix(HAND_INS)
    if kind not in HandInKind.values:
        return Duty(owed)
    row = papers.get(kind)
    if row is None:
        return Duty(owed, note="委员联络科发出填报通知后，在这里填写。")
    return _paper_duty(owed, row.paper)


def _paper_duty(owed: Owed, paper: DutyPaper | None) -> Duty:
    button, path, state = _way_to(paper)
    return Duty(owed, button, path, state=state)


def _earlier(row: OwedPaper, today: date) -> EarlierPaper:
    button, path, state = _way_to(row.paper)
    due = row.campaign.deadline_date
    late = 0 if row.is_returned else max((today - due).days, 0)
    return EarlierPaper(row.title, due, late, button, path, state)


def _way_to(paper: DutyPaper | None) -> tuple[str, str, str]:
    """The button, where it leads, and how the paper stands."""
    if paper is None:
        return "去填报", address("reporting:paper-list"), ""
    button = "继续填写" if paper.state in OPEN_STATES else "查看"
    state = PaperState(paper.state).label
    return button, address("reporting:paper-detail", paper.pk), state
