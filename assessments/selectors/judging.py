"""Judging a term's year without storing anything: facts, hits, and the records behind each."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from assessments.rulebook import Judgement, Pack, evaluate, severity
from dossiers.facts import DutyFacts, Holder, OrganFacts
from dossiers.selectors import duty_facts, records_behind
from members.models import Term

Refusals = Mapping[int, tuple[str, ...]]
#: (rule, kind of subject, row of the subject, window)
FindingKey = tuple[str, str, int, str]
NOBODY_REFUSES: Refusals = {}
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Hit:
    """A judgement that holds, with the records counted, named `sheet:key`."""

    judgement: Judgement
    records: tuple[str, ...]

    @property
    def key(self) -> FindingKey:
        subject = self.judgement.subject
        return (
            self.judgement.rule.id,
            subject.holder.value,
            subject.pk,
            self.judgement.window.name,
        )

    @cached_property
    def values(self) -> dict[str, Any]:
        return {
            name: float(value) if isinstance(value, Decimal) else value
            for name, value in self.judgement.values.items()
        }

    @cached_property
    def digest(self) -> str:
        """The same while the suggestion, the numbers and the records counted are the same."""
        content = [self.judgement.rule.outcome, self.values, list(self.records)]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def citations(self) -> list[dict[str, str]]:
        return [citation.as_json() for citation in self.judgement.rule.citations]


@dataclass(frozen=True)
class Assessment:
    """What a pack finds on facts; hits are sorted by rule, subject and window."""

    pack: Pack
    facts: DutyFacts
    hits: tuple[Hit, ...]


def assess(
    *, term: Term, year: int, on: date, pack: Pack, refusals: Refusals = NOBODY_REFUSES
) -> Assessment:
    """Judges everybody by the pack; the number of queries does not grow with the members.

    `refusals` names, by member (primary key), the records of refusing an ordered resignation.
    """
    facts = duty_facts(term=term, year=year, on=on).with_refusals(refusals)
    judgements = evaluate(pack, facts)
    wanted: dict[int, set[str]] = defaultdict(set)
    for judgement in judgements:
        if judgement.subject.holder is Holder.MEMBER:
            wanted[judgement.subject.pk] |= set(judgement.deciding_measures)
    behind = records_behind(
        facts,
        wanted=wanted,
        measures=[
            measure
            for rule in pack.rules(is_county=facts.term.is_county)
            if rule.subject.is_member
            for measure in rule.measures
        ],
    )
    organs = {
        (organ.subject.holder, organ.subject.pk): organ
        for organ in (*facts.sectors, *facts.committees, facts.assembly)
    }
    return Assessment(
        pack,
        facts,
        tuple(Hit(judgement, _records(judgement, behind, organs)) for judgement in judgements),
    )


def _records(
    judgement: Judgement,
    behind: Mapping[tuple[int, str], tuple[str, ...]],
    organs: Mapping[tuple[Holder, int], OrganFacts],
) -> tuple[str, ...]:
    subject, window = judgement.subject, judgement.window
    if subject.holder is Holder.MEMBER:
        records = [
            record
            for measure in judgement.deciding_measures
            for record in behind[subject.pk, measure]
        ]
    else:
        organ = organs[subject.holder, subject.pk]
        records = [
            occasion.record
            for measure in judgement.deciding_measures
            for occasion in organ.within(measure, window.start, window.end)
        ]
    return tuple(dict.fromkeys(records))


def most_severe(outcomes: Mapping[Key, list[str]]) -> dict[Key, str]:
    """By subject, the most severe of its outcomes."""
    return {subject: max(found, key=severity) for subject, found in outcomes.items()}
