"""Leave and non-voting seats in every state, so that each role finds its own to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from accounts.models import User
from accounts.services import save_record
from attendance.choices import AttendanceStatus, MeetingKind, Participation, Scope, Verdict
from attendance.models import Attendance, Expectation, LeaveRequest, Meeting, NonVotingSeat, Sitting
from attendance.selectors.expected import Line
from attendance.services.approvals import decide_approval
from attendance.services.expected import build_expected
from attendance.services.invited import (
    accept_terms,
    file_seat_leave,
    invite_seat,
    record_materials_returned,
    record_seat_attendance,
)
from attendance.services.leave import file_leave, withdraw_leave
from attendance.services.seats import propose_seat, withdraw_seat
from exits.management.demo.accounts import demo_account
from exits.management.demo.chance import office_day
from exits.management.demo.times import moment
from members.models import Department, Member, Term

#: Days after the last day told on which the meetings ahead are held.
COUNCIL_AFTER, TRAINING_AFTER, STANDING_AFTER = 11, 13, 20
PREFIXES = {
    MeetingKind.STANDING_COMMITTEE_MEETING: "CW",
    MeetingKind.CHAIRPERSONS_COUNCIL: "ZX",
    MeetingKind.TRAINING: "PX",
}
PLACE = "市政协会议中心"
ACCOUNTS = ("member", "standing-member", "collector", "secretary", "vice-chair", "leader")
#: County assemblies whose chairpersons sit in at the 主席会议.
COUNTIES = ("安源区", "湘东区", "芦溪县", "上栗县", "莲花县")


@dataclass
class Stage:
    """Who acts, and on which days."""

    term: Term
    told_until: date
    registrar: User
    people: dict[str, User] = field(default_factory=dict)

    def day(self, before: int) -> date:
        return self.told_until - timedelta(days=before)

    @property
    def department(self) -> Department:
        return self.people["collector"].affiliations.get(department__isnull=False).department


def stage_leave(*, term: Term, told_until: date, actor: User) -> None:
    """Requests and seats at the meetings ahead, and those of a meeting just held."""
    stage = Stage(term, told_until, actor)
    opened = moment(stage.day(46))
    stage.people = {name: demo_account(f"demo-{name}", term=term, at=opened) for name in ACCOUNTS}
    standing = ahead(
        stage, MeetingKind.STANDING_COMMITTEE_MEETING, "常委会会议", STANDING_AFTER, Scope.STANDING
    )
    training = ahead(
        stage, MeetingKind.TRAINING, "提案工作培训班", TRAINING_AFTER, Scope.ALL, days=2
    )
    council = ahead(
        stage, MeetingKind.CHAIRPERSONS_COUNCIL, "主席会议", COUNCIL_AFTER, Scope.CHAIRPERSONS
    )
    leave_ahead(stage, standing, training)
    leave_from_plenary(stage)
    leave_lately(stage)
    seats_of_standing_meeting(stage, standing)
    seats_of_council(stage, council)
    seats_lately(stage)


def ahead(
    stage: Stage, kind: MeetingKind, name: str, after: int, scope: Scope, *, days: int = 1
) -> Meeting:
    """The next meeting of the kind, called where none is; with its expected list."""
    known = Meeting.objects.filter(
        term=stage.term,
        kind=kind,
        start_date__gt=stage.told_until,
        participation=Participation.MUST_ATTEND,
    ).order_by("start_date", "number")
    at = moment(stage.day(9))
    meeting = known.first() or call(stage, kind, name, after, days)
    if not Expectation.objects.filter(meeting=meeting).exists():
        build_expected(meeting=meeting, lines=[Line(scope)], actor=stage.registrar, at=at)
    return meeting


def call(stage: Stage, kind: MeetingKind, name: str, after: int, days: int) -> Meeting:
    start = office_day(stage.told_until + timedelta(days=after))
    taken = Meeting.objects.filter(term=stage.term).values_list("number", flat=True)
    numbers = (f"{PREFIXES[kind]}-{start.year}-{number:02}" for number in range(1, 1000))
    office = kind != MeetingKind.TRAINING
    meeting = Meeting(
        term=stage.term,
        number=next(number for number in numbers if number not in set(taken)),
        title=f"十四届政协{start.year}年{start.month}月{name}",
        kind=kind,
        start_date=start,
        end_date=start + timedelta(days=days - 1),
        organiser="市政协办公室" if office else stage.department.name,
        place=PLACE,
        topic="讨论年度工作" if office else "",
    )
    at = moment(stage.day(9))
    save_record(obj=meeting, actor=stage.registrar, at=at)
    for number in range(days):
        sitting = Sitting(
            meeting=meeting,
            number=number + 1,
            starts_at=moment(start + timedelta(days=number)),
            ends_at=moment(start + timedelta(days=number), 11, 30),
        )
        save_record(obj=sitting, actor=stage.registrar, at=at)
    return meeting


def expected_at(meeting: Meeting, *, skip: Iterable[User]) -> list[Member]:
    """Members on the list without an account of ours, by number."""
    rows = Expectation.objects.filter(meeting=meeting).expected().order_by("member__code")
    others = rows.exclude(member__person__user__in=list(skip)).select_related("member__person")
    return [row.member for row in others]


def decide(
    stage: Stage,
    request: LeaveRequest | NonVotingSeat,
    names: Sequence[str],
    day: date,
    verdict: Verdict = Verdict.APPROVED,
    note: str = "",
) -> None:
    """The next steps, each by the account of that name; the last with the verdict."""
    for place, name in enumerate(names):
        is_last = place == len(names) - 1
        decide_approval(
            approval=request.approvals.filter(verdict=Verdict.WAITING).first(),
            verdict=verdict if is_last else Verdict.APPROVED,
            note=note if is_last else "",
            actor=stage.people[name],
            at=moment(day, 15 + place),
        )


def leave_ahead(stage: Stage, standing: Meeting, training: Meeting) -> None:
    """Waiting for 主席 and for the organising unit; approved, refused and taken back."""
    own = list(stage.people.values())
    first, second, third, fourth, *_ = expected_at(standing, skip=own)

    def ask(meeting, member, reason, before, *, actor=None, sittings=()):
        return file_leave(
            meeting=meeting,
            member=member,
            reason=reason,
            sittings=sittings,
            actor=actor or stage.registrar,
            at=moment(stage.day(before), 10),
        )

    ask(standing, first, "随省考察团赴外地考察", 1)
    approved = ask(standing, second, "参加上级部门业务培训，已报单位同意", 5)
    decide(stage, approved, ["leader"], stage.day(4), note="同意")
    refused = ask(standing, third, "单位年终总结会议", 5)
    note = "常委会会议须保证出席，请与单位协调。"
    decide(stage, refused, ["leader"], stage.day(4), Verdict.REFUSED, note)
    withdrawn = ask(standing, fourth, "因公出差", 6)
    withdraw_leave(request=withdrawn, actor=stage.registrar, at=moment(stage.day(3)))
    named = Member.objects.filter(term=stage.term, person__user=stage.people["standing-member"])
    own_seat = named.get()
    if Expectation.objects.filter(meeting=standing, member=own_seat).expected().exists():
        ask(standing, own_seat, "赴医院复查", 1, actor=stage.people["standing-member"])
    leave_from_training(stage, training, ask)


def leave_from_plenary(stage: Stage) -> None:
    """At the next plenary, where one is called: before 秘书长, before 主席, and granted."""
    meeting = Meeting.objects.filter(
        term=stage.term,
        kind=MeetingKind.PLENARY_SESSION,
        start_date__gt=stage.told_until,
        expectations__isnull=False,
    ).first()
    if meeting is None:
        return
    chain = ("secretary", "leader")
    members = expected_at(meeting, skip=stage.people.values())[6:9]
    reasons = ("参加党校脱产学习", "赴京参加行业会议", "产假")
    for done, (member, reason) in enumerate(zip(members, reasons, strict=True)):
        request = file_leave(
            meeting=meeting,
            member=member,
            reason=reason,
            actor=stage.registrar,
            at=moment(stage.day(5)),
        )
        if done:
            decide(stage, request, chain[:done], stage.day(2))


def leave_from_training(stage: Stage, training: Meeting, ask) -> None:
    """One sitting only, by the member; the whole course, by telephone; one granted."""
    member = Member.objects.get(term=stage.term, person__user=stage.people["member"])
    if Expectation.objects.filter(meeting=training, member=member).expected().exists():
        last = training.sittings.order_by("number").last()
        sittings = [last] if last and last.number > 1 else ()
        ask(training, member, "第二天单位有重要会议", 2, actor=stage.people["member"],
            sittings=sittings)  # fmt: skip
    called, granted, *_ = expected_at(training, skip=stage.people.values())
    ask(training, called, "随团外出考察（来电请假）", 1)
    settled = ask(training, granted, "家中老人住院", 4)
    if training.organiser == stage.department.name:
        decide(stage, settled, ["collector"], stage.day(3))


def leave_lately(stage: Stage) -> None:
    """At the last 常委会会议: leave granted in time, and an absence explained afterwards."""
    meeting = last_standing_meeting(stage)
    if meeting is None:
        return
    rows = Attendance.objects.filter(sitting__meeting=meeting).select_related("member__person")
    before = meeting.start_date - timedelta(days=3)
    for row in rows.filter(status=AttendanceStatus.LEAVE).order_by("member__code")[:3]:
        if LeaveRequest.objects.filter(meeting=meeting, member=row.member).exists():
            continue
        request = file_leave(
            meeting=meeting,
            member=row.member,
            reason=row.leave_reason or "因公出差",
            actor=stage.registrar,
            at=moment(before),
        )
        decide_all(stage, request, before + timedelta(days=1))
    absent = rows.filter(status=AttendanceStatus.ABSENT).order_by("member__code").first()
    if absent is not None:
        request = file_leave(
            meeting=meeting,
            member=absent.member,
            reason="突发急病就医，未能事先请假，附病历",
            actor=stage.registrar,
            at=moment(meeting.start_date + timedelta(days=2)),
        )
        decide_all(stage, request, meeting.start_date + timedelta(days=3))


def decide_all(stage: Stage, request: LeaveRequest, day: date) -> None:
    """Entered by 委员联络科 from the signed slip."""
    for place, step in enumerate(request.approvals.all()):
        decide_approval(
            approval=step,
            verdict=Verdict.APPROVED,
            note=f"{step.get_approver_display()}在请假单上签批同意",
            on_behalf=True,
            actor=stage.registrar,
            at=moment(day, 15 + place),
        )


def last_standing_meeting(stage: Stage) -> Meeting | None:
    """The last one told that has attendance."""
    kinds = [
        MeetingKind.STANDING_COMMITTEE_MEETING,
        MeetingKind.THEMATIC_STANDING_COMMITTEE_MEETING,
    ]
    held = Meeting.objects.filter(
        term=stage.term,
        kind__in=kinds,
        start_date__lte=stage.told_until,
        sittings__attendances__isnull=False,
    )
    return held.order_by("-start_date").first()


def propose(stage: Stage, meeting: Meeting, day: date, **who) -> NonVotingSeat:
    actor = who.pop("actor", stage.registrar)
    given = {
        "agenda_item": meeting.topic or "讨论年度工作",
        "reason": "熟悉议题所涉领域，便于听取意见",
    }
    return propose_seat(meeting=meeting, actor=actor, at=moment(day), **(given | who))


def seats_of_standing_meeting(stage: Stage, meeting: Meeting) -> None:
    """Five approved and one more waiting, which wants a written reason (24号 一)."""
    listed = Expectation.objects.filter(meeting=meeting).values("member")
    free = (
        Member.objects.filter(term=stage.term)
        .invitable(meeting.start_date)
        .invitable(stage.told_until)
        .exclude(pk__in=listed)
        .exclude(tenures__isnull=False)
        .order_by("code")
    )
    own = free.filter(person__user=stage.people["member"]).first()
    others = free.filter(person__user=None)
    members = [*([own] if own else []), *others[10:14]]
    day = stage.day(8)
    seats = [propose(stage, meeting, day, member=member) for member in members[:4]]
    guest = {"name": "汪启明", "unit": "市发展和改革委员会", "phone": "00000000021"}
    seats.append(propose(stage, meeting, day, **guest))
    for seat in seats:
        decide(stage, seat, ["secretary"], stage.day(6), note="同意")
    for seat in [*seats[:2], seats[-1]]:
        invite_seat(seat=seat, actor=stage.registrar, at=moment(stage.day(4)))
    accept_terms(seat=seats[-1], actor=stage.registrar, at=moment(stage.day(2)))
    propose(
        stage, meeting, stage.day(2), name="丁守一", unit="萍乡学院经济管理学院教授",
        reason="长期研究本议题，拟请其介绍外地做法",
    )  # fmt: skip
    if len(members) > 4:
        refused = propose(stage, meeting, day, member=members[4])
        note = "与本次议题关联不大，另行安排。"
        decide(stage, refused, ["secretary"], stage.day(5), Verdict.REFUSED, note)


def seats_of_council(stage: Stage, meeting: Meeting) -> None:
    """County chairpersons: waiting at each of the three steps, and one invited (23号 第三条)."""
    chain = ("secretary", "vice-chair", "leader")
    for done, county in enumerate(COUNTIES[:4]):
        seat = propose(
            stage,
            meeting,
            stage.day(5),
            name=f"{county[0]}望江",
            unit=f"{county}政协主席",
            phone=f"0000000003{done}",
            department=stage.department,
            agenda_item="研究县区联动协商工作",
            reason=f"议题涉及{county}，需听取意见",
            actor=stage.people["collector"],
        )
        if done:
            decide(stage, seat, chain[:done], stage.day(3))
        if done == len(chain):
            invite_seat(seat=seat, actor=stage.registrar, at=moment(stage.day(1)))
    dropped = propose(
        stage, meeting, stage.day(5), name="莲望江", unit="莲花县政协主席",
        department=stage.department, actor=stage.people["collector"],
    )  # fmt: skip
    withdraw_seat(
        seat=dropped,
        reason="议题调整，不涉及莲花县。",
        actor=stage.people["collector"],
        at=moment(stage.day(4)),
    )


def seats_lately(stage: Stage) -> None:
    """Guests of the last 常委会会议: papers handed back, papers outstanding, on leave, to enter."""
    meeting = last_standing_meeting(stage)
    if meeting is None:
        return
    start = meeting.start_date
    seats = []
    for name, unit in (
        ("石敬之", "市工商联副主席"),
        ("白云生", "市农业农村局总农艺师"),
        ("何晓舟", "安源区政协委员"),
        ("叶知秋", "市残疾人联合会"),
    ):
        seat = propose(stage, meeting, start - timedelta(days=12), name=name, unit=unit)
        decide(stage, seat, ["secretary"], start - timedelta(days=10))
        invite_seat(seat=seat, actor=stage.registrar, at=moment(start - timedelta(days=7)))
        accept_terms(seat=seat, actor=stage.registrar, at=moment(start - timedelta(days=5)))
        seats.append(seat)
    back, kept, _, away = seats
    after = moment(start + timedelta(days=1), 16)
    file_seat_leave(
        seat=away,
        reason="临时外出公务",
        actor=stage.registrar,
        at=moment(start - timedelta(days=1)),
    )
    for seat in (back, kept):
        record_seat_attendance(
            seat=seat, status=AttendanceStatus.PRESENT, actor=stage.registrar, at=after
        )
    record_materials_returned(seat=back, actor=stage.registrar, at=after)
