"""One member's whole dossier for a year or for the term, as rows that say where they come from."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from django.db.models import Model, Q, QuerySet

from accounts.models import User
from assessments.models import Finding
from attendance.choices import ATTENDED_STATUSES, AttendanceStatus
from attendance.models import Attendance, OutsideInvitation, Speech
from dossiers.choices import ObjectionState
from dossiers.models import HandIn, Objection, StandingReview
from exits.models import Case, Interview
from exits.selectors.own import told_findings
from members.models import Commendation, ConductFinding, Member, Sanction
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from reporting.selectors.proceedings import cases, interviews
from reporting.selectors.rows import Block, Row, enterer, joined, listed, mine, row, within


@dataclass(frozen=True)
class Dossier:
    member: Member
    #: None = the whole term.
    year: int | None
    blocks: list[Block] = field(default_factory=list)

    @property
    def filled(self) -> list[Block]:
        return [block for block in self.blocks if block.rows]

    @property
    def empty_titles(self) -> str:
        return "、".join(block.title for block in self.blocks if not block.rows)


def dossier_of(*, member: Member, year: int | None, user: User) -> Dossier:
    """Every kind of record of the member that the account may see; a fixed number of queries."""
    blocks = [build(member, year, user) for model, build in BLOCKS.items() if reads(user, model)]
    return Dossier(member=member, year=year, blocks=blocks)


def findings_of(*, member: Member, year: int | None, user: User) -> QuerySet[Finding]:
    """The member's findings of the year and of the term that the account may see or was told."""
    seen = Q(pk__in=Finding.objects.visible_to(user).values("pk"))
    seen |= Q(pk__in=told_findings(user=user).values("pk"))
    found = Finding.objects.filter(seen, member=member)
    return found if year is None else found.of_year(year)


def objections_of(*, member: Member, year: int | None, user: User) -> QuerySet[Objection]:
    """The member's objections that the account may see: filed in the year, or still open."""
    if not reads(user, Objection):
        return Objection.objects.none()
    found = Objection.objects.visible_to(user).filter(member=member)
    if year is not None:
        found = found.filter(Q(filed_at__year=year) | Q(state=ObjectionState.OPEN))
    return found.select_related("department").order_by("-filed_at", "-pk")


def reads(user: User, model: type[Model]) -> bool:
    """Whether the account may read this kind of record at all."""
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def years_of(member: Member, on: date) -> list[int]:
    """The calendar years the membership touches, up to the date's; the latest first."""
    last = min(member.term.end_date, member.exited_date or on, on)
    first = max(member.joined_date, member.term.start_date)
    return list(range(max(last, first).year, first.year - 1, -1))


def meetings(member: Member, year: int | None, user: User) -> Block:
    rows = (
        mine(
            Attendance.objects.all(),
            user,
            Q(member=member) & within(year, "sitting__meeting__start_date"),
        )
        .select_related("sitting__meeting")
        .order_by("sitting__meeting__start_date", "sitting__meeting__number", "sitting__number")
    )
    shown = []
    for meeting, sittings in groupby(rows, key=lambda attendance: attendance.sitting.meeting):
        attendances = list(sittings)
        status, tone = turnout(attendances)
        title = f"{meeting.title}（{meeting.get_kind_display()}）"
        shown.append(
            Row(
                date=meeting.start_date,
                title=title,
                status=status,
                entered_by=enterer(attendances[0]),
                entered_at=attendances[0].recorded_at,
                model="attendance.meeting",
                pk=meeting.pk,
                tone=tone,
            )
        )
    attended = sum(item.tone in {"good", "warn"} for item in shown)
    return Block(
        "会议活动",
        shown,
        "attendance.attendance",
        listed(member, "member", year, "sitting__meeting__start_date"),
        totals=f"应到 {len(shown)} 次，实到 {attended} 次",
    )


def turnout(attendances: list[Attendance]) -> tuple[str, str]:
    """How the member stood towards a meeting, over all its sittings (rules.md, Attended)."""
    attended = [row for row in attendances if row.status in ATTENDED_STATUSES]
    if len(attended) == len(attendances):
        words = {row.get_status_display() for row in attendances}
        return "、".join(sorted(words)), "good"
    if attended:
        return f"出席 {len(attended)} / {len(attendances)} 场", "warn"
    if all(row.status == AttendanceStatus.LEAVE for row in attendances):
        return "请假", ""
    return "缺席", "bad"


def speeches(member: Member, year: int | None, user: User) -> Block:
    records = (
        mine(Speech.objects.all(), user, Q(member=member) & within(year, "meeting__start_date"))
        .select_related("meeting")
        .order_by("meeting__start_date", "title")
    )
    rows = [
        row(
            speech,
            speech.date or speech.meeting.start_date,
            speech.title,
            joined(
                [speech.meeting.title, speech.get_occasion_display(), speech.get_manner_display()]
            ),
        )
        for speech in records
    ]
    query = listed(member, "member", year, "meeting__start_date")
    return Block("会议发言", rows, "attendance.speech", query, totals=f"{len(rows)} 篇")


