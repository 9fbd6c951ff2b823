"""A member's own work on its way to the records: begun, saved, signed by others, handed in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.choices import Verb
from accounts.models import User
from accounts.services import StaleRecordError
from core.refusals import RefusalError
from dossiers.choices import SignerState, SubmissionKind, SubmissionState
from dossiers.models import Submission, SubmissionFile
from dossiers.permissions import OPEN_SUBMISSION_STATES, WITHDRAWABLE_STATES
from dossiers.selectors.objections import accounts_answering, answering_department
from dossiers.selectors.submissions import (
    FIELDS,
    RECORD_KINDS,
    missing_of,
    shown_value,
    untouched_draft,
)
from dossiers.services.incomplete import IncompleteError
from members.choices import NoticeKind
from members.models import Member
from members.services.notices import send_notice

#: Attachments of one submission.
MOST_FILES = 10


class NotOwnSubmissionError(RefusalError):
    """Members hand in their own work, and nobody does it for them."""


class NotServingNowError(RefusalError):
    """Only serving members who are not suspended hand in or sign."""


class SubmissionClosedError(RefusalError):
    """The step is not possible in the state the submission is in."""


class SubmissionIncompleteError(IncompleteError):
    """Work is handed in whole."""


class TooManyFilesError(RefusalError):
    """Ten attachments are enough."""


@transaction.atomic
def start_submission(*, member: Member, kind: str, actor: User, at: datetime) -> Submission:
    """A new draft, or the empty one of the kind that is there already.

    Raises NotOwnSubmissionError or NotServingNowError.
    """
    refuse_other_person(member, actor)
    refuse_not_serving_now(member, at)
    member = Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
    known = untouched_draft(member, kind)
    if known is not None:
        return known
    submission = Submission(
        member=member, kind=SubmissionKind(kind), recorded_by=actor, recorded_at=at
    )
    submission.full_clean()
    submission.save(force_insert=True)
    audit.record(
        actor=actor,
        verb=Verb.CREATE,
        at=at,
        obj=submission,
        changes=[audit.changes_of(submission, None, audit.snapshot(submission))],
    )
    return submission


@transaction.atomic
def save_submission(
    *,
    submission: Submission,
    seen_version: int,
    values: Mapping[str, Any],
    actor: User,
    at: datetime,
) -> Submission:
    """Keeps the values as they are, whole or not. Saving what is stored already changes nothing,
    whatever version was seen. What changes, those who agreed to it are to agree to anew.

    Raises NotOwnSubmissionError, SubmissionClosedError, ValidationError or StaleRecordError,
    which holds both texts.
    """
    submission = locked_own(submission, actor)
    refuse_unless_open(submission)
    given = {name: _tidy(values[name]) for name in FIELDS[submission.kind] if name in values}
    differing = {name: value for name, value in given.items() if getattr(submission, name) != value}
    if not differing:
        return submission
    if submission.version != seen_version:
        raise StaleRecordError(submission, _conflicts(submission, differing))
    before = audit.snapshot(submission)
    for name, value in differing.items():
        setattr(submission, name, value)
    return _store_changed(submission, before, actor, at)


@transaction.atomic
def add_file(*, submission: Submission, file: File, actor: User, at: datetime) -> SubmissionFile:
    """Attachments are part of what others agree to: they are to agree anew.

    Raises NotOwnSubmissionError, SubmissionClosedError, TooManyFilesError or ValidationError.
    """
    submission = locked_own(submission, actor)
    refuse_unless_open(submission)
    if submission.files.count() >= MOST_FILES:
        raise TooManyFilesError(f"附件最多{MOST_FILES}个，请先删去不用的，或合并后再传。")
    row = SubmissionFile(submission=submission, file=file, recorded_by=actor, recorded_at=at)
    row.full_clean()
    row.save(force_insert=True)
    change = audit.changes_of(row, None, audit.snapshot(row))
    _store_changed(submission, audit.snapshot(submission), actor, at, change)
    return row


@transaction.atomic
def remove_file(*, file: SubmissionFile, actor: User, at: datetime) -> Submission:
    """Takes the attachment off, as `add_file`; twice is once."""
    submission = locked_own(file.submission, actor)
    refuse_unless_open(submission)
    row = SubmissionFile.objects.filter(pk=file.pk, submission=submission).first()
    if row is None:
        return submission
    change = audit.changes_of(row, audit.snapshot(row), None)
    row.delete()
    return _store_changed(submission, audit.snapshot(submission), actor, at, change)


@transaction.atomic
def submit(*, submission: Submission, seen_version: int, actor: User, at: datetime) -> Submission:
    """Hands it in to the unit that collects such records (D3 二), or in again after it was
    returned: the moment of the first time stays. Twice is once.

    Raises NotOwnSubmissionError, NotServingNowError, SubmissionClosedError, StaleRecordError or
    SubmissionIncompleteError.
    """
    submission = locked_own(submission, actor)
    if submission.state == SubmissionState.SUBMITTED:
        return submission
    refuse_unless_open(submission)
    refuse_not_serving_now(submission.member, at)
    if submission.version != seen_version:
        raise StaleRecordError(submission, [])
    missing = missing_of(submission, on=timezone.localdate(at))
    if missing:
        raise SubmissionIncompleteError(missing)
    before = audit.snapshot(submission)
    submission.state = SubmissionState.SUBMITTED
    submission.submitted_at = submission.submitted_at or at
    submission.department = answering_department(
        term=submission.member.term,
        kind=RECORD_KINDS[SubmissionKind(submission.kind)],
        organiser=submission.meeting.organiser if submission.meeting else "",
    )
    store_submission(submission, before, actor, at)
    send_notice(
        term=submission.member.term,
        kind=NoticeKind.OTHER,
        title=f"委员报送待受理：{submission}"[:200],
        body=f"{submission.member.person.name}报送了{submission.get_kind_display()}"
        f"“{submission.title}”。请在 7 个工作日内受理、退回修改或说明不予受理的理由。",
        users=accounts_answering(submission.department),
        subject=subject_of(submission),
        path=reverse("dossiers:submission-intake", args=[submission.pk]),
        actor=actor,
        at=at,
    )
    return submission


@transaction.atomic
def withdraw_submission(*, submission: Submission, actor: User, at: datetime) -> Submission:
    """Until it has been taken in; twice is once. Raises NotOwnSubmissionError or
    SubmissionClosedError.
    """
    submission = locked_own(submission, actor)
    if submission.state == SubmissionState.WITHDRAWN:
        return submission
    if submission.state not in WITHDRAWABLE_STATES:
        raise SubmissionClosedError(
            f"这份材料{submission.get_state_display()}，不能撤回。需要更正的，请联系受理部门。"
        )
    before = audit.snapshot(submission)
    submission.state = SubmissionState.WITHDRAWN
    return store_submission(submission, before, actor, at)


@transaction.atomic
def restore_submission(*, submission: Submission, actor: User, at: datetime) -> Submission:
    """Takes a withdrawal back: what the unit had returned is returned again, with its first day;
    anything else is a draft, its day that of the next handing in. Who had agreed is asked anew.
    Twice is once.

    Raises NotOwnSubmissionError or SubmissionClosedError.
    """
    submission = locked_own(submission, actor)
    if submission.state in OPEN_SUBMISSION_STATES:
        return submission
    if submission.state != SubmissionState.WITHDRAWN:
        raise SubmissionClosedError(f"这份材料{submission.get_state_display()}，不用恢复。")
    before = audit.snapshot(submission)
    if submission.answer:
        submission.state = SubmissionState.RETURNED
    else:
        asked = submission.signers.exists()
        submission.state = SubmissionState.SIGNING if asked else SubmissionState.DRAFT
        submission.submitted_at = None
    return _store_changed(submission, before, actor, at)


def locked_submission(submission: Submission) -> Submission:
    """As it is now; nobody else acts on it until the transaction ends."""
    rows = Submission.objects.select_for_update(of=("self",), no_key=True)
    related = ("member__person", "member__term", "department", "meeting")
    return rows.select_related(*related).get(pk=submission.pk)


def locked_own(submission: Submission, actor: User) -> Submission:
    submission = locked_submission(submission)
    refuse_other_person(submission.member, actor)
    return submission


def refuse_other_person(member: Member, actor: User) -> None:
    if member.person.user_id is None or member.person.user_id != actor.pk:
        raise NotOwnSubmissionError("只能由委员本人办理。")


def refuse_not_serving_now(member: Member, at: datetime) -> None:
    on = timezone.localdate(at)
    if not Member.objects.filter(pk=member.pk).invitable(on).exists():
        raise NotServingNowError("您现在不在任或正在暂停履职，不能办理。请与委员联络科联系。")


def refuse_unless_open(submission: Submission) -> None:
    if submission.state not in OPEN_SUBMISSION_STATES:
        raise SubmissionClosedError(
            f"这份材料{submission.get_state_display()}，现在不能改动。需要修改的，请受理部门退回。"
        )


def store_submission(
    submission: Submission,
    before: audit.Snapshot,
    actor: User,
    at: datetime,
    *,
    reason: str = "",
    changes: Sequence[audit.Change] = (),
) -> Submission:
    submission.version += 1
    submission.full_clean()
    submission.save()
    own = audit.changes_of(submission, before, audit.snapshot(submission))
    audit.record(
        actor=actor,
        verb=Verb.UPDATE,
        at=at,
        obj=submission,
        reason=reason,
        changes=[own, *changes],
    )
    return submission


def subject_of(submission: Submission) -> str:
    return f"{submission._meta.label_lower}:{submission.pk}"


def _store_changed(
    submission: Submission,
    before: audit.Snapshot,
    actor: User,
    at: datetime,
    *changes: audit.Change,
) -> Submission:
    """What others agreed to is another now: a new version, to be agreed to anew."""
    asked = _ask_anew(submission)
    return store_submission(submission, before, actor, at, changes=[*changes, *asked])


def _ask_anew(submission: Submission) -> list[audit.Change]:
    changes = []
    for row in submission.signers.filter(state=SignerState.AGREED):
        before = audit.snapshot(row)
        row.state, row.answered_at = SignerState.ASKED, None
        row.save()
        changes.append(audit.changes_of(row, before, audit.snapshot(row)))
    return changes


def _conflicts(submission: Submission, differing: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (
            str(Submission._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            shown_value(getattr(submission, name)),
            shown_value(value),
        )
        for name, value in differing.items()
    ]


def _tidy(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value
