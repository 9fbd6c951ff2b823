"""Reads about interviews: what each waits for, who may conduct one, how it is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import RoleCode
from assessments.choices import FindingState, Outcome
from assessments.models import Finding
from core.dates import planned
from exits.choices import InterviewAct, InterviewStage, InterviewState
from exits.models import Interview
from exits.procedures import interview_acts
from members.choices import Post
from members.models import Member, Tenure, Term

#: Who conducts: “市政协分管领导” (萍协办字〔2022〕19号 三（三）), in order of rank.
LEADERS = (Post.CHAIRPERSON, Post.VICE_CHAIRPERSON, Post.SECRETARY_GENERAL)
#: Findings mild enough to need no interview.
TOO_MILD = (Outcome.REMIND,)
STAGE_OF = {
    InterviewState.ARRANGED: InterviewStage.NOTICE,
    InterviewState.CANCELLED: InterviewStage.CANCELLED,
}
#: Stages in which somebody has something to do, in the order of the board.
WAITING = (
    InterviewStage.NOTICE,
    InterviewStage.MINUTES,
    InterviewStage.SIGNATURE,
    InterviewStage.CLOSING,
    InterviewStage.FOLLOW_UP,
    InterviewStage.MEETING,
)


@dataclass(frozen=True)
class InterviewLine:
    """An interview as it stands at a moment."""

    interview: Interview
    stage: InterviewStage
    is_overdue: bool


def interview_line(interview: Interview, *, at: datetime) -> InterviewLine:
    """Overdue: not told of before its time, or a visit whose day has passed."""
    stage, on = stage_of(interview, at=at), timezone.localdate(at)
    late = stage == InterviewStage.NOTICE and interview.scheduled_at <= at
    due = interview.follow_up_date
    missed = stage == InterviewStage.FOLLOW_UP and due is not None and due < on
    return InterviewLine(interview, stage, late or missed)


def stage_of(interview: Interview, *, at: datetime) -> InterviewStage:
    """What the interview waits for."""
    state = InterviewState(interview.state)
    if state in STAGE_OF:
        return STAGE_OF[state]
    if state == InterviewState.NOTIFIED:
        is_over = interview.scheduled_at <= at
        return InterviewStage.MINUTES if is_over else InterviewStage.MEETING
    if state == InterviewState.HELD:
        return InterviewStage.CLOSING if interview.is_signed else InterviewStage.SIGNATURE
    due = interview.follow_up_date
    if due is None or not interview.awaits_follow_up:
        return InterviewStage.DONE
    return InterviewStage.FOLLOW_UP if due <= timezone.localdate(at) else InterviewStage.LATER


def interview_board(
    *, user: User, at: datetime
) -> list[tuple[InterviewStage, list[InterviewLine]]]:
    """Open interviews the account sees, by what they wait for, the earliest first."""
    rows = open_interviews(user=user, on=timezone.localdate(at)).order_by("scheduled_at", "pk")
    groups: dict[InterviewStage, list[InterviewLine]] = {stage: [] for stage in WAITING}
    for interview in with_people(rows):
        line = interview_line(interview, at=at)
        groups[line.stage].append(line)
    return [(stage, lines) for stage, lines in groups.items() if lines]


def open_interviews(*, user: User, on: date) -> QuerySet[Interview]:
    """Not ended, or with a visit that is due."""
    going = ~Q(state__in=[InterviewState.CLOSED, InterviewState.CANCELLED])
    due = Q(state=InterviewState.CLOSED, follow_up_date__lte=on, follow_up_note="")
    return Interview.objects.visible_to(user).filter(going | due)


def ended_interviews(*, user: User, on: date) -> QuerySet[Interview]:
    """The others, the latest first."""
    seen = Interview.objects.visible_to(user)
    return with_people(
        seen.exclude(pk__in=open_interviews(user=user, on=on).values("pk"))
    ).order_by("-scheduled_at", "-pk")


def with_people(rows: QuerySet[Interview]) -> QuerySet[Interview]:
    return rows.select_related(
        "member__person", "member__sector", "member__term", "leader__person", "committee"
    )


def acts_of(interview: Interview) -> frozenset[InterviewAct]:
    """What may be done with the interview as it stands, whoever may do it."""
    return interview_acts(
        interview.state,
        is_signed=interview.is_signed,
        awaits_follow_up=interview.awaits_follow_up,
    )


def interview_leaders(*, term: Term, on: date) -> QuerySet[Member]:
    """Members of the term who may conduct an interview on the day."""
    posts = Tenure.objects.covering(on).filter(post__in=LEADERS)
    found = Member.objects.invitable(on).filter(term=term, pk__in=posts.values("member"))
    return found.select_related("person").order_by("code")


def leaders_offered(*, user: User, term: Term, on: date) -> QuerySet[Member]:
    """委员联络科 names any of them; a leader arranges what they conduct themself."""
    found = interview_leaders(term=term, on=on)
    return found if user.has_role(RoleCode.REGISTRAR) else found.filter(person__user=user)


def titled_leaders(leaders: Iterable[Member], *, on: date) -> dict[int, str]:
    """王建国副主席, by key; the highest post of each on the day."""
    people = list(leaders)
    rows = Tenure.objects.covering(on).filter(member__in=people, post__in=LEADERS)
    posts: dict[int, list[Post]] = {}
    for member, post in rows.values_list("member", "post"):
        posts.setdefault(member, []).append(Post(post))
    return {leader.pk: leader.person.name + _highest(posts.get(leader.pk, [])) for leader in people}


def leader_title(interview: Interview) -> str:
    """王建国副主席, as of the day of the interview."""
    on = timezone.localdate(interview.scheduled_at)
    return titled_leaders([interview.leader], on=on)[interview.leader_id]


def _highest(posts: list[Post]) -> str:
    return min(posts, key=LEADERS.index).label if posts else ""


def told_moment(moment: datetime) -> str:
    """2026年12月1日（周二）上午9:30"""
    local = timezone.localtime(moment)
    half = "上午" if local.hour < 12 else "下午"
    hour = local.hour if local.hour <= 12 else local.hour - 12
    return f"{planned(local.date())}{half}{hour}:{local:%M}"


def findings_to_interview(*, user: User, term: Term, on: date) -> QuerySet[Finding]:
    """Confirmed findings on serving members that call for an interview and have none."""
    known = Interview.objects.exclude(state=InterviewState.CANCELLED).filter(finding__isnull=False)
    found = Finding.objects.visible_to(user).filter(
        term=term,
        state=FindingState.CONFIRMED,
        outcome=Outcome.INTERVIEW,
        member__in=Member.objects.serving(on),
    )
    return (
        found.exclude(pk__in=known.values("finding"))
        .exclude(member__person__user=user)
        .select_related("member__person", "member__sector")
        .order_by("member__code", "rule")
    )


def notified_interviews(*, user: User) -> QuerySet[Interview]:
    """The account's own, as far as they were told, the latest first."""
    return with_people(Interview.objects.told_to(user)).order_by("-scheduled_at", "-pk")


def interviews_to_confirm(*, user: User) -> QuerySet[Interview]:
    """Minutes the account is asked to confirm."""
    return Interview.objects.told_to(user).filter(state=InterviewState.HELD, signed_at__isnull=True)


def interviews_ahead(*, user: User, at: datetime) -> QuerySet[Interview]:
    """Interviews the account was called to that have not come yet."""
    ahead = Interview.objects.told_to(user).filter(
        state=InterviewState.NOTIFIED, scheduled_at__gte=at
    )
    return ahead.order_by("scheduled_at", "pk")
