"""Who is to come to a sitting and who has: one list for the desk, the hall's board and closing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from attendance.choices import ATTENDED_STATUSES, AttendanceStatus, Capacity, SignInMethod
from attendance.models import Attendance, Expectation, Sitting, Visitor
from attendance.selectors.leave import leave_covering
from core.pinyin import spellings
from members.models import Member


@dataclass(frozen=True)
class Place:
    """One member at one sitting; `status` is empty until there is an attendance row.

    `listed` False: came without being on the expected list. `leave_request` is the approved one.
    """

    member: int
    code: str
    name: str
    sector: str
    sector_order: tuple[int, int]
    post: str
    listed: bool = True
    capacity: str = Capacity.EXPECTED
    leave_request: int | None = None
    leave_reason: str = ""
    attendance: int | None = None
    status: str = ""
    method: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    version: int = 0

    @property
    def mark(self) -> str:
        """Changes whenever the row does; empty without one."""
        return f"{self.attendance}.{self.version}" if self.attendance else ""

    @property
    def group(self) -> str:
        """Under which of the desk's tabs it stands."""
        return "came" if self.came else "leave" if self.on_leave else "missing"

    @property
    def excused(self) -> bool:
        return self.leave_request is not None

    @property
    def came(self) -> bool:
        return self.status in ATTENDED_STATUSES

    @property
    def on_leave(self) -> bool:
        """On leave in the books, or by an approved request while the sitting is open."""
        return self.status == AttendanceStatus.LEAVE or (not self.status and self.excused)

    @property
    def missing(self) -> bool:
        """Neither here nor on leave: 未到, after closing 缺席."""
        return not self.came and not self.on_leave

    @property
    def state(self) -> str:
        """In words."""
        if self.status:
            return AttendanceStatus(self.status).label
        return "已准假" if self.excused else "未到"

    @property
    def tone(self) -> str:
        """Of the mark the state is shown in."""
        if self.came:
            return "good" if self.status == AttendanceStatus.PRESENT else "warn"
        return "quiet" if self.on_leave else "bad" if self.status else ""

    @property
    def method_label(self) -> str:
        return SignInMethod(self.method).label if self.method else ""

    @property
    def found_by(self) -> str:
        """What a search of the desk looks through, parted by blanks."""
        return " ".join((self.name, self.code.lower(), *spellings(self.name)))


@dataclass(frozen=True)
class Tally:
    """应到 = 实到 + 请假 + 未到 (缺席 once closed); those not on the list stand apart."""

    expected: int = 0
    came: int = 0
    on_leave: int = 0
    missing: int = 0
    late: int = 0
    left_early: int = 0


@dataclass(frozen=True)
class Board:
    """What the hall's board shows. 列席, 名单外 and 名册外 are not among the expected."""

    total: Tally
    sectors: Sequence[tuple[str, Tally]]
    non_voting: Tally
    walk_ins: int
    visitors: int

    @property
    def halves(self) -> list[Sequence[tuple[str, Tally]]]:
        """The sectors in two columns, the left one the longer."""
        middle = (len(self.sectors) + 1) // 2
        return [half for half in (self.sectors[:middle], self.sectors[middle:]) if half]


PLACE_FIELDS = (
    "member",
    "member__code",
    "member__person__name",
    "member__sector__name",
    "member__sector__sequence",
    "member__sector",
    "member__employer_post",
)


def _named(row: Sequence) -> dict:
    member, code, name, sector, sequence, sector_key, post = row
    return {
        "member": member,
        "code": code,
        "name": name,
        "sector": sector,
        "sector_order": (sequence, sector_key),
        "post": post,
    }


def roster(sitting: Sitting) -> list[Place]:
    """By member's code: the expected list, and whoever came or was entered besides.

    Four queries, however many members. Whoever is suspended or has left is on no list.
    """
    leave = leave_covering(sitting)
    rows = {
        row[0]: row
        for row in Attendance.objects.filter(sitting=sitting).values_list(
            *PLACE_FIELDS,
            *("pk", "status", "method", "arrived_at", "left_at", "version"),
            *("is_walk_in", "leave_reason"),
        )
    }
    listed = Expectation.objects.filter(meeting=sitting.meeting_id).expected()
    places = []
    for *named, capacity in listed.values_list(*PLACE_FIELDS, "capacity"):
        member = named[0]
        request = leave.get(member)
        places.append(
            Place(
                **_named(named),
                capacity=capacity,
                leave_request=request.pk if request else None,
                **_entered(rows.pop(member, None), request.reason if request else ""),
            )
        )
    for row in rows.values():
        is_walk_in = row[-2]
        places.append(Place(**_named(row[:7]), listed=not is_walk_in, **_entered(row, "")))
    return sorted(places, key=lambda place: place.code)


def _entered(row: Sequence | None, leave_reason: str) -> dict:
    if row is None:
        return {"leave_reason": leave_reason}
    pk, status, method, arrived_at, left_at, version, _, reason = row[7:]
    return {
        "attendance": pk,
        "status": status,
        "method": method,
        "arrived_at": arrived_at,
        "left_at": left_at,
        "version": version,
        "leave_reason": reason or leave_reason,
    }


def others_in_term(sitting: Sitting, places: Iterable[Place]) -> list[Place]:
    """Members who might come without being on the list, in one query."""
    known = {place.member for place in places}
    on = sitting.meeting.start_date
    members = Member.objects.filter(term=sitting.meeting.term_id).invitable(on).order_by("code")
    fields = ("pk", *(name.removeprefix("member__") for name in PLACE_FIELDS[1:]))
    return [
        Place(**_named(row), listed=False)
        for row in members.values_list(*fields)
        if row[0] not in known
    ]


def matching(places: Iterable[Place], asked: str) -> list[Place]:
    """Whose name, code, spelling or initials begin with what was typed; else whose name holds it."""
    typed = "".join(asked.lower().replace("'", "").split())
    if not typed:
        return []
    kept = list(places)
    begins = [p for p in kept if any(word.startswith(typed) for word in p.found_by.split())]
    return begins or [place for place in kept if typed in place.name.lower()]


def tally(places: Iterable[Place]) -> Tally:
    counted = list(places)
    return Tally(
        expected=len(counted),
        came=sum(place.came for place in counted),
        on_leave=sum(place.on_leave for place in counted),
        missing=sum(place.missing for place in counted),
        late=sum(place.status == AttendanceStatus.LATE for place in counted),
        left_early=sum(place.status == AttendanceStatus.LEFT_EARLY for place in counted),
    )


def board_of(sitting: Sitting, places: Sequence[Place]) -> Board:
    """Counts a roster; one more query, for the visitors."""
    listed = [place for place in places if place.listed]
    voting = [place for place in listed if place.capacity == Capacity.EXPECTED]
    by_sector: dict[tuple[int, int], list[Place]] = {}
    for place in voting:
        by_sector.setdefault(place.sector_order, []).append(place)
    return Board(
        total=tally(voting),
        sectors=[(group[0].sector, tally(group)) for _, group in sorted(by_sector.items())],
        non_voting=tally(place for place in listed if place.capacity == Capacity.NON_VOTING),
        walk_ins=sum(not place.listed and place.came for place in places),
        visitors=Visitor.objects.filter(sitting=sitting).count(),
    )
