"""What passes between members, units and the office: objections and reports of change."""

from datetime import date, timedelta

from django.db.models import F

from accounts.models import User
from accounts.services import save_record
from attendance.models import Attendance, OutsideInvitation
from core.models import Recorded
from dossiers.choices import ObjectionState
from dossiers.models import Objection
from dossiers.selectors.disputable import RECORD_TYPES
from dossiers.selectors.objections import seats_of
from dossiers.services.objections import (
    answer_objection,
    file_objection,
    pass_on_objection,
    reopen_objection,
    withdraw_objection,
)
from exits.management.demo.accounts import demo_account
from exits.management.demo.times import moment
from members.choices import ChangeKind, RecordKind, ReportState
from members.models import Department, Member, Term
from members.selectors.reports import reported_by
from members.services.reports import (
    pass_on_report,
    report_change,
    settle_report,
    withdraw_report,
)
from proposals.models import Proposal, PublicOpinionReport

#: Days before the last day told on which things happened.
LONG_AGO, LATELY = 45, 20


def stage_correspondence(*, term: Term, told_until: date, actor: User) -> None:
    """Objections and reports in every state, some of them overdue."""
    opened = moment(told_until - timedelta(days=LONG_AGO + 1))
    people = {
        name: demo_account(f"demo-{name}", term=term, at=opened)
        for name in ("member", "standing-member", "county", "sector", "organization")
    }
    stage_open_objections(people["member"], told_until, actor)
    stage_settled_objections(people["standing-member"], told_until, actor)
    stage_reports(people, told_until, actor)


def stage_open_objections(user: User, told_until: date, actor: User) -> None:
    """One overdue, one due soon, one for a record that is missing, one explained. What is
    disputed early is last year's: this year's records are entered on the last day told.
    """
    last_year = told_until.year - 1
    attendance = own(user, Attendance, last_year, kind=RecordKind.ATTENDANCE)
    if attendance := attendance or own(user, Attendance, last_year):
        statement = "当天我全程参加，散会前因接电话离场约五分钟，请核对签到表。"
        dispute(user, attendance, statement, told_until - timedelta(days=LATELY))
    if proposal := own(user, Proposal, told_until.year):
        statement = "本件提案还有一位联名委员没有登记，附议人名单以提交稿为准。"
        dispute(user, proposal, statement, told_until)
    asked = told_until - timedelta(days=LONG_AGO)
    objection = file_objection(
        member=seats_of(user)[0],
        missing_kind=RecordKind.ARTICLE,
        missing_label="9月《履职心得》一文",
        statement="已在县区政协公众号刊发，请补登。",
        actor=user,
        at=moment(asked, 20),
    )
    answer_objection(
        objection=objection,
        outcome=ObjectionState.EXPLAINED,
        text="按规定只登记中央和省、市政协刊物、网站及公众号刊发的文章，县区公众号的不列入。",
        actor=actor,
        at=moment(asked + timedelta(days=6), 15),
    )
    file_objection(
        member=seats_of(user)[0],
        missing_kind=RecordKind.INVITATION,
        missing_label="11月6日市信访局民主评议座谈会",
        statement="应邀以委员身份参加，半天，会上作了发言。",
        actor=user,
        at=moment(told_until - timedelta(days=4), 20),
    )


def stage_settled_objections(user: User, told_until: date, actor: User) -> None:
    """One corrected, one entered afterwards, one objected to again, one passed on, one withdrawn."""
    asked = told_until - timedelta(days=LONG_AGO)
    answered = moment(asked + timedelta(days=5), 10)
    last_year = told_until.year - 1
    enter_missing(user, asked, actor)
    if attendance := own(user, Attendance, last_year, kind=RecordKind.ATTENDANCE):
        objection = dispute(user, attendance, "会后按要求提交了书面说明，请一并登记。", asked)
        attendance.leave_reason = "已提交书面说明"
        save_record(obj=attendance, actor=actor, at=moment(asked + timedelta(days=4)))
        answer_objection(
            objection=objection,
            outcome=ObjectionState.CORRECTED,
            text="已按会务组留存的书面说明补登。",
            actor=actor,
            at=answered,
        )
    if opinion := own(user, PublicOpinionReport, last_year):
        objection = dispute(user, opinion, "报送日期应为当月上旬，系统登记晚了十余天。", asked)
        answer_objection(
            objection=objection,
            outcome=ObjectionState.EXPLAINED,
            text="报送日期按调研信息科收到之日登记，不影响年度统计。",
            actor=actor,
            at=answered,
        )
        again = moment(told_until - timedelta(days=3), 19)
        text = "收到日期确为当月上旬，附邮件回执编号，请再核对。"
        reopen_objection(objection=objection, text=text, actor=user, at=again)
    if plenary := own(user, Attendance, last_year, kind=RecordKind.PLENARY_ATTENDANCE):
        objection = dispute(user, plenary, "这一场我在别的分组参加讨论。", asked)
        withdraw_objection(
            objection=objection,
            reason="经与会务组核对，登记无误。",
            actor=user,
            at=moment(asked, 21),
        )
    if proposal := own(user, Proposal, last_year):
        passed = told_until - timedelta(days=6)
        objection = dispute(user, proposal, "本件提案的承办单位已调整，请更新。", passed)
        other = Department.objects.filter(term=objection.member.term)
        pass_on_objection(
            objection=objection,
            department=other.exclude(pk=objection.department_id).first(),
            reason="承办单位的调整由贵科先与政府办公室核对。",
            actor=actor,
            at=moment(passed + timedelta(days=1), 11),
        )


