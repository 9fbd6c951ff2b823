"""Records that have not arrived (萍协字〔2022〕8号 三.1)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from reporting.selectors.departments import own_departments
from reporting.selectors.timeliness import Arrival, Judged, outstanding_meetings
from reporting.selectors.worklist.tasks import Desk, Task, address

SUBJECT = "履职记录"
#: So many departments are named beside the number.
NAMED = 3


def attendance_to_report(desk: Desk) -> Iterator[Task]:
    """Meetings held whose attendance is overdue, or soon will be: a collecting unit's own, the
    office everybody's. One task a year, as the list behind it is of one year.
    """
    if not desk.duties.kinds and not desk.duties.is_whole:
        return
    departments = None if desk.duties.is_whole else own_departments(desk.user, desk.term)
    found = outstanding_meetings(
        term=desk.term, on=desk.on, calendar=desk.calendar, departments=departments
    )
    for arrival, title in (
        (Arrival.OUTSTANDING, "会议活动考勤逾期未报"),
        (Arrival.AWAITED, "会议活动考勤待报"),
    ):
        items = [item for item in found if item.arrival == arrival]
        for year in sorted({item.group.on.year for item in items}):
            of_year = [item for item in items if item.group.on.year == year]
            yield Task(
                subject=SUBJECT,
                title=title,
                count=len(of_year),
                unit="场",
                path=address("reporting:timeliness-records", state=arrival.value, year=year),
                due=of_year[0].due,
                overdue=len(of_year) if arrival == Arrival.OUTSTANDING else 0,
                note=by_department(of_year) if departments is None else "",
                is_provisional=desk.calendar.is_provisional(of_year[0].due),
            )


def by_department(items: Iterable[Judged]) -> str:
    """“经济委员会 2、提案委员会 1 等 5 个部门”"""
    counts = Counter(item.department for item in items)
    named = "、".join(f"{name} {count}" for name, count in counts.most_common(NAMED))
    return f"{named} 等 {len(counts)} 个部门" if len(counts) > NAMED else named
