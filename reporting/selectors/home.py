"""What a member's first page tells besides the work list: the next meetings, what is still owed."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import User
from assessments.rulebook import Owed
from attendance.models import Expectation
from members.models import Member, Term
from reporting.selectors.standing import as_of, standing_of

#: So many meetings are shown.
NEXT_MEETINGS = 3


def own_seat(*, user: User, term: Term) -> Member | None:
    """The account's seat in the term."""
    seats = Member.objects.filter(term=term, person__user=user)
    return seats.select_related("person", "term__assembly", "sector").first()


def coming_invitations(*, user: User, on: date) -> QuerySet[Expectation]:
    """Meetings not yet over to which the account's person is invited, soonest first."""
    not_over = Q(meeting__start_date__gte=on) | Q(meeting__end_date__gte=on)
    return (
        Expectation.objects.invitable()
        .filter(not_over, member__person__user=user)
        .select_related("meeting")
        .prefetch_related("meeting__sittings")
        .order_by("meeting__start_date", "meeting__pk")
    )


def owed_by(member: Member, *, today: date) -> Sequence[Owed]:
    """The minimums of the running year and the term, what is missing first; none for somebody
    who does not serve.
    """
    on = as_of(member.term, today.year, today)
    standing = standing_of(member, year=on.year, on=on)
    return sorted(standing.owed, key=lambda item: (item.is_met, item.due)) if standing else []
