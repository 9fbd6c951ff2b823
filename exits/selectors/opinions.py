"""What a department is asked for its opinion on, and what it said."""

from django.db.models import Q, QuerySet

from accounts.models import User
from exits.models import Case, CaseOpinion
from exits.querysets import partners_for


def with_parties(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("member__person", "member__sector")


def opinions_asked(*, user: User) -> QuerySet[Case]:
    """Cases that wait for the account's department, the most urgent first."""
    return with_parties(Case.objects.waiting_opinion(user)).order_by(
        "due_date", "informed_date", "pk"
    )


def opinions_given(*, user: User) -> QuerySet[CaseOpinion]:
    """What the account's departments last said in each case, the latest first."""
    said = Q(partner__in=partners_for(user), superseded_at__isnull=True)
    return (
        CaseOpinion.objects.visible_to(user)
        .filter(said)
        .select_related("case__member__person", "case__member__sector")
        .order_by("-date", "-pk")
    )
