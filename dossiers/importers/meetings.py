"""会议活动, 考勤, 会议发言 and 外单位活动: what was held, who came, who spoke."""

from collections.abc import Mapping

from attendance.choices import (
    ATTENDED_STATUSES,
    STANDING_COMMITTEE_KINDS,
    AttendanceStatus,
    MeetingKind,
    SpeechManner,
    SpeechOccasion,
)
from attendance.models import Attendance, Meeting, OutsideInvitation, Speech
from attendance.querysets import SEPARATELY_COLLECTED
from attendance.selectors import leave_places
from attendance.services import save_attendance, save_invitations, save_meetings, save_speeches
from core.spreadsheets import values
from dossiers.importers.base import Key, SheetImporter, Stored
from dossiers.importers.columns import (
    COMMITTEE,
    SECTOR,
    Column,
    Sheet,
    choice,
    day,
    meeting,
    member,
    number,
    organ,
    text,
    title,
)
from dossiers.importers.contradictions import members_at_meetings
from dossiers.importers.querying import in_lists
from dossiers.importers.register import MeetingState
from dossiers.importers.rows import ParsedRow, SheetRows
from members.choices import Post, RecordKind

#: Non-voting participants at one 常委会会议 are normally no more (萍协字〔2022〕24号 一).
USUAL_NON_VOTING = 5
LAST_SITTING = 999
ATTENDANCE_KINDS = (RecordKind.ATTENDANCE, *SEPARATELY_COLLECTED.values())


def attendance_kind(meeting_kind: str) -> RecordKind:
    """Which kind of record the attendance of such a meeting is, for those who collect it."""
    return SEPARATELY_COLLECTED.get(MeetingKind(meeting_kind), RecordKind.ATTENDANCE)


class MeetingImporter(SheetImporter):
    sheet = Sheet(
        "会议活动",
        (
            number("编号"),
            title("名称"),
            choice("类别", "kind", MeetingKind, required=True, width=22),
            day("开始日期", "start_date", required=True),
            day("结束日期", "end_date", note="最后一天；当天结束的留空"),
            text("承办部门", "organiser"),
            text("地点", "place"),
            organ("界别", SECTOR),
            organ("专委会", COMMITTEE),
            text("议题", "topic", width=30),
        ),
        kinds=ATTENDANCE_KINDS,
        note="每次会议、活动一行；没有考勤的活动也可登记。",
    )
    model = Meeting
    term_path = "term"
    paths = {
        "number": "number",
        "title": "title",
        "kind": "kind",
        "start_date": "start_date",
        "end_date": "end_date",
        "organiser": "organiser",
        "place": "place",
        "sector": "sector__name",
        "committee": "committee__name",
        "topic": "topic",
    }
    service = staticmethod(save_meetings)

    def owner(self, row: ParsedRow) -> tuple[RecordKind, str | None]:
        return attendance_kind(row.values["kind"]), row.values["organiser"]

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        start, end = row.values["start_date"], row.values["end_date"]
        if not self.term.contains(start):
            period = f"{self.term.start_date} 至 {self.term.end_date}"
            problem = f"开始日期不在本届任期（{period}）之内"
            rows.refuse(row, "start_date", problem, "请核对日期或届次")
        elif end is not None and not self.term.contains(end) and end >= start:
            problem = f"结束日期不在本届任期（{self.term.start_date} 至 {self.term.end_date}）之内"
            rows.refuse(row, "end_date", problem, "请核对日期或届次")
        if end is not None and end < start:
            rows.refuse(row, "end_date", "结束日期早于开始日期", "请核对两个日期")
        self.check_owner(rows, row, "kind")
        if stored is not None:
            before = ParsedRow(row.number, {}, dict(stored.values))
            if not self.context.scope.covers(*self.owner(before)):
                rows.refuse(row, "number", "已登记的会议由其他部门承办", "请由承办部门修改")

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        """A meeting must not move to a day on which someone recorded there did not serve."""
        moved = {
            key[0]: row
            for key, row in unique.items()
            if rows.is_good(row) and key in stored
            if stored[key].values["start_date"] != row.values["start_date"]
        }
        for meeting_number, code, came in members_at_meetings(self.term, moved):
            row, on = moved[meeting_number], moved[meeting_number].values["start_date"]
            suspended = came and self.register.is_suspended(code, on)
            if rows.is_good(row) and (suspended or not self.register.serves(code, on)):
                state = "暂停履职" if suspended else "不在任"
                problem = f"已登记在此会议上的委员 {code} 在 {on} {state}"
                rows.refuse(row, "start_date", problem, "请核对日期，或先更正该委员的记录")

    def accept(self, row: ParsedRow) -> None:
        given = row.values
        self.register.meetings[given["number"]] = MeetingState(
            given["number"], given["kind"], given["start_date"], given["organiser"]
        )

    def reject(self, row: ParsedRow) -> None:
        meeting_number = row.values.get("number")
        if meeting_number and meeting_number not in self.register.meetings:
            self.register.bad_meetings.setdefault(meeting_number, row.number)


class AtMeetingImporter(SheetImporter):
    """Rows of a member at a meeting."""

    def meeting_of(self, row: ParsedRow) -> MeetingState:
        return self.register.meetings[row.values["meeting"]]


