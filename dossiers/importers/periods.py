"""职务任期 and 暂停履职: periods of a member, of which no two of a kind overlap."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date

from dossiers.importers.base import Key, SheetImporter, SheetPlan, Stored
from dossiers.importers.columns import Sheet, choice, day, member, text
from dossiers.importers.contradictions import BACK_DATING, attendance_of_members
from dossiers.importers.register import Span, UnknownNameError
from dossiers.importers.reopening import Ending, Reopened, check_reopened
from dossiers.importers.rows import ParsedRow, SheetRows
from members.choices import Post
from members.models import SuspensionPeriod, Tenure
from members.services import save_suspensions, save_tenures

#: Posts of a special committee: their 所在机构 must be one.
COMMITTEE_POSTS = (Post.COMMITTEE_DIRECTOR, Post.COMMITTEE_DEPUTY_DIRECTOR)
END_NOTE = "不再担任的第一天；仍在任的留空"


class PeriodImporter(SheetImporter):
    """Rows with a half-open period, of which one member may not have two at once."""

    overlap_noun: str
    ending: Ending

    @abstractmethod
    def known_spans(self, row: ParsedRow) -> dict[date, Span]:
        """The periods the row must not overlap, by their first day, as the register has them."""

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        start, end = row.values["start_date"], row.values["end_date"]
        if end is not None and end < start:
            rows.refuse(row, "end_date", "结束日期早于开始日期", "请核对两个日期")
        left = self.register.members[row.values["member"]].serving.end
        if end is None and left is not None and stored and stored.values["end_date"] == left:
            # It ended with the membership: the blank says nothing else.
            row.values["end_date"] = left

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        check_reopened(
            rows,
            self.ending,
            [
                Reopened(row, stored[key].pk, end)
                for key, row in unique.items()
                if key in stored and row.values["end_date"] is None
                if (end := stored[key].values["end_date"]) is not None
            ],
        )
        groups: dict[Key, list[ParsedRow]] = {}
        for key, row in unique.items():
            if rows.is_good(row):
                groups.setdefault(key[:-1], []).append(row)
        for group in groups.values():
            self._check_group(rows, group)

    def _check_group(self, rows: SheetRows, group: list[ParsedRow]) -> None:
        spans = dict(self.known_spans(group[0]))
        spans |= {row.values["start_date"]: span_of(row) for row in group}
        given = {row.values["start_date"]: row for row in group}
        for earlier, later in overlaps(spans):
            row = given.get(later) or given.get(earlier)
            other = earlier if later in given else later
            if row is not None:
                problem = f"与自 {other} 起的{self.overlap_noun}重叠"
                rows.refuse(row, "start_date", problem, "请核对两段的开始、结束日期")


def span_of(row: ParsedRow) -> Span:
    return Span(row.values["start_date"], row.values["end_date"])


def overlaps(spans: Mapping[date, Span]) -> Iterator[tuple[date, date]]:
    """First days of the pairs that overlap, the earlier first."""
    ordered = sorted(spans)
    for position, later in enumerate(ordered):
        for earlier in ordered[:position]:
            if spans[earlier].overlaps(spans[later]):
                yield earlier, later


class TenureImporter(PeriodImporter):
    sheet = Sheet(
        "职务任期",
        (
            member(key=True),
            choice("职务", "post", Post, required=True, key=True, width=16),
            day("开始日期", "start_date", required=True, key=True),
            day("结束日期", "end_date", note=END_NOTE),
            text("所在机构", "organ", width=24),
        ),
        note="每段任职一行。专委会主任、副主任须填所在专委会。",
    )
    model = Tenure
    paths = {
        "member": "member__code",
        "post": "post",
        "start_date": "start_date",
        "end_date": "end_date",
        "organ": "organ",
    }
    service = staticmethod(save_tenures)
    overlap_noun = "同一职务任期"
    ending = Ending("end_date", Tenure, "end_date", "卸任", "恢复任职", "已卸任的请补填结束日期")

    def known_spans(self, row: ParsedRow) -> dict[date, Span]:
        return self.register.tenures.get((row.values["member"], row.values["post"]), {})

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        super().check_row(rows, row, stored)
        self.check_serving(rows, row, "start_date", row.values["member"], row.values["start_date"])
        self._check_organ(rows, row)
        self._check_shorthand(rows, row)

    def _check_organ(self, rows: SheetRows, row: ParsedRow) -> None:
        organ_name = row.values["organ"]
        if not organ_name or row.values["post"] not in COMMITTEE_POSTS:
            return
        try:
            row.values["organ"] = self.register.committee_name(organ_name)
        except UnknownNameError as unknown:
            offer = f"，相近的有：{unknown.offer}" if unknown.offer else ""
            rows.refuse(row, "organ", "没有这个专委会", f"请核对专委会名称{offer}")

    def _check_shorthand(self, rows: SheetRows, row: ParsedRow) -> None:
        source = self.register.shorthand.get(self.key(row))
        if source is None:
            return
        given = source.values["end_date"]
        if "end_date" not in rows.fields:
            row.values["end_date"] = given
        elif given != row.values["end_date"]:
            problem = f"与《委员名册》第 {source.row} 行的常委卸任日期不一致"
            rows.refuse(row, "end_date", problem, "请改为同一日期，或只在一处填写")

    def accept(self, row: ParsedRow) -> None:
        post = row.values["member"], row.values["post"]
        self.register.tenures[post][row.values["start_date"]] = span_of(row)

    def compare(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> SheetPlan:
        """What the shorthand writes already is not written twice."""
        written = {
            key: Stored(known.pk, {**known.values, "end_date": unique[key].values["end_date"]})
            for key, known in stored.items()
            if key in unique and key in self.register.shorthand
        }
        rest = {}
        for key, row in unique.items():
            if key in self.register.shorthand and key not in stored and rows.is_good(row):
                self.register.shorthand[key].values["organ"] = row.values["organ"]
            else:
                rest[key] = row
        return super().compare(rows, rest, {**stored, **written})


class SuspensionImporter(PeriodImporter):
    sheet = Sheet(
        "暂停履职",
        (
            member(key=True),
            day("开始日期", "start_date", required=True, key=True),
            day("结束日期", "end_date", note="恢复履职的第一天；仍在暂停的留空"),
            text("决定文号", "decision_number", width=24),
        ),
        note="每次暂停履职一行。",
    )
    model = SuspensionPeriod
    paths = {
        "member": "member__code",
        "start_date": "start_date",
        "end_date": "end_date",
        "decision_number": "decision_number",
    }
    service = staticmethod(save_suspensions)
    overlap_noun = "暂停履职"
    ending = Ending(
        "end_date", SuspensionPeriod, "end_date", "恢复履职", "又为暂停", "已恢复的请补填结束日期"
    )

    def known_spans(self, row: ParsedRow) -> dict[date, Span]:
        return self.register.suspensions.get(row.values["member"], {})

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        super().check_together(rows, unique, stored)
        by_member: dict[str, list[ParsedRow]] = {}
        for key, row in unique.items():
            if rows.is_good(row) and _is_extended(stored.get(key), row):
                by_member.setdefault(key[0], []).append(row)
        for code, meeting, on in attendance_of_members(self.term, by_member):
            for row in by_member[code]:
                if span_of(row).covers(on) and rows.is_good(row):
                    problem = f"该委员在此期间已有考勤：{meeting}（{on}）"
                    rows.refuse(row, "start_date", problem, BACK_DATING)

    def accept(self, row: ParsedRow) -> None:
        self.register.suspensions[row.values["member"]][row.values["start_date"]] = span_of(row)


def _is_extended(stored: Stored | None, row: ParsedRow) -> bool:
    if stored is None:
        return True
    was, now = stored.values["end_date"], row.values["end_date"]
    return was is not None and (now is None or now > was)
