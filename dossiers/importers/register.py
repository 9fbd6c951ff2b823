"""What a row may point to: members, meetings and organs, as they will stand after the import.

Loaded once from the database and then kept up with the good rows of each sheet, so that the
later sheets are checked against what the earlier ones bring.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from attendance.models import Meeting
from core.spreadsheets.values import name_form
from members.models import (
    Member,
    Sector,
    SpecialCommittee,
    SuspensionPeriod,
    Tenure,
    Term,
)
from proposals.models import Proposal

#: Looking for near names is slow work; after so many a sheet is beyond such help.
MOST_SUGGESTIONS = 300
NAMES_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open: from `start` inclusive to `end` exclusive, None = still running."""

    start: date
    end: date | None

    def covers(self, on: date) -> bool:
        return self.start <= on and (self.end is None or on < self.end)

    def overlaps(self, other: "Span") -> bool:
        """Shares at least one day; a span that ends where it starts holds on no day."""
        starts_before_other_ends = other.end is None or self.start < other.end
        ends_after_other_starts = self.end is None or other.start < self.end
        lasts = self.end is None or self.start < self.end
        other_lasts = other.end is None or other.start < other.end
        return lasts and other_lasts and starts_before_other_ends and ends_after_other_starts


@dataclass(frozen=True, slots=True)
class MemberState:
    code: str
    name: str
    sector: str
    serving: Span


@dataclass(frozen=True, slots=True)
class MeetingState:
    number: str
    kind: str
    start_date: date
    organiser: str


@dataclass(frozen=True, slots=True)
class Shorthand:
    """A 常委 row told by the roster: where it stood, and its values."""

    row: int
    values: dict[str, Any]


class UnknownNameError(Exception):
    """Nothing of that name; `offer` says what comes near."""

    def __init__(self, offer: str) -> None:
        super().__init__(offer)
        self.offer = offer


class AmbiguousNameError(Exception):
    """Several members of that name; `candidates` lists them."""

    def __init__(self, candidates: str) -> None:
        super().__init__(candidates)
        self.candidates = candidates


