"""Interviews for tests: who takes part, and an interview brought to a state."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from accounts.models import User
from accounts.roles import RoleCode
from assessments.models import Finding, PackSnapshot, Run
from exits.choices import InterviewKind, InterviewResult
from exits.models import Interview
from exits.services.interviews import (
    arrange_interview,
    close_interview,
    hold_interview,
    notify_interview,
    sign_minutes,
)
from members.choices import Party, Post
from members.models import Affiliation, Department, LiaisonGroup, Member, SectorGroup, Term
from tests.accounts.people import make_user
from tests.building import make_member, make_tenure, make_term

#: 9:00, 15:00 and 17:00 in Shanghai.
AT = datetime(2024, 6, 3, 1, tzinfo=UTC)
MEETING = datetime(2024, 6, 10, 7, tzinfo=UTC)
AFTER = datetime(2024, 6, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Scene:
    """The member concerned, the leader who conducts, and everybody who must or must not be told."""

    term: Term
    member: Member
    leader: Member
    users: dict[str, User]


def make_scene() -> Scene:
    term = make_term("talks")
    committee = term.specialcommittee_set.get()
    group = SectorGroup.objects.create(
        term=term, name="工商联界活动组", sector=term.sector_set.order_by("sequence").first()
    )
    county = LiaisonGroup.objects.create(term=term, name="安源区联络组")
    elsewhere = LiaisonGroup.objects.create(term=term, name="湘东区联络组")
    users = {
        "registrar": make_user("registrar", RoleCode.REGISTRAR),
        "organization": make_user("organization", RoleCode.ORGANIZATION_DEPARTMENT),
        "united": make_user("united", RoleCode.UNITED_FRONT_DEPARTMENT),
        "committee": make_user("committee", RoleCode.COLLECTOR),
        "other-committee": make_user("other-committee", RoleCode.COLLECTOR),
        "sector": make_user("sector", RoleCode.SECTOR_GROUP),
        "county": make_user("county", RoleCode.COUNTY_GROUP),
        "other-county": make_user("other-county", RoleCode.COUNTY_GROUP),
        "member": make_user("member", RoleCode.MEMBER, name="张青"),
        "other-member": make_user("other-member", RoleCode.MEMBER, name="李白"),
        "leader": make_user("leader", RoleCode.LEADER, RoleCode.MEMBER, name="王建国"),
        "other-leader": make_user("other-leader", RoleCode.LEADER, name="赵立"),
        "admin": make_user("admin", RoleCode.SYSTEM_ADMIN),
    }
    department = Department.objects.create(term=term, name="经济委", committee=committee)
    other = Department.objects.create(term=term, name="提案委")
    for name, unit in {
        "committee": {"department": department},
        "other-committee": {"department": other},
        "sector": {"sector_group": group},
        "county": {"liaison_group": county},
        "other-county": {"liaison_group": elsewhere},
    }.items():
        Affiliation.objects.create(user=users[name], **unit)
    member = make_member(term, "0012", name="张青", committee=committee, liaison_group=county)
    leader = make_member(term, "0001", name="王建国")
    make_tenure(leader, term.start_date, post=Post.VICE_CHAIRPERSON)
    other_leader = make_member(term, "0002", name="赵立")
    make_tenure(other_leader, term.start_date, post=Post.SECRETARY_GENERAL)
    seats = {
        "member": member,
        "leader": leader,
        "other-leader": other_leader,
        "other-member": make_member(term, "0013", name="李白", party=Party.CDL),
    }
    for name, seat in seats.items():
        seat.person.user = users[name]
        seat.person.save()
    return Scene(term, member, leader, users)


def make_finding(member: Member, *, outcome="interview", state="confirmed", rule="px-one"):
    pack = PackSnapshot.objects.get_or_create(sha256="0" * 64, pack="pingxiang", version="1")[0]
    run = Run.objects.create(
        term=member.term, year=2023, as_of_date=date(2023, 12, 31), pack=pack, ran_at=AT
    )
    decided = {"decided_at": AT, "decision_reason": "核对属实"} if state != "open" else {}
    return Finding.objects.create(
        term=member.term,
        rule=rule,
        title="全体会议缺席",
        subject_kind="member",
        subject_key=member.code,
        subject_name=member.person.name,
        member=member,
        window="term",
        as_of_date=date(2023, 12, 31),
        outcome=outcome,
        state=state,
        summary="无故全程不参加全体会议1次。",
        evidence_digest="0" * 64,
        first_run=run,
        last_run=run,
        **decided,
    )


def arranged(scene: Scene, **fields) -> Interview:
    values = {
        "member": scene.member,
        "kind": InterviewKind.INTERVIEW,
        "reason": "全体会议无故缺席",
        "leader": scene.leader,
        "scheduled_at": MEETING,
        "place": "三楼会议室",
        "actor": scene.users["registrar"],
        "at": AT,
    }
    return arrange_interview(**(values | fields))


def notified(scene: Scene, **fields) -> Interview:
    interview = arranged(scene, **fields)
    return notify_interview(interview=interview, actor=scene.users["registrar"], at=AT + HOUR)


def held(scene: Scene, **fields) -> Interview:
    values = {"held_at": MEETING, "minutes": "谈话要点", "statement": "今后改正", "at": AFTER}
    values |= {"actor": scene.users["leader"]}
    return hold_interview(interview=notified(scene), **(values | fields))


def signed(scene: Scene) -> Interview:
    return sign_minutes(
        interview=held(scene), remark="无异议", actor=scene.users["member"], at=AFTER + HOUR
    )


def closed(scene: Scene, **fields) -> Interview:
    values = {
        "result": InterviewResult.ACCEPTED,
        "note": "",
        "closed_date": date(2024, 6, 11),
        "actor": scene.users["leader"],
        "at": AFTER + timedelta(days=2),
    }
    return close_interview(interview=signed(scene), **(values | fields))
