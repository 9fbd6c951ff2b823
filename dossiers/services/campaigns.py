"""A year's campaign from its call to its end, and the reminders of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import ReasonMissingError
from core.bulk import insert_values
from core.dates import planned
from core.refusals import RefusalError
from dossiers.choices import HandInKind, PaperState
from dossiers.models import Campaign, CampaignPaper, CampaignReminder, DutyPaper
from dossiers.selectors.campaigns import members_behind, paper_returns, reminder_due
from dossiers.selectors.papers import CollectedPaper, default_papers
from members.choices import NoticeKind
from members.models import Member, Notice, Term
from members.services.notices import send_notice


class CampaignStateError(RefusalError):
    """The step is not possible in the state the campaign is in."""


class CampaignYearError(RefusalError):
    """The dates do not fit the year, or the term."""


class NothingCollectedError(RefusalError):
    """A campaign collects at least one paper."""


class NobodyToRemindError(RefusalError):
    """Nobody is left to remind today."""


@transaction.atomic
def open_campaign(
    *,
    term: Term,
    year: int,
    opens_date: date,
    deadline_date: date,
    call: str = "",
    report_length: int = 2000,
    oral_report_count: int = 10,
    papers: Sequence[CollectedPaper] | None = None,
    path: str = "",
    actor: User,
    at: datetime,
) -> Campaign:
    """Opens the year's campaign, entering it where the plan has not yet, and tells everybody who
    owes a paper. `papers` none: what the rule pack has a year collect.

    Raises CampaignStateError where it was opened before, CampaignYearError,
    NothingCollectedError or ValidationError.
    """
    _refuse_year(term, year, opens_date, deadline_date)
    rows = tuple(default_papers(term=term, year=year) if papers is None else papers)
    if not rows:
        raise NothingCollectedError("请至少选定一种要交的材料。")
    Term.objects.select_for_update(no_key=True).get(pk=term.pk)
    campaign = Campaign.objects.filter(term=term, year=year).first()
    if campaign is not None and campaign.opened_at is not None:
        raise CampaignStateError(
            f"{year}年度填报已于{planned(timezone.localdate(campaign.opened_at))}发出通知。"
        )
    before = audit.snapshot(campaign) if campaign is not None else None
    if campaign is None:
        campaign = Campaign(term=term, year=year, recorded_by=actor, recorded_at=at)
    else:
        campaign.version += 1
    campaign.opens_date, campaign.deadline_date = opens_date, deadline_date
    campaign.report_length, campaign.oral_report_count = report_length, oral_report_count
    campaign.call, campaign.opened_at = call.strip(), at
    campaign.full_clean()
    campaign.save()
    changes = [audit.changes_of(campaign, before, audit.snapshot(campaign))]
    changes += _collect(campaign, rows)
    verb = Verb.CREATE if before is None else Verb.UPDATE
    audit.record(actor=actor, verb=verb, at=at, obj=campaign, changes=changes)
    owing = {item.member.pk: item.member for item in paper_returns(campaign, on=_day(at))}
    send_notice(
        term=term,
        kind=NoticeKind.CAMPAIGN,
        title=f"{year}年度填报开始，{planned(deadline_date)}截止",
        body=_call(campaign, rows),
        members=owing.values(),
        subject=str(campaign)[:200],
        path=path,
        actor=actor,
        at=at,
    )
    return campaign


@transaction.atomic
def close_campaign(*, campaign: Campaign, actor: User, at: datetime) -> Campaign:
    """No paper is begun or handed in any more, except one that was returned. Closing twice is
    closing once. Raises CampaignStateError before it was opened.
    """
    campaign = _locked(campaign)
    if campaign.closed_at is not None:
        return campaign
    if campaign.opened_at is None and campaign.opens_date > _day(at):
        raise CampaignStateError(f"{campaign.year}年度填报还没有开始。")
    return _stamp(campaign, "closed_at", at, actor, at)


@transaction.atomic
def reopen_campaign(*, campaign: Campaign, reason: str, actor: User, at: datetime) -> Campaign:
    """Takes a closing back. Raises CampaignStateError or ReasonMissingError."""
    if not reason.strip():
        raise ReasonMissingError("请写明重新开放的事由。")
    campaign = _locked(campaign)
    if campaign.archived_at is not None:
        raise CampaignStateError(f"{campaign.year}年度填报已经归档，不能重新开放。")
    if campaign.closed_at is None:
        return campaign
    return _stamp(campaign, "closed_at", None, actor, at, reason.strip())


@transaction.atomic
def settle_archive(*, campaign: Campaign, actor: User | None, at: datetime) -> Campaign:
    """The campaign is archived once no paper of it waits on the way there."""
    campaign = _locked(campaign)
    under_way = [PaperState.SUBMITTED, PaperState.RETURNED, PaperState.VERIFIED]
    waiting = DutyPaper.objects.filter(campaign=campaign, state__in=under_way)
    if campaign.archived_at is not None or waiting.exists():
        return campaign
    return _stamp(campaign, "archived_at", at, actor, at)


@transaction.atomic
def remind_campaign(
    *, campaign: Campaign, on: date, at: datetime, path: str = "", actor: User | None = None
) -> Notice | None:
    """The reminder due on the day to those behind, each of them once, whoever else is sending it;
    none where none is due. Never to the suspended or the exited.
    """
    campaign = _locked(campaign)
    days = reminder_due(campaign, on)
    begun = campaign.opened_at is not None or campaign.opens_date <= on
    if days is None or not begun or campaign.closed_at or campaign.archived_at:
        return None
    return _remind(campaign, members_behind(campaign, on=on), days, on, path, actor, at)


@transaction.atomic
def remind_members(
    *, campaign: Campaign, members: Collection[Member], path: str = "", actor: User, at: datetime
) -> Notice:
    """By hand, today: of these, those who are behind, may be reminded and were not today.

    Raises CampaignStateError or NobodyToRemindError.
    """
    campaign, on = _locked(campaign), _day(at)
    if campaign.opened_at is None or campaign.closed_at is not None:
        raise CampaignStateError(f"{campaign.year}年度填报现在不在进行，不能提醒。")
    asked = {member.pk for member in members}
    behind = [member for member in members_behind(campaign, on=on) if member.pk in asked]
    days = (campaign.deadline_date - on).days
    notice = _remind(campaign, behind, days, on, path, actor, at)
    if notice is None:
        raise NobodyToRemindError(
            "没有要提醒的人：所选委员都已交齐、今天已经提醒过，或者暂停履职、已经退出。"
        )
    return notice


def remind_running(*, on: date, at: datetime, path: str = "") -> list[Notice]:
    """Every running campaign's reminder of the day; calling it again sends nothing twice."""
    running = Campaign.objects.filter(closed_at__isnull=True, archived_at__isnull=True)
    sent = [
        remind_campaign(campaign=campaign, on=on, at=at, path=path)
        for campaign in running.select_related("term").order_by("pk")
    ]
    return [notice for notice in sent if notice is not None]


