"""The invented term as the workbooks the office would have imported, one a year."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from exits.management.demo.chance import pick, stream
from exits.management.demo.meetings import DemoMeeting, Programme, Register
from exits.management.demo.people import DemoMember, invite_members
from exits.management.demo.works import Row, Works

Sheets = dict[str, list[Row]]
#: Members who served in the term before, and whoever served only then.
PREVIOUS_MEMBERS = 40
RETURNING_SHARE = 0.6


@dataclass(frozen=True)
class TermOutline:
    code: str
    name: str
    pack: str
    starts: date
    ends: date


@dataclass(frozen=True)
class DemoWorkbook:
    """Imported on a day; `year` is the year whose rules can then be run, none for the roster."""

    title: str
    day: date
    year: int | None
    sheets: Sheets


@dataclass(frozen=True)
class DemoTerm:
    """`told_until` is the last day of which anything is told; the term's last year is running."""

    outline: TermOutline
    told_until: date
    members: list[DemoMember]
    workbooks: list[DemoWorkbook]

    def playing(self, key: str) -> DemoMember:
        """The member with that key in the cast."""
        return next(member for member in self.members if member.part.key == key)


TERM = TermOutline(
    "pingxiang-14", "政协萍乡市第十四届委员会", "pingxiang", date(2021, 10, 1), date(2026, 12, 31)
)
PREVIOUS_TERM = TermOutline(
    "pingxiang-13", "政协萍乡市第十三届委员会", "pingxiang", date(2016, 11, 1), date(2021, 9, 30)
)
TOLD_UNTIL = date(2026, 11, 20)
INSTALMENT, INSTALMENTS = timedelta(days=21), 3
#: The member in the cast whose report of the year was entered late.
LATE_OPINION = "late_opinion"
YEARS = range(TERM.starts.year, TERM.ends.year + 1)
MOST_FULL_YEARS = TERM.ends.year - TERM.starts.year


def invent_term(*, members: int = 330, years: int = 3, seed: int = 1) -> DemoTerm:
    """The last `years` calendar years in full, the earlier ones with the least that was due."""
    people = invite_members(members, seed)
    workbooks = [DemoWorkbook("委员名册", date(2021, 10, 25), None, roster_sheets(people))]
    register = Register(seed)
    for year in YEARS:
        full = year > TERM.ends.year - years
        span = {"since": TERM.starts, "until": TOLD_UNTIL}
        programme = Programme(people, year, seed, full=full, **span)
        works = Works(people, year, seed, full=full, **span)
        sheets = year_sheets(programme, register, works)
        last = min(date(year, 12, 31), TOLD_UNTIL)
        sheets_told = on_time(sheets, last)
        if last == TOLD_UNTIL:
            *earlier, sheets_told = instalments(sheets_told, last)
            workbooks += [
                DemoWorkbook(f"{year}年履职记录（截至{day.month}月{day.day}日）", day, None, part)
                for day, part in zip(instalment_days(last), earlier, strict=True)
            ]
        workbooks.append(DemoWorkbook(f"{year}年履职记录", last, year, sheets_told))
        if last < TOLD_UNTIL:
            day = date(year + 1, 1, 20)
            late = supplement(sheets, people, last)
            workbooks.append(DemoWorkbook(f"{year}年度补录", day, year, late))
    return DemoTerm(TERM, TOLD_UNTIL, people, workbooks)


def instalment_days(last: date) -> list[date]:
    """Before the last import of the running year, records are brought in every three weeks."""
    return [last - INSTALMENT * step for step in range(INSTALMENTS, 0, -1)]


def instalments(sheets: Sheets, last: date) -> list[Sheets]:
    """The year's rows by the first import after each of them."""
    days = [*instalment_days(last), last]
    meetings = {row["编号"]: row["结束日期"] or row["开始日期"] for row in sheets["会议活动"]}
    parts: list[Sheets] = [{title: [] for title in sheets} for _ in days]
    for title, rows in sheets.items():
        for row in rows:
            place = bisect_left(days, told_on(row, meetings))
            parts[min(place, len(days) - 1)][title].append(row)
    return parts


def told_on(row: Row, meetings: Mapping[str, date]) -> date:
    """The day of the event: of the row's meeting, else its own."""
    if "会议编号" in row:
        return meetings[row["会议编号"]]
    if row.get("编号") in meetings:
        return meetings[row["编号"]]
    return next(value for value in row.values() if isinstance(value, date))


def on_time(sheets: Sheets, last: date) -> Sheets:
    hand_ins = [row for row in sheets["材料提交"] if row["提交日期"] <= last]
    return sheets | {"材料提交": hand_ins}


def supplement(sheets: Sheets, people: list[DemoMember], last: date) -> Sheets:
    """What reached the office in January: forms handed in late, and a report entered late."""
    opinions = [
        {
            "编号": f"S{last.year}B001",
            "标题": "建议在背街小巷增设夜间照明",
            "报送人": [member.code],
            "报送日期": date(last.year, 12, 24),
            "采用": [],
            "批示": [],
            "来源提案号": "",
        }
        for member in people
        if member.part.key == LATE_OPINION and not member.does("opinions", last.year)
    ]
    hand_ins = [row for row in sheets["材料提交"] if row["提交日期"] > last]
    return {"社情民意": opinions, "材料提交": hand_ins}


