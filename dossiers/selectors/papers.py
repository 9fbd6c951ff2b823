"""Which papers a year's campaign collects from whom, and how far a paper has come."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from dossiers.choices import (
    Audience,
    BlockVerdict,
    HandInKind,
    PaperAct,
    PaperState,
    ReturnBlock,
)
from dossiers.models import Campaign, Declaration, DutyPaper, HandIn, PaperBlock, PaperEvent
from dossiers.querysets import DutyPaperQuerySet
from members.models import Member, Term

FILE = Path(__file__).resolve().parent.parent / "data" / "campaign_papers.toml"
#: For rule packs the file does not name.
OTHER_PACKS = "default"
EVERY_YEAR, LAST_YEAR = "every_year", "last_year"

#: What the member writes in each kind of paper, in its order.
TEXT_FIELDS: Mapping[str, tuple[str, ...]] = {
    HandInKind.ANNUAL_RETURN: (),
    HandInKind.PERFORMANCE_FORM: ("political_discipline", "suggestions"),
    HandInKind.PERFORMANCE_REPORT: ("text",),
    HandInKind.ANNUAL_DUTY_REPORT: ("text",),
    HandInKind.TERM_DUTY_REPORT: ("text",),
}
#: Written reports, whose length the campaign limits.
REPORT_KINDS = frozenset(kind for kind, fields in TEXT_FIELDS.items() if fields == ("text",))


@dataclass(frozen=True)
class CollectedPaper:
    """A kind of paper, from whom, and under which clause where the rule pack says so."""

    kind: HandInKind
    audience: Audience
    citation: str = ""


def default_papers(*, term: Term, year: int) -> tuple[CollectedPaper, ...]:
    """What the term's rule pack has a year's campaign collect."""
    is_last = year == term.end_date.year
    return tuple(paper for paper, when in _of_pack(term.rule_pack) if when == EVERY_YEAR or is_last)


def collected_papers(campaign: Campaign) -> tuple[CollectedPaper, ...]:
    """What the campaign names; one that names nothing collects what the rule pack does."""
    default = default_papers(term=campaign.term, year=campaign.year)
    clauses = {paper.kind: paper.citation for paper in default}
    named = tuple(
        CollectedPaper(
            HandInKind(paper.kind),
            Audience(paper.audience),
            clauses.get(HandInKind(paper.kind), ""),
        )
        for paper in campaign.papers.all()
    )
    return named or default


def accepts_papers(campaign: Campaign, on: date) -> bool:
    """From the day it opens, or was opened before it, until the office closes it; the deadline
    alone closes nothing: what comes later is late.
    """
    begun = campaign.opened_at is not None or campaign.opens_date <= on
    return begun and campaign.closed_at is None and campaign.archived_at is None


def audience_date(campaign: Campaign, on: date) -> date:
    """The day that decides who serves and who is a standing member: not after the year."""
    return min(date(campaign.year, 12, 31), on)


def is_late(paper: DutyPaper) -> bool:
    """First handed in after the deadline: the day counts to its last second in Shanghai."""
    first = paper.first_submitted_at
    return first is not None and timezone.localdate(first) > paper.campaign.deadline_date


@dataclass(frozen=True)
class OwedPaper:
    """A paper collected from a member, with what there is of it. `is_open`: it may be begun;
    `handed_in_date`: it came another way, and the office has entered it.
    """

    campaign: Campaign
    member: Member
    kind: HandInKind
    citation: str
    paper: DutyPaper | None
    is_open: bool
    handed_in_date: date | None

    @property
    def title(self) -> str:
        return f"{self.campaign.year}年度{self.kind.label.removeprefix('年度')}"

    @property
    def is_returned(self) -> bool:
        return self.paper is not None and self.paper.state == PaperState.RETURNED

    @property
    def waits_for_member(self) -> bool:
        """Sent back; or not handed in, however late, while the campaign takes papers."""
        begun = self.paper is None or self.paper.state == PaperState.DRAFT
        return self.is_returned or (self.is_open and begun and self.handed_in_date is None)


def owed_papers(*, members: Iterable[Member], on: date) -> list[OwedPaper]:
    """Of these memberships, every paper of the running campaigns and every paper begun in any,
    the latest year first, in the campaign's order.
    """
    seats = list(members)
    campaigns = (
        Campaign.objects.filter(term__in={seat.term_id for seat in seats})
        .filter(Q(opens_date__lte=on) | Q(opened_at__isnull=False))
        .select_related("term")
        .prefetch_related("papers")
        .order_by("-year")
    )
    known = {
        (paper.campaign_id, paper.member_id, paper.kind): paper
        for paper in DutyPaper.objects.filter(member__in=seats).select_related("campaign")
    }
    handed_in = {
        (member, year, kind): day
        for member, year, kind, day in HandIn.objects.filter(member__in=seats).values_list(
            "member_id", "year", "kind", "submitted_date"
        )
    }
    return [
        OwedPaper(
            campaign,
            seat,
            row.kind,
            row.citation,
            known.get((campaign.pk, seat.pk, row.kind)),
            accepts_papers(campaign, on),
            handed_in.get((seat.pk, campaign.year, row.kind)),
        )
        for campaign in campaigns
        for seat in seats
        if seat.term_id == campaign.term_id
        for row in _owed(campaign, seat, on, known)
    ]


def _owed(
    campaign: Campaign,
    seat: Member,
    on: date,
    known: Mapping[tuple[int, int, str], DutyPaper],
) -> list[CollectedPaper]:
    owes = owed_kinds(campaign, seat, on) if accepts_papers(campaign, on) else frozenset()
    return [
        row
        for row in collected_papers(campaign)
        if row.kind in owes or (campaign.pk, seat.pk, row.kind) in known
    ]


def owed_kinds(campaign: Campaign, member: Member, on: date) -> frozenset[HandInKind]:
    """The kinds the campaign collects from the member, judged on the day, or at the year's end."""
    day = audience_date(campaign, on)
    if not member.serves(day):
        return frozenset()
    is_standing = Member.objects.filter(pk=member.pk).standing(day).exists()
    return frozenset(
        paper.kind
        for paper in collected_papers(campaign)
        if paper.audience == Audience.ALL or is_standing
    )