@dataclass
class Register:
    """`bad_members` and `bad_meetings` hold new ones refused on an earlier sheet, with their row;
    `unreadable` the sheets of this file without the headers that name their rows."""

    term: Term
    sectors: frozenset[str]
    committees: frozenset[str]
    members: dict[str, MemberState]
    meetings: dict[str, MeetingState]
    suspensions: dict[str, dict[date, Span]]
    tenures: dict[tuple[str, str], dict[date, Span]]
    proposal_numbers: set[str]
    #: 常委 rows told by the roster's shorthand in this file, by member, post and first day.
    shorthand: dict[tuple[str, str, date], Shorthand] = field(default_factory=dict)
    bad_members: dict[str, int] = field(default_factory=dict)
    bad_meetings: dict[str, int] = field(default_factory=dict)
    #: By the form in which names are compared.
    codes_by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: By the code without the zeros it begins with: spreadsheets take them off numbers.
    codes_without_zeros: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unreadable: set[str] = field(default_factory=set)
    _suggestions: int = 0

    @classmethod
    def load(cls, term: Term) -> "Register":
        """Seven queries, whatever the number of members."""
        register = cls(
            term=term,
            sectors=frozenset(Sector.objects.filter(term=term).values_list("name", flat=True)),
            committees=frozenset(
                SpecialCommittee.objects.filter(term=term).values_list("name", flat=True)
            ),
            members={},
            meetings=_load_meetings(term),
            suspensions=defaultdict(dict),
            tenures=defaultdict(dict),
            proposal_numbers=set(
                Proposal.objects.filter(term=term).values_list("number", flat=True)
            ),
        )
        for state in _load_members(term):
            register.put_member(state)
        for code, start, end in SuspensionPeriod.objects.filter(member__term=term).values_list(
            "member__code", "start_date", "end_date"
        ):
            register.suspensions[code][start] = Span(start, end)
        for code, post, start, end in Tenure.objects.filter(member__term=term).values_list(
            "member__code", "post", "start_date", "end_date"
        ):
            register.tenures[code, post][start] = Span(start, end)
        return register

    def put_member(self, state: MemberState) -> None:
        known = self.members.get(state.code)
        if known is not None:
            self.codes_by_name[name_form(known.name)].discard(state.code)
        self.members[state.code] = state
        self.codes_by_name[name_form(state.name)].add(state.code)
        self.codes_without_zeros[state.code.lstrip("0")].add(state.code)

    def knows_member(self, written: str) -> bool:
        """Whether a member of that number or name is there."""
        return written in self.members or bool(self.codes_by_name.get(name_form(written)))

    def put_bad_member(self, written: str, row: int) -> None:
        """A member of that number or name stands on a row that is refused."""
        if not self.knows_member(written):
            self.bad_members.setdefault(written, row)
            self.bad_members.setdefault(name_form(written), row)

    # What a cell points to --------------------------------------------------------------
    def member_code(self, written: str) -> str:
        """The code of a member named by number or by a unique name.

        Raises UnknownNameError or AmbiguousNameError.
        """
        if written in self.members:
            return written
        name = name_form(written)
        codes = sorted(self.codes_by_name.get(name, ()))
        if len(codes) == 1:
            return codes[0]
        if codes:
            raise AmbiguousNameError("、".join(self._described(code) for code in codes))
        for bad in (written, name):
            if bad in self.bad_members:
                return bad
        near = self._near(written, [*self.members, *self.codes_by_name])
        found = [code for each in near for code in sorted(self.codes_by_name.get(each, {each}))]
        alike = sorted(self.codes_without_zeros.get(written.lstrip("0"), ()))
        offered = list(dict.fromkeys([*alike, *found]))[:NAMES_OFFERED]
        raise UnknownNameError("、".join(map(self._described, offered)))

    def _described(self, code: str) -> str:
        state = self.members.get(code)
        return f"{code} {state.name}（{state.sector}）" if state else code

    def sector_name(self, written: str) -> str:
        """A sector is understood with or without its 界."""
        for name in (written, f"{written}界", written.removesuffix("界")):
            if name in self.sectors:
                return name
        raise UnknownNameError("、".join(self._near(written, self.sectors)))

    def committee_name(self, written: str) -> str:
        """A committee is understood by its full name, without 委员会, or as 提案委 and the like."""
        core = written.removesuffix("员会").removesuffix("委")
        for name in (written, f"{core}委员会", f"{core}委"):
            if name in self.committees:
                return name
        if written.endswith("委"):
            abbreviated = [name for name in self.committees if _abbreviates(core, name)]
            if len(abbreviated) == 1:
                return abbreviated[0]
        raise UnknownNameError("、".join(self._near(written, self.committees)))

    def meeting_number(self, written: str) -> str:
        if written in self.meetings or written in self.bad_meetings:
            return written
        raise UnknownNameError("、".join(self._near(written, self.meetings)))

    def _near(self, written: str, names: Iterable[str]) -> list[str]:
        self._suggestions += 1
        if self._suggestions > MOST_SUGGESTIONS:
            return []
        return get_close_matches(written[:50], list(names), n=NAMES_OFFERED, cutoff=0.5)

    # How things stand on a date ----------------------------------------------------------
    def serves(self, code: str, on: date) -> bool:
        return self.members[code].serving.covers(on)

    def is_suspended(self, code: str, on: date) -> bool:
        return any(span.covers(on) for span in self.suspensions.get(code, {}).values())

    def holds(self, code: str, post: str, on: date) -> bool:
        return any(span.covers(on) for span in self.tenures.get((code, post), {}).values())


def _abbreviates(core: str, name: str) -> bool:
    """社法 stands for 社会和法制: its characters in their order, from the first."""
    rest = iter(name)
    return bool(core) and name.startswith(core[0]) and all(letter in rest for letter in core)


def _load_members(term: Term) -> Iterable[MemberState]:
    rows = Member.objects.filter(term=term).values_list(
        "code", "person__name", "sector__name", "joined_date", "exited_date"
    )
    for code, name, sector, joined, exited in rows:
        yield MemberState(code, name, sector, Span(joined, exited))


def _load_meetings(term: Term) -> dict[str, MeetingState]:
    rows = Meeting.objects.filter(term=term).values_list(
        "number", "kind", "start_date", "organiser"
    )
    return {row[0]: MeetingState(*row) for row in rows}
