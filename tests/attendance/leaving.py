"""A small house for the tests of leave and non-voting seats: posts, a registrar, meetings ahead."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Role, User
from accounts.roles import RoleCode
from attendance.choices import MeetingKind
from attendance.models import Expectation, Meeting, Sitting
from attendance.services.procedures import lay_procedures
from members.choices import Post
from members.models import Affiliation, Department, Member, Term
from tests.building import make_meeting, make_member, make_tenure, make_term

#: A Monday; the meetings are on the Monday after.
TODAY = date(2024, 3, 4)
DAY = date(2024, 3, 11)
LAID = datetime(2021, 11, 1, 1, tzinfo=timezone.get_default_timezone())


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


AT = moment(TODAY)


def make_user(username: str, *roles: str) -> User:
    user = User.objects.create(
        username=username,
        name=f"{username}某",
        is_staff=bool(set(roles) - {RoleCode.MEMBER}),
        password_changed_at=timezone.now(),
    )
    user.groups.set(Role.objects.filter(code__in=roles))
    return user


@dataclass
class Office:
    term: Term
    users: dict[str, User] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def seat(self, name: str, *roles: str, post: str = "", **fields) -> Member:
        """A member with an account in the roles, holding the post."""
        member = make_member(self.term, name=name, **fields)
        if roles:
            member.person.user = self.users[name] = make_user(name, *roles)
            member.person.save()
        if post:
            make_tenure(member, self.term.start_date, post=post)
        self.members[name] = member
        return member

    def meeting(
        self, kind: str, *expected: Member, on: date = DAY, sittings: int = 1, **fields
    ) -> Meeting:
        """With a sitting a day at nine in the morning."""
        meeting = make_meeting(
            self.term, kind, on, end_date=on + timedelta(days=sittings - 1), **fields
        )
        for number in range(sittings):
            starts = moment(on + timedelta(days=number))
            Sitting.objects.create(meeting=meeting, number=number + 1, starts_at=starts)
        for member in expected:
            Expectation.objects.create(meeting=meeting, member=member)
        return meeting


def make_office() -> Office:
    """主席, 秘书长, two 副主席, a collector of 经济委员会, 委员联络科 and two members."""
    office = Office(make_term("leave"))
    lay_procedures(term=office.term, actor=None, at=LAID)
    office.seat("主席", RoleCode.LEADER, post=Post.CHAIRPERSON)
    office.seat("秘书长", RoleCode.LEADER, post=Post.SECRETARY_GENERAL)
    office.seat("副主席甲", RoleCode.LEADER, post=Post.VICE_CHAIRPERSON)
    office.seat("副主席乙", RoleCode.LEADER, post=Post.VICE_CHAIRPERSON)
    office.seat("委员甲", RoleCode.MEMBER)
    office.seat("委员乙", RoleCode.MEMBER)
    for name in ("委员联络科", "经济委员会"):
        Department.objects.create(term=office.term, name=name)
    office.users["联络科"] = make_user("联络科", RoleCode.REGISTRAR)
    office.users["联络员"] = make_user("联络员", RoleCode.COLLECTOR)
    Affiliation.objects.create(
        user=office.users["联络员"], department=Department.objects.get(name="经济委员会")
    )
    return office


PLENARY = MeetingKind.PLENARY_SESSION
STANDING = MeetingKind.STANDING_COMMITTEE_MEETING
COUNCIL = MeetingKind.CHAIRPERSONS_COUNCIL
OTHER = MeetingKind.OTHER
