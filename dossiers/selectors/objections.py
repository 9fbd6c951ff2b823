"""Objections: who answers, what waits, and what stands beside the member's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import RoleCode
from core.models import Recorded
from dossiers.choices import ObjectionAct
from dossiers.models import Objection
from dossiers.querysets import DISCIPLINARY_TYPES, ObjectionQuerySet
from dossiers.selectors.disputable import (
    OwnRecord,
    digest_of,
    entered_since,
    own_record,
    shown,
    title_of,
)
from members.models import CollectionDuty, Department, Member, Term

#: The permission of those who answer.
ANSWER_PERMISSION = "dossiers.change_objection"


def answering_department(*, term: Term, kind: str, organiser: str) -> Department | None:
    """Who collects the kind, where the organiser says so only what it organised itself (D3 二).

    None where no department does: 委员联络科 answers.
    """
    duties = CollectionDuty.objects.filter(department__term=term, record_kind=kind).select_related(
        "department"
    )
    for duty in duties.order_by("own_only", "department__sequence", "department__name"):
        if not duty.own_only or duty.department.name == organiser:
            return duty.department
    return None


def accounts_answering(department: Department | None) -> list[User]:
    """Accounts to be told of what waits for the department; without any, 委员联络科's."""
    if department is not None:
        clerks = User.objects.filter(
            affiliations__department=department,
            groups__role__code=RoleCode.COLLECTOR,
            is_active=True,
        ).distinct()
        if clerks:
            return list(clerks)
    return list(User.objects.filter(groups__role__code=RoleCode.REGISTRAR, is_active=True))


def waiting_objections(*, user: User) -> ObjectionQuerySet:
    """Open objections that wait for an answer from the account, the earliest due first."""
    if not user.has_perm(ANSWER_PERMISSION):
        return Objection.objects.none()
    waiting = Objection.objects.visible_to(user).open().exclude(member__person__user=user)
    return waiting.order_by("due_date", "pk")


def own_objections(*, user: User) -> QuerySet[Objection]:
    """The account's own, the latest first."""
    own = Objection.objects.filter(member__person__user=user)
    return own.select_related("department", "member__term").order_by("-filed_at", "-pk")


def seats_of(user: User) -> list[Member]:
    """The account's own seats in all terms, the latest first."""
    own = Member.objects.filter(person__user=user).order_by("-term__start_date")
    return list(own.select_related("term__assembly", "person", "sector"))


def years_on_record(seats: Iterable[Member], today: date) -> list[int]:
    """The calendar years the seats touch, the latest first."""
    years: set[int] = set()
    for seat in seats:
        last = min(seat.term.end_date, seat.exited_date or today, today)
        years |= set(range(seat.joined_date.year, max(last, seat.joined_date).year + 1))
    return sorted(years, reverse=True)


def objections_by_record(seats: Iterable[Member]) -> dict[tuple[str, int], Objection]:
    """The latest objection to each record, by type and key of the record."""
    found = Objection.objects.filter(member__in=list(seats), record_id__isnull=False)
    return {(row.record_type, row.record_id or 0): row for row in found.order_by("filed_at", "pk")}


@dataclass(frozen=True)
class DisputedRecord:
    """The record as it stands now. `record` is None where it is gone or no longer the member's."""

    record: Recorded | None
    has_changed: bool

    @property
    def shown(self) -> OwnRecord | None:
        return shown(self.record) if self.record else None


def disputed_record(objection: Objection) -> DisputedRecord:
    record = own_record(objection.member, objection.record_type, objection.record_id)
    return DisputedRecord(record, digest_of(record) != objection.record_digest)


def record_choices(objection: Objection, *, user: User) -> list[tuple[str, str]]:
    """Records entered since the member said that one was missing: (name of the record, title).

    What is disciplinary is named to the office alone, and never where a department reads along.
    """
    found = entered_since(objection.member, objection.kind, objection.filed_at)
    return [
        (f"{row._meta.label_lower}:{row.pk}", title_of(row))
        for row in found
        if row._meta.label_lower not in DISCIPLINARY_TYPES
        or (objection.department_id is None and user.reads_everything)
    ]


def was_reopened(objection: Objection) -> bool:
    return objection.entries.filter(act=ObjectionAct.REOPENED).exists()


def other_departments(objection: Objection) -> QuerySet[Department]:
    """Departments the objection may be passed on to."""
    departments = Department.objects.filter(term=objection.member.term)
    return (
        departments.exclude(pk=objection.department_id)
        if objection.department_id
        else (departments)
    )
