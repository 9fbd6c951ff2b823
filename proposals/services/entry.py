"""One proposal, opinion report, piece of research or article, entered by whoever collects it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import models, transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from core.inserting import unless_known
from core.refusals import RefusalError
from members.choices import RecordKind
from members.models import Member, Term
from members.selectors.duties import refuse_uncollected
from proposals.choices import ResearchKind
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.models.works import Work
from proposals.services.works import (
    ADOPTIONS,
    AUTHORS,
    COSPONSORS,
    INSTRUCTIONS,
    PARTICIPANTS,
    Part,
)

WorkRow = TypeVar("WorkRow", bound=Work)
#: What each list of a work holds: members in their order, or levels.
Lists = Mapping[Part, Sequence[Member] | Sequence[str]]


class NumberTakenError(RefusalError):
    """Another work of the term has the number, perhaps since a moment ago."""


class NotServingError(RefusalError):
    """Somebody named was no member on the date of the work."""


class NobodyNamedError(RefusalError):
    """A work needs at least one member to have done it."""


@transaction.atomic
def enter_proposal(
    *,
    term: Term,
    number: str,
    title: str,
    lead_sponsor: Member,
    submitted_date: date,
    cosponsors: Sequence[Member] = (),
    examination_result: str = "",
    handling_result: str = "",
    is_major: bool = False,
    is_outstanding: bool = False,
    undertaking_unit: str = "",
    actor: User | None,
    at: datetime,
) -> Proposal:
    """The lead sponsor is left out of the co-sponsors.

    Raises NotCollectedError, NumberTakenError, NotServingError or django's ValidationError.
    """
    refuse_uncollected(actor=actor, term=term, kind=RecordKind.PROPOSAL)
    others = [member for member in cosponsors if member != lead_sponsor]
    refuse_not_serving([lead_sponsor, *others], submitted_date)
    work = Proposal(
        term=term,
        number=number,
        title=title,
        lead_sponsor=lead_sponsor,
        submitted_date=submitted_date,
        examination_result=examination_result,
        handling_result=handling_result,
        is_major=is_major,
        is_outstanding=is_outstanding,
        undertaking_unit=undertaking_unit,
    )
    return save_new_work(work, {COSPONSORS: others}, actor, at)


@transaction.atomic
def enter_opinion(
    *,
    term: Term,
    number: str,
    title: str,
    authors: Sequence[Member],
    reported_date: date,
    adoptions: Sequence[str] = (),
    instructions: Sequence[str] = (),
    source_proposal_number: str = "",
    actor: User | None,
    at: datetime,
) -> PublicOpinionReport:
    """`adoptions` and `instructions` are levels.

    Raises as `enter_proposal`, and NobodyNamedError.
    """
    refuse_uncollected(actor=actor, term=term, kind=RecordKind.OPINION)
    refuse_nobody(authors, "报送人")
    refuse_not_serving(authors, reported_date)
    work = PublicOpinionReport(
        term=term,
        number=number,
        title=title,
        reported_date=reported_date,
        source_proposal_number=source_proposal_number,
    )
    parts: Lists = {AUTHORS: authors, ADOPTIONS: adoptions, INSTRUCTIONS: instructions}
    return save_new_work(work, parts, actor, at)


@transaction.atomic
def enter_research(
    *,
    term: Term,
    number: str,
    title: str,
    kind: ResearchKind | str,
    participants: Sequence[Member],
    completed_date: date,
    organiser: str = "",
    result: str = "",
    actor: User | None,
    at: datetime,
) -> Research:
    """Raises as `enter_opinion`."""
    refuse_uncollected(actor=actor, term=term, kind=RecordKind.RESEARCH, organiser=organiser)
    refuse_nobody(participants, "参加人")
    refuse_not_serving(participants, completed_date)
    work = Research(
        term=term,
        number=number,
        title=title,
        kind=kind,
        completed_date=completed_date,
        organiser=organiser,
        result=result,
    )
    return save_new_work(work, {PARTICIPANTS: participants}, actor, at)


@transaction.atomic
def enter_article(
    *,
    term: Term,
    number: str,
    title: str,
    member: Member,
    published_date: date,
    publication: str,
    level: str = "",
    actor: User | None,
    at: datetime,
) -> Article:
    """Raises as `enter_proposal`."""
    refuse_uncollected(actor=actor, term=term, kind=RecordKind.ARTICLE)
    refuse_not_serving([member], published_date)
    work = Article(
        term=term,
        number=number,
        title=title,
        member=member,
        published_date=published_date,
        publication=publication,
        level=level,
    )
    return save_new_work(work, {}, actor, at)


def refuse_nobody(members: Sequence[Member], noun: str) -> None:
    if not members:
        raise NobodyNamedError(f"请至少填一名{noun}。")


def refuse_not_serving(members: Sequence[Member], on: date) -> None:
    """Raises NotServingError naming all who did not serve on the date."""
    others = [str(member) for member in members if not member.serves(on)]
    if others:
        raise NotServingError(f"{'、'.join(others)}在{on}不在任，没有保存。请核对日期或委员。")


def save_new_work(
    work: WorkRow,
    parts: Lists,
    actor: User | None,
    at: datetime,
) -> WorkRow:
    """Saves the work with its lists under one audit entry; the lists stand in its change."""

    def refuse_taken() -> None:
        if type(work)._base_manager.filter(term=work.term, number=work.number).exists():
            raise NumberTakenError(
                f"编号“{work.number}”本届已经用过（可能刚被他人使用），没有保存。请换一个编号。"
            )

    work.recorded_by, work.recorded_at = actor, at
    with unless_known(refuse_taken):
        work.full_clean()
        work.save(force_insert=True)
    after = audit.snapshot(work)
    for part, listed in parts.items():
        items: list[Member | str] = [*listed]
        rows = [_part_row(part, work, item, place) for place, item in enumerate(items, start=1)]
        for row in rows:
            row.full_clean()
            row.save(force_insert=True)
        after[part.field] = [item.code if isinstance(item, Member) else item for item in items]
    change = audit.changes_of(work, None, after)
    audit.record(actor=actor, verb=Verb.CREATE, at=at, obj=work, changes=[change])
    return work


def _part_row(part: Part, work: Work, item: Member | str, place: int) -> models.Model:
    values = {"member": item, "sequence": place} if part.of_members else {"level": item}
    return part.model(**{part.parent: work, **values})
