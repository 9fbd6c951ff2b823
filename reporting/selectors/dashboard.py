"""The office's desk in one look: the year's counts, open suggestions, recent runs and jobs."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.models import Job, User
from assessments.choices import FindingState, Outcome
from assessments.models import Finding, Run
from attendance.choices import ATTENDED_STATUSES
from attendance.models import Attendance, Meeting, Speech
from members.choices import Post
from members.models import Member, SuspensionPeriod, Tenure, Term
from proposals.models import Article, Proposal, PublicOpinionReport, Research

RECENT = 5


@dataclass(frozen=True)
class Figure:
    """A number, and the list (`model`, `query`) of what it counts."""

    label: str
    value: str
    unit: str
    model: str
    query: str
    note: str = ""


@dataclass(frozen=True)
class Suggestions:
    """Findings of one outcome, by how far their review has come."""

    outcome: Outcome
    open: int
    confirmed: int

    @property
    def open_query(self) -> str:
        return f"outcome__exact={self.outcome}&state__exact={FindingState.OPEN}"

    @property
    def confirmed_query(self) -> str:
        return f"outcome__exact={self.outcome}&state__exact={FindingState.CONFIRMED}"


def member_figures(term: Term, on: date) -> list[Figure]:
    own = {"member": OuterRef("pk")}
    posts = Tenure.objects.covering(on).filter(post=Post.STANDING_MEMBER, **own)
    suspensions = SuspensionPeriod.objects.covering(on).filter(**own)
    counts = (
        Member.objects.filter(term=term)
        .serving(on)
        .annotate(is_standing=Exists(posts), is_suspended=Exists(suspensions))
        .aggregate(
            serving=Count("pk"),
            standing=Count("pk", filter=Q(is_standing=True)),
            suspended=Count("pk", filter=Q(is_suspended=True)),
        )
    )
    return [
        Figure(label, str(counts[state]), "人", "members.member", f"term={term.code}&state={state}")
        for state, label in (
            ("serving", "在任委员"),
            ("standing", "其中常委"),
            ("suspended", "暂停履职"),
        )
    ]


def work_figures(term: Term, year: int, on: date) -> list[Figure]:
    """What was done in the year, up to the date."""
    attendance = Attendance.objects.filter(
        sitting__meeting__term=term,
        sitting__meeting__start_date__year=year,
        sitting__meeting__start_date__lte=on,
    ).aggregate(expected=Count("pk"), attended=Count("pk", filter=Q(status__in=ATTENDED_STATUSES)))
    rate = (
        f"{100 * attendance['attended'] / attendance['expected']:.1f}"
        if attendance["expected"]
        else "—"
    )
    figures = [
        counted("会议活动", "次", Meeting.objects.filter(term=term), "start_date", term, year, on),
        Figure(
            "出席率",
            rate,
            "%" if attendance["expected"] else "",
            "attendance.attendance",
            f"term={term.code}&sitting__meeting__start_date__year={year}",
            note=f"{attendance['attended']} / {attendance['expected']} 人次",
        ),
    ]
    for label, unit, records, path in (
        ("提案", "件", Proposal.objects.filter(term=term), "submitted_date"),
        ("社情民意信息", "篇", PublicOpinionReport.objects.filter(term=term), "reported_date"),
        ("调研视察", "次", Research.objects.filter(term=term), "completed_date"),
        ("会议发言", "篇", Speech.objects.filter(meeting__term=term), "meeting__start_date"),
        ("发表文章", "篇", Article.objects.filter(term=term), "published_date"),
    ):
        figures.append(counted(label, unit, records, path, term, year, on))
    return figures


def counted(
    label: str, unit: str, records: QuerySet, path: str, term: Term, year: int, on: date
) -> Figure:
    value = records.filter(**{f"{path}__year": year, f"{path}__lte": on}).count()
    query = f"term={term.code}&{path}__year={year}"
    return Figure(label, str(value), unit, records.model._meta.label_lower, query)


def suggestions(term: Term) -> list[Suggestions]:
    """Open and confirmed findings by outcome, the most severe first."""
    counts = {
        (outcome, state): number
        for outcome, state, number in Finding.objects.filter(term=term)
        .standing()
        .order_by()
        .values_list("outcome", "state")
        .annotate(number=Count("pk"))
    }
    return [
        Suggestions(
            outcome=outcome,
            open=counts.get((outcome, FindingState.OPEN), 0),
            confirmed=counts.get((outcome, FindingState.CONFIRMED), 0),
        )
        for outcome in reversed(Outcome)
    ]


def recent_runs(term: Term) -> QuerySet[Run]:
    return Run.objects.filter(term=term).select_related("ran_by", "pack")[:RECENT]


def recent_jobs(user: User) -> QuerySet[Job]:
    return Job.objects.filter(owner=user)[:RECENT]
