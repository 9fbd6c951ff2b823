"""What the unit does with a member's work: takes it into the records, returns or declines it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.services import ReasonMissingError, StaleRecordError
from accounts.services.records import lock_stored
from attendance.services.entry import enter_invitations, enter_speech
from core.refusals import RefusalError
from dossiers.choices import SignerState, SubmissionKind, SubmissionState
from dossiers.models import Submission
from dossiers.selectors.disputable import own_record
from dossiers.selectors.submissions import RECORD_KINDS
from dossiers.services.submissions import (
    SubmissionClosedError,
    locked_submission,
    store_submission,
    subject_of,
)
from members.choices import NoticeKind
from members.models import Member
from members.selectors.duties import refuse_uncollected
from members.services.conduct import enter_commendations
from members.services.notices import send_notice
from proposals.choices import ResearchKind
from proposals.services.entry import enter_article, enter_opinion, enter_proposal, enter_research


class OwnIntakeError(RefusalError):
    """Nobody takes in, returns or declines their own."""


class NotItsRecordError(RefusalError):
    """The record named is not the member's, or another submission has become it."""


@transaction.atomic
def accept_submission(
    *,
    submission: Submission,
    seen_version: int,
    values: Mapping[str, Any],
    actor: User,
    at: datetime,
) -> Submission:
    """Enters the record, dated as the rules count (提交日期, 报送日期, 完成日期), and links it.
    `values` are what the unit adds: a number, and what its kind of record has besides. Only those
    who agreed are co-signers. Twice is once.

    Raises SubmissionClosedError, OwnIntakeError, StaleRecordError, ValidationError and whatever
    entering such a record raises.
    """
    submission = _locked(submission, actor)
    if submission.state == SubmissionState.ACCEPTED:
        return submission
    _refuse_settled(submission)
    if submission.version != seen_version:
        raise StaleRecordError(submission, [])
    record = _entered(submission, values, actor, at)
    return _linked(submission, record, f"已登记：{record}", actor, at)


@transaction.atomic
def link_submission(
    *, submission: Submission, record_type: str, record_id: int, actor: User, at: datetime
) -> Submission:
    """The record is there already: the submission is taken in as that one. Twice is once.

    Raises SubmissionClosedError, OwnIntakeError, NotItsRecordError or NotCollectedError.
    """
    submission = _locked(submission, actor)
    if submission.state == SubmissionState.ACCEPTED:
        return submission
    _refuse_settled(submission)
    record = own_record(submission.member, record_type, record_id)
    if record is None:
        raise NotItsRecordError("这条记录不在该委员名下，或已经删除，请刷新页面。")
    record = lock_stored(record)
    taken = Submission.objects.filter(record_type=record_type, record_id=record_id)
    if taken.exists():
        raise NotItsRecordError("这条记录已由另一份报送材料登记，请核对是否报送了两次。")
    refuse_uncollected(
        actor=actor,
        term=submission.member.term,
        kind=RECORD_KINDS[SubmissionKind(submission.kind)],
        organiser=_organiser(record),
    )
    return _linked(submission, record, f"与已有记录对应：{record}", actor, at)


@transaction.atomic
def return_submission(
    *, submission: Submission, reason: str, actor: User, at: datetime
) -> Submission:
    """Back to the member, to be mended and handed in again.

    Raises SubmissionClosedError, OwnIntakeError or ReasonMissingError.
    """
    words = "退回修改：请按意见改好后再次提交，首次提交的日期不变。"
    return _sent_back(submission, SubmissionState.RETURNED, reason, words, actor, at)


@transaction.atomic
def decline_submission(
    *, submission: Submission, reason: str, actor: User, at: datetime
) -> Submission:
    """For good. Raises as `return_submission`."""
    return _sent_back(submission, SubmissionState.DECLINED, reason, "不予受理。", actor, at)


def counted_date(submission: Submission) -> date:
    """The day the record bears: of handing in, or, where the work has one of its own, that one."""
    if submission.kind == SubmissionKind.SPEECH and submission.meeting is not None:
        return submission.meeting.start_date
    if submission.kind in {SubmissionKind.PROPOSAL, SubmissionKind.OPINION}:
        return timezone.localdate(submission.submitted_at)
    if submission.date is None:
        raise SubmissionClosedError("这份材料没有日期，请退回委员补充。")
    return submission.date


