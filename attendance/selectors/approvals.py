"""Whose turn it is: what waits for an account to decide."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.roles import RoleCode
from attendance.choices import Approver, RequestState, Verdict
from attendance.models import Approval
from members.choices import Post
from members.models import Department, Member, Tenure, Term

#: Steps decided by whoever holds a post in the term.
POST_OF = {
    Approver.SECRETARY_GENERAL: Post.SECRETARY_GENERAL,
    Approver.VICE_CHAIRPERSON: Post.VICE_CHAIRPERSON,
    Approver.CHAIRPERSON: Post.CHAIRPERSON,
}
APPROVER_OF = {post: approver for approver, post in POST_OF.items()}


def in_turn() -> QuerySet[Approval]:
    """The step each open request waits at: nothing before it is undecided."""
    earlier = Approval.objects.waiting().filter(sequence__lt=OuterRef("sequence"))
    return (
        Approval.objects.waiting()
        .filter(Q(leave_request__state=RequestState.PENDING) | Q(seat__state=RequestState.PENDING))
        .exclude(Exists(earlier.filter(leave_request=OuterRef("leave_request"))))
        .exclude(Exists(earlier.filter(seat=OuterRef("seat"))))
    )


def waiting_approvals(*, user: User, on: date) -> QuerySet[Approval]:
    """Steps whose turn it is and which the account decides on that day, in its own right.

    秘书长, 分管副主席 and 主席 are whoever holds the post in the meeting's term and is neither
    suspended nor gone; which vice-chairperson is in charge is not kept, so each of them may.
    承办部门 are the collectors of the department that organises the meeting, or 委员联络科 where
    no such department is there. Nobody decides their own request or one they proposed.
    """
    condition = Q(pk__in=[])
    for approver, term in held_posts(user, on):
        condition |= Q(approver=approver) & of_meeting(term=term)
    if user.has_role(RoleCode.COLLECTOR):
        for name, term in _units(user):
            condition |= Q(approver=Approver.ORGANISER) & of_meeting(term=term, organiser=name)
    if user.has_role(RoleCode.REGISTRAR):
        condition |= Q(approver=Approver.LIAISON_SECTION)
        condition |= Q(approver=Approver.ORGANISER) & (~_has_department() | _is_liaison_section())
    return in_turn().filter(condition).exclude(own_requests(user))


def recordable_approvals(*, user: User) -> QuerySet[Approval]:
    """Steps for which 委员联络科 may write down what was decided on paper or by word of mouth."""
    if not user.has_role(RoleCode.REGISTRAR):
        return Approval.objects.none()
    return in_turn().exclude(own_requests(user))


def own_requests(user: User) -> Q:
    """Condition on steps of the account's own leave, own seat, or a seat it proposed."""
    return (
        Q(leave_request__member__person__user=user, leave_request__isnull=False)
        | Q(seat__member__person__user=user, seat__member__isnull=False)
        | Q(seat__recorded_by=user, seat__isnull=False)
    )


def held_posts(user: User, on: date) -> list[tuple[str, int]]:
    """(approver, term) for each post the account's person holds on that day."""
    rows = (
        Tenure.objects.covering(on)
        .filter(
            member__in=Member.objects.invitable(on).filter(person__user=user),
            post__in=list(APPROVER_OF),
        )
        .values_list("post", "member__term")
    )
    return [(APPROVER_OF[Post(post)], term) for post, term in rows]


def holders(*, approver: str, term: Term, on: date) -> set[int]:
    """Members (primary keys) who hold the post of a step on that day."""
    tenures = Tenure.objects.covering(on).filter(
        member__in=Member.objects.invitable(on).filter(term=term), post=POST_OF[Approver(approver)]
    )
    return set(tenures.values_list("member", flat=True))


def of_meeting(**conditions: object) -> Q:
    """Condition on steps by the meeting they are about."""
    leave = Q(**{f"leave_request__meeting__{name}": value for name, value in conditions.items()})
    seat = Q(**{f"seat__meeting__{name}": value for name, value in conditions.items()})
    return leave | seat


def _units(user: User) -> list[tuple[str, int]]:
    rows = user.affiliations.filter(department__isnull=False)
    return list(rows.values_list("department__name", "department__term"))


def _has_department() -> Q:
    """Whether the organiser named is a department of the meeting's term."""
    return Q(
        Exists(
            Department.objects.filter(
                term=OuterRef("leave_request__meeting__term"),
                name=OuterRef("leave_request__meeting__organiser"),
            )
        )
    ) | Q(
        Exists(
            Department.objects.filter(
                term=OuterRef("seat__meeting__term"), name=OuterRef("seat__meeting__organiser")
            )
        )
    )


def _is_liaison_section() -> Q:
    return of_meeting(organiser=RoleCode.REGISTRAR.label)


def decided_by(user: User) -> QuerySet[Approval]:
    """What the account has decided, the newest first."""
    return (
        Approval.objects.filter(decided_by=user)
        .exclude(verdict=Verdict.WAITING)
        .order_by("-decided_at")
    )


def with_request(approvals: QuerySet[Approval]) -> QuerySet[Approval]:
    """With everything a queue shows of the request, in a fixed number of queries."""
    return approvals.select_related(
        "leave_request__meeting__term",
        "leave_request__member__person",
        "leave_request__member__sector",
        "seat__meeting__term",
        "seat__member__person",
        "seat__member__sector",
        "seat__department",
        "seat__recorded_by",
    ).prefetch_related(
        "leave_request__lines__sitting",
        "leave_request__approvals__decided_by",
        "seat__approvals__decided_by",
    )
