"""Which sectors' and committees' pages an account may open."""

from django.db.models import Q, QuerySet

from accounts.roles import RoleCode
from members.models import Sector, SpecialCommittee, Term


def open_committees(user, *, term: Term) -> QuerySet[SpecialCommittee]:
    """委员联络科 and the leaders open every committee's page; the collectors of a committee's own
    department open theirs, because it guides and urges the members of the sectors it liaises
    with (萍协字〔2022〕21号 二（三）（四）). Nobody else opens any.
    """
    committees = SpecialCommittee.objects.filter(term=term)
    if not user.is_authenticated:
        return committees.none()
    if user.reads_everything:
        return committees
    if not user.has_role(RoleCode.COLLECTOR):
        return committees.none()
    return committees.filter(department__in=user.affiliations.values("department"))


def open_sectors(user, *, term: Term) -> QuerySet[Sector]:
    """Those of the committees above, and for a sector group its own sector."""
    sectors = Sector.objects.filter(term=term)
    if not user.is_authenticated:
        return sectors.none()
    if user.reads_everything:
        return sectors
    seen = Q(liaison__committee__in=open_committees(user, term=term))
    if user.has_role(RoleCode.SECTOR_GROUP):
        seen |= Q(pk__in=user.affiliations.values("sector_group__sector"))
    return sectors.filter(seen)


def sees_overview(user) -> bool:
    """How many activities each organ held is no secret inside the house."""
    return user.reads_everything or user.has_role(RoleCode.COLLECTOR, RoleCode.SECTOR_GROUP)


def sees_assembly(user) -> bool:
    return user.reads_everything or user.has_role(RoleCode.COLLECTOR)
