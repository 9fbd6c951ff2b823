"""Members, their posts and suspensions, many at once.

The rows come checked as a set by the caller, who holds the transaction and records the audit
entry over the changes returned.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Max

from accounts.audit import Change
from accounts.models import User
from accounts.services import Batch, add_rows, amend_rows, save_batch
from members.models import (
    Commendation,
    ConductFinding,
    LiaisonGroup,
    Member,
    Person,
    Sanction,
    SuspensionPeriod,
    Tenure,
    Term,
)
from members.selectors import member_keys

MemberRow = TypeVar("MemberRow", Tenure, SuspensionPeriod, Commendation, Sanction, ConductFinding)

PERSON_FIELDS = frozenset({"name", "gender", "ethnicity", "birth_month", "phone"})


def save_members(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Fields of the person and of the seat side by side; `liaison_group` by name.

    An added row with `person_id` takes a known person's seat in this term. Groups not yet known
    are created.
    """
    changes, groups = _liaison_groups(term, batch, actor, at)
    persons = {pk: _person_part(values) for pk, values in batch.amended.items()}
    owners = dict(Member.objects.filter(term=term).values_list("pk", "person_id"))
    amended_persons = {owners[pk]: values for pk, values in persons.items() if values}
    seats = {pk: _seat_part(values, groups) for pk, values in batch.amended.items()}
    changes += amend_rows(Person, amended_persons, label=str)
    changes += amend_rows(
        Member, {pk: values for pk, values in seats.items() if values}, label=_code
    )
    return changes + _add_members(term, batch, groups, actor, at)


def _add_members(
    term: Term, batch: Batch, groups: Mapping[str, int], actor: User | None, at: datetime
) -> list[Change]:
    known = {
        values["person_id"]: _person_part(values)
        for values in batch.added
        if values.get("person_id")
    }
    changes = amend_rows(Person, known, label=str)
    newcomers = [values for values in batch.added if not values.get("person_id")]
    persons = [Person(**_person_part(values)) for values in newcomers]
    changes += add_rows(persons, actor=actor, at=at, label=str)
    keys = {id(values): person.pk for values, person in zip(newcomers, persons, strict=True)}
    seats = []
    for values in batch.added:
        person_id = values.get("person_id") or keys[id(values)]
        seat = _seat_part(values, groups) | {"person_id": person_id}
        seats.append(Member(term=term, **seat))
    return changes + add_rows(seats, actor=actor, at=at, label=_code)


def _person_part(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in PERSON_FIELDS}


def _seat_part(values: Mapping[str, Any], groups: Mapping[str, int]) -> dict[str, Any]:
    seat = {name: value for name, value in values.items() if name not in PERSON_FIELDS}
    seat.pop("person_id", None)
    if "liaison_group" in seat:
        seat["liaison_group_id"] = groups.get(seat.pop("liaison_group"))
    return seat


def _code(member: Member) -> str:
    return f"委员 {member.code}"


def _liaison_groups(
    term: Term, batch: Batch, actor: User | None, at: datetime
) -> tuple[list[Change], dict[str, int]]:
    """Creates the groups named for the first time; keys of all groups by name."""
    rows = [*batch.added, *batch.amended.values()]
    named = dict.fromkeys(values.get("liaison_group") for values in rows)
    known = set(LiaisonGroup.objects.filter(term=term).values_list("name", flat=True))
    last = LiaisonGroup.objects.filter(term=term).aggregate(last=Max("sequence"))["last"] or 0
    new = [name for name in named if name and name not in known]
    added = [
        LiaisonGroup(term=term, name=name, sequence=position)
        for position, name in enumerate(new, start=last + 1)
    ]
    changes = add_rows(added, actor=actor, at=at, label=str)
    return changes, dict(LiaisonGroup.objects.filter(term=term).values_list("name", "pk"))


def save_tenures(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Posts; `member` by number."""
    return save_member_rows(Tenure, term, batch, actor, at)


def save_suspensions(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Suspensions; `member` by number."""
    return save_member_rows(SuspensionPeriod, term, batch, actor, at)


def save_commendations(
    *, term: Term, batch: Batch, actor: User | None, at: datetime
) -> list[Change]:
    """Awards; `member` by number."""
    return save_member_rows(Commendation, term, batch, actor, at)


def save_sanctions(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Sanctions; `member` by number."""
    return save_member_rows(Sanction, term, batch, actor, at)


def save_conduct_findings(
    *, term: Term, batch: Batch, actor: User | None, at: datetime
) -> list[Change]:
    """Conduct findings; `member` by number."""
    return save_member_rows(ConductFinding, term, batch, actor, at)


def save_member_rows(
    model: type[MemberRow], term: Term, batch: Batch, actor: User | None, at: datetime
) -> list[Change]:
    """Rows that hang on a member, named by number."""
    keys = member_keys(term)
    codes = {key: code for code, key in keys.items()}
    kind = str(model._meta.verbose_name)
    return save_batch(
        model,
        batch,
        references={"member": keys},
        actor=actor,
        at=at,
        label=lambda row: f"{kind} {codes[row.member_id]}",
    )
