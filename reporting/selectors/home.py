"""What a member still owes, for their first page."""

from collections.abc import Sequence
from datetime import date

from accounts.models import User
from assessments.rulebook import Owed
from members.models import Member, Term
from reporting.selectors.standing import as_of, standing_of


def own_seat(*, user: User, term: Term) -> Member | None:
    """The account's seat in the term."""
    seats = Member.objects.filter(term=term, person__user=user)
    return seats.select_related("person", "term__assembly", "sector").first()


def owed_by(member: Member, *, today: date) -> Sequence[Owed]:
    """The minimums of the running year and the term, what is missing first; none for somebody
    who does not serve.
    """
    on = as_of(member.term, today.year, today)
    standing = standing_of(member, year=on.year, on=on)
    return sorted(standing.owed, key=lambda item: (item.is_met, item.due)) if standing else []
