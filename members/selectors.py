"""Reads about terms and members that several screens share."""

from members.models import Member, Sector, SpecialCommittee, Term


def current_term() -> Term | None:
    """The term that began last: the one the office works on; none in an empty system."""
    return Term.objects.select_related("assembly").first()


def member_keys(term: Term) -> dict[str, int]:
    """Key of every member of the term by 委员编号."""
    return dict(Member.objects.filter(term=term).values_list("code", "pk"))


def organ_keys(term: Term) -> dict[str, dict[str, int]]:
    """Keys of the term's sectors and special committees by name."""
    return {
        "sector": dict(Sector.objects.filter(term=term).values_list("name", "pk")),
        "committee": dict(SpecialCommittee.objects.filter(term=term).values_list("name", "pk")),
    }
