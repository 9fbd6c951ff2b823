"""What an account may read of the facts of members, beyond whose members it sees."""

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import RoleCode
from dossiers.choices import ObjectionAct, ObjectionState, PaperState, SubmissionState
from dossiers.models import DutyPaper, Objection, Submission
from members.models import Member


def members_with_readable_facts(user: User) -> QuerySet[Member]:
    """Facts count every kind of record, so a collector, who sees one kind, reads only their own."""
    if user.has_role(RoleCode.COLLECTOR) and not user.reads_everything:
        return Member.objects.filter(person__user=user)
    return Member.objects.visible_to(user)


def may_read_penalties(*, user: User, member: Member) -> bool:
    """Disciplinary content, even as a number: as `ConductQuerySet.visible_to`."""
    return (
        user.reads_everything
        or user.has_role(RoleCode.ORGANIZATION_DEPARTMENT, RoleCode.UNITED_FRONT_DEPARTMENT)
        or member.person.user_id == user.pk
    )


def may_withdraw(*, user: User, objection: Objection) -> bool:
    return objection.is_open and objection.member.person.user_id == user.pk


def may_reopen(*, user: User, objection: Objection) -> bool:
    """After an answer, once."""
    return (
        objection.state in {ObjectionState.CORRECTED, ObjectionState.EXPLAINED}
        and objection.member.person.user_id == user.pk
        and not objection.entries.filter(act=ObjectionAct.REOPENED).exists()
    )


def may_answer(*, user: User, objection: Objection) -> bool:
    """Nobody answers their own."""
    return (
        objection.is_open
        and user.has_perm("dossiers.change_objection")
        and objection.member.person.user_id != user.pk
    )


#: While a paper is with its member.
EDITABLE_STATES = frozenset({PaperState.DRAFT, PaperState.RETURNED})


def may_edit_paper(*, user: User, paper: DutyPaper) -> bool:
    """The member, while the paper is with them; once the campaign is closed only what was
    returned, and nothing of an archived year.
    """
    campaign = paper.campaign
    is_open = campaign.closed_at is None or paper.state == PaperState.RETURNED
    return (
        paper.member.person.user_id == user.pk
        and paper.state in EDITABLE_STATES
        and is_open
        and campaign.archived_at is None
    )


#: While a submission is with its author.
OPEN_SUBMISSION_STATES = frozenset(
    {SubmissionState.DRAFT, SubmissionState.SIGNING, SubmissionState.RETURNED}
)
WITHDRAWABLE_STATES = OPEN_SUBMISSION_STATES | {SubmissionState.SUBMITTED}


def may_edit_submission(*, user: User, submission: Submission) -> bool:
    return (
        submission.state in OPEN_SUBMISSION_STATES and submission.member.person.user_id == user.pk
    )


def may_settle_submission(*, user: User, submission: Submission) -> bool:
    """Nobody takes in their own."""
    return (
        submission.state == SubmissionState.SUBMITTED
        and user.has_perm("dossiers.change_submission")
        and submission.member.person.user_id != user.pk
    )
