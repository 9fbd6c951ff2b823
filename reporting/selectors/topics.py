"""The year's plan of topics, and each topic with everything that hangs on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from attendance.models import Meeting
from members.choices import AssemblyLevel
from members.models import Assembly, Member, Term
from proposals.choices import OPEN_TOPIC_STATES, ResearchKind, TopicKind, TopicState
from proposals.models import Research, Topic, TopicParticipation
from proposals.querysets import TopicQuerySet
from reporting.selectors.organs import HeldActivity, held_activities


@dataclass(frozen=True)
class TopicLine:
    topic: Topic
    on: date

    @property
    def is_overdue(self) -> bool:
        due = self.topic.planned_date
        return self.topic.state in OPEN_TOPIC_STATES and due is not None and due < self.on


@dataclass(frozen=True)
class KindOfTopics:
    kind: TopicKind
    lines: list[TopicLine]


@dataclass(frozen=True)
class CountyShare:
    """How many of the year's topics a county assembly shares (萍协字〔2022〕22号 第二条1)."""

    assembly: Assembly
    shared: int
    contributed: int


@dataclass(frozen=True)
class TopicDossier:
    """Participants are those the account may see; `participant_count` tells how many there are."""

    line: TopicLine
    participations: Sequence[TopicParticipation]
    participant_count: int
    meetings: list[HeldActivity]
    research: Sequence[Research]

    @property
    def topic(self) -> Topic:
        return self.line.topic

    @property
    def counted(self) -> Research | None:
        """The 调研协商课题 the topic has been counted as."""
        return next((row for row in self.research if row.kind == ResearchKind.TOPIC), None)


def topics_of_year(*, term: Term, year: int, user: User) -> TopicQuerySet:
    return (
        Topic.objects.visible_to(user)
        .filter(term=term, year=year)
        .select_related("committee", "department")
        .prefetch_related("partnerships__assembly")
        .annotate(participant_count=Count("participations", distinct=True))
        .order_by("number")
    )


def by_kind(topics: QuerySet[Topic], *, on: date) -> list[KindOfTopics]:
    lines = [TopicLine(topic, on) for topic in topics]
    return [
        KindOfTopics(kind, found)
        for kind in TopicKind
        if (found := [line for line in lines if line.topic.kind == kind])
    ]


def topic_years(term: Term, *, today: date) -> list[int]:
    """Years with topics, this one and, from October, the next; the latest first."""
    planned = set(Topic.objects.filter(term=term).values_list("year", flat=True))
    near = {today.year, today.year + 1} if today.month >= 10 else {today.year}
    first, last = term.start_date.year, term.end_date.year
    years = planned | {year for year in near if first <= year <= last}
    return sorted(years or {min(max(today.year, first), last)}, reverse=True)


def counties_of(term: Term) -> QuerySet[Assembly]:
    """The county assemblies a city's topics may be shared with."""
    return Assembly.objects.filter(level=AssemblyLevel.COUNTY).exclude(pk=term.assembly_id)


def county_shares(*, term: Term, year: int) -> list[CountyShare]:
    topics = Topic.objects.filter(term=term, year=year).exclude(state=TopicState.CANCELLED)
    joint = Q(shared_topics__in=topics)
    rows = counties_of(term).annotate(shared=Count("shared_topics", filter=joint, distinct=True))
    contributed = dict(
        topics.filter(partnerships__contribution__gt="")
        .order_by()
        .values_list("partnerships__assembly")
        .annotate(number=Count("pk"))
    )
    return [
        CountyShare(assembly, assembly.shared, contributed.get(assembly.pk, 0))
        for assembly in rows.order_by("pk")
    ]


def topic_dossier(*, topic: Topic, user: User, on: date) -> TopicDossier:
    """Meetings are those of the term whose 议题 is the topic's title; where another year's topic
    has the same title, those of the topic's own year.
    """
    meetings = Meeting.objects.visible_to(user).filter(term=topic.term_id, topic=topic.title)
    namesakes = Topic.objects.filter(term=topic.term_id, title=topic.title).exclude(pk=topic.pk)
    if namesakes.exclude(year=topic.year).exists():
        meetings = meetings.filter(start_date__year=topic.year)
    links = topic.participations.order_by("sequence", "pk")
    seen = links.visible_to(user).select_related("member__person", "member__sector")
    return TopicDossier(
        line=TopicLine(topic, on),
        participations=list(seen),
        participant_count=topic.participations.count(),
        meetings=held_activities(meetings.order_by("start_date", "number")),
        research=list(topic.research.visible_to(user).order_by("completed_date")),
    )


def topic_titles(*, term: Term, year: int, user: User) -> list[str]:
    """Titles to choose from when a meeting is entered: of the year and the ones next to it."""
    topics = Topic.objects.visible_to(user).filter(term=term, year__range=(year - 1, year + 1))
    return list(
        topics.exclude(state=TopicState.CANCELLED)
        .order_by("-year", "number")
        .values_list("title", flat=True)
    )


def own_topics(*, user: User) -> QuerySet[Topic]:
    """Topics in which the account's person takes part, in whatever term."""
    own = Member.objects.filter(person__user=user)
    return (
        Topic.objects.visible_to(user)
        .filter(participations__member__in=own)
        .select_related("committee", "department", "term")
        .distinct()
        .order_by("-year", "number")
    )


def next_number(*, term: Term, year: int) -> str:
    """A number nobody has used: 议题2026-07."""
    used = set(
        Topic.objects.filter(term=term, number__startswith=f"议题{year}-").values_list(
            "number", flat=True
        )
    )
    place = len(used) + 1
    while f"议题{year}-{place:02}" in used:
        place += 1
    return f"议题{year}-{place:02}"
