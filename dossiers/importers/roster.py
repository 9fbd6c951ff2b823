"""委员名册, 职务任期 and 暂停履职: who serves, in which posts, and who is suspended."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from accounts.services import Batch
from core.spreadsheets import values
from dossiers.importers.base import (
    Key,
    SheetImporter,
    SheetPlan,
    Stored,
    Values,
)
from dossiers.importers.columns import (
    COMMITTEE,
    MEMBER_CODE_LENGTH,
    SECTOR,
    Column,
    Sheet,
    choice,
    day,
    member,
    organ,
    text,
)
from dossiers.importers.contradictions import attendance_of_members, entries_of_members
from dossiers.importers.register import MemberState, Shorthand, Span, UnknownNameError
from dossiers.importers.rows import ParsedRow, SheetRows
from members.choices import Gender, Party, Post
from members.models import Member, SuspensionPeriod, Tenure
from members.services import save_members, save_suspensions, save_tenures

STANDING = Post.STANDING_MEMBER
#: Posts of a special committee: their 所在机构 must be one.
COMMITTEE_POSTS = (Post.COMMITTEE_DIRECTOR, Post.COMMITTEE_DEPUTY_DIRECTOR)
END_NOTE = "不再担任的第一天；仍在任的留空"
BACK_DATING = "倒签须按退出或暂停履职程序办理，不能导入；如系录错，请先更正已有记录"


class RosterImporter(SheetImporter):
    sheet = Sheet(
        "委员名册",
        (
            Column(
                "委员编号",
                "code",
                values.number_text(longest=MEMBER_CODE_LENGTH),
                required=True,
                key=True,
                note="本届内唯一；请设为文本格式，保留前面的 0",
            ),
            Column("姓名", "name", values.person_name(longest=50), required=True, width=10),
            choice("性别", "gender", Gender, width=8),
            text("民族", "ethnicity", longest=20, width=8),
            Column("出生年月", "birth_month", values.month, empty=None, note="如 1975-03"),
            choice("党派", "party", Party, required=True, width=10),
            organ("界别", SECTOR, required=True),
            text("单位职务", "employer_post", width=30),
            Column("联系电话", "phone", values.number_text(longest=40)),
            organ("专委会", COMMITTEE),
            text("推荐单位", "nominating_body"),
            Column("县区联络组", "liaison_group", values.text(longest=100), empty=None, width=18),
            day("入届日期", "joined_date", required=True),
            day("退出日期", "exited_date", note="不再是委员的第一天；在任的留空"),
            day("常委任职日期", "standing_start", note="与《职务任期》中的一行“常委”等同"),
            day("常委卸任日期", "standing_end", note="不再任常委的第一天"),
        ),
        note="每名委员一行。常委任职、卸任日期是《职务任期》中一行“常委”的简写。",
    )
    model = Member
    term_path = "term"
    paths = {
        "code": "code",
        "name": "person__name",
        "gender": "person__gender",
        "ethnicity": "person__ethnicity",
        "birth_month": "person__birth_month",
        "party": "party",
        "sector": "sector__name",
        "employer_post": "employer_post",
        "phone": "person__phone",
        "committee": "committee__name",
        "nominating_body": "nominating_body",
        "liaison_group": "liaison_group__name",
        "joined_date": "joined_date",
        "exited_date": "exited_date",
    }
    service = staticmethod(save_members)

    def stored(self, unique: Mapping[Key, ParsedRow]) -> dict[Key, Stored]:
        """With the stored 常委 row that the shorthand names, if there is one."""
        stored = super().stored(unique)
        for key, known in stored.items():
            row = unique.get(key)
            start = row.values["standing_start"] if row else None
            span = self.register.tenures.get((key[0], STANDING), {}).get(start)
            shorthand = {
                "standing_start": start if span else None,
                "standing_end": span.end if span else None,
            }
            stored[key] = Stored(known.pk, {**known.values, **shorthand})
        return stored

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        joined, exited = row.values["joined_date"], row.values["exited_date"]
        if exited is not None and exited < joined:
            rows.refuse(row, "exited_date", "退出日期早于入届日期", "请核对两个日期")
        start, end = row.values["standing_start"], row.values["standing_end"]
        if start is None:
            if end is not None:
                rows.refuse(row, "standing_end", "有卸任日期而无任职日期", "请补填常委任职日期")
            return
        if end is not None and end < start:
            rows.refuse(row, "standing_end", "卸任日期早于任职日期", "请核对两个日期")
        if not Span(joined, exited).covers(start):
            rows.refuse(row, "standing_start", "常委任职日期不在该委员任期之内", "请核对日期")
        self._check_standing_overlap(rows, row, Span(start, end))

    def _check_standing_overlap(self, rows: SheetRows, row: ParsedRow, span: Span) -> None:
        others = self.register.tenures.get((row.values["code"], STANDING), {})
        for start, other in others.items():
            if start != span.start and other.overlaps(span):
                problem = f"与已登记的常委任期（自 {start} 起）重叠"
                rows.refuse(row, "standing_start", problem, "请先填写前一任期的结束日期")

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        """A shortened membership must not leave attendance, works or posts outside it."""
        shortened = {
            key[0]: row
            for key, row in unique.items()
            if rows.is_good(row) and key in stored and _is_shortened(stored[key], row)
        }
        for code, entry in entries_of_members(self.term, shortened):
            row = shortened[code]
            if Span(row.values["joined_date"], row.values["exited_date"]).covers(entry.on):
                continue
            if rows.is_good(row):
                early = entry.on < row.values["joined_date"]
                problem = f"该委员在任期之外已有记录：{entry.label}（{entry.on}）"
                rows.refuse(row, "joined_date" if early else "exited_date", problem, BACK_DATING)

    def accept(self, row: ParsedRow) -> None:
        given = row.values
        span = Span(given["joined_date"], given["exited_date"])
        self.register.put_member(MemberState(given["code"], given["name"], given["sector"], span))
        start, end = given["standing_start"], given["standing_end"]
        if start is not None:
            post = {"member": given["code"], "post": STANDING, "start_date": start, "end_date": end}
            self.register.shorthand[given["code"], STANDING, start] = Shorthand(row.number, post)
            self.register.tenures[given["code"], STANDING][start] = Span(start, end)

    def reject(self, row: ParsedRow) -> None:
        for written in (row.values.get("code"), row.values.get("name")):
            if written and not self.register.knows_member(written):
                self.register.bad_members.setdefault(written, row.number)

    def compare(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> SheetPlan:
        """Takes the shorthand out of the members' rows and makes rows of 职务任期 of it."""
        plan = super().compare(rows, unique, stored)
        plan.writes = [(save, _without_shorthand(batch)) for save, batch in plan.writes]
        self._find_persons(plan)
        plan.writes.append((save_tenures, self._standing_batch()))
        return plan

    def _standing_batch(self) -> Batch:
        posts = Tenure.objects.filter(member__term=self.term, post=STANDING)
        known = {
            (code, start): (pk, end)
            for pk, code, start, end in posts.values_list(
                "pk", "member__code", "start_date", "end_date"
            )
        }
        added, amended = [], {}
        for (code, _, start), shorthand in self.register.shorthand.items():
            pk, stored_end = known.get((code, start), (None, None))
            if pk is None:
                added.append(shorthand.values)
            elif stored_end != shorthand.values["end_date"]:
                amended[pk] = {"end_date": shorthand.values["end_date"]}
        return Batch(added, amended)

    def _find_persons(self, plan: SheetPlan) -> None:
        """A new member known from another term of the assembly stays the same person.

        The same name and month of birth, both known; nobody takes two seats.
        """
        batch = plan.writes[0][1] if plan.writes else Batch()
        if not any(added["birth_month"] for added in batch.added):
            return
        others = Member.objects.filter(term__assembly=self.term.assembly_id).exclude(
            person__memberships__term=self.term
        )
        known = {
            (name, birth): pk
            for pk, name, birth in others.filter(person__birth_month__isnull=False).values_list(
                "person_id", "person__name", "person__birth_month"
            )
        }
        for added in batch.added:
            added["person_id"] = known.pop((added["name"], added["birth_month"]), None)


def _is_shortened(stored: Stored, row: ParsedRow) -> bool:
    was, now = stored.values, row.values
    later_start = now["joined_date"] > was["joined_date"]
    earlier_end = now["exited_date"] is not None and (
        was["exited_date"] is None or now["exited_date"] < was["exited_date"]
    )
    return bool(later_start or earlier_end)


def _without_shorthand(batch: Batch) -> Batch:
    def rest(given: Mapping[str, Any]) -> Values:
        return {name: v for name, v in given.items() if not name.startswith("standing_")}

    return Batch(
        [rest(given) for given in batch.added],
        {pk: rest(given) for pk, given in batch.amended.items()},
    )


class PeriodImporter(SheetImporter):
    """Rows with a half-open period, of which one member may not have two at once."""

    overlap_noun: str

    def known_spans(self, row: ParsedRow) -> dict[date, Span]:
        """The periods the row must not overlap, by their first day, as the register has them."""
        raise NotImplementedError

    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        start, end = row.values["start_date"], row.values["end_date"]
        if end is not None and end < start:
            rows.refuse(row, "end_date", "结束日期早于开始日期", "请核对两个日期")

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
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
