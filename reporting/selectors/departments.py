"""The collecting departments an account works for."""

from accounts.models import User
from members.models import Term


def own_departments(user: User, term: Term) -> frozenset[str]:
    names = user.affiliations.filter(department__term=term).values_list(
        "department__name", flat=True
    )
    return frozenset(names)
