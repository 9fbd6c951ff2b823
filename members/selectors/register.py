"""Reads about terms and members that several screens share."""

from core.refusals import RefusalError
from members.models import Member, Sector, SpecialCommittee, Term


def current_term() -> Term | None:
    """The term that began last: the one the office works on; none in an empty system."""
    return Term.objects.select_related("assembly").first()


class TermUnknownError(RefusalError):
    """No term has the code."""


def named_term(code: str) -> Term:
    """The term with the code. Raises TermUnknownError."""
    term = Term.objects.select_related("assembly").filter(code=code).first()
    if term is None:
        raise TermUnknownError(f"没有代码为“{code}”的届次，请核对，或先用 create_term 建立。")
    return term


def member_keys(term: Term) -> dict[str, int]:
    """Key of every member of the term by 委员编号."""
    return dict(Member.objects.filter(term=term).values_list("code", "pk"))


def organ_keys(term: Term) -> dict[str, dict[str, int]]:
    """Keys of the term's sectors and special committees by name."""
    return {
        "sector": dict(Sector.objects.filter(term=term).values_list("name", "pk")),
        "committee": dict(SpecialCommittee.objects.filter(term=term).values_list("name", "pk")),
    }