def roster_sheets(people: list[DemoMember]) -> Sheets:
    return {
        "委员名册": [roster_row(member) for member in people],
        "暂停履职": [row for member in people for row in suspension_rows(member)],
        "职务任期": [row for member in people for row in post_rows(member)],
    }


def roster_row(member: DemoMember) -> Row:
    first = member.standing[:1]
    return {
        "委员编号": member.code,
        "姓名": member.name,
        "性别": member.gender,
        "民族": member.ethnicity,
        "出生年月": member.birth_month,
        "党派": member.party,
        "界别": member.sector,
        "单位职务": member.employer_post,
        "联系电话": member.phone,
        "专委会": member.committee,
        "推荐单位": member.nominating_body,
        "县区联络组": member.liaison_group,
        "入届日期": member.joined,
        "退出日期": None if member.part.by_case else member.exited,
        "常委任职日期": first[0][0] if first else None,
        "常委卸任日期": first[0][1] if first else None,
    }


def suspension_rows(member: DemoMember) -> Iterator[Row]:
    for span in () if member.part.by_case else member.part.suspended:
        yield {
            "委员编号": member.code,
            "开始日期": span["start"],
            "结束日期": span.get("end"),
            "决定文号": span["document"],
        }


def post_rows(member: DemoMember) -> Iterator[Row]:
    """Posts besides the first time as 常委, which the roster itself tells."""
    posts: list[tuple[str, str, Any]] = [
        (post, organ, member.standing[0] if member.standing else (member.joined, None))
        for post, organ in member.posts
    ]
    posts += [("常委", "", span) for span in member.standing[1:]]
    for post, organ, (start, end) in posts:
        yield {
            "委员编号": member.code,
            "职务": post,
            "开始日期": start,
            "结束日期": end,
            "所在机构": organ,
        }


def year_sheets(programme: Programme, register: Register, works: Works) -> Sheets:
    meetings = programme.meetings()
    attendance: list[Row] = []
    speeches: list[Row] = []
    for meeting in meetings:
        rows = list(register.take(meeting))
        attendance += [
            attendance_row(meeting, member, sitting, status, reason)
            for member, sitting, status, reason in rows
        ]
        came = {member.code for member, _, status, _ in rows if status in {"出席", "迟到", "早退"}}
        present = [member for member in meeting.expected if member.code in came]
        speeches += {
            (row["委员编号"], row["题目"]): row for row in works.speeches(meeting, present)
        }.values()
    proposals = works.proposals()
    return {
        "会议活动": [meeting_row(meeting) for meeting in meetings],
        "考勤": attendance,
        "会议发言": speeches,
        "提案": proposals,
        "社情民意": works.opinions(proposals),
        "调研视察": works.research(),
        "发表文章": works.articles(),
        "外单位活动": list(works.invitations()),
        "奖惩": list(works.conduct()),
        "材料提交": list(works.hand_ins()),
    }


def meeting_row(meeting: DemoMeeting) -> Row:
    return {
        "编号": meeting.number,
        "名称": meeting.title,
        "类别": meeting.kind,
        "开始日期": meeting.start,
        "结束日期": meeting.end,
        "承办部门": meeting.organiser,
        "地点": meeting.place,
        "界别": meeting.sector,
        "专委会": meeting.committee,
        "议题": meeting.topic,
    }


def attendance_row(
    meeting: DemoMeeting, member: DemoMember, sitting: int, status: str, reason: str
) -> Row:
    return {
        "会议编号": meeting.number,
        "场次": sitting,
        "委员编号": member.code,
        "状态": status,
        "请假事由": reason,
    }


def invent_previous_term(term: DemoTerm, seed: int = 1) -> DemoTerm:
    """The roster of the term before: some persons served in both, under another number."""
    rng = stream(seed, "previous")
    once = {(one.name, one.birth_month): one for one in reversed(term.members)}
    elder = [one for one in once.values() if one.birth_month.year < 1975 and one.joined < TERM.ends]
    returning = pick(rng, elder, round(PREVIOUS_MEMBERS * RETURNING_SHARE))
    strangers = pick(rng, invite_members(330, seed + 1), PREVIOUS_MEMBERS - len(returning))
    people = sorted([*returning, *strangers], key=lambda one: (one.sector, one.code))
    people = [
        replace(
            one,
            code=f"13{number:03}",
            joined=date(2016, 11, 18),
            exited=None,
            standing=((date(2016, 11, 23), None),) if number % 6 == 1 else (),
            posts=(),
            suspended=(),
        )
        for number, one in enumerate(people, start=1)
    ]
    roster = {"委员名册": [roster_row(member) for member in people]}
    return DemoTerm(
        PREVIOUS_TERM,
        PREVIOUS_TERM.ends,
        people,
        [DemoWorkbook("委员名册", PREVIOUS_TERM.starts, None, roster)],
    )


def write_workbook(sheets: Sheets, path: Path) -> Path:
    """An import workbook holding these rows; sheets without rows are left out."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        if rows:
            sheet = book.create_sheet(title)
            sheet.append(list(rows[0]))
            for row in rows:
                sheet.append([cell(value) for value in row.values()])
    book.save(path)
    return path


def cell(value: Any) -> Any:
    return "、".join(value) if isinstance(value, list) else value or None
