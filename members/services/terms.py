"""Setting up a term with the organs it starts with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import models, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from core.refusals import RefusalError
from members.models import (
    Assembly,
    CollectionDuty,
    Department,
    Sector,
    SectorGroup,
    SectorLiaison,
    SpecialCommittee,
    Term,
)

Row = TypeVar("Row", bound=models.Model)


class TermExistsError(RefusalError):
    """The code of a term is its name for ever; it cannot be given twice."""


class AssemblyLevelDiffersError(RefusalError):
    """An assembly has one level through all its terms."""


@dataclass(frozen=True)
class StartingCommittee:
    name: str
    sectors: tuple[str, ...]


@dataclass(frozen=True)
class StartingDepartment:
    """`collects` and `own_only` hold record kinds; `committee` is empty for other units."""

    name: str
    committee: str
    collects: tuple[str, ...]
    own_only: tuple[str, ...]


@transaction.atomic
def create_term(
    *,
    code: str,
    name: str,
    assembly_name: str,
    level: str,
    rule_pack: str,
    start_date: date,
    end_date: date,
    committees: Sequence[StartingCommittee],
    departments: Sequence[StartingDepartment],
    actor: User | None,
    at: datetime,
) -> Term:
    """The term with its sectors, committees, liaisons, sector groups and departments.

    Raises TermExistsError, AssemblyLevelDiffersError or django's ValidationError.
    """
    if Term.objects.filter(code=code).exists():
        raise TermExistsError(f"届次代码“{code}”已经使用，请换一个。")
    assembly, created = _assembly(assembly_name, level)
    term = Term(
        assembly=assembly,
        code=code,
        name=name,
        rule_pack=rule_pack,
        start_date=start_date,
        end_date=end_date,
    )
    term.full_clean()
    term.save(force_insert=True)
    rows: list[models.Model] = [*([assembly] if created else []), term]
    rows += _organs(term, committees)
    rows += _departments(term, departments)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=term,
        changes=[audit.changes_of(row, None, audit.snapshot(row)) for row in rows],
    )
    return term


def _assembly(name: str, level: str) -> tuple[Assembly, bool]:
    assembly = Assembly.objects.filter(name=name).first()
    if assembly is None:
        assembly = Assembly(name=name, level=level)
        return _saved(assembly), True
    if assembly.level != level:
        raise AssemblyLevelDiffersError(
            f"“{name}”已登记为“{assembly.get_level_display()}”级，与所填级别不一致。"
        )
    return assembly, False


def _organs(term: Term, committees: Sequence[StartingCommittee]) -> list[models.Model]:
    rows: list[models.Model] = []
    sequence = 0
    for position, starting in enumerate(committees, start=1):
        committee = _saved(SpecialCommittee(term=term, name=starting.name, sequence=position))
        rows.append(committee)
        for sector_name in starting.sectors:
            sequence += 1
            sector = _saved(Sector(term=term, name=sector_name, sequence=sequence))
            group = SectorGroup(
                term=term, name=f"{sector_name}活动组", sequence=sequence, sector=sector
            )
            liaison = SectorLiaison(sector=sector, committee=committee)
            rows += [sector, _saved(group), _saved(liaison)]
    return rows


def _departments(term: Term, departments: Sequence[StartingDepartment]) -> list[models.Model]:
    committees = {row.name: row for row in SpecialCommittee.objects.filter(term=term)}
    rows: list[models.Model] = []
    for position, starting in enumerate(departments, start=1):
        department = Department(
            term=term,
            name=starting.name,
            sequence=position,
            committee=committees.get(starting.committee),
        )
        rows.append(_saved(department))
        rows += [
            _saved(CollectionDuty(department=department, record_kind=kind, own_only=own_only))
            for kinds, own_only in ((starting.collects, False), (starting.own_only, True))
            for kind in kinds
        ]
    return rows


def _saved(row: Row) -> Row:
    row.full_clean()
    row.save(force_insert=True)
    return row
