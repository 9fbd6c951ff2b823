"""The numbers of 常委述职表: the same measures that rules judge by, never counted apart."""

from collections.abc import Collection, Mapping
from datetime import date

from dossiers.facts import MEASURES
from dossiers.selectors import duty_facts
from members.models import Term

FormCounts = dict[str, int]

GROUPS = {"plenary", "standing", "activities", "proposals", "speeches", "opinions", "themed"}
FORM_MEASURES = (
    *(name for name in MEASURES if name.partition(".")[0] in GROUPS),
    "external.attended",
)


def form_counts(
    *, term: Term, year: int, on: date, members: Collection[int]
) -> Mapping[int, FormCounts]:
    """{member pk: {measure: number}} of those of the members who serve on the date."""
    facts = duty_facts(term=term, year=year, on=on, members=members, measures=FORM_MEASURES)
    return {
        member.subject.pk: {name: int(member.value(name) or 0) for name in FORM_MEASURES}
        for member in facts.members
    }
