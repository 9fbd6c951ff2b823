"""What the rules and every list cost with 30 members and with 3,000: the same number of queries."""

from datetime import date

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Role, User
from accounts.roles import RoleCode
from attendance.choices import AttendanceStatus, MeetingKind, SpeechManner
from attendance.models import Attendance, OutsideInvitation, Sitting, Speech
from config.api import ENDPOINTS
from dossiers.choices import HandInKind
from dossiers.models import HandIn
from members.choices import ConductKind, Party, Post, SanctionKind
from members.models import (
    Commendation,
    ConductFinding,
    Member,
    Person,
    Sanction,
    SuspensionPeriod,
    Tenure,
    Term,
)
from proposals.choices import ResearchKind, TopicKind
from proposals.models import (
    Article,
    OpinionAuthorship,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
    Topic,
    TopicParticipation,
)
from tests.building import make_meeting, make_term

FEW, MANY = 30, 3000
YEAR = 2023
DAY = date(YEAR, 5, 1)


def fill(term: Term, size: int) -> None:
    """So many members, each with a record of every kind in the year; some of them absent."""
    sectors = list(term.sector_set.all())
    people = Person.objects.bulk_create(
        [Person(name=f"委员{term.code}{number:04}") for number in range(size)]
    )
    members = Member.objects.bulk_create(
        [
            Member(
                term=term,
                person=person,
                code=f"{number:04}",
                party=Party.CPC,
                sector=sectors[number % len(sectors)],
                committee=sectors[number % len(sectors)].liaison.committee,
                joined_date=term.start_date,
            )
            for number, person in enumerate(people)
        ]
    )
    fill_register(members)
    fill_attendance(term, members)
    fill_works(term, members)
    with connection.cursor() as cursor:
        # What a database does by itself soon after; within one transaction it must be told.
        cursor.execute("ANALYZE")


def fill_register(members: list[Member]) -> None:
    Tenure.objects.bulk_create(
        [
            Tenure(member=member, post=Post.STANDING_MEMBER, start_date=member.joined_date)
            for member in members
        ]
    )
    SuspensionPeriod.objects.bulk_create(
        [
            SuspensionPeriod(member=member, start_date=date(YEAR, 1, 2), end_date=date(YEAR, 1, 3))
            for member in members
        ]
    )
    Commendation.objects.bulk_create(
        [Commendation(member=member, date=DAY, kind="优秀委员") for member in members]
    )
    Sanction.objects.bulk_create(
        [Sanction(member=member, date=DAY, kind=SanctionKind.WARNING) for member in members]
    )
    ConductFinding.objects.bulk_create(
        [
            ConductFinding(member=member, date=DAY, kind=ConductKind.PUBLIC_MORALITY)
            for member in members
        ]
    )
    HandIn.objects.bulk_create(
        [
            HandIn(member=member, year=YEAR, kind=HandInKind.ANNUAL_RETURN, submitted_date=DAY)
            for member in members
        ]
    )


def fill_attendance(term: Term, members: list[Member]) -> None:
    kinds = (MeetingKind.PLENARY_SESSION, MeetingKind.PLENARY_SESSION, MeetingKind.OTHER)
    for month, kind in enumerate(kinds, start=2):
        meeting = make_meeting(term, kind, date(YEAR, month, 1))
        sitting = Sitting.objects.create(meeting=meeting, number=1)
        Attendance.objects.bulk_create(
            [
                Attendance(
                    sitting=sitting,
                    member=member,
                    status=(AttendanceStatus.ABSENT if number % 3 else AttendanceStatus.PRESENT),
                )
                for number, member in enumerate(members)
            ]
        )
    Speech.objects.bulk_create(
        [
            Speech(meeting=meeting, member=member, title="发言", manner=SpeechManner.ORAL)
            for member in members
        ]
    )
    OutsideInvitation.objects.bulk_create(
        [OutsideInvitation(member=member, date=DAY, title="座谈会") for member in members]
    )