def enter_missing(user: User, asked: date, actor: User) -> None:
    """A record that was missing, and is entered."""
    seat = seats_of(user)[0]
    title = "优化营商环境政策宣讲会"
    objection = file_objection(
        member=seat,
        missing_kind=RecordKind.INVITATION,
        missing_label=f"9月下旬{title}",
        statement="应市工商联邀请参加，附会议通知编号。",
        actor=user,
        at=moment(asked, 20),
    )
    held = asked - timedelta(days=9)
    invitation = OutsideInvitation(member=seat, date=held, title=title, inviter="市工商联")
    save_record(obj=invitation, actor=actor, at=moment(asked + timedelta(days=3)))
    answer_objection(
        objection=objection,
        outcome=ObjectionState.CORRECTED,
        text="主办单位已提供签到表，现予补录。",
        named_record=f"{invitation._meta.label_lower}:{invitation.pk}",
        actor=actor,
        at=moment(asked + timedelta(days=3), 16),
    )


def own(user: User, model: type[Recorded], year: int, kind: str = "") -> Recorded | None:
    """The account's latest record of the kind in the year that is not objected to yet."""
    entry = RECORD_TYPES[model._meta.label_lower]
    seats = seats_of(user)
    known = Objection.objects.filter(member__in=seats, record_type=entry.label)
    records = entry.in_year(seats, year).exclude(pk__in=known.values("record_id"))
    fit = [record for record in records if not kind or entry.kind_of(record) == kind]
    return fit[-1] if fit else None


def dispute(user: User, record: Recorded, statement: str, on: date) -> Objection:
    entry = RECORD_TYPES[record._meta.label_lower]
    seat = next(seat for seat in seats_of(user) if entry.of([seat]).filter(pk=record.pk).exists())
    return file_objection(
        member=seat, record=record, statement=statement, actor=user, at=moment(on, 20)
    )


def stage_reports(people: dict[str, User], told_until: date, actor: User) -> None:
    """From the county group, the sector group and 组织部: new, dealt with, passed on, withdrawn."""
    long_ago, lately = told_until - timedelta(days=LONG_AGO), told_until - timedelta(days=5)
    county, sector, cadres = (others(people[name]) for name in ("county", "sector", "organization"))
    reports = [
        (people["county"], county, ChangeKind.POST_CHANGED, COUNTY_POST, long_ago),
        (people["county"], county, ChangeKind.VIOLATION_HANDLED, HANDLED, long_ago),
        (people["county"], county, ChangeKind.SUSPECTED_VIOLATION, SUSPECTED, lately),
        (people["county"], county, ChangeKind.OTHER, MISTAKEN, lately),
        (people["sector"], sector, ChangeKind.OTHER, UNCLEAR, long_ago),
        (people["sector"], sector, ChangeKind.MOVED_AWAY, MOVED, lately),
        (people["organization"], cadres, ChangeKind.POST_CHANGED, CADRE_POST, lately),
    ]
    made = []
    for place, (user, members, kind, statement, on) in enumerate(reports):
        if not members:
            continue
        report = report_change(
            member=members[2 * place % len(members)],
            kind=kind,
            statement=statement,
            happened_date=on - timedelta(days=3),
            actor=user,
            at=moment(on, 10),
        )
        made.append((report, statement, on))
    for report, statement, on in made:
        at = moment(on + timedelta(days=2), 15)
        if statement == COUNTY_POST:
            answer = "已在名册中更改单位职务。"
            settle_report(
                report=report, state=ReportState.ACCEPTED, answer=answer, actor=actor, at=at
            )
        elif statement == UNCLEAR:
            answer = "经联系本人，仍在原单位履职，不需更改。"
            settle_report(
                report=report, state=ReportState.SET_ASIDE, answer=answer, actor=actor, at=at
            )
        elif statement == HANDLED:
            pass_on_report(report=report, actor=actor, at=at)
        elif statement == MISTAKEN:
            withdraw_report(report=report, actor=people["county"], at=moment(on, 11))


COUNTY_POST = "工作岗位调整，已到区文化广电旅游局任职，任职文件已印发。"
HANDLED = "因违反工作纪律受到处理，处理决定已送达本人及所在单位。"
SUSPECTED = "接到反映，该委员涉嫌违反有关规定，有关部门正在核查，结果另报。"
MISTAKEN = "拟报告其长期不在本地，经核对系他人，待查清后再报。"
UNCLEAR = "听说该委员已离开原单位，尚未联系上本人。"
MOVED = "已随单位调往长沙工作，户籍和社保同时迁出。"
CADRE_POST = "该同志职务另有任用，任免文件已印发，请同步更新单位职务。"


def others(user: User) -> list[Member]:
    """Serving members the account reports on, those without an account first, in a fixed order."""
    members = reported_by(user).filter(exited_date=None).exclude(person__user=user)
    return list(members.order_by(F("person__user").asc(nulls_first=True), "-code")[:20])
