"""Proposals, opinion reports, research and articles, many at once.

The rows come checked as a set by the caller, who holds the transaction and records the audit
entry over the changes returned. Members are named by number. Who co-signed, reported or took
part, and where a report was adopted, belong to the work and stand in its change.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models

from accounts.audit import Change
from accounts.models import User
from accounts.services import Batch, save_batch
from accounts.services.bulk import ROWS_A_STATEMENT
from members.models import Term
from members.selectors import member_keys
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
)
from proposals.models.works import Work


@dataclass(frozen=True)
class Part:
    """A list that belongs to a work, kept in a table of its own: its rows name `parent`.

    Its items are members in their order, or levels.
    """

    field: str
    model: type[models.Model]
    parent: str
    of_members: bool


COSPONSORS = Part("cosponsors", CoSponsorship, "proposal", of_members=True)
AUTHORS = Part("authors", OpinionAuthorship, "report", of_members=True)
ADOPTIONS = Part("adoptions", OpinionAdoption, "report", of_members=False)
INSTRUCTIONS = Part("instructions", OpinionInstruction, "report", of_members=False)
PARTICIPANTS = Part("participants", ResearchParticipation, "research", of_members=True)


def save_proposals(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    return _save_works(Proposal, (COSPONSORS,), term, batch, actor, at)


def save_opinions(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    parts = (AUTHORS, ADOPTIONS, INSTRUCTIONS)
    return _save_works(PublicOpinionReport, parts, term, batch, actor, at)


def save_research(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    return _save_works(Research, (PARTICIPANTS,), term, batch, actor, at)


def save_articles(*, term: Term, batch: Batch, actor: User | None, at: datetime) -> list[Change]:
    return _save_works(Article, (), term, batch, actor, at)


def _save_works(
    model: type[Work],
    parts: Sequence[Part],
    term: Term,
    batch: Batch,
    actor: User | None,
    at: datetime,
) -> list[Change]:
    members = member_keys(term)
    names = [part.field for part in parts]
    own = Batch(
        [_without(values, names) for values in batch.added],
        {pk: _without(values, names) for pk, values in batch.amended.items()},
    )
    label = _labelling(model)
    changes = save_batch(
        model,
        own,
        references={"member": members, "lead_sponsor": members},
        actor=actor,
        at=at,
        label=label,
        shared={"term_id": term.pk},
    )
    numbers = [values["number"] for values in batch.added]
    keys = _keys_by_number(model, term) if numbers else {}
    listed = {keys[values["number"]]: values for values in batch.added}
    listed.update(batch.amended)
    for part in parts:
        written = {pk: values[part.field] for pk, values in listed.items() if part.field in values}
        changes = _save_part(part, written, members, changes)
    return changes


def _keys_by_number(model: type[Work], term: Term) -> dict[str, int]:
    return dict(model._base_manager.filter(term=term).values_list("number", "pk"))


def _without(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _labelling(model: type[Work]) -> Callable[[Mapping[str, Any]], str]:
    kind = str(model._meta.verbose_name)
    return lambda work: f"{kind} {work['number']}"


def _save_part(
    part: Part,
    written: Mapping[int, Sequence[str]],
    members: Mapping[str, int],
    changes: Sequence[Change],
) -> list[Change]:
    """Replaces the lists of these works, and tells of it in the change of each work."""
    before = _stored_part(part, written)
    for some in batched(before, ROWS_A_STATEMENT):
        part.model._base_manager.filter(**{f"{part.parent}__in": some}).delete()
    part.model._base_manager.bulk_create(
        [
            part.model(**{f"{part.parent}_id": pk}, **_item(part, item, position, members))
            for pk, items in written.items()
            for position, item in enumerate(items, start=1)
        ],
        batch_size=ROWS_A_STATEMENT,
    )
    by_key = {str(pk): pk for pk in written}
    return [
        _with_part(change, part, before.get(by_key[change.object_id], []), written)
        if change.object_id in by_key
        else change
        for change in changes
    ]


def _stored_part(part: Part, written: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    item = "member__code" if part.of_members else "level"
    order = "sequence" if part.of_members else "pk"
    stored: dict[int, list[str]] = {}
    for some in batched(written, ROWS_A_STATEMENT):
        rows = part.model._base_manager.filter(**{f"{part.parent}__in": some})
        for pk, name in rows.order_by(order).values_list(f"{part.parent}_id", item):
            stored.setdefault(pk, []).append(name)
    return stored


def batched(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    """The keys in lists of at most `size`: a statement takes only so many parameters."""
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some


def _item(part: Part, item: str, position: int, members: Mapping[str, int]) -> dict[str, Any]:
    if part.of_members:
        return {"member_id": members[item], "sequence": position}
    return {"level": item}


def _with_part(
    change: Change, part: Part, before: Sequence[str], written: Mapping[int, Sequence[str]]
) -> Change:
    after = {**(change.after or {}), part.field: list(written[int(change.object_id)])}
    if change.before is None:
        return replace(change, after=after)
    return replace(change, before={**change.before, part.field: list(before)}, after=after)