def fill_works(term: Term, members: list[Member]) -> None:
    def numbered(**fields):
        return [
            {"term": term, "number": f"{number:04}", "title": "标题", **fields}
            for number in range(len(members))
        ]

    Proposal.objects.bulk_create(
        [
            Proposal(lead_sponsor=member, **fields)
            for member, fields in zip(members, numbered(submitted_date=DAY), strict=True)
        ]
    )
    Article.objects.bulk_create(
        [
            Article(member=member, **fields)
            for member, fields in zip(
                members, numbered(published_date=DAY, publication="会刊"), strict=True
            )
        ]
    )
    reports = PublicOpinionReport.objects.bulk_create(
        [PublicOpinionReport(**fields) for fields in numbered(reported_date=DAY)]
    )
    OpinionAuthorship.objects.bulk_create(
        [
            OpinionAuthorship(report=report, member=member)
            for report, member in zip(reports, members, strict=True)
        ]
    )
    topics = Research.objects.bulk_create(
        [Research(kind=ResearchKind.TOPIC, **fields) for fields in numbered(completed_date=DAY)]
    )
    ResearchParticipation.objects.bulk_create(
        [
            ResearchParticipation(research=topic, member=member)
            for topic, member in zip(topics, members, strict=True)
        ]
    )


def queries_of(act) -> int:
    """Queries of the act; keeping the session fresh is a matter of the clock, not of the rows."""
    with CaptureQueriesContext(connection) as queries:
        act()
    return sum(
        not any(word in query["sql"] for word in ("django_session", "SAVEPOINT"))
        for query in queries
    )


def evaluate(term: Term) -> int:
    return queries_of(
        lambda: call_command("evaluate", f"--term={term.code}", f"--year={YEAR}", verbosity=0)
    )


def all_seeing_registrar() -> User:
    user = User.objects.create(username="registrar", name="科长", is_staff=True)
    user.groups.add(Role.objects.get(code=RoleCode.REGISTRAR))
    user.user_permissions.set(Permission.objects.all())
    return user


def pages() -> list[str]:
    """Every list of the office, its first page of all, and every list of the interface."""
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    return [reverse("admin:index"), *lists]


def organ_pages(term: Term) -> list[tuple[str, str]]:
    """Name and address of the pages of the term's organs, topics and meetings."""
    topic = Topic.objects.create(
        term=term, number="议题", title="议题", kind=TopicKind.RESEARCH, year=YEAR
    )
    TopicParticipation.objects.bulk_create(
        [TopicParticipation(topic=topic, member=member) for member in term.members.all()]
    )
    year = f"?year={YEAR}"
    pages = {
        "organs": reverse("reporting:organ-list") + year,
        "committee": reverse(
            "reporting:committee-detail", args=[term.specialcommittee_set.get().pk]
        )
        + year,
        "sector": reverse("reporting:sector-detail", args=[term.sector_set.first().pk]) + year,
        "assembly": reverse("reporting:assembly-detail") + year,
        "calendar": reverse("reporting:calendar-detail") + f"?month={YEAR}-02",
        "plan": reverse("reporting:topic-list") + year,
        "topic": reverse("reporting:topic-detail", args=[topic.pk]),
        "topic edit": reverse("reporting:topic-edit", args=[topic.pk]),
    }
    return list(pages.items())


def opened(client, page: str) -> int:
    answers = []
    count = queries_of(lambda: answers.append(client.get(page)))
    assert answers[0].status_code == 200, page
    return count


@pytest.mark.once  # SQLite is the stricter: it takes fewer parameters a statement
@pytest.mark.django_db
def test_thirty_members_and_three_thousand_take_the_same_queries(client):
    user = all_seeing_registrar()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    api = APIClient()
    api.force_authenticate(user)
    endpoints = [f"/api/v1/{prefix}/" for prefix in ENDPOINTS]

    def costs(term: Term, size: int) -> dict[str, int]:
        fill(term, size)
        spent = {"evaluate": evaluate(term), "evaluate again": evaluate(term)}
        spent |= {page: opened(client, page) for page in pages()}
        spent |= {name: opened(client, page) for name, page in organ_pages(term)}
        return spent | {page: opened(api, page) for page in endpoints}

    costs(make_term("first", starts=date(2016, 1, 1), ends=date(2023, 12, 31)), 1)
    few = costs(make_term("few", starts=date(2017, 1, 1), ends=date(2023, 12, 31)), FEW)
    many = costs(make_term("many", starts=date(2018, 1, 1), ends=date(2023, 12, 31)), MANY)
    assert Member.objects.count() == 1 + FEW + MANY
    assert many == few
