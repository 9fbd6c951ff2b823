"""The programme of meetings and activities, who was expected at each, and who came."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle, islice
from random import Random

from exits.management.demo.cast import GAPS
from exits.management.demo.chance import office_day, pick, read_data, stream
from exits.management.demo.people import SECTORS, DemoMember

WORDING = read_data("wording")
PLENARY_SITTINGS = 5
PLENARIES = (
    date(2021, 10, 20),
    date(2023, 1, 4),
    date(2024, 1, 9),
    date(2025, 1, 7),
    date(2026, 1, 13),
)
ORDINALS = "一二三四五六七八九十"
PREFIXES = {
    "全体会议": "QT",
    "常委会会议": "CW",
    "专题议政性常委会会议": "ZY",
    "主席会议": "ZX",
    "专题协商会": "XS",
    "重要协商活动": "XH",
    "学习培训": "PX",
    "学习座谈": "ZT",
    "民主监督": "JD",
    "调研": "DH",
    "视察考察": "SC",
    "专委会活动": "ZW",
    "界别活动": "JB",
    "主题活动": "HD",
    "秘书长和办公室主任工作会议": "MS",
    "其他会议": "QH",
}
LIAISON_SECTION = "委员联络科"
#: What the sectors care about with which a committee liaises.
CONCERNS: dict[str, list[str]] = {}
for one in SECTORS:
    CONCERNS.setdefault(one["committee"], []).extend(one["concerns"])


@dataclass(frozen=True)
class DemoMeeting:
    """`expected` are those with attendance rows; nobody where only its record is known."""

    number: str
    title: str
    kind: str
    start: date
    end: date
    organiser: str
    place: str
    sector: str
    committee: str
    topic: str
    sittings: int
    expected: tuple[DemoMember, ...]


@dataclass
class Programme:
    """Plans one year. A full year has every activity, a lean one the least that was due."""

    members: list[DemoMember]
    year: int
    seed: int
    full: bool
    since: date
    until: date

    def __post_init__(self) -> None:
        self.rng = stream(self.seed, "meetings", self.year)
        self.numbers: Counter[str] = Counter()
        self.concerns = cycle(self.shuffled_concerns())

    def shuffled_concerns(self) -> list[str]:
        concerns = [concern for sector in SECTORS for concern in sector["concerns"]]
        self.rng.shuffle(concerns)
        return concerns

    def meetings(self) -> list[DemoMeeting]:
        """In date order, from `since` to `until`, both included."""
        plans = (
            self.plenaries,
            self.standing_meetings,
            self.councils,
            self.consultations,
            self.trainings,
            self.seminars,
            self.oversight,
            self.tours,
            self.committee_activities,
            self.sector_activities,
            self.themed_activities,
            self.office_meetings,
        )
        held = [
            meeting
            for plan in plans
            for meeting in plan()
            if self.since <= meeting.start <= self.until
        ]
        return sorted(held, key=lambda meeting: (meeting.start, meeting.number))

    def hold(
        self,
        kind: str,
        title: str,
        day: date,
        expected: list[DemoMember],
        *,
        days: int = 1,
        sittings: int = 1,
        organiser: str = LIAISON_SECTION,
        place: str = "",
        sector: str = "",
        committee: str = "",
        topic: str = "",
    ) -> DemoMeeting:
        day = office_day(day)
        self.numbers[kind] += 1
        return DemoMeeting(
            number=f"{PREFIXES[kind]}-{self.year}-{self.numbers[kind]:02}",
            title=title,
            kind=kind,
            start=day,
            end=day + timedelta(days=days - 1),
            organiser=organiser,
            place=place or self.rng.choice(WORDING["places_of_meeting"]),
            sector=sector,
            committee=committee,
            topic=topic,
            sittings=sittings,
            expected=tuple(one for one in expected if one.is_invited(day)),
        )

    def day(self, month: int, first: int = 5, last: int = 25) -> date:
        return date(self.year, month, self.rng.randint(first, last))

    def crowd(self, size: int) -> list[DemoMember]:
        """Some members, as many as an invitation list of that length in an assembly of 330."""
        wanted = max(3, round(size * len(self.members) / 330))
        return pick(self.rng, self.members, wanted)

    def plenaries(self) -> Iterator[DemoMeeting]:
        for ordinal, day in zip(ORDINALS, PLENARIES, strict=False):
            if day.year == self.year:
                title = f"政协萍乡市第十四届委员会第{ordinal}次会议"
                yield self.hold(
                    "全体会议",
                    title,
                    day,
                    self.members,
                    days=4,
                    sittings=PLENARY_SITTINGS,
                    organiser="大会会风会纪监督组",
                    place="安源大剧院",
                )

    def standing_meetings(self) -> Iterator[DemoMeeting]:
        ordinary, thematic = "常委会会议", "专题议政性常委会会议"
        first = 1 if self.year == 2021 else 2 + 5 * (self.year - 2022)
        plan = [(3, ordinary), (5, thematic), (8, ordinary), (10, thematic), (12, ordinary)]
        if self.year == 2021:
            plan = [(11, ordinary)]
        for number, (month, kind) in enumerate(plan, start=first):
            if kind == thematic and self.lacks_thematic_meeting(month):
                kind = ordinary
            day = office_day(self.day(month, 15, 24))
            standing = [one for one in self.members if one.is_standing(day)]
            others = [
                one for one in self.members if not one.is_standing(day) and not one.part.story
            ]
            subject = next(self.concerns) if kind == thematic else "履职工作"
            yield self.hold(
                kind,
                f"十四届政协常委会第{number}次会议",
                day,
                [*standing, *pick(self.rng, others, self.rng.randint(2, 5))],
                sittings=2 if kind == thematic else 1,
                organiser="市政协办公室",
                topic=subject,
            )

    def lacks_thematic_meeting(self, month: int) -> bool:
        return GAPS.thematic_meeting["window"] == f"{self.year}H{1 if month <= 6 else 2}"

    def councils(self) -> Iterator[DemoMeeting]:
        leaders = [
            one
            for one in self.members
            if one.posts and one.posts[0][0] in {"主席", "副主席", "秘书长"}
        ]
        for month in (1, 3, 4, 6, 7, 9, 11, 12) if self.full else (3, 6, 9, 12):
            title = f"市政协{self.year}年{month}月主席会议"
            yield self.hold("主席会议", title, self.day(month), leaders, organiser="市政协办公室")

    def consultations(self) -> Iterator[DemoMeeting]:
        for month in (2, 4, 6, 7, 9, 11):
            first = month - (month + 1) % 2
            window = f"{self.year}M{first:02}-{first + 1:02}"
            if window == GAPS.consultation["window"]:
                continue
            kind = self.rng.choice(["专题协商会", "重要协商活动"])
            concern = next(self.concerns)
            host = self.rng.choice(SECTORS)["committee"]
            yield self.hold(
                kind,
                f"“{concern}”{'专题协商会' if kind == '专题协商会' else '协商座谈会'}",
                self.day(month),
                self.crowd(28),
                organiser=host,
                topic=concern,
            )

    def trainings(self) -> Iterator[DemoMeeting]:
        """Everybody's turn comes within the term, whoever left it undone excepted."""
        courses = zip((4, 9) if self.full else (9,), WORDING["trainings"], strict=False)
        for turn, (month, title) in enumerate(courses):
            day = self.day(month)
            share = 5 if self.full else 3
            called = [
                one
                for place, one in enumerate(self.members)
                if one.does("training", self.year)
                and ((place + self.year + 2 * turn) % share < 2 or self.is_new(one))
            ]
            yield self.hold(
                "学习培训", f"{self.year}年{title}", day, called, days=3, place="市委党校报告厅"
            )

    def is_new(self, member: DemoMember) -> bool:
        return member.joined.year == self.year

    def seminars(self) -> Iterator[DemoMeeting]:
        gap = GAPS.study_seminars
        for committee in CONCERNS:
            here = (committee, self.year) == (gap["committee"], gap["year"])
            own = [one for one in self.members if one.committee == committee]
            months = (3, 8, 11) if self.full else (4, 9)
            for month in months[: gap["held"]] if here else months:
                yield self.hold(
                    "学习座谈",
                    f"{committee}{month}月学习座谈会",
                    self.day(month),
                    pick(self.rng, own, round(len(own) * 0.6)),
                    organiser=committee,
                    committee=committee,
                )

    def oversight(self) -> Iterator[DemoMeeting]:
        gap = GAPS.oversight
        for topic in islice(self.concerns, gap["topics"] if self.year == gap["year"] else 2):
            for month, step in ((5, "实地监督"), (9, "监督评议会"))[: 2 if self.full else 1]:
                yield self.hold(
                    "民主监督",
                    f"“{topic}”专项民主监督{step}",
                    self.day(month),
                    self.crowd(18),
                    organiser=self.rng.choice(SECTORS)["committee"],
                    topic=topic,
                )

    def tours(self) -> Iterator[DemoMeeting]:
        for month in (4, 6, 9) if self.full else (6,):
            for kind, verb in (("调研", "调研"), ("视察考察", "视察")):
                concern = next(self.concerns)
                host = self.rng.choice(SECTORS)["committee"]
                yield self.hold(
                    kind,
                    f"{concern}{verb}",
                    self.day(month),
                    self.crowd(20),
                    organiser=host,
                    committee=host,
                    place=self.rng.choice(WORDING["places"][3:]),
                )

    def committee_activities(self) -> Iterator[DemoMeeting]:
        for committee in CONCERNS:
            own = [one for one in self.members if one.committee == committee]
            months = (4, 6, 8, 10) if self.full else ()
            subjects = pick(self.rng, CONCERNS[committee], len(months))
            for month, subject in zip(months, subjects, strict=True):
                yield self.hold(
                    "专委会活动",
                    f"{committee}“{subject}”座谈会",
                    self.day(month),
                    pick(self.rng, own, round(len(own) * 0.7)),
                    organiser=committee,
                    committee=committee,
                )

    def sector_activities(self) -> Iterator[DemoMeeting]:
        gap = GAPS.sector_activities
        for sector in SECTORS:
            own = [one for one in self.members if one.sector == sector["name"]]
            here = (sector["name"], self.year) == (gap["sector"], gap["year"])
            months = (3, 5, 9, 10) if self.full else (5, 9)
            for place, month in enumerate(months[: gap["held"]] if here else months):
                concern = sector["concerns"][(self.year + place) % len(sector["concerns"])]
                known_by_record_only = place == 1
                yield self.hold(
                    "界别活动",
                    f"{sector['name']}“{concern}”界别活动",
                    self.day(month),
                    [] if known_by_record_only else own,
                    organiser=sector["committee"],
                    sector=sector["name"],
                )

    def themed_activities(self) -> Iterator[DemoMeeting]:
        themes = WORDING["themes"] if self.full else WORDING["themes"][:1]
        for month, theme in zip((4, 5, 6, 8, 9, 10), themes, strict=False):
            expected = self.crowd(150)
            yield self.hold("主题活动", f"{self.year}年{theme}", self.day(month), expected)

    def office_meetings(self) -> Iterator[DemoMeeting]:
        if self.year != GAPS.secretaries_meeting["year"]:
            title = f"全市政协{self.year}年秘书长和办公室主任工作会议"
            yield self.hold("秘书长和办公室主任工作会议", title, self.day(7), [])
        if self.full:
            title = f"{self.year}年委员联络工作通报会"
            yield self.hold("其他会议", title, self.day(6), self.crowd(40))