def last_returned_at(paper: DutyPaper) -> datetime | None:
    events = PaperEvent.objects.filter(paper=paper, act=PaperAct.RETURNED)
    return events.order_by("-at").values_list("at", flat=True).first()


def unconfirmed_blocks(paper: DutyPaper) -> list[ReturnBlock]:
    """Blocks the member has still to confirm: one that was sent back, once more."""
    rows = {row.block: row for row in PaperBlock.objects.filter(paper=paper)}
    returned = last_returned_at(paper)
    return [
        block
        for block in ReturnBlock
        if block not in rows or not is_confirmed(rows[block], returned)
    ]


def is_confirmed(row: PaperBlock, returned: datetime | None) -> bool:
    """By the member; one to mend only since it was returned."""
    if row.confirmed_at is None:
        return False
    return row.verdict != BlockVerdict.TO_MEND or returned is None or row.confirmed_at > returned


def own_papers(user: User) -> DutyPaperQuerySet:
    """The account's own papers, whatever else it may read."""
    return DutyPaper.objects.filter(member__person__user=user).select_related(
        "campaign__term__assembly", "member__person", "member__sector", "verified_by"
    )


def declarations_of(paper: DutyPaper) -> Sequence[Declaration]:
    return list(Declaration.objects.filter(paper=paper).order_by("block", "date", "pk"))


@cache
def _of_pack(pack: str) -> tuple[tuple[CollectedPaper, str], ...]:
    """The rows of `dossiers/data/campaign_papers.toml` for a rule pack."""
    packs = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        (
            CollectedPaper(
                HandInKind(row["kind"]), Audience(row["audience"]), row.get("citation", "")
            ),
            row.get("when", EVERY_YEAR),
        )
        for row in packs.get(pack, packs[OTHER_PACKS])
    )
