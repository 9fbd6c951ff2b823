"""What members wrote, led, joined, handed in and were given in one year, as workbook rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from exits.management.demo.chance import day_between, office_day, pick, read_data, some, stream
from exits.management.demo.meetings import DemoMeeting
from exits.management.demo.people import SECTORS, DemoMember

WORDING = read_data("wording")
SECTOR = {sector["name"]: sector for sector in SECTORS}
NEWCOMER_GRACE = timedelta(days=100)

Row = dict[str, Any]


@dataclass
class Works:
    """One year's written work. A full year has all of it, a lean one what everybody owes."""

    members: list[DemoMember]
    year: int
    seed: int
    full: bool
    since: date
    until: date

    def __post_init__(self) -> None:
        first, last = (
            max(self.since, date(self.year, 1, 1)),
            min(self.until, date(self.year, 12, 31)),
        )
        self.first, self.last = first, last
        self.by_sector: dict[str, list[DemoMember]] = {}
        for member in self.members:
            self.by_sector.setdefault(member.sector, []).append(member)

    # Common ----------------------------------------------------------------------------------

    def numbered(self, prefix: str, column: str, dated: str, rows: Iterable[Row]) -> list[Row]:
        """In the order in which an office would have entered them."""
        return [
            {column: f"{prefix}{self.year}{number:04}", **row}
            for number, row in enumerate(sorted(rows, key=lambda row: row[dated]), start=1)
        ]

    def phrase(self, rng: Random, kind: str, sector: str) -> str:
        """A title of that kind on something the sector cares about."""
        concern = rng.choice(SECTOR[sector]["concerns"])
        place = rng.choice(WORDING["places"])
        return rng.choice(WORDING[kind]).format(concern=concern, place=place)

    def writing_day(self, rng: Random, member: DemoMember) -> date | None:
        """A day of the year on which the member was serving and not suspended, if any."""
        first = max(self.first, member.joined)
        last = min(self.last, member.exited - timedelta(days=4)) if member.exited else self.last
        if first > last:
            return None
        day = office_day(day_between(rng, first, last))
        return day if member.is_invited(day) and day <= self.last else None

    def partners(
        self, rng: Random, duty: str, member: DemoMember, on: date, most: int
    ) -> list[str]:
        """Members of the same sector who join in; none whose story leaves that duty undone."""
        able = [
            one
            for one in self.by_sector[member.sector]
            if one is not member and one.is_invited(on) and one.does(duty, self.year)
        ]
        return [one.code for one in pick(rng, able, rng.randint(1, most))]

    def owes_this_year(self, member: DemoMember) -> bool:
        return member.joined + NEWCOMER_GRACE < self.last

    def times(self, rng: Random, member: DemoMember, duty: str, mean: float) -> int:
        """How many pieces owed at least one a year; few ordinary members write none."""
        if not member.does(duty, self.year):
            return 0
        running = self.last < date(self.year, 12, 31)
        forgets = 0.02 + 0.1 * (1 - member.diligence) ** 2 + (0.12 if running else 0)
        if not member.part.story and rng.random() < forgets:
            return 0
        return 1 + (some(rng, mean * member.diligence) if self.full else 0)

    # Records ---------------------------------------------------------------------------------

    def proposals(self) -> list[Row]:
        return self.numbered("T", "提案号", "提交日期", self.drafts())

    def drafts(self) -> Iterator[Row]:
        rng = stream(self.seed, "proposals", self.year)
        for member in self.members:
            for _ in range(some(rng, (1.6 if self.full else 0.4) * member.diligence)):
                if day := self.proposal_day(rng, member):
                    joint = rng.random() < 0.65
                    others = self.partners(rng, "proposals", member, day, 5) if joint else []
                    yield {
                        "案由": self.phrase(rng, "proposals", member.sector),
                        "第一提案人": member.code,
                        "联名人": others,
                        "提交日期": day,
                        **self.handled(rng, SECTOR[member.sector]["units"]),
                    }

    def proposal_day(self, rng: Random, member: DemoMember) -> date | None:
        """Mostly around the plenary session in January, else any day."""
        day = office_day(date(self.year, 1, rng.randint(4, 19)))
        if rng.random() < 0.7 and self.first <= day <= self.last and member.is_invited(day):
            return day
        return self.writing_day(rng, member)

    def handled(self, rng: Random, units: list[str]) -> Row:
        examined = rng.choices(["立案", "不予立案", "转社情民意"], [83, 9, 8])[0]
        on_file = examined == "立案"
        running = self.last < date(self.year, 12, 31)
        results = ["采纳", "解决", "列入计划", "留作参考", ""]
        weights = [34, 14, 20, 12, 20] if running else [42, 18, 25, 15, 0]
        return {
            "审查结果": examined,
            "办理结果": rng.choices(results, weights)[0] if on_file else "",
            "重点": "是" if on_file and rng.random() < 0.04 else "否",
            "优秀": "是" if on_file and not running and rng.random() < 0.05 else "否",
            "承办单位": rng.choice(units) if on_file else "",
        }

    def opinions(self, proposals: list[Row]) -> list[Row]:
        return self.numbered("S", "编号", "报送日期", self.reported(proposals))

    def reported(self, proposals: list[Row]) -> Iterator[Row]:
        """Those of their own accord, then those into which a proposal was turned."""
        rng = stream(self.seed, "opinions", self.year)
        for member in self.members:
            if self.owes_this_year(member):
                for _ in range(self.times(rng, member, "opinions", 1.6)):
                    if day := self.writing_day(rng, member):
                        yield self.opinion(rng, member, day)
        authors = {member.code: member for member in self.members}
        for proposal in proposals:
            author, day = authors[proposal["第一提案人"]], proposal["提交日期"]
            if proposal["审查结果"] == "转社情民意" and author.does("opinions", self.year):
                yield self.opinion(rng, author, day) | {
                    "标题": proposal["案由"],
                    "来源提案号": proposal["提案号"],
                }

    def opinion(self, rng: Random, member: DemoMember, day: date) -> Row:
        joint = rng.random() < 0.1
        others = self.partners(rng, "opinions", member, day, 2) if joint else []
        return {
            "标题": self.phrase(rng, "opinions", member.sector),
            "报送人": [member.code, *others],
            "报送日期": day,
            "采用": rng.choices(
                [[], ["市"], ["市", "省"], ["县区"], ["市", "省", "全国"]], [55, 27, 9, 7, 2]
            )[0],
            "批示": rng.choices([[], ["市"], ["县区"], ["省"]], [90, 7, 2, 1])[0],
            "来源提案号": "",
        }

    def research(self) -> list[Row]:
        return self.numbered("D", "编号", "完成日期", self.researched())

    def researched(self) -> Iterator[Row]:
        rng = stream(self.seed, "research", self.year)
        for member in self.members:
            if self.owes_this_year(member):
                for _ in range(self.times(rng, member, "research", 0.3)):
                    if day := self.writing_day(rng, member):
                        joint = rng.random() < 0.12
                        others = self.partners(rng, "research", member, day, 3) if joint else []
                        yield self.research_row(
                            rng, "reports", "自主调研", [member.code, *others], day, member.sector
                        )
        yield from self.topics(rng)
        yield from self.tours(rng)

    def research_row(
        self, rng: Random, wording: str, kind: str, codes: list[str], day: date, sector: str
    ) -> Row:
        own = kind == "自主调研"
        return {
            "题目": self.phrase(rng, wording, sector),
            "类型": kind,
            "参加人": codes,
            "完成日期": day,
            "成果": rng.choice(WORDING["results"]),
            "承办部门": "" if own else SECTOR[sector]["committee"],
        }

    def topics(self, rng: Random) -> Iterator[Row]:
        """Over the years every member's turn comes, whoever left it undone excepted."""
        turn = [
            one
            for place, one in enumerate(self.members)
            if place % 4 == self.year % 4
            and one.does("topic", self.year)
            and self.year not in one.part.idle_years
        ]
        rng.shuffle(turn)
        for group in range(0, len(turn), 12):
            yield from self.outing(rng, "topics", "调研协商课题", turn[group : group + 12])

    def tours(self, rng: Random) -> Iterator[Row]:
        for wording, kind in (("inspections", "视察"), ("study_tours", "考察")):
            crowd = [one for one in self.members if self.year not in one.part.idle_years]
            rng.shuffle(crowd)
            crowd = crowd[: round(len(crowd) * (0.35 if self.full else 0.05))]
            for group in range(0, len(crowd), 16):
                yield from self.outing(rng, wording, kind, crowd[group : group + 16])

    def outing(
        self, rng: Random, wording: str, kind: str, group: list[DemoMember]
    ) -> Iterator[Row]:
        day = office_day(day_between(rng, self.first, self.last - timedelta(days=3)))
        there = [one for one in group if one.is_invited(day)]
        if there:
            codes = [one.code for one in there]
            yield self.research_row(rng, wording, kind, codes, day, there[0].sector)

    def articles(self) -> list[Row]:
        return self.numbered("W", "编号", "日期", self.published())

    def published(self) -> Iterator[Row]:
        rng = stream(self.seed, "articles", self.year)
        for member in self.members if self.full else []:
            if rng.random() < 0.2 * member.diligence and (day := self.writing_day(rng, member)):
                publication, level = rng.choice(WORDING["publications"])
                yield {
                    "题目": self.phrase(rng, "articles", member.sector),
                    "委员编号": member.code,
                    "日期": day,
                    "刊物": publication,
                    "级别": level,
                }

    def invitations(self) -> Iterator[Row]:
        rng = stream(self.seed, "invitations", self.year)
        for member in self.members if self.full else []:
            if rng.random() < 0.6 * member.diligence and (day := self.writing_day(rng, member)):
                yield {
                    "委员编号": member.code,
                    "日期": day,
                    "名称": self.phrase(rng, "invitations", member.sector),
                    "邀请单位": rng.choice(WORDING["inviters"]),
                }

    def conduct(self) -> Iterator[Row]:
        rng = stream(self.seed, "conduct", self.year)
        for member in self.members:
            honoured = self.full and rng.random() < 0.06 * member.diligence
            if honoured and (day := self.writing_day(rng, member)) and not member.part.story:
                name, level = rng.choice(WORDING["commendations"])
                yield conduct_row(member, "奖励", name, level, day, "履职成绩突出")
            for row in member.part.conduct:
                if self.first <= row["date"] <= self.last:
                    yield conduct_row(
                        member, row["kind"], row["name"], row["level"], row["date"], row["cause"]
                    ) | {"文号": row["document"]}

    def speeches(self, meeting: DemoMeeting, present: list[DemoMember]) -> Iterator[Row]:
        """Floor speeches and group discussion at a plenary; a few at smaller meetings."""
        rng = stream(self.seed, "speeches", meeting.number)
        for manner, occasion, wanted in speaking_order(meeting, len(present)):
            for member in pick(rng, present, wanted):
                yield {
                    "会议编号": meeting.number,
                    "委员编号": member.code,
                    "题目": self.phrase(rng, "speeches", member.sector),
                    "方式": manner,
                    "场合": occasion,
                    "日期": meeting.start,
                }

    def hand_ins(self) -> Iterator[Row]:
        """None in the year the term began: its first plan of forms came the year after."""
        rng = stream(self.seed, "hand-ins", self.year)
        year_end = date(self.year, 12, 31)
        for member in self.members:
            if self.until < year_end:
                yield from self.term_report(rng, member)
            elif self.year > self.since.year and member.is_invited(year_end):
                yield from self.yearly_papers(rng, member, year_end)

    def yearly_papers(self, rng: Random, member: DemoMember, year_end: date) -> Iterator[Row]:
        """The last weeks of December; a few in the first days of January, a few never."""
        kinds = [("registration", "履职情况登记表")]
        if member.is_standing(year_end):
            kinds += [("duty_report", "述职报告"), ("duty_report", "述职表")]
        elif rng.random() < 0.5:
            kinds += [("yearly_report", "年度履职报告")]
        for duty, kind in kinds:
            chance = rng.random() if not member.part.story else 1.0
            on_time = year_end - timedelta(days=rng.randint(0, 24))
            late = year_end + timedelta(days=rng.randint(3, 12))
            if not member.does(duty, self.year):
                if duty == "registration":
                    yield hand_in(member, self.year, kind, late)
            elif chance >= 0.01:
                yield hand_in(member, self.year, kind, late if chance < 0.03 else on_time)

    def term_report(self, rng: Random, member: DemoMember) -> Iterator[Row]:
        """Collected before the term ends; most have handed theirs in by now."""
        collected = date(self.year, 9, 1)
        duly = member.part.story or rng.random() < 0.93
        if member.is_invited(collected) and member.does("term_report", self.year) and duly:
            day = office_day(day_between(rng, collected, self.until - timedelta(days=3)))
            yield hand_in(member, self.year, "届末履职报告", day)


def conduct_row(member: DemoMember, kind: str, name: str, level: str, day: date, cause: str) -> Row:
    return {
        "委员编号": member.code,
        "类型": kind,
        "种类": name,
        "级别": level,
        "日期": day,
        "事由": cause,
        "文号": "",
    }


def hand_in(member: DemoMember, year: int, kind: str, day: date) -> Row:
    return {"委员编号": member.code, "年度": year, "类型": kind, "提交日期": day}


def speaking_order(meeting: DemoMeeting, present: int) -> list[tuple[str, str, int]]:
    """(方式, 场合, how many) by kind of meeting."""
    if meeting.kind == "全体会议":
        return [
            ("口头", "大会发言", max(1, present // 30)),
            ("书面", "大会发言", max(1, present // 12)),
            ("未采用", "大会发言", max(1, present // 40)),
            ("口头", "分组讨论", present // 4),
        ]
    if meeting.kind.endswith("常委会会议"):
        return [("口头", "大会发言", max(1, present // 15)), ("书面", "大会发言", present // 15)]
    if meeting.kind in {"专题协商会", "重要协商活动", "学习座谈"}:
        return [("口头", "其他", max(1, present // 6))]
    return []
