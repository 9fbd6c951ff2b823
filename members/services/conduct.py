"""Awards, entered by whoever collects them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from core.inserting import unless_known
from core.refusals import RefusalError
from members.choices import RecordKind
from members.models import Commendation, Member, Term
from members.selectors.duties import refuse_uncollected


class CommendedAlreadyError(RefusalError):
    """The member has the same award of the same day already."""


@transaction.atomic
def enter_commendations(
    *,
    term: Term,
    members: Sequence[Member],
    kind: str,
    date: date,
    level: str = "",
    cause: str = "",
    document_number: str = "",
    actor: User | None,
    at: datetime,
) -> list[Commendation]:
    """One row a member, one audit entry.

    Raises NotCollectedError, CommendedAlreadyError or django's ValidationError.
    """
    refuse_uncollected(actor=actor, term=term, kind=RecordKind.CONDUCT)

    def refuse_known() -> None:
        known = Commendation.objects.filter(member__in=members, date=date, kind=kind)
        if names := [str(row.member) for row in known.select_related("member__person")]:
            raise CommendedAlreadyError(f"{'、'.join(names)}同日的“{kind}”已经录入过，没有保存。")

    rows = [
        Commendation(
            member=member,
            kind=kind,
            date=date,
            level=level,
            cause=cause,
            document_number=document_number,
            recorded_by=actor,
            recorded_at=at,
        )
        for member in members
    ]
    with unless_known(refuse_known):
        for row in rows:
            row.full_clean()
            row.save(force_insert=True)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=rows[0],
        label=f"奖励 {kind}（{len(rows)}人）",
        changes=[audit.changes_of(row, None, audit.snapshot(row)) for row in rows],
    )
    return rows
