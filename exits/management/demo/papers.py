"""The papers of the year at every stage, and last year's, verified."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from accounts.models import User
from accounts.roles import RoleCode
from accounts.services import save_record
from accounts.services.users import create_user
from dossiers.choices import BlockVerdict, HandInKind, ReturnBlock
from dossiers.models import Campaign, DutyPaper
from dossiers.selectors.papers import TEXT_FIELDS, owed_kinds
from dossiers.services.campaigns import close_campaign
from dossiers.services.declarations import declare
from dossiers.services.papers import confirm_block, open_paper, save_draft, submit_paper
from dossiers.services.verification import mark_block, return_paper, verify_paper, verify_papers
from exits.management.demo.accounts import demo_account
from exits.management.demo.times import moment
from members.choices import Post
from members.models import Member, Tenure, Term

#: Days before the last day told on which the running campaign opened.
OPENED = 12
#: How many further members have begun to fill theirs, of standing members and of others.
OTHERS = 4

REPORT = """一、遵守政治纪律和政治规矩情况
一年来，认真学习党的创新理论，参加政协组织的学习座谈和读书活动，在重大问题上立场坚定、旗帜鲜明，自觉维护团结，没有发表过不当言论。
二、年度履职情况，尤其是有特色、有成效的履职活动
按时参加全体会议和常委会会议，会前走访所联系的界别群众，带着问题参会。围绕养老服务、老旧小区改造开展自主调研，走访五个社区、三家养老机构，形成调研报告；所提提案得到承办单位采纳，有两条建议写入了当年的工作方案。反映社情民意信息，其中一篇被采用。
三、遵纪守法和廉洁自律情况
严格遵守宪法法律和政协章程，遵守中央八项规定精神，不以委员身份为本人和单位谋取利益。
四、以政协常委身份参加的其他需要报告的情况
应邀担任营商环境监督员，参加座谈和明察暗访四次，提出的意见均有答复。
"""
TEXTS = {
    "text": REPORT,
    "political_discipline": "坚决维护党中央权威和集中统一领导，遵守政治纪律和政治规矩，重大事项及时报告。",
    "suggestions": "建议会前一周发放会议材料，便于深入准备；建议界别活动多安排到基层。",
}
RETURNED = "总体很好，请按下面各栏的意见补充后再提交。"
MARKS = {
    ReturnBlock.MEETINGS: "九月的界别活动请核对是否参加，如参加请补充一条并附照片。",
    ReturnBlock.CONDUCT: "获奖情况请附证书。",
}
TOO_SHORT = "“需反映的其他情况及建议”请再写具体一些，写明建议由哪个部门办理。"


def opening_date(year: int, told_until: date) -> date:
    """1 December; in the running year early enough for the papers to be on their way."""
    if year != told_until.year:
        return date(year, 12, 1)
    early = told_until - timedelta(days=OPENED)
    return max(date(year, 1, 1), min(date(year, 12, 1), early))


def stage_papers(*, term: Term, told_until: date, actor: User) -> None:
    campaigns = {row.year: row for row in Campaign.objects.filter(term=term)}
    running, last = campaigns.get(told_until.year), campaigns.get(told_until.year - 1)
    opened = moment(told_until - timedelta(days=OPENED))
    plain = demo_account("demo-member", term=term, at=opened)
    standing = demo_account("demo-standing-member", term=term, at=opened)
    own = [seat_of(user, term) for user in (standing, plain)]
    others = further_members(term, told_until, opened)
    if last is not None:
        stage_last_year(last, [*own, *others], actor)
    for campaign in campaigns.values():
        if campaign.year < told_until.year:
            campaign.opened_at = moment(campaign.opens_date)
            save_record(obj=campaign, actor=actor, at=campaign.opened_at)
            closed = moment(date(campaign.year + 1, 1, 20), 17)
            close_campaign(campaign=campaign, actor=actor, at=closed)
    if running is not None:
        stage_running_year(running, own, others, told_until, actor)


def stage_running_year(
    campaign: Campaign,
    own: Sequence[Member],
    others: Sequence[Member],
    told_until: date,
    actor: User,
) -> None:
    def on(before: int, hour: int = 20) -> datetime:
        return moment(told_until - timedelta(days=before), hour)

    standing, plain = own
    fill(begin(campaign, plain, HandInKind.ANNUAL_RETURN, on(3)), on(3), blocks=3, adds=True)
    fill(begin(campaign, standing, HandInKind.PERFORMANCE_REPORT, on(5)), on(5))
    form = fill(begin(campaign, standing, HandInKind.PERFORMANCE_FORM, on(7)), on(7))
    send_back(hand_in(form, on(7, 21)), TOO_SHORT, {}, actor, on(4, 10))
    filled = begin(campaign, standing, HandInKind.ANNUAL_RETURN, on(6))
    hand_in(fill(filled, on(6), adds=True), on(6, 21))
    for number, seat in enumerate(others):
        paper = fill(begin(campaign, seat, HandInKind.ANNUAL_RETURN, on(8)), on(8))
        if number == 0:
            continue
        paper = hand_in(paper, on(8, 21))
        if number % 3 == 1:
            pass_paper(paper, actor, on(2, 15))
        elif number == 2:
            send_back(paper, RETURNED, MARKS, actor, on(3, 15))


def stage_last_year(campaign: Campaign, seats: Sequence[Member], actor: User) -> None:
    """Handed in in time, verified at once in January."""
    year = campaign.year
    written, verified = moment(date(year, 12, 12), 20), moment(date(year + 1, 1, 8), 15)
    papers = [
        hand_in(fill(begin(campaign, seat, kind, written), written), written + timedelta(hours=1))
        for seat in seats
        for kind in owed_kinds(campaign, seat, date(year, 12, 12))
    ]
    verify_papers(campaign=campaign, papers=papers, actor=actor, at=verified)


def further_members(term: Term, told_until: date, at: datetime) -> list[Member]:
    """Standing and plain members who fill theirs on-line, each given an account."""
    serving = Member.objects.filter(term=term, person__user=None).serving(told_until)
    serving = serving.filter(joined_date__lt=date(told_until.year - 1, 1, 1))
    officers = Tenure.objects.filter(member__term=term).exclude(post=Post.STANDING_MEMBER)
    serving = serving.exclude(pk__in=officers.values("member")).select_related("person")
    standing = serving.standing(told_until).order_by("-code")[:OTHERS]
    plain = serving.exclude(pk__in=[seat.pk for seat in serving.standing(told_until)])
    chosen = [*standing, *plain.order_by("-code")[:OTHERS]]
    for seat in chosen:
        seat.person.user = create_user(
            username=f"member-{seat.code.lower()}",
            name=seat.person.name,
            roles=[RoleCode.MEMBER],
            actor=None,
            at=at,
        ).user
        save_record(obj=seat.person, actor=None, at=at, reason="开通委员账号")
    return chosen


def seat_of(user: User, term: Term) -> Member:
    return Member.objects.select_related("person", "term").get(person__user=user, term=term)


def begin(campaign: Campaign, seat: Member, kind: str, at: datetime) -> DutyPaper:
    return open_paper(campaign=campaign, member=seat, kind=kind, actor=seat.person.user, at=at)


def fill(
    paper: DutyPaper, at: datetime, *, blocks: int = len(ReturnBlock), adds: bool = False
) -> DutyPaper:
    user = paper.member.person.user
    if adds:
        declare(
            paper=paper,
            block=ReturnBlock.THEMED,
            text="参加社区“委员说事”活动，现场答复居民反映的停车难问题",
            date=min(date(paper.campaign.year, 10, 18), at.date()),
            proof=None,
            actor=user,
            at=at,
        )
    if paper.kind == HandInKind.ANNUAL_RETURN:
        for block in list(ReturnBlock)[:blocks]:
            confirm_block(paper=paper, block=block, remark="", seen_version=1, actor=user, at=at)
        return paper
    values = {name: TEXTS[name] for name in TEXT_FIELDS[paper.kind]}
    if paper.kind == HandInKind.TERM_DUTY_REPORT:
        values = {"text": REPORT.replace("政协常委", "政协委员")}
    return save_draft(paper=paper, seen_version=paper.version, values=values, actor=user, at=at)


def hand_in(paper: DutyPaper, at: datetime) -> DutyPaper:
    return submit_paper(
        paper=paper, seen_version=paper.version, actor=paper.member.person.user, at=at
    )


def send_back(
    paper: DutyPaper, note: str, marks: dict[ReturnBlock, str], actor: User, at: datetime
) -> None:
    return_paper(
        paper=paper, reason=note, marks=marks, seen_version=paper.version, actor=actor, at=at
    )


def pass_paper(paper: DutyPaper, actor: User, at: datetime) -> None:
    for block in ReturnBlock if paper.kind == HandInKind.ANNUAL_RETURN else ():
        mark_block(paper=paper, block=block, verdict=BlockVerdict.AGREED, actor=actor, at=at)
    verify_paper(paper=paper, seen_version=paper.version, actor=actor, at=at)
