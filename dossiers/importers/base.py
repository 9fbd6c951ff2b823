"""The course every sheet goes through: resolve, check, compare, save.

An importer of one sheet says what its rows point to, what more must hold of a row, where the
stored rows are read and which service writes. Everything here works on the sheet as a whole;
no step asks the database once a row.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import Model, QuerySet

from accounts.audit import Change
from accounts.models import User
from accounts.services import Batch
from core.spreadsheets.values import name_form
from dossiers.importers.columns import COMMITTEE, MEETING, MEMBER, MEMBERS, SECTOR, Column, Sheet
from dossiers.importers.problems import Problem, ProblemLog
from dossiers.importers.register import AmbiguousNameError, Register, UnknownNameError
from dossiers.importers.rows import ParsedRow, SheetRows
from dossiers.importers.scope import Scope
from members.choices import RecordKind
from members.models import Term

Key = tuple[Any, ...]
Values = dict[str, Any]
Save = Callable[..., list[Change]]

#: Changed rows a preview shows of each sheet.
ROWS_SHOWN = 50

CREATED, UPDATED, UNCHANGED, REJECTED = "created", "updated", "unchanged", "rejected"
NOUNS = {MEMBER: "委员", MEMBERS: "委员", MEETING: "会议", SECTOR: "界别", COMMITTEE: "专委会"}
SOURCES = {MEMBER: "委员名册", MEMBERS: "委员名册", MEETING: "会议活动"}


@dataclass
class Context:
    """What the sheets of one file share."""

    term: Term
    register: Register
    log: ProblemLog
    scope: Scope


@dataclass(frozen=True, slots=True)
class Stored:
    """A row as the database has it, in the words of the sheet."""

    pk: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class RowChange:
    """What importing a row would change: by column, the value before and after."""

    row: int
    label: str
    outcome: str
    fields: Mapping[str, tuple[str, str]]


@dataclass
class SheetPlan:
    """What importing a sheet would do. `rejected` counts the rows left out."""

    name: str
    counts: dict[str, int] = field(
        default_factory=lambda: {CREATED: 0, UPDATED: 0, UNCHANGED: 0, REJECTED: 0}
    )
    writes: list[tuple[Save, Batch]] = field(default_factory=list)
    shown: list[RowChange] = field(default_factory=list)

    def save(self, *, term: Term, actor: User | None, at: datetime) -> list[Change]:
        return [
            change
            for save, batch in self.writes
            if batch.added or batch.amended
            for change in save(term=term, batch=batch, actor=actor, at=at)
        ]


@dataclass(frozen=True)
class Part:
    """A list field kept in a table of its own, as `item` by `parent` in `order`."""

    model: type[Model]
    parent: str
    item: str
    order: str


class SheetImporter:
    """One sheet. Subclasses name their columns, their stored rows and their service."""

    sheet: ClassVar[Sheet]
    model: ClassVar[type[Model]]
    term_path: ClassVar[str] = "member__term"
    #: Where the stored value of each field is found.
    paths: ClassVar[Mapping[str, str]]
    parts: ClassVar[Mapping[str, Part]] = {}
    service: ClassVar[Save]

    def __init__(self, context: Context) -> None:
        self.context = context
        self.register = context.register
        self._referring = [column for column in self.sheet.columns if column.refers]
        self.term = context.term

    def examine(self, rows: SheetRows) -> SheetPlan:
        """Checks the rows, tells the register of the good ones, and plans the writing."""
        self._check_scope(rows)
        if not rows.fields.issuperset(self.sheet.key_fields):
            self.register.unreadable.add(self.sheet.name)
        for row in list(rows.good_rows()):
            self.resolve(rows, row)
        unique, repeated = self._unique(rows)
        stored = self.stored(unique)
        for key, row in unique.items():
            self._take_absent(rows, row, stored.get(key))
            self.check_row(rows, row, stored.get(key))
        self.check_together(rows, unique, stored)
        for row, first in repeated:
            if not rows.is_good(first):
                rows.drop(row)
        self._tell_register(rows, unique.values())
        return self.compare(rows, unique, stored)

    def _tell_register(self, rows: SheetRows, unique: Iterable[ParsedRow]) -> None:
        for row in unique:
            if rows.is_good(row):
                self.accept(row)
        for row in [*rows.unreadable, *rows.rows]:
            if not rows.is_good(row):
                self.reject(row)

    @staticmethod
    def _take_absent(rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        """A column that is not in the sheet leaves what is stored as it is."""
        if stored is not None:
            for name in row.values.keys() - rows.fields:
                row.values[name] = stored.values.get(name, row.values[name])

    # What a sheet adds ------------------------------------------------------------------
    def check_row(self, rows: SheetRows, row: ParsedRow, stored: Stored | None) -> None:
        """What must hold within the row, against the register and against the stored row."""

    def check_together(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> None:
        """What must hold among the rows of the sheet, and between them and others stored."""

    def accept(self, row: ParsedRow) -> None:
        """Tells the register what a good row brings."""

    def reject(self, row: ParsedRow) -> None:
        """Tells the register that a row will not come; some of its values may be missing."""

    def write_of(self, row: ParsedRow) -> Save:
        """The service that writes the row."""
        return type(self).service

    def owner(self, row: ParsedRow) -> tuple[RecordKind, str | None]:
        """The kind of record, and who organised it where that matters."""
        return self.sheet.kinds[0], None

    # Who may ------------------------------------------------------------------------------
    def _check_scope(self, rows: SheetRows) -> None:
        scope, log = self.context.scope, self.context.log
        if scope.opens(self.sheet):
            return
        remedy = "请删去本表，或请负责的部门导入"
        problem = "本部门不负责采集此表"
        for row in rows.rows:
            log.bad_rows[self.sheet.name].add(row.number)
        log.refuse(Problem(self.sheet.name, 1, "", "", problem, remedy))

    def check_owner(self, rows: SheetRows, row: ParsedRow, field_name: str) -> None:
        """Called by sheets whose rows have an organiser or a kind of their own."""
        if not self.context.scope.covers(*self.owner(row)):
            rows.refuse(row, field_name, "不是本部门负责采集的记录", "请由承办部门导入")

    # What cells point to --------------------------------------------------------------------
    def resolve(self, rows: SheetRows, row: ParsedRow) -> None:
        """Replaces what is written by what is meant."""
        for column in self._referring:
            written = row.values[column.field]
            if written:
                several = column.refers == MEMBERS
                items = written if several else (written,)
                found = [self._found(rows, row, column, item) for item in items]
                row.values[column.field] = tuple(dict.fromkeys(found)) if several else found[0]
                if row.beside and column.refers == MEMBER:
                    self._check_name_beside(rows, row, found[0])

    def _check_name_beside(self, rows: SheetRows, row: ParsedRow, code: str | None) -> None:
        """Columns shifted against one another would give the record to somebody else."""
        state = self.register.members.get(code or "")
        if state is not None and name_form(state.name) != name_form(row.beside):
            rows.refuse_name(row, f"姓名与编号不符，{code} 是{state.name}", "请核对编号和姓名")

    def _found(self, rows: SheetRows, row: ParsedRow, column: Column, written: str) -> str | None:
        noun = NOUNS[column.refers]
        try:
            found = self._look_up(column.refers, written)
        except AmbiguousNameError as several:
            problem = f"本届有多名委员叫“{written}”"
            rows.refuse(row, column.field, problem, f"请改填委员编号：{several.candidates}")
            return None
        except UnknownNameError as unknown:
            which = f"“{written}”" if column.refers == MEMBERS else ""
            offer = f"，相近的有：{unknown.offer}" if unknown.offer else ""
            # Where the sheet that names them cannot be read, the fault lies there.
            follows = SOURCES.get(column.refers) in self.register.unreadable
            rows.refuse(
                row, column.field, f"没有这个{noun}{which}", f"请核对{noun}{offer}", follows=follows
            )
            return None
        return self._unless_bad(rows, row, column, found)

    def _look_up(self, refers: str, written: str) -> str:
        register = self.register
        match refers:
            case "member" | "members":
                return register.member_code(written)
            case "meeting":
                return register.meeting_number(written)
            case "sector":
                return register.sector_name(written)
            case _:
                return register.committee_name(written)

    def check_serving(
        self, rows: SheetRows, row: ParsedRow, field_name: str, code: str, on: date
    ) -> None:
        """Refuses the row where the member was not serving on the date."""
        if self.register.serves(code, on):
            return
        state = self.register.members[code]
        period = f"{state.serving.start} 入届"
        period += f"，{state.serving.end} 退出" if state.serving.end else ""
        problem = f"委员 {code} {state.name} 在 {on} 不在任（{period}）"
        rows.refuse(row, field_name, problem, "请核对日期和委员编号")

    def _unless_bad(
        self, rows: SheetRows, row: ParsedRow, column: Column, found: str
    ) -> str | None:
        """None where what is pointed to stands in this file but cannot be imported."""
        register = self.register
        bad = {
            MEMBER: register.bad_members,
            MEMBERS: register.bad_members,
            MEETING: register.bad_meetings,
        }.get(column.refers, {})
        if found not in bad:
            return found
        source = SOURCES[column.refers]
        problem = f"所指的{NOUNS[column.refers]}“{found}”不能导入"
        remedy = f"请先改正《{source}》第 {bad[found]} 行"
        rows.refuse(row, column.field, problem, remedy, follows=True)
        return None

    # The same key twice ---------------------------------------------------------------------
    def key(self, row: ParsedRow) -> Key:
        return tuple(row.values[name] for name in self.sheet.key_fields)

    def _unique(
        self, rows: SheetRows
    ) -> tuple[dict[Key, ParsedRow], list[tuple[ParsedRow, ParsedRow]]]:
        """The good rows by key, and those that repeat one, with the one they repeat.

        A key given twice must say the same twice.
        """
        unique: dict[Key, ParsedRow] = {}
        repeated = []
        for row in list(rows.good_rows()):
            first = unique.setdefault(self.key(row), row)
            if first is row:
                continue
            repeated.append((row, first))
            if first.values != row.values:
                self._refuse_twice(rows, first, row)
                self._refuse_twice(rows, row, first)
        return unique, repeated

    def _refuse_twice(self, rows: SheetRows, row: ParsedRow, other: ParsedRow) -> None:
        key_label = " + ".join(self.sheet.label(name) for name in self.sheet.key_fields)
        problem = f"与第 {other.number} 行{key_label}相同、内容不同"
        rows.refuse(row, self.sheet.key_fields[0], problem, "请只保留正确的一行")

    # What is stored -------------------------------------------------------------------------
    def stored(self, unique: Mapping[Key, ParsedRow]) -> dict[Key, Stored]:
        """The stored rows of the term by key, in the words of the sheet."""
        return self.read(self.model._base_manager.filter(**{self.term_path: self.term}))

    def read(self, rows: QuerySet[Any]) -> dict[Key, Stored]:
        names, paths = list(self.paths), list(self.paths.values())
        parts = {name: self._read_part(part) for name, part in self.parts.items()}
        places = [names.index(name) for name in self.sheet.key_fields]
        stored = {}
        for pk, *values in rows.values_list("pk", *paths).iterator(chunk_size=5000):
            known = dict(zip(names, values, strict=True))
            for name, lists in parts.items():
                known[name] = tuple(lists.get(pk, ()))
            stored[tuple(values[place] for place in places)] = Stored(pk, known)
        return stored

    def _read_part(self, part: Part) -> dict[int, list[str]]:
        lists: dict[int, list[str]] = {}
        rows = part.model._base_manager.filter(**{f"{part.parent}__term": self.term})
        for pk, item in rows.order_by(part.order).values_list(f"{part.parent}_id", part.item):
            lists.setdefault(pk, []).append(item)
        return lists

    # What would change ----------------------------------------------------------------------
    def compare(
        self, rows: SheetRows, unique: Mapping[Key, ParsedRow], stored: Mapping[Key, Stored]
    ) -> SheetPlan:
        plan = SheetPlan(self.sheet.name)
        batches: dict[Save, tuple[list[Values], dict[int, Values]]] = {}
        compared = [
            column.field
            for column in self.sheet.columns
            if column.field in rows.fields and not column.key
        ]
        for key, row in unique.items():
            if not rows.is_good(row):
                continue
            added, amended = batches.setdefault(self.write_of(row), ([], {}))
            known = stored.get(key)
            differing: Values = dict.fromkeys(compared)
            if known is None:
                added.append(self.new_values(row))
            else:
                differing = _differing(compared, known, row)
            if known is not None and differing:
                amended[known.pk] = {name: row.values[name] for name in differing}
            self._count(plan, row, known, differing)
        self._count_rest(plan, rows)
        plan.writes += [(save, Batch(*batch)) for save, batch in batches.items()]
        return plan

    def new_values(self, row: ParsedRow) -> Values:
        """All the values of a row to add."""
        return row.values

    def _count(
        self, plan: SheetPlan, row: ParsedRow, known: Stored | None, differing: Values
    ) -> None:
        outcome = CREATED if known is None else UPDATED if differing else UNCHANGED
        plan.counts[outcome] += 1
        if outcome == UNCHANGED or len(plan.shown) >= ROWS_SHOWN:
            return
        fields = {
            self.sheet.label(name): (self.worded(name, before), self.worded(name, row.values[name]))
            for name, before in differing.items()
        }
        if known is None:
            fields = {name: words for name, words in fields.items() if words[1]}
        label = " ".join(self.worded(name, row.values[name]) for name in self.sheet.key_fields)
        plan.shown.append(RowChange(row.number, label, outcome, fields))

    def _count_rest(self, plan: SheetPlan, rows: SheetRows) -> None:
        """Rows left out, and rows that repeat an earlier one word for word."""
        good = sum(1 for _ in rows.good_rows())
        plan.counts[REJECTED] = rows.total - good
        plan.counts[UNCHANGED] += good - sum(
            plan.counts[outcome] for outcome in (CREATED, UPDATED, UNCHANGED)
        )

    def worded(self, name: str, value: Any) -> str:
        """A value as the sheet writes it."""
        if value is None or value == "" or value == ():
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, tuple):
            return "、".join(self.worded(name, item) for item in value)
        if isinstance(value, date):
            return value.isoformat()
        return self.sheet.by_field[name].words.get(value, str(value))


def _differing(compared: Iterable[str], known: Stored, row: ParsedRow) -> Values:
    """The stored values that the row would change."""
    return {name: known.values[name] for name in compared if known.values[name] != row.values[name]}
