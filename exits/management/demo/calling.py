"""Meetings ahead at each stage: told and answered, open for names, planned and not yet told."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from accounts.services import save_record
from attendance.choices import MeetingKind, Participation, Reply, Scope
from attendance.models import Expectation, Meeting, Sitting
from attendance.selectors.convening import draft_notice
from attendance.selectors.expected import Line
from attendance.services.convening import reply_to_meeting, send_meeting_notice
from attendance.services.expected import add_expected, build_expected, remove_expected
from exits.management.demo.accounts import demo_account
from exits.management.demo.chance import office_day
from exits.management.demo.times import moment
from members.models import Member, Notice, Term
from members.services.notices import read_notice, record_delivery

#: Days after the last day told on which each is held, and days before on which it was called.
STANDING_AFTER, ACTIVITY_AFTER, PLENARY_AFTER = 10, 19, 39
CALLED_BEFORE, ANSWERED_BEFORE = 4, 2
HALL = "市政协三楼常委会议室"


@dataclass(frozen=True)
class Stage:
    """Who acts, and until when the story is told."""

    term: Term
    told_until: date
    registrar: User

    def on(self, before: int, hour: int = 10):
        return moment(self.told_until - timedelta(days=before), hour)

    def meeting(self, prefix: str, kind: MeetingKind, after: int, **fields) -> Meeting:
        """A meeting ahead; none of it falls outside the term."""
        start = min(office_day(self.told_until + timedelta(days=after)), self.last_day)
        year = f"{prefix}-{start.year}-"
        taken = Meeting.objects.filter(term=self.term, number__startswith=year)
        numbers = [number.rpartition("-")[2] for number in taken.values_list("number", flat=True)]
        last = max((int(number) for number in numbers if number.isdecimal()), default=0)
        meeting = Meeting(
            term=self.term,
            number=f"{year}{last + 1:02}",
            kind=kind,
            start_date=start,
            **fields,
        )
        return save_record(obj=meeting, actor=self.registrar, at=self.on(CALLED_BEFORE + 2))

    @property
    def last_day(self) -> date:
        return self.term.end_date - timedelta(days=2)

    def sit(self, meeting: Meeting, number: int, day: int, hour: int, title: str = "") -> None:
        start = meeting.start_date + timedelta(days=day)
        sitting = Sitting(
            meeting=meeting,
            number=number,
            title=title,
            starts_at=moment(start, hour),
            ends_at=moment(start, hour + 2, 30),
        )
        save_record(obj=sitting, actor=self.registrar, at=self.on(CALLED_BEFORE + 2))

    def tell(self, meeting: Meeting, by: User) -> Notice:
        draft = draft_notice(meeting, on=self.told_until - timedelta(days=CALLED_BEFORE))
        return send_meeting_notice(
            meeting=meeting,
            title=draft.title,
            body=draft.body,
            reply_by=draft.reply_by,
            only_untold=False,
            actor=by,
            at=self.on(CALLED_BEFORE),
        )


def stage_calling(*, term: Term, told_until: date, actor: User) -> None:
    """One 常委会会议 told, partly read and answered; one activity with names put down; one
    plenary with its list and no notice.
    """
    stage = Stage(term, told_until, actor)
    standing_meeting(stage)
    activity(stage)
    plenary(stage)


def standing_meeting(stage: Stage) -> None:
    meeting = stage.meeting(
        "CW",
        MeetingKind.STANDING_COMMITTEE_MEETING,
        STANDING_AFTER,
        title="十四届政协常委会第26次会议",
        organiser="市政协办公室",
        place=HALL,
        topic="审议年度常委会工作报告（讨论稿）；通报提案办理情况；协商有关人事事项",
    )
    stage.sit(meeting, 1, 0, 9, "全体会议")
    stage.sit(meeting, 2, 0, 14, "分组讨论")
    at = stage.on(CALLED_BEFORE + 1)
    build_expected(meeting=meeting, lines=[Line(Scope.STANDING)], actor=stage.registrar, at=at)
    notice = stage.tell(meeting, stage.registrar)
    handed_over(stage, notice)
    answered(stage, meeting, attending=5, declined=8)


def handed_over(stage: Stage, notice: Notice) -> None:
    """Most have no account yet: a part of them has been given the letter."""
    leader = demo_account("demo-leader", term=stage.term, at=stage.on(46))
    read_notice(notice=notice, user=leader, at=stage.on(3))
    waiting = notice.recipients.filter(read_at__isnull=True, member__person__user=None)
    for place, recipient in enumerate(waiting.order_by("member__code")):
        if place % 3:
            record_delivery(
                recipient=recipient,
                delivered_at=stage.on(3, 15),
                note="本人签收" if place % 2 else "电话告知本人",
                actor=stage.registrar,
                at=stage.on(3, 16),
            )


def answered(stage: Stage, meeting: Meeting, *, attending: int, declined: int) -> None:
    """Replies by telephone: of every ten, about half; who owns an account answers alone."""
    rows = Expectation.objects.filter(meeting=meeting, member__person__user=None).invitable()
    for place, row in enumerate(rows.order_by("member__code")):
        digit = place % 10
        if digit < attending or digit == declined:
            reply_to_meeting(
                expectation=row,
                reply=Reply.DECLINED if digit == declined else Reply.ATTENDING,
                actor=stage.registrar,
                at=stage.on(ANSWERED_BEFORE),
                on_behalf=True,
            )


def activity(stage: Stage) -> None:
    """Names may be put down: by the collecting department, for its own sectors and one more."""
    collector = demo_account("demo-collector", term=stage.term, at=stage.on(46))
    unit = collector.affiliations.get(department__isnull=False).department
    meeting = stage.meeting(
        "ZH",
        MeetingKind.THEMED_ACTIVITY,
        ACTIVITY_AFTER,
        title="“委员进社区”法律服务主题活动",
        organiser=unit.name,
        place="安源区凤凰街社区服务中心",
        topic="法律咨询、政策宣讲，听取社区居民意见",
        participation=Participation.SIGN_UP,
    )
    stage.sit(meeting, 1, 0, 9)
    sectors = stage.term.sector_set.order_by("sequence")[:6]
    lines = [Line(Scope.SECTOR, sector.pk) for sector in sectors]
    build_expected(
        meeting=meeting,
        lines=lines,
        actor=stage.registrar,
        at=stage.on(CALLED_BEFORE + 1),
    )
    invited = Expectation.objects.filter(meeting=meeting).values("member")
    serving = Member.objects.filter(term=stage.term).invitable(meeting.start_date)
    own = serving.filter(person__user__username="demo-member").exclude(pk__in=invited).first()
    if own is not None:
        add_expected(
            meeting=meeting,
            member=own,
            reason="本人愿意参加",
            actor=stage.registrar,
            at=stage.on(CALLED_BEFORE + 1, 11),
        )
    stage.tell(meeting, stage.registrar)
    answered(stage, meeting, attending=3, declined=9)


def plenary(stage: Stage) -> None:
    """Planned, its list built, one taken off it by hand; nobody told yet."""
    meeting = stage.meeting(
        "QT",
        MeetingKind.PLENARY_SESSION,
        PLENARY_AFTER,
        title="政协萍乡市第十四届委员会第六次会议",
        organiser="市政协办公室",
        place="市会议中心大礼堂",
        topic="听取和审议常委会工作报告、提案工作情况报告",
    )
    meeting.end_date = meeting.start_date + timedelta(days=1)
    save_record(obj=meeting, actor=stage.registrar, at=stage.on(CALLED_BEFORE + 2, 11))
    for number, (day, hour, title) in enumerate(
        ((0, 9, "开幕会"), (0, 14, "分组讨论"), (1, 9, "闭幕会")), start=1
    ):
        stage.sit(meeting, number, day, hour, title)
    at = stage.on(CALLED_BEFORE)
    build_expected(meeting=meeting, lines=[Line(Scope.ALL)], actor=stage.registrar, at=at)
    rows = Expectation.objects.filter(meeting=meeting, member__person__user=None).invitable()
    row = rows.order_by("member__code").last()
    if row is not None:
        remove_expected(
            expectation=row,
            reason="赴援外医疗队工作，本人书面说明",
            actor=stage.registrar,
            at=stage.on(ANSWERED_BEFORE),
        )
