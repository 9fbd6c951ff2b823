"""Codes of the roles. What each may do is data: `accounts/data/roles.toml`."""

from django.db.models import TextChoices


class RoleCode(TextChoices):
    REGISTRAR = "registrar", "委员联络科"
    COLLECTOR = "collector", "联络员"
    MEMBER = "member", "委员"
    LEADER = "leader", "领导"
    ORGANIZATION_DEPARTMENT = "organization_department", "组织部"
    UNITED_FRONT_DEPARTMENT = "united_front_department", "统战部"
    COUNTY_GROUP = "county_group", "县区委员联络组"
    SECTOR_GROUP = "sector_group", "界别活动组"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_AUDITOR = "security_auditor", "安全审计员"


#: Those who read every member's dossier.
READS_EVERYTHING = frozenset({RoleCode.REGISTRAR, RoleCode.LEADER})
