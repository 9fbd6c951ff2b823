"""待办: what waits for an account, the most urgent first.

Every source is a function of the desk that yields tasks; it asks first whether the account may
act at all, and counts in a fixed number of queries whatever the number of members.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from members.models import Term
from reporting.selectors.worklist.cases import (
    decisions_to_deliver,
    decisions_to_record,
    interviews_to_carry_on,
    open_cases,
    opinions_to_give,
    own_applications,
    own_interviews,
)
from reporting.selectors.worklist.collecting import attendance_to_report
from reporting.selectors.worklist.house import (
    accounts_to_help,
    entries_to_look_at,
    failed_jobs,
    own_failed_jobs,
)
from reporting.selectors.worklist.meetings import meetings_to_prepare, sittings_to_close
from reporting.selectors.worklist.own import (
    answered_objections,
    invitations_to_accept,
    leave_results,
    meetings_to_answer,
    papers_to_hand_in,
    work_to_sign_or_mend,
)
from reporting.selectors.worklist.papers import papers_to_settle
from reporting.selectors.worklist.requests import (
    approvals,
    change_reports,
    contributions_owed,
    conversions,
    look_alikes,
    notices,
    objections,
    seats_to_carry_on,
    submissions_to_take_in,
    topics_overdue,
)
from reporting.selectors.worklist.tasks import Desk, Task, TaskGroup, Viewer, grouped
from reporting.selectors.worklist.yearly import (
    campaigns,
    dated_duties,
    findings_to_review,
)

__all__ = ["TaskGroup", "desk_of", "tasks_for", "work_list"]

#: Of the term the office works on.
OF_TERM: tuple[Callable[[Desk], Iterator[Task]], ...] = (
    attendance_to_report,
    meetings_to_prepare,
    sittings_to_close,
    approvals,
    seats_to_carry_on,
    submissions_to_take_in,
    look_alikes,
    conversions,
    topics_overdue,
    contributions_owed,
    findings_to_review,
    interviews_to_carry_on,
    open_cases,
    opinions_to_give,
    decisions_to_record,
    decisions_to_deliver,
    campaigns,
    papers_to_settle,
    dated_duties,
)
#: Of a member's own, on the first page of members; leaders hold a seat as well.
OF_MEMBER: tuple[Callable[[Desk], Iterator[Task]], ...] = (
    meetings_to_answer,
    leave_results,
    invitations_to_accept,
    answered_objections,
    work_to_sign_or_mend,
    papers_to_hand_in,
    own_interviews,
    own_applications,
)
#: Of the house, whether or not there is a term yet.
OF_HOUSE: tuple[Callable[[Viewer], Iterator[Task]], ...] = (
    notices,
    objections,
    change_reports,
    accounts_to_help,
    failed_jobs,
    entries_to_look_at,
    own_failed_jobs,
)


def work_list(*, user: User, term: Term | None, at: datetime) -> list[TaskGroup]:
    """What waits for the account at the moment, in groups of urgency."""
    return tasks_for(desk_of(user=user, term=term, at=at))


def desk_of(*, user: User, term: Term | None, at: datetime) -> Viewer:
    """The account at the moment, at a desk where there is a term to work on."""
    on = timezone.localdate(at)
    return Viewer(user, at, on) if term is None else Desk(user, at, on, term)


def tasks_for(viewer: Viewer) -> list[TaskGroup]:
    """What waits for the account, in groups of urgency."""
    tasks = [task for source in OF_HOUSE for task in source(viewer)]
    if isinstance(viewer, Desk):
        is_member = viewer.user.has_role(RoleCode.MEMBER, RoleCode.LEADER)
        sources = OF_TERM + OF_MEMBER if is_member else OF_TERM
        tasks += [task for source in sources for task in source(viewer)]
    return grouped(tasks, viewer.on)
