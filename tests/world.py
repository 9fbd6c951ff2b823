"""A small invented world in which every kind of record of every member carries the member's mark.

Whoever is shown a mark has been shown that member's record; so a test can tell from the bytes of
any answer, of whatever format, whose records it holds.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.utils import timezone

from accounts.models import Job, Role, User
from accounts.roles import RoleCode
from assessments.models import Finding, FindingEvent, PackSnapshot, Run
from attendance.models import (
    Approval,
    Attendance,
    Expectation,
    LeaveRequest,
    Meeting,
    NonVotingSeat,
    OutsideInvitation,
    Sitting,
    Speech,
)
from dossiers.models import (
    Campaign,
    Declaration,
    DutyPaper,
    HandIn,
    Objection,
    ObjectionEntry,
    StandingReview,
    Submission,
)
from exits.models import (
    Case,
    CaseDelivery,
    CaseStep,
    Interview,
    OfficialPaper,
)
from members.models import (
    Affiliation,
    Assembly,
    ChangeReport,
    CollectionDuty,
    Commendation,
    ConductFinding,
    Department,
    LiaisonGroup,
    Member,
    Notice,
    NoticeRecipient,
    Person,
    Sanction,
    Sector,
    SectorGroup,
    SectorLiaison,
    SpecialCommittee,
    SuspensionPeriod,
    Tenure,
    Term,
)
from proposals.models import (
    Article,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
    Topic,
    TopicParticipation,
)

AT = datetime(2023, 6, 1, 1, 0, tzinfo=UTC)
DAY = date(2023, 5, 10)
YEAR = 2023
#: Of the three members: the first has an account; the second shares sector and county group
#: with the first, the third the party.
MARKS = ("青鸾", "白鹤", "赤鲤")


@dataclass
class World:
    term: Term
    sectors: list[Sector] = field(default_factory=list)
    committees: list[SpecialCommittee] = field(default_factory=list)
    groups: list[LiaisonGroup] = field(default_factory=list)
    departments: dict[str, Department] = field(default_factory=dict)
    meeting: Meeting | None = None
    run: Run | None = None
    topic: Topic | None = None
    members: list[Member] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)


def build_world() -> World:
    """The three marked members, and one account for each role, named after its code."""
    world = build_term()
    for number, mark in enumerate(MARKS):
        near = number < 2
        add_member(world, mark, party="rcck" if number == 1 else "cpc", organ=0 if near else 1)
    for code in RoleCode.values:
        add_user(world, code, code)
    world.members[0].person.user = world.users[RoleCode.MEMBER]
    world.members[0].person.save()
    Affiliation.objects.create(
        user=world.users[RoleCode.COLLECTOR], department=world.departments["提案委"]
    )
    Affiliation.objects.create(
        user=world.users[RoleCode.COUNTY_GROUP], liaison_group=world.groups[0]
    )
    sector_group = SectorGroup.objects.create(
        term=world.term, name="甲界别活动组", sector=world.sectors[0]
    )
    Affiliation.objects.create(user=world.users[RoleCode.SECTOR_GROUP], sector_group=sector_group)
    return world


def build_term(code: str = "test-1") -> World:
    assembly, _ = Assembly.objects.get_or_create(name="政协测试市委员会", level="city")
    term = Term.objects.create(
        assembly=assembly,
        code=code,
        name="政协测试市第一届委员会",
        rule_pack="pingxiang",
        start_date=date(2021, 1, 1),
        end_date=date(2026, 12, 31),
    )
    world = World(term)
    for number, name in enumerate(("甲", "乙")):
        committee = SpecialCommittee.objects.create(
            term=term, name=f"{name}专委会", sequence=number
        )
        sector = Sector.objects.create(term=term, name=f"{name}界别", sequence=number)
        SectorLiaison.objects.create(sector=sector, committee=committee)
        world.committees.append(committee)
        world.sectors.append(sector)
        world.groups.append(LiaisonGroup.objects.create(term=term, name=f"{name}联络组"))
    department = Department.objects.create(term=term, name="提案委")
    CollectionDuty.objects.create(department=department, record_kind="proposal")
    world.departments["提案委"] = department
    world.meeting = Meeting.objects.create(
        term=term, number="QT-1", title="公开会议", kind="plenary_session", start_date=DAY
    )
    Sitting.objects.create(meeting=world.meeting)
    Campaign.objects.create(
        term=term, year=YEAR, opens_date=date(2023, 12, 1), deadline_date=date(2023, 12, 31)
    )
    world.topic = Topic.objects.create(
        term=term, number="YT-1", title="公开议题", kind="consultation", year=YEAR
    )
    pack = PackSnapshot.objects.create(sha256="0" * 64, pack="pingxiang", version="1", content="")
    world.run = Run.objects.create(
        term=term, year=YEAR, as_of_date=date(2023, 12, 31), pack=pack, ran_at=AT
    )
    return world


def add_user(world: World, username: str, *codes: str) -> User:
    user = User.objects.create(
        username=username,
        name=f"账号{username}",
        is_staff=bool(set(codes) - {RoleCode.MEMBER}),
        password_changed_at=timezone.now(),
    )
    user.groups.set(Role.objects.filter(code__in=codes))
    world.users[username] = user
    return user


def add_member(world: World, mark: str, *, party: str = "cpc", organ: int = 0) -> Member:
    """A member with one record of every kind, each carrying the mark."""
    person = Person.objects.create(
        name=f"{mark}某",
        gender="male",
        birth_month=date(1970, 1, 1),
        phone=f"1990000{len(world.members):04d}",
    )
    number = f"{len(world.members) + 1:04d}"
    member = Member.objects.create(
        term=world.term,
        person=person,
        code=number,
        party=party,
        sector=world.sectors[organ],
        committee=world.committees[organ],
        liaison_group=world.groups[organ],
        employer_post=f"{mark}单位",
        nominating_body=f"{mark}推荐单位",
        joined_date=world.term.start_date,
    )
    world.members.append(member)
    add_attendance_records(world, member, mark)
    add_written_work(world, member, mark)
    add_conduct(member, mark)
    add_judgement(world, member, mark)
    Tenure.objects.create(
        member=member, post="standing_member", organ=f"{mark}机构", start_date=date(2021, 1, 1)
    )
    HandIn.objects.create(member=member, year=YEAR, kind="annual_return", submitted_date=DAY)
    add_correspondence(member, mark)
    add_papers(member, mark)
    return member


def add_papers(member: Member, mark: str) -> None:
    """The 述职表 handed in; of the 登记表 a line the office has taken over, and one it has not."""
    campaign = Campaign.objects.get(term=member.term, year=YEAR)
    handed_in = {"state": "submitted", "submitted_at": AT, "first_submitted_at": AT}
    DutyPaper.objects.create(
        campaign=campaign,
        member=member,
        kind="performance_form",
        political_discipline=f"{mark}自述",
        suggestions=f"{mark}建议",
        **handed_in,
    )
    paper = DutyPaper.objects.create(
        campaign=campaign, member=member, kind="annual_return", **handed_in
    )
    StandingReview.objects.create(
        campaign=campaign, member=member, opinion=f"{mark}评价", decided_date=DAY
    )
    for state in ("accepted", "declared"):
        Declaration.objects.create(
            paper=paper, block="speeches", date=DAY, text=f"{mark}补充{state}", state=state
        )


def add_correspondence(member: Member, mark: str) -> None:
    """An objection the office is to answer, a report on the member that was passed on, a notice."""
    notice = Notice.objects.create(
        term=member.term, kind="meeting", title=f"{mark}通知", body="请参加。", sent_at=AT
    )
    NoticeRecipient.objects.create(notice=notice, member=member)
    objection = Objection.objects.create(
        member=member,
        kind="speech",
        record_label=f"{mark}缺漏",
        statement=f"{mark}异议",
        filed_at=AT,
        due_date=DAY,
    )
    ObjectionEntry.objects.create(objection=objection, act="filed", text=f"{mark}异议", at=AT)
    Submission.objects.create(
        member=member,
        kind="proposal",
        title=f"{mark}报送",
        body=f"{mark}正文",
        department=Department.objects.get(term=member.term, name="提案委"),
        state="submitted",
        submitted_at=AT,
    )
    ChangeReport.objects.create(
        member=member,
        kind="suspected_violation",
        statement=f"{mark}情况",
        liaison_group=member.liaison_group,
        recorded_at=AT,
        passed_on_at=AT,
    )


def add_attendance_records(world: World, member: Member, mark: str) -> None:
    sitting = world.meeting.sittings.get()
    Attendance.objects.create(
        sitting=sitting, member=member, status="leave", leave_reason=f"{mark}事假"
    )
    Speech.objects.create(meeting=world.meeting, member=member, title=f"{mark}发言", manner="oral")
    OutsideInvitation.objects.create(member=member, date=DAY, title=f"{mark}外单位活动")
    Expectation.objects.create(meeting=world.meeting, member=member)
    add_requests(world, member, mark)


def add_requests(world: World, member: Member, mark: str) -> None:
    """Leave waiting for 委员联络科, and an invitation to sit without a vote."""
    leave = LeaveRequest.objects.create(
        meeting=world.meeting, member=member, reason=f"{mark}就医", filed_at=AT
    )
    Approval.objects.create(leave_request=leave, sequence=1, approver="liaison_section")
    NonVotingSeat.objects.create(
        meeting=world.meeting,
        member=member,
        agenda_item=f"{mark}议题",
        reason=f"{mark}理由",
        state="approved",
        settled_at=AT,
        invited_at=AT,
    )


def add_written_work(world: World, member: Member, mark: str) -> None:
    number, term = f"{member.code}号", world.term
    Proposal.objects.create(
        term=term, number=number, title=f"{mark}提案", lead_sponsor=member, submitted_date=DAY
    )
    opinion = PublicOpinionReport.objects.create(
        term=term, number=number, title=f"{mark}信息", reported_date=DAY
    )
    OpinionAuthorship.objects.create(report=opinion, member=member)
    OpinionAdoption.objects.create(report=opinion, level="city")
    OpinionInstruction.objects.create(report=opinion, level="city")
    research = Research.objects.create(
        term=term, number=number, title=f"{mark}调研", kind="self_directed", completed_date=DAY
    )
    ResearchParticipation.objects.create(research=research, member=member)
    TopicParticipation.objects.get_or_create(topic=world.topic, member=member)
    Article.objects.create(
        term=term,
        number=number,
        title=f"{mark}文章",
        member=member,
        published_date=DAY,
        publication="政协报",
    )


def add_conduct(member: Member, mark: str) -> None:
    Commendation.objects.create(member=member, date=DAY, kind=f"{mark}奖")
    Sanction.objects.create(member=member, date=DAY, kind="warning", cause=f"{mark}处分")
    ConductFinding.objects.create(
        member=member, date=DAY, kind="public_morality", cause=f"{mark}认定"
    )
    SuspensionPeriod.objects.create(
        member=member,
        start_date=date(2022, 1, 1),
        end_date=date(2022, 2, 1),
        decision_number=f"{mark}决定",
    )


def add_judgement(world: World, member: Member, mark: str) -> None:
    """A confirmed and an open finding, and a case."""
    for rule, state in (("px-one", "confirmed"), ("px-two", "open")):
        finding = Finding.objects.create(
            term=world.term,
            rule=rule,
            title="规则名称",
            subject_kind="member",
            subject_key=member.code,
            subject_name=member.person.name,
            member=member,
            year=YEAR,
            window=str(YEAR),
            as_of_date=date(2023, 12, 31),
            outcome="remind",
            state=state,
            summary=f"{mark}发现{state}",
            values={"opinions_submitted": 0},
            records=["会议活动:QT-1"],
            citations=[{"document": "文件", "clause": "一", "text": "原文"}],
            evidence_digest="0" * 64,
            first_run=world.run,
            last_run=world.run,
            decided_at=AT if state == "confirmed" else None,
            decision_reason="内部意见" if state == "confirmed" else "",
        )
        FindingEvent.objects.create(finding=finding, kind="found", at=AT, run=world.run)
    add_case(world, member, mark)


def add_case(world: World, member: Member, mark: str) -> None:
    """A case the departments of the member's side were informed of; leaders conduct none.

    With a party to be told, a letter, and an interview arranged.
    """
    side = "organization" if member.party == "cpc" else "united_front"
    case = Case.objects.create(
        member=member,
        kind="order_resign",
        ground="other",
        side=side,
        grounds=f"{mark}事由",
        opened_date=DAY,
        informed_date=DAY,
        state="consulting",
    )
    office = User.objects.get_or_create(username="clerk", defaults={"name": "经办人"})[0]
    CaseStep.objects.create(
        case=case, kind="opened", date=DAY, note=f"{mark}步骤", entered_at=AT, entered_by=office
    )
    CaseDelivery.objects.create(case=case, addressee="unit", name=f"{mark}单位")
    OfficialPaper.objects.create(
        term=world.term,
        kind="information",
        case=case,
        series="测协办字",
        year=YEAR,
        sequence=case.pk,
        title=f"{mark}公文",
        body=f"{mark}正文",
        issuer="测试市政协办公室",
        issued_date=DAY,
        file="official-papers/none.pdf",
        sha256="0" * 64,
    )
    add_interviews(world)


def add_interviews(world: World) -> None:
    """One each, conducted by another member; the first waits for the second to be there."""
    rest = [member for member in world.members if not member.interviews.exists()]
    for member in rest if len(world.members) > 1 else ():
        leader = world.members[1 if member == world.members[0] else 0]
        Interview.objects.create(
            member=member,
            reason=f"{member.person.name}约谈",
            leader=leader,
            without_committee="未编入专门委员会",
            scheduled_at=AT,
            place="会议室",
        )


def add_job(owner: User, mark: str) -> Job:
    return Job.objects.create(
        task="reporting.tasks.export", title=f"{mark}导出", owner=owner, queued_at=AT
    )
