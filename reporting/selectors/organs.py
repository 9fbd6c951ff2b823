"""The year of sectors, committees and the assembly: what they held, what they and theirs owe."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from assessments.rulebook import Owed, Rule, owed_minimums
from assessments.selectors import OrganMinimum, organ_minimums, pack_of
from attendance.choices import ATTENDED_STATUSES
from attendance.models import Attendance, Meeting
from attendance.selectors import Turnout, turnouts
from core.bulk import among
from dossiers.facts import DutyFacts, OrganFacts
from dossiers.models import Campaign
from dossiers.selectors import duty_facts
from members.models import Member, Sector, SpecialCommittee, Term


@dataclass(frozen=True)
class MemberLine:
    """A member and what may be asked of them by now; a suspended one is reminded of nothing."""

    member: Member
    owed: tuple[Owed, ...]
    is_suspended: bool

    @property
    def missing(self) -> list[Owed]:
        return [] if self.is_suspended else [item for item in self.owed if not item.is_met]

    @property
    def is_behind(self) -> bool:
        return bool(self.missing)


@dataclass(frozen=True)
class SectorLine:
    """A sector with its minimums; `behind` is None where the account may not know who is."""

    sector: Sector
    minimums: tuple[OrganMinimum, ...]
    members: tuple[MemberLine, ...] = ()
    is_open: bool = False

    @property
    def behind(self) -> list[MemberLine]:
        return [line for line in self.members if line.is_behind]


@dataclass(frozen=True)
class CommitteeLine:
    committee: SpecialCommittee
    minimums: tuple[OrganMinimum, ...]
    sectors: tuple[SectorLine, ...]
    is_open: bool = False

    @property
    def members(self) -> list[MemberLine]:
        return [line for sector in self.sectors for line in sector.members]

    @property
    def behind(self) -> list[MemberLine]:
        return [line for line in self.members if line.is_behind]


@dataclass(frozen=True)
class RuleWindows:
    """One rule of the assembly with its windows of the year, in order."""

    rule: Rule
    windows: tuple[OrganMinimum, ...]


@dataclass(frozen=True)
class HeldActivity:
    meeting: Meeting
    turnout: Turnout
    names: tuple[str, ...] = ()


def organ_lines(
    *,
    term: Term,
    year: int,
    on: date,
    committees: Collection[SpecialCommittee],
    sectors: Collection[Sector],
    open_committees: Collection[int],
    open_sectors: Collection[int],
) -> tuple[tuple[CommitteeLine, ...], tuple[SectorLine, ...]]:
    """The committees, each with the sectors it liaises with, and the sectors of no committee.

    Members are looked at only where the sector is open to the account.
    """
    seen = list(
        Member.objects.filter(term=term, sector__in=among(open_sectors))
        .serving(on)
        .select_related("person")
        .order_by("code")
    )
    facts = duty_facts(term=term, year=year, on=on, members=[member.pk for member in seen])
    members = _lines_by_sector(term, seen, facts, on)
    organs = {organ.subject.pk: organ for organ in facts.sectors}
    lines: defaultdict[int | None, list[SectorLine]] = defaultdict(list)
    for sector in sectors:
        liaison = getattr(sector, "liaison", None)
        lines[liaison.committee_id if liaison else None].append(
            SectorLine(
                sector=sector,
                minimums=organ_minimums(term, facts, organs[sector.pk]),
                members=tuple(members[sector.pk]),
                is_open=sector.pk in open_sectors,
            )
        )
    held = {organ.subject.pk: organ for organ in facts.committees}
    return (
        tuple(
            CommitteeLine(
                committee=committee,
                minimums=organ_minimums(term, facts, held[committee.pk]),
                sectors=tuple(lines[committee.pk]),
                is_open=committee.pk in open_committees,
            )
            for committee in committees
        ),
        tuple(lines[None]),
    )


def _lines_by_sector(
    term: Term, members: Iterable[Member], facts: DutyFacts, on: date
) -> Mapping[int, list[MemberLine]]:
    pack = pack_of(term)
    collecting = _collects_forms(term, facts, on)
    known = {person.subject.pk: person for person in facts.members}
    suspended = set(Member.objects.filter(term=term).suspended(on).values_list("pk", flat=True))
    lines: defaultdict[int, list[MemberLine]] = defaultdict(list)
    for member in members:
        owed = tuple(
            item
            for item in owed_minimums(pack, facts, known[member.pk])
            if item.due.year <= facts.year and (collecting or not _is_form(item))
        )
        lines[member.sector_id].append(MemberLine(member, owed, member.pk in suspended))
    return lines


def _collects_forms(term: Term, facts: DutyFacts, on: date) -> bool:
    """Forms are owed from the day the year's campaign opens; before that nobody is behind."""
    opens = Campaign.objects.filter(term=term, year=facts.year).values_list("opens_date").first()
    return on >= (opens[0] if opens else facts.deadline)


def _is_form(item: Owed) -> bool:
    return "hand_ins" in item.measure.split(".")


def assembly_year(*, term: Term, year: int, on: date) -> tuple[RuleWindows, ...]:
    """What the assembly owes in the year, rule by rule, as the rules judge it."""
    facts = duty_facts(term=term, year=year, on=on, members=[])
    windows: dict[str, list[OrganMinimum]] = {}
    for minimum in organ_minimums(term, facts, facts.assembly):
        windows.setdefault(minimum.rule.id, []).append(minimum)
    return tuple(RuleWindows(found[0].rule, tuple(found)) for found in windows.values())


def owed_by_organs(
    *, term: Term, year: int, on: date, committee: int | None = None, sector: int | None = None
) -> list[tuple[OrganFacts, OrganMinimum]]:
    """Minimums that are overdue, or whose window is running and not filled, the earliest first.

    With a committee: it and the sectors it liaises with; with a sector: that sector alone.
    """
    facts = duty_facts(term=term, year=year, on=on, members=[])
    organs: list[OrganFacts] = []
    if sector is None and committee is None:
        organs = [facts.assembly]
    if sector is None:
        organs += [o for o in facts.committees if committee in (None, o.subject.pk)]
    organs += [
        organ
        for organ in facts.sectors
        if sector in (None, organ.subject.pk)
        and (committee is None or (organ.liaison and organ.liaison.pk == committee))
    ]
    owed = [
        (organ, minimum)
        for organ in organs
        for minimum in organ_minimums(term, facts, organ)
        if minimum.missing and minimum.window.start <= on
    ]
    return sorted(owed, key=lambda pair: (not pair[1].is_overdue, pair[1].judged_from))


def meetings_of_year(term: Term, year: int, organs: Q) -> QuerySet[Meeting]:
    return (
        Meeting.objects.filter(organs, term=term, start_date__year=year)
        .select_related("sector", "committee")
        .order_by("start_date", "number")
    )


def held_activities(
    meetings: Iterable[Meeting], *, sector: Sector | None = None
) -> list[HeldActivity]:
    """With how many came and, of the sector's members, who did."""
    meetings = list(meetings)
    keys = [meeting.pk for meeting in meetings]
    counts = turnouts(keys)
    names: defaultdict[int, dict[str, None]] = defaultdict(dict)
    if sector is not None:
        rows = Attendance.objects.filter(
            sitting__meeting__in=keys, member__sector=sector, status__in=ATTENDED_STATUSES
        ).order_by("member__code")
        for meeting, name in rows.values_list("sitting__meeting_id", "member__person__name"):
            names[meeting][name] = None
    return [
        HeldActivity(meeting, counts.get(meeting.pk, Turnout()), tuple(names[meeting.pk]))
        for meeting in meetings
    ]
