"""What a work list is made of: tasks, and the desk they wait on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from attendance.models import Expectation
from attendance.selectors.convening import own_meetings
from core.workdays import WorkCalendar
from dossiers.selectors.objections import seats_of
from dossiers.selectors.papers import OwedPaper, owed_papers
from members.models import Member, Term
from members.selectors.calendar import work_calendar
from members.selectors.duties import Duties, duties_of


@dataclass(frozen=True)
class Viewer:
    """Whose work list it is, and when; what several sources ask for is read once."""

    user: User
    at: datetime
    on: date

    def may(self, permission: str) -> bool:
        return self.user.has_perm(permission)

    @cached_property
    def seats(self) -> list[Member]:
        """The account's own, of all terms, the latest first."""
        return seats_of(self.user)

    @property
    def seat(self) -> Member | None:
        """The account's own in the term worked on."""
        return None

    @cached_property
    def papers(self) -> list[OwedPaper]:
        """Collected from that seat."""
        return owed_papers(members=[self.seat], on=self.on) if self.seat else []

    @cached_property
    def meetings(self) -> list[Expectation]:
        """What the account's own seats are invited to, soonest first."""
        return list(own_meetings(self.user, on=self.on))


@dataclass(frozen=True)
class Desk(Viewer):
    """With the term worked on."""

    term: Term

    @property
    def seat(self) -> Member | None:
        return next((seat for seat in self.seats if seat.term_id == self.term.pk), None)

    @cached_property
    def calendar(self) -> WorkCalendar:
        return work_calendar()

    @cached_property
    def duties(self) -> Duties:
        return duties_of(self.user, self.term)


@dataclass(frozen=True)
class Task:
    """Something that waits: `count` rows, listed behind `path`.

    `due` is the earliest date among them, none where nothing runs out; `overdue` of them are past
    theirs. A single row that the title names has no `unit`. `is_provisional`: a date that rests on a calendar not yet published.
    """

    subject: str
    title: str
    count: int
    unit: str
    path: str
    due: date | None = None
    overdue: int = 0
    note: str = ""
    is_provisional: bool = False


@dataclass(frozen=True)
class TimedTask:
    """A task as it looks on a day."""

    task: Task
    on: date

    @property
    def days_left(self) -> int | None:
        """Negative once the date has passed."""
        return None if self.task.due is None else (self.task.due - self.on).days

    @property
    def is_overdue(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def time_left(self) -> str:
        days = self.days_left
        if days is None:
            return ""
        if days < 0:
            return f"已逾期 {-days} 天"
        return {0: "今天截止", 1: "明天截止"}.get(days, f"还剩 {days} 天")


@dataclass(frozen=True)
class TaskGroup:
    """Tasks of one urgency, the first due first."""

    title: str
    tasks: tuple[TimedTask, ...]

    @property
    def is_near(self) -> bool:
        return self.title == NEAR


#: What falls due within so many days is near.
NEAR_DAYS = 7
OVERDUE, NEAR, LATER, UNDATED = "已逾期", "七日之内", "七日之后", "没有期限，随时可办"


def grouped(tasks: Iterable[Task], on: date) -> list[TaskGroup]:
    """The most urgent first; tasks without rows are left out."""
    timed = [TimedTask(task, on) for task in tasks if task.count]
    timed.sort(key=lambda item: (item.task.due or date.max, item.task.subject, item.task.title))
    groups: dict[str, list[TimedTask]] = {OVERDUE: [], NEAR: [], LATER: [], UNDATED: []}
    for item in timed:
        groups[_urgency(item)].append(item)
    return [TaskGroup(title, tuple(found)) for title, found in groups.items() if found]


def _urgency(item: TimedTask) -> str:
    days = item.days_left
    if days is None:
        return UNDATED
    if days < 0:
        return OVERDUE
    return NEAR if days <= NEAR_DAYS else LATER


def address(name: str, *args: object, **query: object) -> str:
    """The page of that name; the query narrows it to the rows counted."""
    path = reverse(name, args=args)
    return f"{path}?{urlencode(query)}" if query else path


def records(model: str, **query: object) -> str:
    """The list of a model ("members.member") in the office."""
    return address(f"admin:{model.replace('.', '_')}_changelist", **query)
