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
from members.selectors import member_keys, organ_keys

MemberRow = TypeVar("MemberRow", Tenure, SuspensionPeriod, Commendation, Sanction, ConductFinding)

Values = Mapping[str, Any]

PERSON_FIELDS = frozenset({"name", "gender", "ethnicity", "birth_month", "phone"})


def save_members(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    """Fields of the person and of the seat side by side; organs by name.

    An added row with `person_id` takes a known person's seat in this term. Liaison groups not
    yet known are created.
    """
    changes, groups = _liaison_groups(term, batch, actor, at)
    owners = dict(Member.objects.filter(term=term).values_list("pk", "person_id"))
    persons = {owners[pk]: _person_part(values) for pk, values in batch.amended.items()}
    known = {values["person_id"]: _person_part(values) for values in _returning(batch)}
    newcomers = [_person_part(values) for values in _newcomers(batch)]
    changes += amend_rows(Person, _not_empty(persons | known), label=_name)
    keys, added = add_rows(Person, newcomers, actor=actor, at=at, label=_name)
    changes += added
    seats = [_seat_part(values) for values in _returning(batch)]
    seats += [
        {**_seat_part(values), "person_id": key}
        for values, key in zip(_newcomers(batch), keys, strict=True)
    ]
    amended = {pk: _seat_part(values) for pk, values in batch.amended.items()}
    return changes + save_batch(
        Member,
        Batch(seats, _not_empty(amended)),
        references=organ_keys(term) | {"liaison_group": groups},
        actor=actor,
        at=at,
        label=lambda member: f"委员 {member['code']}",
        shared={"term_id": term.pk},
    )


def _returning(batch: Batch) -> list[Values]:
    return [values for values in batch.added if values.get("person_id")]


def _newcomers(batch: Batch) -> list[Values]:
    return [values for values in batch.added if not values.get("person_id")]


def _not_empty(rows: Mapping[int, Values]) -> dict[int, Values]:
    return {pk: values for pk, values in rows.items() if values}


def _person_part(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in PERSON_FIELDS}


def _seat_part(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in PERSON_FIELDS}


def _name(values: Values) -> str:
    return str(values["name"])


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
        {"term_id": term.pk, "name": name, "sequence": position}
        for position, name in enumerate(new, start=last + 1)
    ]
    _, changes = add_rows(LiaisonGroup, added, actor=actor, at=at, label=_name)
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
        label=lambda row: f"{kind} {codes[row['member_id']]}",
    )
