"""The term the office works on, as the pages of every app ask for it."""

from django.http import Http404

from members.models import Term
from members.selectors import current_term


def term_or_404() -> Term:
    """A 404 in a system that has no term yet."""
    term = current_term()
    if term is None:
        raise Http404("还没有建立届次。")
    return term
