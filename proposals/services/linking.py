"""A proposal that became a 社情民意信息: turned into one, or linked to the one there is."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.services import save_record
from accounts.services.records import lock_stored
from core.refusals import RefusalError
from members.choices import RecordKind
from members.selectors.duties import refuse_uncollected
from proposals.choices import ExaminationResult
from proposals.models import Proposal, PublicOpinionReport
from proposals.services.entry import enter_opinion


class NotConvertedError(RefusalError):
    """Only a proposal examined as 转社情民意 becomes one."""


class AlreadyLinkedError(RefusalError):
    """The proposal, or the report, has its counterpart already."""


@transaction.atomic
def convert_proposal(
    *, proposal: Proposal, number: str, reported_date: date, actor: User | None, at: datetime
) -> PublicOpinionReport:
    """A 社情民意信息 with the proposal's title, by its sponsors; twice is refused.

    Sponsors who have left membership by the date are no authors.
    Raises NotConvertedError, AlreadyLinkedError, and as `enter_opinion`.
    """
    proposal = lock_stored(proposal)
    _refuse_unconverted(proposal)
    _refuse_linked(proposal)
    cosponsors = proposal.cosponsorships.select_related("member__person").order_by("sequence")
    sponsors = [proposal.lead_sponsor, *(row.member for row in cosponsors)]
    return enter_opinion(
        term=proposal.term,
        number=number,
        title=proposal.title,
        authors=[member for member in sponsors if member.serves(reported_date)],
        reported_date=reported_date,
        source_proposal_number=proposal.number,
        actor=actor,
        at=at,
    )


@transaction.atomic
def link_opinion(
    *, proposal: Proposal, report: PublicOpinionReport, actor: User | None, at: datetime
) -> PublicOpinionReport:
    """Says of an existing report that it came from the proposal.

    Raises NotConvertedError, AlreadyLinkedError, NotCollectedError or StaleRecordError.
    """
    refuse_uncollected(actor=actor, term=report.term, kind=RecordKind.OPINION)
    proposal = lock_stored(proposal)
    report = lock_stored(report)
    _refuse_unconverted(proposal)
    if report.source_proposal_number:
        raise AlreadyLinkedError(
            f"“{report}”已注明由提案{report.source_proposal_number}转来，没有改动。"
        )
    if report.term_id != proposal.term_id:
        raise AlreadyLinkedError("提案和社情民意信息不属于同一届，不能关联。")
    _refuse_linked(proposal)
    report.source_proposal_number = proposal.number
    return save_record(obj=report, actor=actor, at=at, reason=f"由提案{proposal.number}转来")


def _refuse_unconverted(proposal: Proposal) -> None:
    if proposal.examination_result != ExaminationResult.CONVERTED:
        raise NotConvertedError(
            f"提案{proposal.number}的审查结果不是“转社情民意”，不能转录。请先核对审查结果。"
        )


def _refuse_linked(proposal: Proposal) -> None:
    known = PublicOpinionReport.objects.filter(
        term=proposal.term_id, source_proposal_number=proposal.number
    ).first()
    if known is not None:
        raise AlreadyLinkedError(
            f"提案{proposal.number}已转为社情民意信息“{known}”，没有重复转录。"
        )