def _remind(
    campaign: Campaign,
    behind: Sequence[Member],
    days: int,
    on: date,
    path: str,
    actor: User | None,
    at: datetime,
) -> Notice | None:
    done = set(
        CampaignReminder.objects.filter(campaign=campaign, days=days).values_list(
            "member_id", flat=True
        )
    )
    told = [member for member in behind if member.pk not in done]
    if not told:
        return None
    notice = send_notice(
        term=campaign.term,
        kind=NoticeKind.REMINDER,
        title=_reminder_title(campaign, on),
        body=_reminder(campaign, on),
        members=told,
        subject=str(campaign)[:200],
        path=path,
        actor=actor,
        at=at,
    )
    insert_values(
        CampaignReminder,
        ("campaign", "member", "days", "notice"),
        [(campaign.pk, member.pk, days, notice.pk) for member in told],
    )
    return notice


def _locked(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.select_for_update(of=("self",), no_key=True).select_related("term")
    return rows.get(pk=campaign.pk)


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def _stamp(
    campaign: Campaign,
    name: str,
    value: datetime | None,
    actor: User | None,
    at: datetime,
    reason: str = "",
) -> Campaign:
    before = audit.snapshot(campaign)
    setattr(campaign, name, value)
    campaign.version += 1
    campaign.full_clean()
    campaign.save()
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=campaign,
        reason=reason,
        changes=[audit.changes_of(campaign, before, audit.snapshot(campaign))],
    )
    return campaign


def _collect(campaign: Campaign, rows: Sequence[CollectedPaper]) -> list[audit.Change]:
    changes = []
    for old in campaign.papers.all():
        changes.append(audit.changes_of(old, audit.snapshot(old), None))
        old.delete()
    for row in rows:
        paper = CampaignPaper(campaign=campaign, kind=row.kind, audience=row.audience)
        paper.full_clean()
        paper.save(force_insert=True)
        changes.append(audit.changes_of(paper, None, audit.snapshot(paper)))
    return changes


def _refuse_year(term: Term, year: int, opens: date, deadline: date) -> None:
    if not term.start_date.year <= year <= term.end_date.year:
        raise CampaignYearError(f"{year}年不在{term.name}的任期之内，请核对年度。")
    if deadline < opens:
        raise CampaignYearError("截止日期不能早于开始日期，请核对。")
    if opens.year != year or deadline.year not in {year, year + 1}:
        raise CampaignYearError(f"{year}年度的填报应当在{year}年内开始，最迟次年截止，请核对日期。")


def _call(campaign: Campaign, rows: Sequence[CollectedPaper]) -> str:
    listed = "\n".join(
        f"{HandInKind(row.kind).label}（{row.audience.label}）"
        + (f"，依据{row.citation}" if row.citation else "")
        for row in rows
    )
    words = [campaign.call] if campaign.call else []
    words.append(f"请于{planned(campaign.deadline_date)}前提交：\n{listed}")
    words.append("表内已按登记的履职记录填好，请逐栏核对、补充后提交。")
    return "\n\n".join(words)


def _reminder_title(campaign: Campaign, on: date) -> str:
    left = (campaign.deadline_date - on).days
    if left < 0:
        return f"{campaign.year}年度填报已逾期{-left}天，请尽快提交"
    return f"{campaign.year}年度填报" + ("今天截止" if left == 0 else f"还有{left}天截止")


def _reminder(campaign: Campaign, on: date) -> str:
    due = planned(campaign.deadline_date)
    if on > campaign.deadline_date:
        return (
            f"{campaign.year}年度填报已于{due}截止，您还有材料没有提交，或退回后还没有再次提交。"
            "请尽快补交；逾期提交的注明迟交。"
        )
    return (
        f"{campaign.year}年度填报{due}截止，您还有材料没有提交，或退回后还没有再次提交。"
        "请在截止日24时前提交。"
    )
