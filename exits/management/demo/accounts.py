"""The demonstration's accounts: one for each role, and the people behind them."""

from datetime import date, datetime

from django.db.models import Count, Model
from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services.records import save_record
from accounts.services.users import create_user
from exits.management.demo.times import moment
from members.choices import Post
from members.models import Affiliation, Member, Person, Tenure, Term

#: (role, account, name where no demonstration person holds it)
ACCOUNTS = (
    (RoleCode.REGISTRAR, "demo-registrar", "文清扬"),
    (RoleCode.COLLECTOR, "demo-collector", "安明远"),
    (RoleCode.LEADER, "demo-leader", "程怀正"),
    (RoleCode.LEADER, "demo-secretary", "秦知言"),
    (RoleCode.LEADER, "demo-vice-chair", "章思齐"),
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
#: Members whose initial password nobody has used.
NEVER_SIGNED_IN = 3


def demo_account(username: str, *, term: Term, at: datetime) -> User:
    """The demonstration account, opened with its person or unit where it is not there yet."""
    known = User.objects.filter(username=username).first()
    if known is not None:
        return known
    role, _, invented = next(row for row in ACCOUNTS if row[1] == username)
    person = people_behind(term, at).get(username)
    user = create_user(
        username=username,
        name=person.name if person else invented,
        roles=[role],
        actor=None,
        at=at,
        temporary=False,
    ).user
    attach(user, person, term, at)
    return user


def stage_accounts(*, term: Term, told_until: date) -> None:
    """Accounts opened for members who have not signed in yet: for the administrator to see to."""
    at = moment(told_until)
    waiting = Member.objects.filter(term=term, person__user=None).serving(told_until)
    for member in waiting.select_related("person").order_by("-code")[:NEVER_SIGNED_IN]:
        user = create_user(
            username=f"wy{member.code.lower()}",
            name=member.person.name,
            roles=[RoleCode.MEMBER],
            actor=None,
            at=at,
        ).user
        attach(user, member.person, term, at)


def people_behind(term: Term, at: datetime) -> dict[str, Person]:
    """Who of the demonstration stands behind which account: a chairperson, the secretary-general,
    a vice-chairperson, a standing member and a plain member, those already linked first; nobody
    who is suspended.
    """
    on = timezone.localdate(at)
    serving = Member.objects.filter(term=term).invitable(on).select_related("person")
    serving = serving.order_by("code")
    tenures = Tenure.objects.filter(member__in=serving).covering(on)
    leading = {
        "demo-leader": Post.CHAIRPERSON,
        "demo-secretary": Post.SECRETARY_GENERAL,
        "demo-vice-chair": Post.VICE_CHAIRPERSON,
    }
    standing = tenures.filter(post=Post.STANDING_MEMBER).values("member")
    officers = tenures.exclude(post=Post.STANDING_MEMBER).values("member")
    choices = {
        **{
            username: serving.filter(pk__in=tenures.filter(post=post).values("member"))
            for username, post in leading.items()
        },
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
