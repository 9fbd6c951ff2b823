"""Proposals examined as 转社情民意, and the 社情民意信息 they became."""

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from members.models import Term
from proposals.choices import ExaminationResult
from proposals.models import CoSponsorship, Proposal, PublicOpinionReport

#: Those who co-signed, in their order.
SIGNED = Prefetch(
    "cosponsorships",
    CoSponsorship.objects.select_related("member__person").order_by("sequence"),
)


def converted_waiting(term: Term) -> QuerySet[Proposal]:
    """Those that no 社情民意信息 names as its source yet, the oldest first.

    They are handed over to whoever collects 社情民意, who does not see other proposals.
    """
    reports = PublicOpinionReport.objects.filter(
        term=OuterRef("term"), source_proposal_number=OuterRef("number")
    )
    return (
        Proposal.objects.filter(term=term, examination_result=ExaminationResult.CONVERTED)
        .exclude(Exists(reports))
        .select_related("lead_sponsor__person")
        .prefetch_related(SIGNED)
        .order_by("submitted_date", "number")
    )


def reports_from(proposal: Proposal) -> QuerySet[PublicOpinionReport]:
    """What the proposal became."""
    return PublicOpinionReport.objects.filter(
        term=proposal.term_id, source_proposal_number=proposal.number
    )


def source_of(report: PublicOpinionReport) -> QuerySet[Proposal]:
    """The proposal the report says it came from; none where the register has none."""
    if not report.source_proposal_number:
        return Proposal.objects.none()
    return Proposal.objects.filter(term=report.term_id, number=report.source_proposal_number)


def reports_to_link(proposal: Proposal) -> QuerySet[PublicOpinionReport]:
    """Reports by one of the sponsors that name no source yet, the latest first."""
    sponsors = [proposal.lead_sponsor_id, *proposal.cosponsors.values_list("pk", flat=True)]
    return (
        PublicOpinionReport.objects.filter(
            term=proposal.term_id, source_proposal_number="", authors__in=sponsors
        )
        .distinct()
        .order_by("-reported_date", "-number")
    )
