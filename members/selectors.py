"""Reads about terms and members that several screens share."""

from members.models import Term


def current_term() -> Term | None:
    """The term that began last: the one the office works on; none in an empty system."""
    return Term.objects.select_related("assembly").first()
