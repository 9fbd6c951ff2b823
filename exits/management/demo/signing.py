"""Sittings signed in at: one closed lately, by every way there is, and one going on today."""

from datetime import date, timedelta

from accounts.models import User
from accounts.services import save_record
from attendance.choices import MeetingKind, Scope, SignInMethod, Verdict
from attendance.models import Attendance, Expectation, Meeting, Sitting
from attendance.selectors.expected import Line
from attendance.services.approvals import decide_approval
from attendance.services.closing import close_sitting
from attendance.services.expected import build_expected
from attendance.services.leave import file_leave
from attendance.services.sign_in import add_visitor, leave_early, sign_in
from attendance.services.sign_in_batch import Arrival, sign_in_many
from exits.management.demo.chance import office_day
from exits.management.demo.times import moment
from members.models import Member, Term

#: Days before the last day told on which the closed sitting was held.
HELD_BEFORE = 12
PLACE = "市政协会议中心"
#: Of the closed sitting: who came late, on leave and not at all, as places in the list.
LATE, ON_LEAVE, ABSENT = (7, 21), (4, 15, 30), (11, 26)
#: Methods in turn; the list is long enough for each.
METHODS = (
    SignInMethod.STAFF,
    SignInMethod.HALL_CODE,
    SignInMethod.HALL_CODE,
    SignInMethod.MEMBER_CODE,
)
#: Of today's sitting: one in so many is still on the way.
STILL_COMING = 3


def stage_signing(*, term: Term, told_until: date, actor: User) -> None:
    stage_closed(term, office_day(told_until - timedelta(days=HELD_BEFORE)), actor)
    stage_today(term, told_until, actor)


def call(term: Term, day: date, title: str, number: str, scope: Scope, actor: User) -> Meeting:
    """A meeting outside what the rules count, with its list."""
    at = moment(day - timedelta(days=10))
    meeting = Meeting(
        term=term,
        number=number,
        title=title,
        kind=MeetingKind.OTHER,
        start_date=day,
        organiser="委员联络科",
        place=PLACE,
    )
    save_record(obj=meeting, actor=actor, at=at)
    build_expected(meeting=meeting, lines=[Line(scope)], actor=actor, at=at)
    return meeting


def open_sitting(meeting: Meeting, number: int, title: str, hour: int, actor: User) -> Sitting:
    sitting = Sitting(
        meeting=meeting,
        number=number,
        title=title,
        starts_at=moment(meeting.start_date, hour),
        ends_at=moment(meeting.start_date, hour + 2, 30),
        late_after_minutes=10,
    )
    return save_record(obj=sitting, actor=actor, at=moment(meeting.start_date - timedelta(days=10)))


def stage_closed(term: Term, day: date, actor: User) -> None:
    """Present, late, early, on leave, absent; a walk-in and a visitor."""
    meeting = call(
        term, day, "常委履职座谈会", f"ZTH-{day.year}-{day.month:02}", Scope.STANDING, actor
    )
    sitting = open_sitting(meeting, 1, "上午", 9, actor)
    rows = Expectation.objects.filter(meeting=meeting).expected().order_by("member__code")
    members = [row.member for row in rows.select_related("member__person", "member__term")]
    for place, member in enumerate(members):
        if place in ON_LEAVE:
            grant_leave(meeting, member, actor)
        elif place not in ABSENT:
            come(sitting, member, place, actor)
    listed = {member.pk for member in members}
    guest = Member.objects.filter(term=term).invitable(day).exclude(pk__in=listed).first()
    if guest is not None:
        come(sitting, guest, 0, actor)
    add_visitor(
        sitting=sitting,
        name="钟应约",
        unit="市发展和改革委员会",
        note="到会介绍情况",
        actor=actor,
        at=moment(day, 8, 55),
    )
    early = Attendance.objects.filter(sitting=sitting).order_by("pk").first()
    if early is not None:
        leave_early(attendance=early, actor=actor, at=moment(day, 10, 40), reason="另有公务")
    close_sitting(sitting=sitting, actor=actor, at=moment(day, 11, 35))


def come(sitting: Sitting, member: Member, place: int, actor: User) -> None:
    method = METHODS[place % len(METHODS)]
    day, by_hall = sitting.meeting.start_date, method == SignInMethod.HALL_CODE
    at = moment(day, 9, 20 + place) if place in LATE else moment(day, 8, 30 + place % 29)
    own = member.person.user if by_hall else None
    sign_in(
        sitting=sitting,
        member=member,
        method=method,
        actor=own or actor,
        at=at,
        device_mark=f"demo-{member.code}" if by_hall else "",
    )


def grant_leave(meeting: Meeting, member: Member, actor: User) -> None:
    day = meeting.start_date
    request = file_leave(
        meeting=meeting,
        member=member,
        reason="赴省里参加业务培训",
        actor=actor,
        at=moment(day - timedelta(days=6)),
    )
    while (step := request.approvals.filter(verdict=Verdict.WAITING).first()) is not None:
        decide_approval(
            approval=step,
            verdict=Verdict.APPROVED,
            note="同意。",
            on_behalf=True,
            actor=actor,
            at=moment(day - timedelta(days=5)),
        )


def stage_today(term: Term, day: date, actor: User) -> None:
    """Going on: most have come, the rest can be signed in by whoever looks around."""
    meeting = call(
        term, day, "委员大讲堂：学习贯彻中央经济工作部署", f"DJT-{day.year}", Scope.ALL, actor
    )
    sitting = open_sitting(meeting, 1, "上午报告会", 9, actor)
    open_sitting(meeting, 2, "下午分组讨论", 14, actor)
    rows = Expectation.objects.filter(meeting=meeting).expected().order_by("member__code")
    others = rows.filter(member__person__user__isnull=True).values_list("member", flat=True)
    arrivals = [
        Arrival(member, "present", moment(day, 8, 20 + place % 39))
        for place, member in enumerate(others)
        if place % STILL_COMING
    ]
    sign_in_many(
        sitting=sitting,
        arrivals=arrivals,
        filename="第一签到台.xlsx",
        actor=actor,
        at=moment(day, 9),
    )
