"""委员名册: who serves, from when to when."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from accounts.services import Batch
from core.spreadsheets import values
from core.spreadsheets.values import name_form
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
    organ,
    text,
)
from dossiers.importers.contradictions import BACK_DATING, entries_of_members
from dossiers.importers.register import MemberState, Shorthand, Span
from dossiers.importers.reopening import Ending, Reopened, check_reopened
from dossiers.importers.rows import ParsedRow, SheetRows
from members.choices import Gender, Party, Post
from members.models import Member, Tenure
from members.services import save_members, save_tenures

STANDING = Post.STANDING_MEMBER
EXIT = Ending(
    "exited_date", Member, "exited_date", "退出", "恢复为在任", "仍为退出的请补填退出日期"
)
STANDING_END = Ending(
    "standing_end", Tenure, "end_date", "卸任常委", "恢复为常委", "已卸任的请补填常委卸任日期"
)


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
        if stored is not None:
            self._compare_with_stored(rows, row, stored.values)
        if exited is not None and exited < joined:
            rows.refuse(row, "exited_date", "退出日期早于入届日期", "请核对两个日期")
            return
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

    @staticmethod
    def _compare_with_stored(rows: SheetRows, row: ParsedRow, stored: Mapping[str, Any]) -> None:
        given = row.values
        if name_form(stored["name"]) != name_form(given["name"]):
            problem = f"姓名由“{stored['name']}”改为“{given['name']}”"
            rows.caution(row, "name", problem, "请核对编号和姓名是否错行")
        ended = given["exited_date"] is not None and stored["standing_end"] == given["exited_date"]
        if ended and given["standing_end"] is None:
            # Whoever leaves holds no post any more: the blank says nothing else.
            given["standing_end"] = stored["standing_end"]

    def _check_standing_overlap(self, rows: SheetRows, row: ParsedRow, span: Span) -> None:
        others = self.register.tenures.get((row.values["code"], STANDING), {})
        for start, other in others.items():
            if start != span.start and other.overlaps(span):
                problem = f"与已登记的常委任期（自 {start} 起）重叠"
                rows.refuse(row, "standing_start", problem, "请先填写前一任期的结束日期")

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        """A shortened membership must not leave attendance, works or posts outside it; an older
        list must not undo an exit, nor a number without its zeros make a second member.
        """
        self._check_zeros(rows, unique, stored)
        self._check_reopened(rows, unique, stored)
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

    def _check_zeros(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        """Spreadsheets take 0001 for the number 1."""
        names = {code: state.name for code, state in self.register.members.items()}
        names |= {key[0]: row.values["name"] for key, row in unique.items()}
        alike: dict[str, list[str]] = {}
        for code in names:
            alike.setdefault(code.lstrip("0"), []).append(code)
        for key, row in unique.items():
            fuller = [other for other in alike[key[0].lstrip("0")] if len(other) > len(key[0])]
            if key in stored or not fuller:
                continue
            other = max(fuller, key=len)
            problem = f"与编号 {other}（{names[other]}）只差前面的 0"
            if name_form(names[other]) == name_form(row.values["name"]):
                rows.refuse(row, "code", problem, f"请把编号设为文本格式，写全 {other}")
            else:
                rows.caution(row, "code", problem, "请核对编号前面的 0 是否丢失")

    def _check_reopened(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        known = [(row, stored[key]) for key, row in unique.items() if key in stored]
        check_reopened(rows, EXIT, _reopened(known, "exited_date"))
        ended = list(_reopened(known, "standing_end"))
        posts = self._standing_posts() if ended else {}
        check_reopened(
            rows,
            STANDING_END,
            [
                Reopened(each.row, posts[each.row.values["code"], start][0], each.end)
                for each in ended
                if (start := each.row.values["standing_start"]) is not None
            ],
        )

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
            if written:
                self.register.put_bad_member(written, row.number)

    def compare(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> SheetPlan:
        """Takes the shorthand out of the members' rows and makes rows of 职务任期 of it."""
        plan = super().compare(rows, unique, stored)
        plan.writes = [(save, _without_shorthand(batch)) for save, batch in plan.writes]
        self._find_persons(plan)
        plan.writes.append((save_tenures, self._standing_batch()))
        return plan

    def _standing_posts(self) -> dict[tuple[str, date], tuple[int, date | None]]:
        """Key and end of every stored 常委 row, by member and first day."""
        posts = Tenure.objects.filter(member__term=self.term, post=STANDING)
        return {
            (code, start): (pk, end)
            for pk, code, start, end in posts.values_list(
                "pk", "member__code", "start_date", "end_date"
            )
        }

    def _standing_batch(self) -> Batch:
        known = self._standing_posts()
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


def _reopened(known: Iterable[tuple[ParsedRow, Stored]], field_name: str) -> Iterator[Reopened]:
    """Rows that leave an end blank which is stored."""
    for row, stored in known:
        end = stored.values[field_name]
        if end is not None and row.values[field_name] is None:
            yield Reopened(row, stored.pk, end)


def _without_shorthand(batch: Batch) -> Batch:
    def rest(given: Mapping[str, Any]) -> Values:
        return {name: v for name, v in given.items() if not name.startswith("standing_")}

    return Batch(
        [rest(given) for given in batch.added],
        {pk: rest(given) for pk, given in batch.amended.items()},
    )
