"""A campaign as the office sees it: who owes what, how far it has come, who is behind."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from dossiers.choices import Audience, HandInKind, PaperState
from dossiers.models import Campaign, CampaignReminder, DutyPaper, HandIn, StandingReview
from dossiers.selectors.papers import audience_date, collected_papers
from members.models import Member, Term

FILE = Path(__file__).resolve().parent.parent / "data" / "campaign_reminders.toml"


class ReturnState(StrEnum):
    """Where a paper stands for the office; beside the states of a paper, what there is none of."""

    OWED = "owed"
    DRAFT = "draft"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    ARCHIVED = "archived"
    ENTERED = "entered"


STATE_LABELS: Mapping[ReturnState, str] = {
    ReturnState.OWED: "未开始",
    ReturnState.DRAFT: "草稿",
    ReturnState.RETURNED: "退回修改",
    ReturnState.SUBMITTED: "待审核",
    ReturnState.VERIFIED: "已审核",
    ReturnState.ARCHIVED: "已归档",
    ReturnState.ENTERED: "纸质代录",
}
#: The paper is not with the office.
BEHIND = frozenset({ReturnState.OWED, ReturnState.DRAFT, ReturnState.RETURNED})


@dataclass(frozen=True)
class PaperReturn:
    """One paper one member owes or has begun. `paper`: none where nothing was begun."""

    member: Member
    kind: HandInKind
    state: ReturnState
    paper: int | None
    is_suspended: bool

    @property
    def is_behind(self) -> bool:
        return self.state in BEHIND

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]


def forms_deadline(*, term: Term, year: int) -> date:
    """The last day to hand in the year's forms: the campaign's, else the usual one."""
    campaigns = Campaign.objects.filter(term=term, year=year).values_list(
        "deadline_date", flat=True
    )
    return campaigns.first() or Campaign.default_deadline(year)


def paper_returns(campaign: Campaign, *, on: date) -> list[PaperReturn]:
    """Every paper the campaign collects, by code and kind; the queries do not grow with members.

    A paper is owed by whoever serves on the day, or at the year's end; what others have begun
    is listed once it was handed in.
    """
    day = audience_date(campaign, on)
    papers = {
        (member, kind): (key, state)
        for key, member, kind, state in DutyPaper.objects.filter(campaign=campaign).values_list(
            "pk", "member_id", "kind", "state"
        )
    }
    of_term = Member.objects.filter(term=campaign.term_id)
    owing = set(of_term.serving(day).values_list("pk", flat=True))
    standing = set(of_term.serving(day).standing(day).values_list("pk", flat=True))
    suspended = set(of_term.suspended(on).values_list("pk", flat=True))
    entered = set(
        HandIn.objects.filter(member__term=campaign.term_id, year=campaign.year).values_list(
            "member_id", "kind"
        )
    )
    collected = collected_papers(campaign)
    listed = Q(pk__in=of_term.serving(day)) | Q(duty_papers__campaign=campaign)
    seats = of_term.filter(listed).distinct().select_related("person", "sector", "committee")
    found = []
    for seat in seats.order_by("code"):
        for row in collected:
            owes = seat.pk in (owing if row.audience == Audience.ALL else standing)
            key, state = papers.get((seat.pk, row.kind), (None, PaperState.DRAFT))
            if not owes and state == PaperState.DRAFT:
                continue
            told = _state(key, state, (seat.pk, str(row.kind)) in entered)
            found.append(PaperReturn(seat, row.kind, told, key, seat.pk in suspended))
    return found


def _state(paper: int | None, state: str, is_entered: bool) -> ReturnState:
    if state == PaperState.DRAFT and is_entered:
        return ReturnState.ENTERED
    return ReturnState.OWED if paper is None else ReturnState(state)


@dataclass
class ReturnCounts:
    """How many papers stand where, of one group; `key` names it in an address."""

    key: str
    name: str
    counts: dict[ReturnState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def behind(self) -> int:
        return sum(self.counts[state] for state in BEHIND)

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """(state, its label, how many), in the order of a paper's life."""
        return [(state.value, STATE_LABELS[state], self.counts[state]) for state in ReturnState]


def counted(returns: Iterable[PaperReturn], *, by: str) -> list[ReturnCounts]:
    """By "sector", "committee" or "kind", in the order these stand in the register."""
    groups: dict[str, ReturnCounts] = {}
    order: dict[str, int] = {}
    for item in returns:
        if by == "kind":
            key, name, place = str(item.kind), str(item.kind.label), 0
        else:
            organ = getattr(item.member, by)
            key, name = (str(organ.pk), organ.name) if organ else ("none", "未编入")
            place = organ.sequence if organ else 10_000
        group = groups.setdefault(key, ReturnCounts(key, name, dict.fromkeys(ReturnState, 0)))
        group.counts[item.state] += 1
        order.setdefault(key, place)
    return sorted(groups.values(), key=lambda group: order[group.key])


def totals(returns: Iterable[PaperReturn]) -> ReturnCounts:
    whole = ReturnCounts("", "合计", dict.fromkeys(ReturnState, 0))
    for item in returns:
        whole.counts[item.state] += 1
    return whole


def members_behind(campaign: Campaign, *, on: date) -> list[Member]:
    """Whom to remind: serving on the day, not suspended, with a paper still to hand in."""
    serving = set(
        Member.objects.filter(term=campaign.term_id).invitable(on).values_list("pk", flat=True)
    )
    found = {
        item.member.pk: item.member
        for item in paper_returns(campaign, on=on)
        if item.is_behind and item.member.pk in serving
    }
    return list(found.values())


@dataclass(frozen=True)
class ReminderPlan:
    """Days before (negative: after) the deadline, and how late one may still be sent."""

    days: tuple[int, ...]
    catches_up: int


@cache
def reminder_plan() -> ReminderPlan:
    """`dossiers/data/campaign_reminders.toml`."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return ReminderPlan(
        (*data["before"], *(-days for days in data["after"])), int(data["catches_up"])
    )


def reminder_due(campaign: Campaign, on: date) -> int | None:
    """Which reminder is due on the day: its number of days, or none. One that was missed is made
    up for within days; one from before the campaign was opened is not sent.
    """
    plan, left = reminder_plan(), (campaign.deadline_date - on).days
    begun = campaign.opens_date
    if campaign.opened_at is not None:
        begun = timezone.localdate(campaign.opened_at)
    for days in sorted(plan.days):
        missed = days - left
        if 0 <= missed <= plan.catches_up:
            day = campaign.deadline_date - timedelta(days=days)
            return days if day > begun else None
    return None


def last_reminded(campaign: Campaign) -> Mapping[int, date]:
    """{member pk: the day of the last reminder}."""
    rows = CampaignReminder.objects.filter(campaign=campaign).order_by("notice__sent_at")
    return {
        member: timezone.localdate(sent)
        for member, sent in rows.values_list("member_id", "notice__sent_at")
    }


def standing_reviews(campaign: Campaign) -> Mapping[int, StandingReview]:
    """{member pk: review}."""
    rows = StandingReview.objects.filter(campaign=campaign).select_related("recorded_by")
    return {row.member_id: row for row in rows}


def standing_members(campaign: Campaign, *, on: date) -> Sequence[Member]:
    """Those whose year the 主席会议 reviews."""
    day = audience_date(campaign, on)
    seats = Member.objects.filter(term=campaign.term_id).serving(day).standing(day)
    return list(seats.select_related("person", "sector", "committee").order_by("code"))
