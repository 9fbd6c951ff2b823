"""The plans of last year and this: topics at every stage, some shared with county assemblies."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.services import save_record
from attendance.choices import MAJOR_CONSULTATION_KINDS, MeetingKind
from attendance.models import Meeting
from exits.management.demo.accounts import demo_account
from exits.management.demo.chance import office_day, stream
from exits.management.demo.chance import pick as pick_some
from exits.management.demo.people import SECTORS
from exits.management.demo.times import moment
from exits.management.demo.workbooks import DemoTerm
from members.choices import AssemblyLevel
from members.models import Affiliation, Assembly, Department, Member, SpecialCommittee, Term
from proposals.choices import ResearchKind, TopicKind, TopicState
from proposals.models import Proposal, ResearchParticipation, Topic
from proposals.services import (
    cancel_topic,
    finish_topic,
    record_contribution,
    record_topic_research,
    save_topic,
    start_topic,
)

#: The department whose collector account also works for a committee.
COMMITTEE_OF_COLLECTOR = "文化文史和学习委员会"
PLAN = (
    "一、摸清底数：走访有关部门和企业、村（社区），掌握第一手情况。\n"
    "二、比较借鉴：学习外地做法，召开部门座谈会和界别群众座谈会。\n"
    "三、协商建言：形成调研报告，提交协商会议，成果按程序报送市委、市政府。"
)
RESULT = "形成调研报告一份，提出意见建议{number}条，报送市委、市政府，{answer}。"
ANSWERS = ("市政府主要领导作出批示", "有关部门已书面答复采纳情况", "多数建议列入部门工作计划")
SHARES = (
    "负责本辖区情况的摸底和座谈，提供典型案例{number}个。",
    "组织本县（区）政协委员{number}人参加实地调研，形成分报告。",
)


@dataclass(frozen=True)
class Planned:
    """`ends` is the day it was finished, if it was."""

    title: str
    kind: TopicKind
    year: int
    state: TopicState
    due: date
    ends: date | None = None
    county: bool = False
    counts: bool = False


def stage_topics(*, term: Term, demo: DemoTerm, seed: int, actor: User) -> None:
    stage_counties(term, demo, actor)
    rng = stream(seed, "topics")
    today = demo.told_until
    for year in (today.year - 1, today.year):
        told = [
            *held(term, year, today),
            *investigated(rng, year, today),
            *supervised(term, year, today),
        ]
        for place, planned in enumerate(told, start=1):
            carry_out(term, demo, rng, planned, f"议题{year}-{place:02}", actor)
    stage_collector(term, actor, today)
    stage_members(term, actor, today)
    stage_waiting_county(term, actor, today)


def stage_waiting_county(term: Term, actor: User, today: date) -> None:
    """The county with an account is asked for its part in what is still to come."""
    at = moment(today)
    user = demo_account("demo-county", term=term, at=at)
    asked = Assembly.objects.filter(liaison_groups__affiliation__user=user).first()
    topic = Topic.objects.filter(
        term=term, state=TopicState.PLANNED, partnerships__isnull=False
    ).first()
    if asked is not None and topic is not None:
        shared = {asked, *topic.partners.all()}
        save_topic(topic=topic, partners=list(shared), actor=actor, at=at)


def stage_members(term: Term, actor: User, today: date) -> None:
    """The members with an account take part in what is under way."""
    at = moment(today)
    under_way = Topic.objects.filter(
        term=term, state=TopicState.UNDER_WAY, kind=TopicKind.RESEARCH
    ).order_by("number")
    for username, topic in zip(("demo-member", "demo-standing-member"), under_way, strict=False):
        user = demo_account(username, term=term, at=at)
        seats = Member.objects.filter(term=term, person__user=user).invitable(today)
        own = seats.select_related("person").first()
        if own is None:
            continue
        links = topic.participations.select_related("member__person").order_by("sequence")
        listed = [link.member for link in links if link.member_id != own.pk]
        save_topic(topic=topic, participants=[*listed, own], actor=actor, at=at)


def stage_counties(term: Term, demo: DemoTerm, actor: User) -> None:
    at = moment(demo.outline.starts + timedelta(days=30))
    for group in term.liaisongroup_set.order_by("pk"):
        name = group.name.removesuffix("委员联络组")
        assembly = Assembly(name=f"政协{name}委员会", level=AssemblyLevel.COUNTY)
        save_record(obj=assembly, actor=actor, at=at)
        group.assembly = assembly
        save_record(obj=group, actor=actor, at=at)


def stage_collector(term: Term, actor: User, today: date) -> None:
    at = moment(today)
    department = Department.objects.filter(
        term=term, committee__name=COMMITTEE_OF_COLLECTOR
    ).first()
    if department is not None:
        user = demo_account("demo-collector", term=term, at=at)
        save_record(obj=Affiliation(user=user, department=department), actor=actor, at=at)


def held(term: Term, year: int, today: date) -> list[Planned]:
    """Topics of the consultations and oversight held, and of those still to be held."""
    found: dict[str, Planned] = {}
    kinds = (*MAJOR_CONSULTATION_KINDS, MeetingKind.DEMOCRATIC_OVERSIGHT)
    meetings = Meeting.objects.filter(term=term, kind__in=kinds, start_date__year=year)
    for meeting in meetings.exclude(topic="").order_by("start_date", "number"):
        overseen = meeting.kind == MeetingKind.DEMOCRATIC_OVERSIGHT
        ends = meeting.start_date + timedelta(days=20)
        done = ends <= today
        found[meeting.topic] = Planned(
            title=meeting.topic,
            kind=TopicKind.DEMOCRATIC_OVERSIGHT if overseen else TopicKind.CONSULTATION,
            year=year,
            state=TopicState.FINISHED if done else TopicState.UNDER_WAY,
            due=office_day(meeting.start_date + timedelta(days=30)),
            ends=ends if done else None,
            county=len(found) % 4 == 0,
        )
    if year == today.year:
        found["年末民生实事项目"] = Planned(
            title="办好年末民生实事项目",
            kind=TopicKind.CONSULTATION,
            year=year,
            state=TopicState.PLANNED,
            due=date(year, 12, 25),
            county=True,
        )
    return list(found.values())


def investigated(rng: Random, year: int, today: date) -> list[Planned]:
    """Research: finished and counted, finished and waiting, under way, late, cancelled."""
    concerns = [concern for sector in SECTORS for concern in sector["concerns"]]
    titles = [f"{concern}专题调研" for concern in pick_some(rng, concerns, 5)]
    if year < today.year:
        states = [(TopicState.FINISHED, 4, True), (TopicState.FINISHED, 9, True)]
        states.append((TopicState.CANCELLED, 6, False))
    else:
        states = [(TopicState.FINISHED, 5, True), (TopicState.FINISHED, 10, False)]
        states += [(TopicState.UNDER_WAY, 12, False), (TopicState.UNDER_WAY, 9, False)]
        states.append((TopicState.PLANNED, 10, False))
    return [
        Planned(
            title=title,
            kind=TopicKind.RESEARCH,
            year=year,
            state=state,
            due=date(year, month, 28),
            ends=office_day(date(year, month, 20)) if state == TopicState.FINISHED else None,
            county=place in {0, 2},
            counts=counts,
        )
        for place, (title, (state, month, counts)) in enumerate(zip(titles, states, strict=False))
    ]


def supervised(term: Term, year: int, today: date) -> list[Planned]:
    major = Proposal.objects.filter(term=term, is_major=True, submitted_date__year=year)
    last = year < today.year
    return [
        Planned(
            title=f"督办重点提案：{title}"[:200],
            kind=TopicKind.MAJOR_PROPOSAL,
            year=year,
            state=TopicState.FINISHED if last else TopicState.UNDER_WAY,
            due=date(year, 12, 15),
            ends=date(year, 12, 10) if last else None,
        )
        for title in major.order_by("submitted_date", "number").values_list("title", flat=True)[:2]
    ]


def carry_out(
    term: Term, demo: DemoTerm, rng: Random, planned: Planned, number: str, actor: User
) -> None:
    begins = office_day(date(planned.year, 1, 20))
    committees = list(SpecialCommittee.objects.filter(term=term))
    committee = rng.choice(committees)
    topic = save_topic(
        topic=Topic(
            term=term,
            number=number,
            title=planned.title,
            kind=planned.kind,
            year=planned.year,
            committee=committee,
            department=Department.objects.filter(committee=committee).first(),
            planned_date=planned.due,
            plan=PLAN,
        ),
        participants=participants(term, demo, rng, committee, begins),
        partners=partners(rng, term) if planned.county else [],
        actor=actor,
        at=moment(begins),
    )
    if planned.state == TopicState.PLANNED:
        return
    if planned.state == TopicState.CANCELLED:
        reason = "与市委专项督查内容重复，经主席会议研究并入其中。"
        cancel_topic(topic=topic, reason=reason, actor=actor, at=moment(planned.due))
        return
    topic = start_topic(topic=topic, actor=actor, at=moment(begins + timedelta(days=10)))
    for partnership in topic.partnerships.all()[: 1 if planned.ends is None else None]:
        told = rng.choice(SHARES).format(number=rng.randint(3, 8))
        at = moment(begins + timedelta(days=25))
        record_contribution(partnership=partnership, contribution=told, actor=actor, at=at)
    if planned.ends is None:
        return
    topic = finish_topic(
        topic=topic,
        result=RESULT.format(number=rng.randint(5, 12), answer=rng.choice(ANSWERS)),
        finished_date=planned.ends,
        actor=actor,
        at=moment(planned.ends),
    )
    if planned.counts:
        record_topic_research(topic=topic, actor=actor, at=moment(planned.ends, 15))


def participants(
    term: Term, demo: DemoTerm, rng: Random, committee: SpecialCommittee, on: date
) -> list[Member]:
    """Members of the sectors the committee liaises with who have their topic of the term
    already and no story of their own: what the rules found on anybody stays true.
    """
    playing = {member.code for member in demo.members if member.part.rules}
    done = ResearchParticipation.objects.filter(
        member=OuterRef("pk"), research__kind=ResearchKind.TOPIC, research__completed_date__lt=on
    )
    able = (
        Member.objects.filter(Exists(done), term=term, sector__liaison__committee=committee)
        .invitable(on)
        .exclude(code__in=playing)
        .select_related("person")
        .order_by("code")
    )
    return pick_some(rng, list(able), 8)


def partners(rng: Random, term: Term) -> list[Assembly]:
    counties = Assembly.objects.filter(liaison_groups__term=term).distinct().order_by("pk")
    return pick_some(rng, list(counties), 2)
