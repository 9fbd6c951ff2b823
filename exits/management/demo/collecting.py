"""What the collecting units entered in the last weeks: some of it twice, one proposal handed over
and waiting to become a 社情民意信息.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import User
from accounts.services import save_record
from attendance.choices import AttendanceStatus, MeetingKind
from attendance.selectors.entry import next_meeting_number
from attendance.services.entry import enter_activity, enter_invitations, mark_attendance
from dossiers.services.duplicates import mark_distinct, merge_duplicate
from exits.management.demo.accounts import REASON, demo_account
from exits.management.demo.times import moment
from members.choices import RecordKind
from members.models import Affiliation, Department, Member, Term
from members.services.conduct import enter_commendations
from proposals.choices import ExaminationResult, ResearchKind
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.models.works import Work
from proposals.selectors.numbering import next_work_number
from proposals.services.entry import enter_article, enter_opinion, enter_proposal, enter_research
from proposals.services.linking import convert_proposal

#: What the demonstration's collector works for besides the department that collects most.
ALSO_COLLECTED = (RecordKind.PROPOSAL, RecordKind.OPINION)
#: How many members appear in these entries.
AUTHORS = 8


@dataclass(frozen=True)
class Desk:
    """Who enters, for whom, and on which days: so many days before the last day told."""

    term: Term
    told_until: date
    collector: User
    authors: list[Member]

    def day(self, ago: int) -> date:
        return self.told_until - timedelta(days=ago)

    def stamp(self, ago: int, hour: int = 10, minute: int = 0) -> dict:
        return {"actor": self.collector, "at": moment(self.day(ago), hour, minute)}

    def number(self, model: type[Work]) -> str:
        return next_work_number(model, term=self.term, year=self.told_until.year)


def stage_collecting(*, term: Term, told_until: date, actor: User) -> None:
    """Entries of several kinds; pairs waiting, one decided each way."""
    collector = demo_account(
        "demo-collector", term=term, at=moment(told_until - timedelta(days=30))
    )
    share_work(collector, term, told_until)
    authors = with_opinions(term, told_until)[:AUTHORS]
    if len(authors) < AUTHORS:
        return
    desk = Desk(term, told_until, collector, authors)
    stage_proposals(desk)
    stage_opinions(desk, actor)
    stage_other_work(desk, actor)
    stage_activities(desk)


def share_work(collector: User, term: Term, told_until: date) -> None:
    """The collector also works for those who collect proposals and 社情民意."""
    departments = Department.objects.filter(
        term=term, duties__record_kind__in=ALSO_COLLECTED, duties__own_only=False
    ).exclude(affiliation__user=collector)
    for department in departments.distinct().order_by("sequence"):
        link = Affiliation(user=collector, department=department)
        at = moment(told_until - timedelta(days=29))
        save_record(obj=link, actor=None, at=at, reason=REASON)


def with_opinions(term: Term, told_until: date) -> list[Member]:
    """Members whose year is done in this respect: nothing entered here settles what they owe."""
    reported = PublicOpinionReport.objects.filter(
        term=term, reported_date__year=told_until.year
    ).values("authors")
    members = Member.objects.filter(term=term, pk__in=reported).select_related("person")
    return list(
        members.invitable(told_until - timedelta(days=30)).invitable(told_until).order_by("code")
    )


def stage_proposals(desk: Desk) -> None:
    """Two the same, one handed over and waiting, one handed over whose report is there unlinked."""
    one, two, three, *_ = desk.authors
    for ago, title in (
        (9, "关于规范城区共享单车停放秩序的建议"),
        (6, "关于规范城区共享单车停放秩序的几点建议"),
    ):
        enter_proposal(
            term=desk.term,
            number=desk.number(Proposal),
            title=title,
            lead_sponsor=one,
            cosponsors=[two],
            submitted_date=desk.day(ago),
            **desk.stamp(ago - 2),
        )
    for ago, lead, title in (
        (15, two, "关于增设老城区公共卫生间的建议"),
        (12, three, "关于方便外地来萍人员看病结算的建议"),
        (18, one, "关于延长城市书房夜间开放时间的建议"),
    ):
        proposal = enter_proposal(
            term=desk.term,
            number=desk.number(Proposal),
            title=title,
            lead_sponsor=lead,
            cosponsors=[desk.authors[3]],
            submitted_date=desk.day(ago),
            examination_result=ExaminationResult.CONVERTED,
            **desk.stamp(ago - 3),
        )
    convert_proposal(
        proposal=proposal,
        number=desk.number(PublicOpinionReport),
        reported_date=desk.day(10),
        **desk.stamp(10, 15),
    )


def stage_opinions(desk: Desk, actor: User) -> None:
    """Entered twice and waiting; entered twice and found to be two; the unlinked report."""
    five, six, three = desk.authors[4], desk.authors[5], desk.authors[2]
    pairs = (
        (five, 8, "群众反映农村末端快递二次收费"),
        (five, 5, "群众反映农村末端快递二次收费问题"),
        (six, 20, "建议增加中心医院周边临时停车位"),
        (six, 13, "建议增加中心医院周边临时停车位"),
        (three, 7, "关于方便外地来萍人员看病结算的情况反映"),
    )
    reports = [
        enter_opinion(
            term=desk.term,
            number=desk.number(PublicOpinionReport),
            title=title,
            authors=[author],
            reported_date=desk.day(ago),
            adoptions=["city"] if ago == 20 else [],
            **desk.stamp(ago - 1, 16),
        )
        for author, ago, title in pairs
    ]
    mark_distinct(
        kind=RecordKind.OPINION,
        term=desk.term,
        one=reports[2].pk,
        other=reports[3].pk,
        reason="一篇反映市人民医院，一篇反映市中医院，是两件事。",
        **desk.stamp(11, 17),
    )


def stage_other_work(desk: Desk, actor: User) -> None:
    """An article and a piece of research; one of the latter was entered twice and merged."""
    seven, eight = desk.authors[6], desk.authors[7]
    enter_article(
        term=desk.term,
        number=desk.number(Article),
        title="委员手记：在田间地头读懂乡村治理",
        member=seven,
        published_date=desk.day(10),
        publication="萍乡政协",
        level="city",
        **desk.stamp(8),
    )
    office = (
        Department.objects.filter(term=desk.term, duties__record_kind=RecordKind.RESEARCH)
        .order_by("sequence")
        .first()
    )
    twice = [
        enter_research(
            term=desk.term,
            number=desk.number(Research),
            title="城区小学课后服务情况调研",
            kind=ResearchKind.SELF_DIRECTED,
            participants=[seven, eight],
            completed_date=desk.day(14),
            organiser=office.name if office else "",
            actor=actor,
            at=moment(desk.day(ago), 9),
        )
        for ago in (12, 11)
    ]
    merge_duplicate(
        kind=RecordKind.RESEARCH,
        term=desk.term,
        kept=twice[0].pk,
        doomed=twice[1].pk,
        seen_version=twice[1].version,
        reason="两个部门各报了一次。",
        actor=actor,
        at=moment(desk.day(10), 9),
    )


def stage_activities(desk: Desk) -> None:
    """An activity with its list half marked, an invitation of three, an award."""
    meeting = enter_activity(
        term=desk.term,
        number=next_meeting_number(
            term=desk.term, kind=MeetingKind.OTHER, year=desk.told_until.year
        ),
        title="委员联络工作座谈会",
        kind=MeetingKind.OTHER,
        start_date=desk.day(4),
        organiser="委员联络科",
        place="市政协三楼会议室",
        attended=desk.authors[:5],
        **desk.stamp(3),
    )
    late = desk.authors[5]
    mark_attendance(
        meeting=meeting,
        number=1,
        marks={late: AttendanceStatus.LEAVE},
        seen={},
        reasons={late: "因公出差"},
        **desk.stamp(3, 11),
    )
    enter_invitations(
        term=desk.term,
        members=desk.authors[1:4],
        date=desk.day(8),
        title="市营商环境评议座谈会",
        inviter="市营商环境办公室",
        **desk.stamp(6),
    )
    enter_commendations(
        term=desk.term,
        members=[desk.authors[6]],
        kind="全市社会治安综合治理先进个人",
        date=desk.day(13),
        level="city",
        document_number="萍字〔2026〕51号",
        **desk.stamp(9),
    )
