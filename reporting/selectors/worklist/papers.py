"""The year's papers that wait for the office."""

from collections.abc import Iterator

from django.db.models import Count, QuerySet

from dossiers.choices import PaperState
from dossiers.models import DutyPaper
from dossiers.querysets import DutyPaperQuerySet
from reporting.selectors.worklist.tasks import Desk, Task, address


def papers_to_settle(desk: Desk) -> Iterator[Task]:
    """Of each campaign: papers to verify, and, once it is closed, papers to archive."""
    if not desk.may("dossiers.change_campaign"):
        return
    papers = DutyPaper.objects.visible_to(desk.user).filter(campaign__term=desk.term)
    for campaign, year, count in _by_campaign(papers.waiting_verification()):
        yield Task(
            subject="年度填报",
            title=f"{year}年度填报材料待审核",
            count=count,
            unit="份",
            path=address("reporting:campaign-returns", campaign, state=PaperState.SUBMITTED.value),
        )
    for campaign, year, count in _by_campaign(papers.waiting_archive()):
        yield Task(
            subject="年度填报",
            title=f"{year}年度填报材料已审核，待归档",
            count=count,
            unit="份",
            path=address("reporting:campaign-returns", campaign, state=PaperState.VERIFIED.value),
            note="在年度填报页上归档",
        )


def _by_campaign(papers: DutyPaperQuerySet) -> QuerySet:
    rows = papers.order_by("campaign__year").values_list("campaign", "campaign__year")
    return rows.annotate(count=Count("pk"))
