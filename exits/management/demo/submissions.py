"""Members' own work in every state, some of it waiting for each of the people who act on it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from accounts.models import User
from dossiers.choices import SubmissionKind
from dossiers.models import Submission
from dossiers.selectors.disputable import RECORD_TYPES
from dossiers.selectors.submissions import meetings_spoken_at
from dossiers.services.signatures import answer_signing, ask_signers
from dossiers.services.submission_intake import (
    decline_submission,
    link_submission,
    return_submission,
)
from dossiers.services.submissions import (
    add_file,
    save_submission,
    start_submission,
    submit,
    withdraw_submission,
)
from exits.management.demo.accounts import demo_account
from exits.management.demo.times import moment
from members.choices import Level
from members.models import Member, Term
from proposals.choices import ResearchKind
from proposals.models import Article, Proposal, PublicOpinionReport, Research

#: Days before the last day told of the earliest of them that is still open.
LONG_AGO = 16
PROPOSAL_TEXT = """一、情况
城区部分老旧小区没有电梯，六十岁以上住户约占四成，上下楼困难；加装电梯的意见统一难、出资难、后续管护难。
二、建议
1. 由街道牵头成立小区议事会，先统一意见再申报。
2. 补助资金按楼栋直接拨付，允许提取公积金出资。
3. 把加装后的维护写进物业合同，明确年检责任。
"""
OPINION_TEXT = """市民反映，城南客运站搬迁后，早上六点半以前没有公交线路到达新站，赶早班车的务工人员只能包车。
建议：调整 12 路首班时间，或增开一条早间接驳线，并在候车亭标明。
"""
RESEARCH_TEXT = """摘要：走访五个社区、三家养老机构，访谈老人和护理员六十余人。社区食堂布点偏少，失能老人上门护理缺口大，护理员流动快。
建议整合社区用房、提高上门护理补贴、与职业院校定向培养护理员。
"""
#: What stood in the records before, by table: (kind, how it is found).
BECAME: tuple[tuple[SubmissionKind, type[Any]], ...] = (
    (SubmissionKind.PROPOSAL, Proposal),
    (SubmissionKind.OPINION, PublicOpinionReport),
    (SubmissionKind.RESEARCH, Research),
    (SubmissionKind.ARTICLE, Article),
)


def stage_submissions(*, term: Term, told_until: date, actor: User) -> None:
    opened = moment(told_until - timedelta(days=LONG_AGO))
    seats = [
        Member.objects.select_related("person__user", "term").get(
            person__user=demo_account(name, term=term, at=opened), term=term
        )
        for name in ("demo-member", "demo-standing-member")
    ]
    plain, standing = seats
    for seat in seats:
        stage_taken_in(seat, told_until, actor)
    stage_waiting(plain, standing, told_until)
    stage_signing_round(plain, standing, told_until)
    stage_settled(plain, standing, told_until, actor)


def stage_taken_in(seat: Member, told_until: date, actor: User) -> None:
    """Work in the records already, as it came in: nothing is counted twice."""
    for kind, model in BECAME:
        entry = RECORD_TYPES[model._meta.label_lower]
        mine = entry.in_year([seat], told_until.year)
        if model is Proposal:
            mine = mine.filter(lead_sponsor=seat)
        if model is Research:
            mine = mine.filter(kind=ResearchKind.SELF_DIRECTED)
        record = mine.last()
        if record is None:
            continue
        on = entry.on(record)
        values: dict[str, Any] = {"title": record.title, "body": "详见附件。"}
        if model is Article:
            values |= {"organisation": record.publication, "level": Level.CITY, "date": on}
        if model is Research:
            values |= {"date": on}
        row = hand_in(write(seat, kind, moment(on, 20), **values), moment(on, 21))
        link_submission(
            submission=row,
            record_type=entry.label,
            record_id=record.pk,
            actor=actor,
            at=moment(min(on + timedelta(days=3), told_until), 10),
        )


def stage_waiting(plain: Member, standing: Member, told_until: date) -> None:
    """Waits for the units: one of each kind, the earliest overdue."""

    def on(before: int, hour: int = 20) -> datetime:
        return moment(told_until - timedelta(days=before), hour)

    title = "关于优化早间公交接驳的信息"
    hand_in(
        write(plain, SubmissionKind.OPINION, on(14), title=title, body=OPINION_TEXT), on(14, 21)
    )
    day = told_until - timedelta(days=9)
    row = write(
        plain,
        SubmissionKind.RESEARCH,
        on(8),
        title="社区居家养老服务调研报告",
        date=day,
        body=RESEARCH_TEXT,
    )
    hand_in(row, on(8, 21))
    row = write(
        standing,
        SubmissionKind.ARTICLE,
        on(6),
        title="把协商摆到居民家门口",
        organisation="人民政协报",
        level=Level.NATIONAL,
        date=day,
    )
    hand_in(row, on(6, 21))
    row = write(
        plain,
        SubmissionKind.INVITATION,
        on(5),
        title="政务服务质量评议座谈会",
        organisation="市行政审批局",
        date=told_until - timedelta(days=6),
        body="应邀以委员身份参加，作了发言。",
    )
    hand_in(row, on(5, 21))
    row = write(
        standing,
        SubmissionKind.COMMENDATION,
        on(4),
        title="全市民营经济工作先进个人",
        organisation="市委、市政府",
        level=Level.CITY,
        date=day,
    )
    attach(row, "荣誉证书.png", on(4))
    hand_in(row, on(4, 21))
    meeting = meetings_spoken_at(standing, on=told_until - timedelta(days=3)).first()
    if meeting is not None:
        row = write(
            standing,
            SubmissionKind.SPEECH,
            on(3),
            meeting=meeting,
            title="补齐城乡消防短板",
            body="各位委员：我就乡镇专职消防队伍建设谈三点意见。……",
        )
        hand_in(row, on(3, 21))


def stage_signing_round(plain: Member, standing: Member, told_until: date) -> None:
    """One handed in with a co-signer who agreed, two that wait for an answer, one draft."""
    at = moment(told_until - timedelta(days=7), 19)
    title = "关于加快老旧小区加装电梯的提案"
    row = write(standing, SubmissionKind.PROPOSAL, at, title=title, body=PROPOSAL_TEXT)
    others = (
        Member.objects.filter(term=plain.term_id)
        .invitable(told_until)
        .exclude(pk__in=[plain.pk, standing.pk])
        .order_by("code")
    )
    signers = ask(row, [plain, *others[:1]], at)
    answer_signing(
        signer=signers[0],
        agrees=True,
        seen_version=Submission.objects.get(pk=row.pk).version,
        actor=plain.person.user,
        at=at + timedelta(hours=2),
    )
    hand_in(row, at + timedelta(days=2))
    later = moment(told_until - timedelta(days=2), 19)
    title = "关于规范校外托管机构的提案"
    body = "校外托管机构消防、食品安全责任不清，建议由教育部门牵头，列出清单，联合检查。"
    ask(write(standing, SubmissionKind.PROPOSAL, later, title=title, body=body), [plain], later)
    title = "关于完善城区公共充电设施的提案"
    body = "老小区充电桩少、私拉电线多，建议利用公共停车场集中布点，电价公示。"
    ask(write(plain, SubmissionKind.PROPOSAL, later, title=title, body=body), [standing], later)
    write(plain, SubmissionKind.OPINION, later, title="关于冬季供暖报修难的信息", body="待补充……")


def stage_settled(plain: Member, standing: Member, told_until: date, actor: User) -> None:
    """One returned, one declined, one withdrawn."""
    at = moment(told_until - timedelta(days=12), 20)
    answered = moment(told_until - timedelta(days=5), 10)
    title, body = "关于公园增设母婴室的信息", "市民公园没有母婴室，建议增设。"
    row = hand_in(write(plain, SubmissionKind.OPINION, at, title=title, body=body), at)
    reason = "请写明是哪几个公园、现有设施情况，并补充可行的建议。"
    return_submission(submission=row, reason=reason, actor=actor, at=answered)
    row = write(
        standing,
        SubmissionKind.ARTICLE,
        at,
        title="委员手记：雨夜走访",
        organisation="县区政协公众号",
        level=Level.CITY,
        date=told_until - timedelta(days=13),
    )
    reason = "按规定只登记在中央和省、市政协刊物、网站及公众号发表的文章，县区公众号的不列入。"
    decline_submission(submission=hand_in(row, at), reason=reason, actor=actor, at=answered)
    row = write(
        plain,
        SubmissionKind.INVITATION,
        at,
        title="社区议事会",
        organisation="城南社区",
        date=told_until - timedelta(days=15),
    )
    row = hand_in(row, at)
    withdraw_submission(submission=row, actor=plain.person.user, at=at + timedelta(hours=1))


def write(seat: Member, kind: SubmissionKind, at: datetime, **values: Any) -> Submission:
    user = seat.person.user
    row = start_submission(member=seat, kind=kind, actor=user, at=at)
    return save_submission(
        submission=row, seen_version=row.version, values=values, actor=user, at=at
    )


def hand_in(row: Submission, at: datetime) -> Submission:
    stored = Submission.objects.get(pk=row.pk)
    return submit(
        submission=stored, seen_version=stored.version, actor=row.member.person.user, at=at
    )


def ask(row: Submission, members: Sequence[Member], at: datetime) -> list[Any]:
    return ask_signers(submission=row, members=members, actor=row.member.person.user, at=at)


def attach(row: Submission, name: str, at: datetime) -> None:
    picture = Image.new("RGB", (900, 600), "#fdf6e3")
    ImageDraw.Draw(picture).rectangle((30, 30, 870, 570), outline="#a61b29", width=12)
    stream = BytesIO()
    picture.save(stream, "PNG")
    file = ContentFile(stream.getvalue(), name=name)
    add_file(submission=row, file=file, actor=row.member.person.user, at=at)
