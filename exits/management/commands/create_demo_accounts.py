"""One account for each role, so that a visitor can look at the demonstration from every side."""

import unicodedata
from datetime import datetime
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.db.models import Count, Model
from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.passwords import IssuedPassword, reset_password
from accounts.services.records import save_record
from accounts.services.roles import set_roles
from accounts.services.users import create_user, reactivate_user
from core.commands import DutyCommand
from members.choices import Post
from members.models import Affiliation, Member, Person, Tenure, Term
from members.selectors import named_term

#: (role, account, name where no demonstration person holds it)
ACCOUNTS = (
    (RoleCode.REGISTRAR, "demo-registrar", "文清扬"),
    (RoleCode.COLLECTOR, "demo-collector", "安明远"),
    (RoleCode.LEADER, "demo-leader", "程怀正"),
    (RoleCode.MEMBER, "demo-member", "林采薇"),
    (RoleCode.MEMBER, "demo-standing-member", "方知行"),
    (RoleCode.ORGANIZATION_DEPARTMENT, "demo-organization", "顾守成"),
    (RoleCode.UNITED_FRONT_DEPARTMENT, "demo-united-front", "苏同舟"),
    (RoleCode.COUNTY_GROUP, "demo-county", "江望乡"),
    (RoleCode.SECTOR_GROUP, "demo-sector", "陆界平"),
    (RoleCode.SYSTEM_ADMIN, "demo-admin", "严守则"),
    (RoleCode.SECURITY_AUDITOR, "demo-auditor", "明察之"),
)
REASON = "演示账号"


class Command(DutyCommand):
    help = "为演示届次的每个角色建立账号；再次运行则重新生成密码。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--term", default="pingxiang-14", help="届次代码")

    @transaction.atomic
    def handle(self, *, term: str, **options: Any) -> None:
        found = named_term(term)
        at = timezone.now()
        people = people_behind(found, at)
        rows = [("角色", "账号", "姓名", "密码")]
        for role, username, invented in ACCOUNTS:
            person = people.get(username)
            issued = issue(role, username, person.name if person else invented, at)
            attach(issued.user, person, found, at)
            rows.append((title_of(role, username), username, issued.user.name, issued.password))
        for row in rows:
            self.stdout.write(aligned(row))


def people_behind(term: Term, at: datetime) -> dict[str, Person]:
    """Who of the demonstration stands behind which account: a chairperson, a standing member and
    a plain member, those already linked first.
    """
    on = timezone.localdate(at)
    serving = Member.objects.filter(term=term).serving(on).select_related("person")
    serving = serving.order_by("code")
    tenures = Tenure.objects.filter(member__in=serving).covering(on)
    chair = tenures.filter(post=Post.CHAIRPERSON).values("member")
    standing = tenures.filter(post=Post.STANDING_MEMBER).values("member")
    officers = tenures.exclude(post=Post.STANDING_MEMBER).values("member")
    choices = {
        "demo-leader": serving.filter(pk__in=chair),
        "demo-standing-member": serving.filter(pk__in=standing).exclude(pk__in=officers),
        "demo-member": serving.exclude(pk__in=tenures.values("member")),
    }
    people = {}
    for username, members in choices.items():
        linked = members.filter(person__user__username=username).first()
        member = linked or members.filter(person__user=None).first()
        if member is not None:
            people[username] = member.person
    return people


def issue(role: RoleCode, username: str, name: str, at: datetime) -> IssuedPassword:
    """A new account, or a new password for the one there is."""
    user = User.objects.filter(username=username).first()
    if user is None:
        return create_user(
            username=username, name=name, roles=[role], actor=None, at=at, temporary=False
        )
    reactivate_user(user=user, actor=None, at=at, reason=REASON)
    set_roles(user=user, roles=[role], actor=None, at=at, reason=REASON)
    return reset_password(user=user, actor=None, at=at, reason=REASON, temporary=False)


def attach(user: User, person: Person | None, term: Term, at: datetime) -> None:
    """Links the account to its person, or to the unit it works for."""
    if person is not None and person.user_id != user.pk:
        person.user = user
        save_record(obj=person, actor=None, at=at, reason=REASON)
    unit = unit_of(user, term)
    if unit and not Affiliation.objects.filter(user=user, **unit).exists():
        save_record(obj=Affiliation(user=user, **unit), actor=None, at=at, reason=REASON)


def unit_of(user: User, term: Term) -> dict[str, Model]:
    """The department that collects most, the group that holds most members."""
    units = {
        "demo-collector": ("department", term.department_set, "duties"),
        "demo-county": ("liaison_group", term.liaisongroup_set, "members"),
        "demo-sector": ("sector_group", term.sectorgroup_set, "sector__members"),
    }
    if user.username not in units:
        return {}
    field, organs, weight = units[user.username]
    chosen = organs.annotate(weight=Count(weight)).order_by("-weight", "sequence", "pk").first()
    return {field: chosen} if chosen else {}


def title_of(role: RoleCode, username: str) -> str:
    return "常委" if username == "demo-standing-member" else str(role.label)


def aligned(row: tuple[str, ...]) -> str:
    """Columns under one another; a Chinese character is two columns wide."""
    widths = (18, 24, 10, 0)
    cells = zip(row, widths, strict=True)
    return "".join(text + " " * (width - columns(text)) for text, width in cells).rstrip()


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