def agreed_members(submission: Submission) -> list[Member]:
    rows = submission.signers.filter(state=SignerState.AGREED).select_related("member__person")
    return [row.member for row in rows.order_by("sequence")]


def _entered(submission: Submission, values: Mapping[str, Any], actor: User, at: datetime) -> Model:
    member, term, kind = submission.member, submission.member.term, submission.kind
    common: dict[str, Any] = {**values, "actor": actor, "at": at}
    on, together = counted_date(submission), [member, *agreed_members(submission)]
    if kind == SubmissionKind.PROPOSAL:
        return enter_proposal(
            term=term,
            lead_sponsor=member,
            cosponsors=together[1:],
            submitted_date=on,
            **common,
        )
    if kind == SubmissionKind.OPINION:
        return enter_opinion(term=term, authors=together, reported_date=on, **common)
    if kind == SubmissionKind.RESEARCH:
        return enter_research(
            term=term,
            kind=ResearchKind.SELF_DIRECTED,
            participants=together,
            completed_date=on,
            **common,
        )
    if kind == SubmissionKind.ARTICLE:
        return enter_article(term=term, member=member, published_date=on, **common)
    if kind == SubmissionKind.SPEECH and submission.meeting is not None:
        return enter_speech(meeting=submission.meeting, member=member, **common)
    if kind == SubmissionKind.INVITATION:
        return enter_invitations(term=term, members=[member], date=on, **common)[0]
    common["kind"] = common.pop("title")
    return enter_commendations(term=term, members=[member], date=on, **common)[0]


def _organiser(record: Any) -> str:
    meeting = getattr(record, "meeting", None)
    return str(getattr(record, "organiser", "") or (meeting.organiser if meeting else ""))


def _linked(
    submission: Submission, record: Model, words: str, actor: User, at: datetime
) -> Submission:
    before = audit.snapshot(submission)
    submission.state = SubmissionState.ACCEPTED
    submission.record_type, submission.record_id = record._meta.label_lower, record.pk
    submission.answer = ""
    submission.settled_by, submission.settled_at = actor, at
    store_submission(submission, before, actor, at, reason=words)
    body = "已受理并登记为履职记录。审查、办理、采用等结果，可随时在“我的报送”里查看。"
    _tell_member(submission, body, actor, at)
    return submission


def _sent_back(
    submission: Submission,
    state: SubmissionState,
    reason: str,
    words: str,
    actor: User,
    at: datetime,
) -> Submission:
    submission = _locked(submission, actor)
    _refuse_settled(submission)
    if not reason.strip():
        raise ReasonMissingError("请写明理由，委员看得到。")
    before = audit.snapshot(submission)
    submission.state, submission.answer = state, reason.strip()
    submission.settled_by, submission.settled_at = actor, at
    store_submission(submission, before, actor, at, reason=submission.answer)
    _tell_member(submission, f"{words}意见：{submission.answer}"[:5000], actor, at)
    return submission


def _locked(submission: Submission, actor: User) -> Submission:
    submission = locked_submission(submission)
    if submission.member.person.user_id == actor.pk:
        raise OwnIntakeError("本人报送的材料须由他人受理。")
    return submission


def _refuse_settled(submission: Submission) -> None:
    if submission.state != SubmissionState.SUBMITTED:
        raise SubmissionClosedError(
            f"这份材料{submission.get_state_display()}，不能再办理。请刷新页面查看。"
        )


def _tell_member(submission: Submission, body: str, actor: User, at: datetime) -> None:
    send_notice(
        term=submission.member.term,
        kind=NoticeKind.OTHER,
        title=f"您的报送{submission.get_state_display()}：{submission.title}"[:200],
        body=f"{submission.get_kind_display()}“{submission.title}”：{body}",
        members=[submission.member],
        subject=subject_of(submission),
        path=reverse("dossiers:submission-detail", args=[submission.pk]),
        actor=actor,
        at=at,
        even_suspended=True,
    )
