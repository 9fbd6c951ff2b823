"""Random terms as plain data, and a way to put them into the database."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from attendance.models import Attendance, Meeting, Sitting
from dossiers.models import Campaign, HandIn
from members.models import (
    Assembly,
    ConductFinding,
    Member,
    Person,
    Sanction,
    Sector,
    SpecialCommittee,
    SuspensionPeriod,
    Tenure,
    Term,
)
from proposals.models import (
    OpinionAuthorship,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
)

KINDS = (
    ["plenary_session"] * 6
    + ["standing_committee_meeting", "thematic_standing_committee_meeting"] * 3
    + ["training", "themed_activity", "sector_activity", "study_seminar", "consultation"]
    + ["major_consultation", "democratic_oversight", "secretaries_meeting", "other"]
    + ["party_building_seminar"]
)
STATUSES = ["present", "late", "left_early", "leave", "absent"]
HAND_INS = [
    "annual_return",
    "performance_report",
    "performance_form",
    "annual_duty_report",
    "term_duty_report",
]
SANCTIONS = ["warning", "party_probation", "administrative_demotion", "criminal_liability"]
SANCTIONS += ["party_expelled", "administrative_demerit", "other"]
CONDUCTS = ["political_discipline", "public_morality", "charter_violation"]
RESEARCH = ["self_directed", "topic", "inspection_tour", "study_tour"]


@dataclass
class RandomMember:
    code: str
    joined: date
    exited: date | None
    known_before: bool
    standing: list[tuple[date, date | None]]
    suspended: list[tuple[date, date | None]]
    #: number of the meeting -> statuses, one a sitting
    attendance: dict[str, list[str]] = field(default_factory=dict)
    opinions: list[date] = field(default_factory=list)
    research: list[tuple[str, date]] = field(default_factory=list)
    sanctions: list[tuple[str, date]] = field(default_factory=list)
    conducts: list[tuple[str, date]] = field(default_factory=list)
    #: (kind, year) -> day
    hand_ins: dict[tuple[str, int], date] = field(default_factory=dict)

    def serves(self, on: date) -> bool:
        return self.joined <= on and (self.exited is None or on < self.exited)

    def within(self, periods: list[tuple[date, date | None]], on: date) -> bool:
        return any(start <= on and (end is None or on < end) for start, end in periods)


@dataclass
class RandomMeeting:
    number: str
    kind: str
    on: date
    sector: str | None
    committee: str | None
    topic: str


@dataclass
class World:
    starts: date
    ends: date
    is_county: bool
    year: int
    on: date
    deadlines: dict[int, date]
    sectors: list[str]
    committees: list[str]
    meetings: list[RandomMeeting]
    members: list[RandomMember]


def random_day(random: Random, first: date, last: date) -> date:
    """Any day, but often one at which something turns."""
    if random.random() < 0.3:
        edges = [
            date(year, month, day)
            for year in range(first.year, last.year + 1)
            for month, day in ((1, 1), (6, 30), (12, 30), (12, 31))
        ]
        edge = random.choice(edges)
        if first <= edge <= last:
            return edge
    return first + timedelta(days=random.randint(0, (last - first).days))


def random_world(seed: int, size: int = 40) -> World:
    random = Random(seed)  # noqa: S311 - test data, reproducible by its seed
    starts = random.choice([date(2021, 11, 1), date(2022, 1, 1), date(2022, 2, 15)])
    ends = random.choice([date(2024, 12, 31), date(2024, 10, 31), date(2025, 1, 31)])
    year = random.randint(starts.year, ends.year)
    first = max(date(year, 1, 1), starts)
    on = random.choice([date(year, 12, 31), random_day(random, first, date(year, 12, 31))])
    deadlines = {}
    if random.random() < 0.5:
        deadlines[year] = random.choice(
            [date(year, 12, 15), date(year, 12, 31), date(year + 1, 1, 5)]
        )
    sectors, committees = ["甲界", "乙界"], ["甲委员会", "乙委员会"]
    meetings = [
        RandomMeeting(
            number=f"H{position:03}",
            kind=random.choice(KINDS),
            on=random_day(random, starts, ends),
            sector=random.choice([None, *sectors]),
            committee=random.choice([None, *committees]),
            topic=random.choice(["", "水", "路"]),
        )
        for position in range(random.randint(5, 40))
    ]
    members = [
        _random_member(random, f"{position:04}", starts, ends, meetings) for position in range(size)
    ]
    is_county = random.random() < 0.3
    return World(
        starts, ends, is_county, year, on, deadlines, sectors, committees, meetings, members
    )


def _random_periods(random: Random, first: date, last: date) -> list[tuple[date, date | None]]:
    """Periods that follow one another, perhaps touching, the last perhaps unended."""
    periods: list[tuple[date, date | None]] = []
    start = random_day(random, first, last)
    while random.random() < 0.6 and start < last:
        if random.random() < 0.4:
            return [*periods, (start, None)]
        end = random_day(random, start, last)
        if end > start:
            periods.append((start, end))
        start = end + timedelta(days=random.choice([0, 1, 40]))
        if end == start and not periods:
            break
    return periods


def _random_member(
    random: Random, code: str, starts: date, ends: date, meetings: list[RandomMeeting]
) -> RandomMember:
    joined = starts if random.random() < 0.7 else random_day(random, starts, ends)
    exited = random_day(random, joined, ends) if random.random() < 0.15 else None
    suspended = _random_periods(random, joined, ends) if random.random() < 0.25 else []
    if random.random() < 0.08:
        suspended = [(joined, None)]
    standing = _random_periods(random, joined, ends) if random.random() < 0.6 else []
    member = RandomMember(code, joined, exited, random.random() < 0.3, standing, suspended)
    diligence = random.choice([0.0, 0.3, 0.9])
    excused = random.choice([0.0, 0.5, 1.0])
    for meeting in meetings:
        expected = member.serves(meeting.on) and not member.within(suspended, meeting.on)
        if expected and random.random() < 0.7:
            member.attendance[meeting.number] = [
                _random_status(random, diligence, excused)
                for _ in range(random.choice([1, 1, 1, 2, 3]))
            ]
    _random_works(random, member, joined, ends)
    for kind in HAND_INS:
        for year in range(starts.year, ends.year + 1):
            if random.random() < 0.6:
                first, last = date(year, 12, 10), date(year + 1, 1, 10)
                member.hand_ins[kind, year] = random_day(random, first, last)
    return member


def _random_works(random: Random, member: RandomMember, joined: date, ends: date) -> None:
    days = [random_day(random, joined, ends + timedelta(days=20)) for _ in range(12)]
    member.opinions = days[: random.choice([0, 0, 1, 3])]
    member.research = [(random.choice(RESEARCH), day) for day in days[: random.randint(0, 4)]]
    if random.random() < 0.2:
        member.sanctions = [(random.choice(SANCTIONS), days[5])]
    if random.random() < 0.15:
        member.conducts = [(random.choice(CONDUCTS), days[6])]


def _random_status(random: Random, diligence: float, excused: float) -> str:
    if random.random() < diligence:
        return random.choice(STATUSES[:3])
    return "leave" if random.random() < excused else "absent"


def store(world: World, code: str = "world", pack: str = "pingxiang") -> Term:
    """Puts the world into the tables, in bulk."""
    level = "county" if world.is_county else "city"
    assembly = Assembly.objects.create(name=f"政协{code}委员会", level=level)
    term = Term.objects.create(
        assembly=assembly,
        code=code,
        name=code,
        rule_pack=pack,
        start_date=world.starts,
        end_date=world.ends,
    )
    sectors = {name: Sector.objects.create(term=term, name=name) for name in world.sectors}
    committees = {
        name: SpecialCommittee.objects.create(term=term, name=name) for name in world.committees
    }
    for year, deadline in world.deadlines.items():
        Campaign.objects.create(
            term=term, year=year, opens_date=date(year, 12, 1), deadline_date=deadline
        )
    members = _store_members(world, term, list(sectors.values()))
    _store_attendance(world, term, members, sectors, committees)
    _store_works(world, term, members)
    return term


def _store_members(world: World, term: Term, sectors: list[Sector]) -> dict[str, Member]:
    people = Person.objects.bulk_create(
        [Person(name=f"委员{member.code}") for member in world.members]
    )
    rows = Member.objects.bulk_create(
        [
            Member(
                term=term,
                person=person,
                code=member.code,
                party="cpc",
                sector=sectors[0],
                joined_date=member.joined,
                exited_date=member.exited,
            )
            for member, person in zip(world.members, people, strict=True)
        ]
    )
    members = {row.code: row for row in rows}
    _store_earlier_term(world, term, members)
    Tenure.objects.bulk_create(
        Tenure(member=members[m.code], post="standing_member", start_date=start, end_date=end)
        for m in world.members
        for start, end in m.standing
    )
    SuspensionPeriod.objects.bulk_create(
        SuspensionPeriod(member=members[m.code], start_date=start, end_date=end)
        for m in world.members
        for start, end in m.suspended
    )
    return members


def _store_earlier_term(world: World, term: Term, members: dict[str, Member]) -> None:
    earlier = Term.objects.create(
        assembly=term.assembly,
        code=f"{term.code}-before",
        name="上届",
        rule_pack=term.rule_pack,
        start_date=date(2016, 1, 1),
        end_date=date(2021, 10, 31),
    )
    sector = Sector.objects.create(term=earlier, name="甲界")
    Member.objects.bulk_create(
        Member(
            term=earlier,
            person=members[m.code].person,
            code=m.code,
            party="cpc",
            sector=sector,
            joined_date=earlier.start_date,
        )
        for m in world.members
        if m.known_before
    )


def _store_attendance(world, term, members, sectors, committees) -> None:
    meetings = {
        row.number: row
        for row in Meeting.objects.bulk_create(
            Meeting(
                term=term,
                number=m.number,
                title=m.number,
                kind=m.kind,
                start_date=m.on,
                sector=sectors.get(m.sector),
                committee=committees.get(m.committee),
                topic=m.topic,
            )
            for m in world.meetings
        )
    }
    sittings = {
        (row.meeting_id, row.number): row
        for row in Sitting.objects.bulk_create(
            Sitting(meeting=meeting, number=number)
            for meeting in meetings.values()
            for number in (1, 2, 3)
        )
    }
    Attendance.objects.bulk_create(
        Attendance(
            sitting=sittings[meetings[number].pk, place],
            member=members[m.code],
            status=status,
        )
        for m in world.members
        for number, statuses in m.attendance.items()
        for place, status in enumerate(statuses, start=1)
    )


def _store_works(world: World, term: Term, members: dict[str, Member]) -> None:
    opinions = [(m.code, day) for m in world.members for day in m.opinions]
    reports = PublicOpinionReport.objects.bulk_create(
        PublicOpinionReport(term=term, number=f"S{place}", title="信息", reported_date=day)
        for place, (_, day) in enumerate(opinions)
    )
    OpinionAuthorship.objects.bulk_create(
        OpinionAuthorship(report=report, member=members[code])
        for report, (code, _) in zip(reports, opinions, strict=True)
    )
    done = [(m.code, kind, day) for m in world.members for kind, day in m.research]
    research = Research.objects.bulk_create(
        Research(term=term, number=f"D{place}", title="调研", kind=kind, completed_date=day)
        for place, (_, kind, day) in enumerate(done)
    )
    ResearchParticipation.objects.bulk_create(
        ResearchParticipation(research=row, member=members[code])
        for row, (code, _, _) in zip(research, done, strict=True)
    )
    Sanction.objects.bulk_create(
        Sanction(member=members[m.code], kind=kind, date=day)
        for m in world.members
        for kind, day in m.sanctions
    )
    ConductFinding.objects.bulk_create(
        ConductFinding(member=members[m.code], kind=kind, date=day)
        for m in world.members
        for kind, day in m.conducts
    )
    HandIn.objects.bulk_create(
        HandIn(member=members[m.code], kind=kind, year=year, submitted_date=day)
        for m in world.members
        for (kind, year), day in m.hand_ins.items()
    )