def proposals(member: Member, year: int | None, user: User) -> Block:
    records = (
        mine(
            Proposal.objects.all(),
            user,
            (Q(lead_sponsor=member) | Q(cosponsorships__member=member))
            & within(year, "submitted_date"),
        )
        .distinct()
        .order_by("submitted_date", "number")
    )
    rows = [
        row(
            proposal,
            proposal.submitted_date,
            f"{proposal.number}　{proposal.title}",
            joined(
                [
                    "第一提案人" if proposal.lead_sponsor_id == member.pk else "联名",
                    proposal.get_examination_result_display(),
                    proposal.get_handling_result_display(),
                    "重点提案" if proposal.is_major else "",
                    "优秀提案" if proposal.is_outstanding else "",
                ]
            ),
        )
        for proposal in records
    ]
    led = sum(proposal.lead_sponsor_id == member.pk for proposal in records)
    return Block(
        "提案",
        rows,
        "proposals.proposal",
        listed(member, "lead_sponsor", year, "submitted_date"),
        totals=f"第一提案人 {led} 件，联名 {len(rows) - led} 件",
    )


def opinions(member: Member, year: int | None, user: User) -> Block:
    records = (
        mine(
            PublicOpinionReport.objects.all(),
            user,
            Q(authorships__member=member) & within(year, "reported_date"),
        )
        .prefetch_related("adoptions", "instructions")
        .order_by("reported_date", "number")
    )
    rows = [
        row(
            report,
            report.reported_date,
            f"{report.number}　{report.title}",
            joined(
                [f"{item.get_level_display()}采用" for item in report.adoptions.all()]
                + [f"{item.get_level_display()}领导批示" for item in report.instructions.all()]
            ),
        )
        for report in records
    ]
    query = listed(member, "authors", year, "reported_date")
    return Block(
        "社情民意信息", rows, "proposals.publicopinionreport", query, totals=f"{len(rows)} 篇"
    )


def research(member: Member, year: int | None, user: User) -> Block:
    records = mine(
        Research.objects.all(),
        user,
        Q(participations__member=member) & within(year, "completed_date"),
    ).order_by("completed_date", "number")
    rows = [
        row(
            work,
            work.completed_date,
            f"{work.number}　{work.title}",
            joined([work.get_kind_display(), work.result]),
        )
        for work in records
    ]
    query = listed(member, "participants", year, "completed_date")
    return Block("调研视察", rows, "proposals.research", query, totals=f"{len(rows)} 次")


def articles(member: Member, year: int | None, user: User) -> Block:
    records = mine(
        Article.objects.all(), user, Q(member=member) & within(year, "published_date")
    ).order_by("published_date")
    rows = [
        row(
            article,
            article.published_date,
            article.title,
            joined([article.publication, article.get_level_display()]),
        )
        for article in records
    ]
    query = listed(member, "member", year, "published_date")
    return Block("发表文章", rows, "proposals.article", query, totals=f"{len(rows)} 篇")


def invitations(member: Member, year: int | None, user: User) -> Block:
    records = mine(
        OutsideInvitation.objects.all(), user, Q(member=member) & within(year, "date")
    ).order_by("date")
    rows = [row(item, item.date, item.title, item.inviter) for item in records]
    query = listed(member, "member", year, "date")
    return Block(
        "应邀参加外单位活动", rows, "attendance.outsideinvitation", query, totals=f"{len(rows)} 次"
    )


def hand_ins(member: Member, year: int | None, user: User) -> Block:
    condition = Q(member=member) & (Q() if year is None else Q(year=year))
    records = mine(HandIn.objects.all(), user, condition).order_by("submitted_date")
    rows = [
        row(item, item.submitted_date, item.get_kind_display(), f"{item.year}年度")
        for item in records
    ]
    query = listed(member, "member", None) + (f"&year={year}" if year else "")
    return Block("填报与述职材料", rows, "dossiers.handin", query, totals=f"{len(rows)} 份")


def conduct(model: type[Model], title: str) -> Callable[[Member, int | None, User], Block]:
    def block(member: Member, year: int | None, user: User) -> Block:
        records = mine(
            model._default_manager.all(), user, Q(member=member) & within(year, "date")
        ).order_by("date")
        rows = [
            row(
                item,
                item.date,
                item.get_kind_display() if item._meta.get_field("kind").choices else item.kind,
                joined([item.get_level_display(), item.cause, item.document_number]),
                tone="" if model is Commendation else "bad",
            )
            for item in records
        ]
        query = listed(member, "member", year, "date")
        return Block(title, rows, model._meta.label_lower, query, totals=f"{len(rows)} 项")

    return block


def reviews(member: Member, year: int | None, user: User) -> Block:
    condition = Q(member=member) & (Q() if year is None else Q(campaign__year=year))
    records = mine(StandingReview.objects.select_related("campaign"), user, condition)
    rows = []
    for item in records.order_by("campaign__year"):
        title = f"{item.campaign.year}年度综合评价意见：{item.opinion or '尚未登记'}"
        status = joined(["口头述职" if item.reports_orally else "", item.document_number])
        own = row(item, item.decided_date or item.reported_date, title, status)
        rows.append(replace(own, model="dossiers.campaign", pk=item.campaign_id))
    return Block("述职评价", rows, "dossiers.campaign", "", f"{len(rows)} 项")


BLOCKS: dict[type[Model], Callable[[Member, int | None, User], Block]] = {
    Attendance: meetings,
    Speech: speeches,
    Proposal: proposals,
    PublicOpinionReport: opinions,
    Article: articles,
    Research: research,
    OutsideInvitation: invitations,
    HandIn: hand_ins,
    StandingReview: reviews,
    Commendation: conduct(Commendation, "奖励"),
    Sanction: conduct(Sanction, "惩处"),
    ConductFinding: conduct(ConductFinding, "行为认定"),
    Interview: interviews,
    Case: cases,
}