@dataclass
class Register:
    """Takes attendance: (sitting, status, reason of leave) for each member expected."""

    seed: int

    def __post_init__(self) -> None:
        self.missed: Counter[tuple[str, int]] = Counter()

    def take(self, meeting: DemoMeeting) -> Iterator[tuple[DemoMember, int, str, str]]:
        rng = stream(self.seed, "attendance", meeting.number)
        for member in meeting.expected:
            absence = self.scripted(meeting, member) or self.by_chance(rng, meeting, member)
            for sitting in range(1, meeting.sittings + 1):
                status = absence or at_a_sitting(rng, meeting)
                reason = rng.choice(WORDING["leave_reasons"]) if status == "请假" else ""
                yield member, sitting, status, reason

    def scripted(self, meeting: DemoMeeting, member: DemoMember) -> str:
        """How a member with a story stays away; empty where the story says nothing."""
        part, year, plenary = member.part, meeting.start.year, meeting.kind == "全体会议"
        if year in part.idle_years:
            return "请假" if plenary else "缺席"
        if plenary:
            return part.plenaries.get(year, "")
        if meeting.kind.endswith("常委会会议"):
            seen = (member.code, year)
            if self.missed[seen] < part.standing_meetings_missed.get(year, 0):
                self.missed[seen] += 1
                return "缺席"
        return ""

    def by_chance(self, rng: Random, meeting: DemoMeeting, member: DemoMember) -> str:
        """Missed throughout with leave, now and then without; never by a member with a story."""
        if member.part.story:
            return ""
        important = meeting.kind == "全体会议" or meeting.kind.endswith("常委会会议")
        unlikely = 0.3 if important else 1.0
        if rng.random() >= unlikely * (0.03 + 0.25 * (1 - member.diligence)):
            return ""
        return "缺席" if rng.random() < (0.03 if important else 0.08) else "请假"


def at_a_sitting(rng: Random, meeting: DemoMeeting) -> str:
    """Nobody misses the only sitting by way of a single sitting's chance."""
    chance = rng.random()
    if chance < 0.02:
        return "迟到"
    if chance < 0.03:
        return "早退"
    return "请假" if chance < 0.05 and meeting.sittings > 1 else "出席"
