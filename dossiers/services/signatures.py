"""Co-signers of a submission: asked by its author, answering themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import StaleRecordError
from core.refusals import RefusalError
from dossiers.choices import SignerState, SubmissionState
from dossiers.models import Submission, SubmissionSigner
from dossiers.selectors.submissions import SIGNED_KINDS, missing_of
from dossiers.services.submissions import (
    SubmissionIncompleteError,
    locked_own,
    locked_submission,
    refuse_not_serving_now,
    refuse_other_person,
    refuse_unless_open,
    store_submission,
    subject_of,
)
from members.choices import NoticeKind
from members.models import Member
from members.services.notices import send_notice


class SignerRefusedError(RefusalError):
    """The member named cannot be asked, or was not asked."""


@transaction.atomic
def ask_signers(
    *, submission: Submission, members: Sequence[Member], actor: User, at: datetime
) -> list[SubmissionSigner]:
    """Asks these, each of whom is told; naming nobody reminds all whose answer is owed. Returns
    the rows of those told.

    Raises NotOwnSubmissionError, SubmissionClosedError, SignerRefusedError or
    SubmissionIncompleteError (nobody signs what is not written).
    """
    submission = locked_own(submission, actor)
    refuse_unless_open(submission)
    if submission.kind not in SIGNED_KINDS:
        raise SignerRefusedError(f"{submission.get_kind_display()}由本人报送，不请人联名。")
    missing = missing_of(submission)
    if missing:
        raise SubmissionIncompleteError(missing)
    _refuse_signers(submission, members, at)
    changes = _asked(submission, list(dict.fromkeys(members)))
    before = audit.snapshot(submission)
    if submission.state == SubmissionState.DRAFT:
        submission.state = SubmissionState.SIGNING
    if changes or submission.state != before["state"]:
        store_submission(submission, before, actor, at, changes=changes)
    owed = submission.signers.filter(state=SignerState.ASKED).select_related("member")
    asked = list(owed.filter(member__in=members) if members else owed)
    for row in asked:
        _tell_signer(row, submission, actor, at)
    return asked


@transaction.atomic
def drop_signer(*, signer: SubmissionSigner, actor: User, at: datetime) -> Submission:
    """The author no longer asks the member. Raises as `add_file`."""
    submission = locked_own(signer.submission, actor)
    refuse_unless_open(submission)
    row = SubmissionSigner.objects.filter(pk=signer.pk, submission=submission).first()
    if row is None:
        return submission
    change = audit.changes_of(row, audit.snapshot(row), None)
    row.delete()
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=submission, changes=[change])
    return submission


@transaction.atomic
def answer_signing(
    *, signer: SubmissionSigner, agrees: bool, seen_version: int, actor: User, at: datetime
) -> SubmissionSigner:
    """The member asked agrees or declines, themself; until it is handed in they may think better
    of it. The same answer twice is one.

    Raises NotOwnSubmissionError, NotServingNowError, SubmissionClosedError, SignerRefusedError or
    StaleRecordError (the text is another than was read).
    """
    submission = locked_submission(signer.submission)
    row = SubmissionSigner.objects.filter(pk=signer.pk, submission=submission).first()
    if row is None:
        raise SignerRefusedError("第一提案人（报送人）已不再请您联名，不必答复。")
    refuse_other_person(row.member, actor)
    refuse_unless_open(submission)
    wanted = SignerState.AGREED if agrees else SignerState.DECLINED
    if row.state == wanted:
        return row
    if agrees:
        refuse_not_serving_now(row.member, at)
        if submission.version != seen_version:
            raise StaleRecordError(submission, [])
    before = audit.snapshot(row)
    row.state, row.answered_at = wanted, at
    row.full_clean()
    row.save()
    change = audit.changes_of(row, before, audit.snapshot(row))
    audit.record(actor=actor, verb=Verb.UPDATE, at=at, obj=submission, changes=[change])
    send_notice(
        term=submission.member.term,
        kind=NoticeKind.OTHER,
        title=f"{row.member.person.name}{row.get_state_display()}：{submission.title}"[:200],
        body=f"您的{submission.get_kind_display()}“{submission.title}”："
        f"{row.member.person.name}{row.get_state_display()}。",
        members=[submission.member],
        subject=subject_of(submission),
        path=reverse("dossiers:submission-detail", args=[submission.pk]),
        actor=actor,
        at=at,
    )
    return row


def _refuse_signers(submission: Submission, members: Sequence[Member], at: datetime) -> None:
    if submission.member in members:
        raise SignerRefusedError("您是第一提案人（报送人），不用再列为联名人。")
    able = Member.objects.filter(term=submission.member.term_id).invitable(timezone.localdate(at))
    known = set(able.filter(pk__in=[member.pk for member in members]).values_list("pk", flat=True))
    others = [member.person.name for member in members if member.pk not in known]
    if others:
        raise SignerRefusedError(f"{'、'.join(others)}现在不能联名，没有发出。请去掉后再试。")


def _asked(submission: Submission, members: Sequence[Member]) -> list[audit.Change]:
    """Puts down those not named yet, and asks again who has declined."""
    known = {row.member_id: row for row in submission.signers.all()}
    last = submission.signers.aggregate(last=Max("sequence"))["last"] or 0
    changes = []
    for member in members:
        row = known.get(member.pk)
        before = None if row is None else audit.snapshot(row)
        if row is None:
            last += 1
            row = SubmissionSigner(submission=submission, member=member, sequence=last)
        elif row.state != SignerState.DECLINED:
            continue
        row.state, row.answered_at = SignerState.ASKED, None
        row.full_clean()
        row.save()
        changes.append(audit.changes_of(row, before, audit.snapshot(row)))
    return changes


def _tell_signer(row: SubmissionSigner, submission: Submission, actor: User, at: datetime) -> None:
    author = submission.member.person.name
    send_notice(
        term=submission.member.term,
        kind=NoticeKind.OTHER,
        title=f"{author}请您联名：{submission.title}"[:200],
        body=f"{author}请您联名{submission.get_kind_display()}“{submission.title}”。"
        "请阅读正文后答复同意或不参加；提交以前可以改变主意。不答复的，不列为联名人。",
        members=[row.member],
        subject=subject_of(submission),
        path=reverse("dossiers:signature-detail", args=[row.pk]),
        actor=actor,
        at=at,
    )
