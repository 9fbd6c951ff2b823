"""What the year asks of the office: findings, campaigns, the duties of December and January."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count

from assessments.choices import FindingState
from assessments.models import Finding
from assessments.rulebook.packs import Duty
from assessments.selectors import pack_of
from dossiers.choices import HandInKind
from dossiers.models import Campaign, HandIn
from members.models import Member
from reporting.selectors.worklist.tasks import Desk, Task, address, records

#: A campaign is prepared from this day of the year on: it opens on 1 December.
CAMPAIGN_FROM = (11, 15)
#: A campaign, a duty with a date: shown so long before it is due.
CAMPAIGN_AHEAD = timedelta(days=45)
DUTY_AHEAD = timedelta(days=45)


def findings_to_review(desk: Desk) -> Iterator[Task]:
    if desk.may("assessments.decide_finding"):
        found = Finding.objects.visible_to(desk.user).filter(
            term=desk.term, state=FindingState.OPEN
        )
        yield Task(
            subject="履职考核",
            title="考核发现待审核",
            count=found.count(),
            unit="项",
            path=records(
                "assessments.finding", state__exact=FindingState.OPEN.value, term=desk.term.code
            ),
        )


def campaigns(desk: Desk) -> Iterator[Task]:
    """Campaigns that run, until a month after they close; one that is not set up yet."""
    if not desk.may("dossiers.change_campaign"):
        return
    year, on = desk.on.year, desk.on
    rows = Campaign.objects.filter(
        term=desk.term,
        deadline_date__gte=on,
        deadline_date__lte=on + CAMPAIGN_AHEAD,
    )
    running = list(rows.order_by("deadline_date"))
    for campaign in running:
        handed_in = HandIn.objects.filter(
            member__term=desk.term, year=campaign.year, kind=HandInKind.ANNUAL_RETURN
        )
        serving = Member.objects.filter(term=desk.term).invitable(on)
        yield Task(
            subject="年度填报",
            title=f"{campaign.year}年度填报截止",
            count=1,
            unit="",
            path=address("reporting:campaign-detail", campaign.pk),
            due=campaign.deadline_date,
            note=f"已收履职情况登记表 {handed_in.count()} 份，在任委员 {serving.count()} 人",
        )
    begins = date(year, *CAMPAIGN_FROM)
    if on >= begins and desk.term.contains(on):
        known = Campaign.objects.filter(term=desk.term, year=year).aggregate(count=Count("pk"))
        if not known["count"]:
            yield Task(
                subject="年度填报",
                title=f"{year}年度填报尚未建立",
                count=1,
                unit="",
                path=address("reporting:campaign-create", year),
                due=date(year, 12, 1),
            )


def dated_duties(desk: Desk) -> Iterator[Task]:
    """Office duties the pack gives a date: shown ahead of it and on the day, each with its clause.

    Whether one is done is not kept, so it goes when its day has passed.
    """
    if not desk.may("dossiers.change_campaign"):
        return
    for duty in pack_of(desk.term).duties:
        due = next_date(duty, desk.on)
        if due is None or due - desk.on > DUTY_AHEAD:
            continue
        year = due.year - bool(duty.details.get("of_last_year"))
        yield Task(
            subject="年度工作",
            title=f"{year}年：{duty.title}",
            count=1,
            unit="",
            path=records("reporting.dutydossier", term=desk.term.code, year=year),
            due=due,
            note=f"{duty.citation.document} {duty.citation.clause}",
        )


def next_date(duty: Duty, on: date) -> date | None:
    """The next day the duty is due, the day itself included; None where it has no dates."""
    days = duty.details.get("due", ())
    dates = [date(year, month, day) for year in (on.year, on.year + 1) for month, day in days]
    return min((day for day in dates if day >= on), default=None)