class AttendanceImporter(AtMeetingImporter):
    sheet = Sheet(
        "考勤",
        (
            meeting(),
            Column(
                "场次",
                "sitting",
                values.integer(lowest=1, highest=LAST_SITTING, unit="场次"),
                key=True,
                empty=1,
                note="空 = 1",
                width=8,
            ),
            member(key=True),
            choice("状态", "status", AttendanceStatus, required=True, width=10),
            text("请假事由", "leave_reason", width=24),
        ),
        kinds=ATTENDANCE_KINDS,
        note="应出席的委员每人每场一行。",
    )
    model = Attendance
    term_path = "sitting__meeting__term"
    paths = {
        "meeting": "sitting__meeting__number",
        "sitting": "sitting__number",
        "member": "member__code",
        "status": "status",
        "leave_reason": "leave_reason",
        "is_walk_in": "is_walk_in",
    }
    service = staticmethod(save_attendance)

    def owner(self, row: ParsedRow) -> tuple[RecordKind, str | None]:
        held = self.meeting_of(row)
        return attendance_kind(held.kind), held.organiser

    def stored(self, unique: Mapping[Key, ParsedRow]) -> dict[Key, Stored]:
        """Only the meetings named: a term has hundreds of thousands of rows."""
        named = dict.fromkeys(key[0] for key in unique)
        stored: dict[Key, Stored] = {}
        for some in in_lists(named):
            stored |= self.read(
                Attendance.objects.filter(
                    sitting__meeting__term=self.term, sitting__meeting__number__in=some
                )
            )
        return stored

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        code, on = row.values["member"], self.meeting_of(row).start_date
        if not self.register.serves(code, on):
            self.check_serving(rows, row, "member", code, on)
        elif self.register.is_suspended(code, on):
            name = self.register.members[code].name
            problem = f"委员 {code} {name} 在 {on} 暂停履职，不能登记考勤"
            rows.refuse(row, "member", problem, "请删去此行，或核对暂停履职的起止日期")
        came = row.values["status"] in ATTENDED_STATUSES
        if stored is not None and stored.values["is_walk_in"] and not came:
            problem = "名单之外到会的委员没有缺席或请假"
            rows.refuse(row, "status", problem, "请核对；没有到会的，请在签到页撤销签到")
        if not self.context.scope.is_whole:
            self.check_owner(rows, row, "meeting")

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        """Nobody on approved leave is absent. Warns of more non-voting participants at a
        常委会会议 than is usual.
        """
        self._check_leave(rows, unique, stored)
        non_voting: dict[str, set[str]] = {}
        first_rows: dict[str, ParsedRow] = {}
        for key, row in unique.items():
            if rows.is_good(row) and self._is_non_voting(key):
                first_rows.setdefault(key[0], row)
                non_voting.setdefault(key[0], set()).add(key[2])
        for key in stored:
            if key[0] in non_voting and self._is_non_voting(key):
                non_voting[key[0]].add(key[2])
        for meeting_number, codes in non_voting.items():
            if len(codes) > USUAL_NON_VOTING:
                problem = f"列席委员 {len(codes)} 人，超过 {USUAL_NON_VOTING} 人"
                remedy = "请核对；确需超过的应有书面理由"
                rows.caution(first_rows[meeting_number], "meeting", problem, remedy)

    def _check_leave(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        absent: dict[str, list[tuple[Key, ParsedRow]]] = {}
        for key, row in unique.items():
            if row.values["status"] == AttendanceStatus.ABSENT and rows.is_good(row):
                known = stored.get(key)
                if known is None or known.values["status"] != AttendanceStatus.ABSENT:
                    absent.setdefault(key[0], []).append((key, row))
        for some in in_lists(absent):
            leave = leave_places(term=self.term, meetings=some)
            for meeting_number in some:
                for key, row in absent[meeting_number]:
                    if leave.covers(*key):
                        problem = "该委员本场已获准请假，不是缺席"
                        rows.refuse(row, "status", problem, "请填请假；请假有误的，请先更正请假")

    def _is_non_voting(self, key: Key) -> bool:
        meeting_number, _, code = key
        held = self.register.meetings[meeting_number]
        return held.kind in STANDING_COMMITTEE_KINDS and not self.register.holds(
            code, Post.STANDING_MEMBER, held.start_date
        )


class SpeechImporter(AtMeetingImporter):
    sheet = Sheet(
        "会议发言",
        (
            meeting(),
            member(key=True),
            title("题目", key=True),
            choice("方式", "manner", SpeechManner, required=True, width=10),
            choice("场合", "occasion", SpeechOccasion),
            day("日期", "date"),
        ),
        kinds=(RecordKind.SPEECH,),
        note="场合留空即大会发言。统计年度以会议开始日期为准。",
    )
    model = Speech
    paths = {
        "meeting": "meeting__number",
        "member": "member__code",
        "title": "title",
        "manner": "manner",
        "occasion": "occasion",
        "date": "date",
    }
    service = staticmethod(save_speeches)

    def owner(self, row: ParsedRow) -> tuple[RecordKind, str | None]:
        return RecordKind.SPEECH, self.meeting_of(row).organiser

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        on = self.meeting_of(row).start_date
        self.check_serving(rows, row, "member", row.values["member"], on)
        self.check_owner(rows, row, "meeting")


class InvitationImporter(SheetImporter):
    sheet = Sheet(
        "外单位活动",
        (
            member(key=True),
            day("日期", "date", required=True, key=True),
            title("名称", key=True),
            text("邀请单位", "inviter"),
        ),
        kinds=(RecordKind.INVITATION,),
        note="应邀以委员身份参加的外单位会议活动。",
    )
    model = OutsideInvitation
    paths = {"member": "member__code", "date": "date", "title": "title", "inviter": "inviter"}
    service = staticmethod(save_invitations)

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        self.check_serving(rows, row, "date", row.values["member"], row.values["date"])
        self.check_owner(rows, row, "member")
