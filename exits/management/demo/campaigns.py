"""The office's side of the year's papers: reminders sent, oral reports chosen, opinions given."""

from datetime import date, timedelta

from accounts.models import User
from accounts.services import save_record, start_job
from dossiers.choices import PaperState
from dossiers.models import Campaign, DutyPaper
from dossiers.selectors.campaigns import members_behind, standing_members
from dossiers.services.campaigns import remind_members
from dossiers.services.reviews import choose_oral_reports, record_review
from exits.management.demo.times import moment
from members.models import Term

#: Of the members behind, so many were reminded by hand.
REMINDED = 40
OPINIONS = (
    "政治立场坚定，按时参加会议，认真撰写提案和社情民意信息，履职成效明显。",
    "积极参加视察调研，所提建议针对性强，联系界别群众经常。",
    "能够完成年度履职任务，会议发言次数可再增加。",
)
ARCHIVING = "reporting.tasks.archive_papers"


def stage_campaigns(*, term: Term, told_until: date, actor: User) -> None:
    campaigns = {row.year: row for row in Campaign.objects.filter(term=term)}
    last, running = campaigns.get(told_until.year - 1), campaigns.get(told_until.year)
    if last is not None and told_until >= date(told_until.year, 1, 25):
        stage_reviews(last, actor)
        archive_last(last, actor)
    if running is not None and running.opens_date < told_until:
        if running.opened_at is None:
            running.opened_at = moment(running.opens_date)
            save_record(obj=running, actor=actor, at=running.opened_at)
        on = told_until - timedelta(days=1)
        behind = members_behind(running, on=on)[:REMINDED]
        if behind:
            remind_members(campaign=running, members=behind, actor=actor, at=moment(on, 9))


def stage_reviews(campaign: Campaign, actor: User) -> None:
    year = campaign.year + 1
    standing = standing_members(campaign, on=date(year, 1, 22))
    standing = [seat for seat in standing if seat.person.user_id != actor.pk]
    chosen = standing[: campaign.oral_report_count]
    at = moment(date(year, 1, 22), 16)
    choose_oral_reports(campaign=campaign, members=chosen, actor=actor, at=at)
    for number, seat in enumerate(chosen):
        record_review(
            campaign=campaign,
            member=seat,
            opinion=OPINIONS[number % len(OPINIONS)],
            decided_date=date(year, 1, 22),
            reported_date=date(year, 1, 22),
            seen_version=1,
            actor=actor,
            at=at,
        )


def archive_last(campaign: Campaign, actor: User) -> None:
    """Entered as a job: the copies are printed when a worker takes it."""
    verified = DutyPaper.objects.filter(campaign=campaign, state=PaperState.VERIFIED).count()
    if verified:
        start_job(
            task=ARCHIVING,
            title=f"{campaign.year}年度填报归档：{verified}份",
            owner=actor,
            at=moment(date(campaign.year + 1, 1, 24), 9),
            parameters={"campaign": campaign.pk},
            permission="dossiers.change_campaign",
        )
