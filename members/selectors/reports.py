"""Reports of change: who may report what of whom, who is told, what waits."""

from accounts.models import User
from accounts.roles import RoleCode
from members.choices import ChangeKind, Party
from members.models import ChangeReport, LiaisonGroup, Member, SectorGroup
from members.querysets import ChangeReportQuerySet, MemberQuerySet, reportable_members

#: The permission of those who settle reports.
SETTLE_PERMISSION = "members.change_changereport"

#: What the sector groups report (萍协办字〔2022〕19号 三（七）).
SECTOR_KINDS = (ChangeKind.POST_CHANGED, ChangeKind.MOVED_AWAY, ChangeKind.OTHER)


def reported_by(user: User) -> MemberQuerySet:
    """Members the account may report on."""
    return Member.objects.filter(reportable_members(user)).distinct()


def reportable_kinds(*, user: User, member: Member | None = None) -> list[ChangeKind]:
    """What the account may report, of this member or of anybody.

    A county group everything of its own (三（六）), a sector group what is not disciplinary
    (三（七）), 组织部 changes of post (三（四）); 委员联络科 enters what reaches it on paper.
    """
    allowed: set[ChangeKind] = set()
    if user.has_role(RoleCode.REGISTRAR):
        return list(ChangeKind)
    if user.has_role(RoleCode.COUNTY_GROUP) and (member is None or _county_group(user, member)):
        return list(ChangeKind)
    if user.has_role(RoleCode.SECTOR_GROUP) and (member is None or _sector_group(user, member)):
        allowed |= set(SECTOR_KINDS)
    if user.has_role(RoleCode.ORGANIZATION_DEPARTMENT) and (
        member is None or member.party == Party.CPC
    ):
        allowed.add(ChangeKind.POST_CHANGED)
    return [kind for kind in ChangeKind if kind in allowed]


def reporting_unit(
    *, user: User, member: Member, kind: str
) -> tuple[LiaisonGroup | None, SectorGroup | None]:
    """The group in whose name the account reports; neither for 组织部 and 委员联络科."""
    if user.has_role(RoleCode.COUNTY_GROUP) and (county := _county_group(user, member)):
        return county, None
    if user.has_role(RoleCode.SECTOR_GROUP) and kind in SECTOR_KINDS:
        return None, _sector_group(user, member)
    return None, None


def accounts_of_side(member: Member) -> tuple[list[User], str]:
    """Accounts of the department of the member's side, and its name (三（四）)."""
    role, name = (
        (RoleCode.ORGANIZATION_DEPARTMENT, "市委组织部")
        if member.party == Party.CPC
        else (RoleCode.UNITED_FRONT_DEPARTMENT, "市委统战部")
    )
    accounts = User.objects.filter(groups__role__code=role, is_active=True)
    return list(accounts.exclude(person__memberships=member)), name


def waiting_reports(*, user: User) -> ChangeReportQuerySet:
    """Reports the account is to settle, the oldest first."""
    if not user.has_perm(SETTLE_PERMISSION):
        return ChangeReport.objects.none()
    return ChangeReport.objects.visible_to(user).waiting().order_by("recorded_at", "pk")


def _county_group(user: User, member: Member) -> LiaisonGroup | None:
    if member.liaison_group_id is None:
        return None
    groups = user.affiliations.values("liaison_group")
    return LiaisonGroup.objects.filter(pk=member.liaison_group_id, pk__in=groups).first()


def _sector_group(user: User, member: Member) -> SectorGroup | None:
    groups = user.affiliations.values("sector_group")
    return SectorGroup.objects.filter(sector=member.sector_id, pk__in=groups).first()
