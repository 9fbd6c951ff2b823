"""A term with the organs its rule pack brings."""

import re
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from assessments.rulebook import Organs, load_pack
from attendance.services.procedures import lay_procedures
from members.models import Term
from members.services import StartingCommittee, StartingDepartment
from members.services import create_term as create_term_with_organs

#: 政协萍乡市第十四届委员会 is a term of 政协萍乡市委员会.
ORDINAL = re.compile(r"第[一二三四五六七八九十百〇零\d]+届")


@transaction.atomic
def create_term(
    *,
    code: str,
    name: str,
    pack_id: str,
    level: str,
    start_date: date,
    end_date: date,
    actor: User | None,
    at: datetime,
) -> Term:
    """With the organs of the pack, and its procedures of leave and non-voting seats.

    Raises PackUnknownError, TermExistsError, AssemblyLevelDiffersError or ValidationError."""
    organs = load_pack(pack_id).organs
    term = create_term_with_organs(
        code=code,
        name=name,
        assembly_name=ORDINAL.sub("", name) or name,
        level=level,
        rule_pack=pack_id,
        start_date=start_date,
        end_date=end_date,
        committees=_committees(organs),
        departments=[
            StartingDepartment(
                name=department.name,
                committee=department.committee,
                collects=department.collects,
                own_only=department.own,
            )
            for department in organs.departments
        ],
        actor=actor,
        at=at,
    )
    lay_procedures(term=term, actor=actor, at=at)
    return term


def _committees(organs: Organs) -> list[StartingCommittee]:
    return [
        StartingCommittee(
            name=committee,
            sectors=tuple(
                sector for sector in organs.sectors if organs.liaisons[sector] == committee
            ),
        )
        for committee in organs.committees
    ]
