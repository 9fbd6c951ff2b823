"""Small builders of rows for tests: what matters is named, the rest is filled in.

They write straight to the tables, so that a test can set the scene without the services it tests.
"""

from datetime import date
from itertools import count

from attendance.choices import AttendanceStatus, MeetingKind, SpeechManner
from attendance.models import Attendance, Meeting, OutsideInvitation, Sitting, Speech
from dossiers.choices import HandInKind
from dossiers.models import HandIn
from members.choices import AssemblyLevel, Party, Post
from members.models import (
    Assembly,
    Commendation,
    ConductFinding,
    Member,
    Person,
    Sanction,
    Sector,
    SectorLiaison,
    SpecialCommittee,
    SuspensionPeriod,
    Tenure,
    Term,
)
from proposals.choices import ResearchKind
from proposals.models import (
    Article,
    CoSponsorship,
    OpinionAdoption,
    OpinionAuthorship,
    OpinionInstruction,
    Proposal,
    PublicOpinionReport,
    Research,
    ResearchParticipation,
)

_numbers = count(1)


def next_number(prefix: str) -> str:
    return f"{prefix}-{next(_numbers):05}"


def make_term(
    code="test-1",
    *,
    starts=date(2021, 11, 1),
    ends=date(2026, 12, 31),
    pack="pingxiang",
    level=AssemblyLevel.CITY,
    assembly="政协试验市委员会",
) -> Term:
    """A term with two sectors and one committee that liaises with both."""
    body, _ = Assembly.objects.get_or_create(name=assembly, defaults={"level": level})
    term = Term.objects.create(
        assembly=body,
        code=code,
        name=f"{assembly}第一届",
        rule_pack=pack,
        start_date=starts,
        end_date=ends,
    )
    committee = SpecialCommittee.objects.create(term=term, name="经济委员会", sequence=1)
    for position, name in enumerate(("工商联界", "经济财贸界"), start=1):
        sector = Sector.objects.create(term=term, name=name, sequence=position)
        SectorLiaison.objects.create(sector=sector, committee=committee)
    return term


def make_member(
    term,
    code=None,
    *,
    name=None,
    person=None,
    joined=None,
    exited=None,
    standing_from=None,
    standing_until=None,
    sector=None,
    **fields,
) -> Member:
    """Serving since the term began; a standing member where `standing_from` is given."""
    code = code or next_number("W")
    member = Member.objects.create(
        term=term,
        person=person or Person.objects.create(name=name or f"委员{code}"),
        code=code,
        party=fields.pop("party", Party.CPC),
        sector=sector or term.sector_set.order_by("sequence").first(),
        joined_date=joined or term.start_date,
        exited_date=exited,
        **fields,
    )
    if standing_from:
        make_tenure(member, standing_from, standing_until)
    return member


def make_tenure(member, start, end=None, post=Post.STANDING_MEMBER) -> Tenure:
    return Tenure.objects.create(member=member, post=post, start_date=start, end_date=end)


def suspend(member, start, end=None) -> SuspensionPeriod:
    return SuspensionPeriod.objects.create(member=member, start_date=start, end_date=end)


def make_meeting(term, kind=MeetingKind.OTHER, on=None, **fields) -> Meeting:
    number = fields.pop("number", None) or next_number("H")
    return Meeting.objects.create(
        term=term,
        number=number,
        title=fields.pop("title", f"会议{number}"),
        kind=kind,
        start_date=on or term.start_date,
        **fields,
    )


def attend(member, meeting, *statuses) -> list[Attendance]:
    """One row a sitting, in order; present at the first where no status is given."""
    rows = []
    for number, status in enumerate(statuses or (AttendanceStatus.PRESENT,), start=1):
        sitting, _ = Sitting.objects.get_or_create(meeting=meeting, number=number)
        rows.append(Attendance.objects.create(sitting=sitting, member=member, status=status))
    return rows


def speak(member, meeting, manner=SpeechManner.ORAL, occasion="", title=None) -> Speech:
    return Speech.objects.create(
        meeting=meeting,
        member=member,
        title=title or next_number("发言"),
        manner=manner,
        occasion=occasion,
    )


def invite(member, on, title=None) -> OutsideInvitation:
    return OutsideInvitation.objects.create(
        member=member, date=on, title=title or next_number("外单位活动")
    )


def propose(member, on, *cosponsors, **fields) -> Proposal:
    number = fields.pop("number", None) or next_number("T")
    proposal = Proposal.objects.create(
        term=member.term,
        number=number,
        title=fields.pop("title", f"提案{number}"),
        lead_sponsor=member,
        submitted_date=on,
        **fields,
    )
    for position, cosponsor in enumerate(cosponsors, start=1):
        CoSponsorship.objects.create(proposal=proposal, member=cosponsor, sequence=position)
    return proposal


def report_opinion(on, *members, adopted=(), instructed=(), **fields) -> PublicOpinionReport:
    number = fields.pop("number", None) or next_number("S")
    report = PublicOpinionReport.objects.create(
        term=members[0].term,
        number=number,
        title=fields.pop("title", f"信息{number}"),
        reported_date=on,
        **fields,
    )
    for position, member in enumerate(members, start=1):
        OpinionAuthorship.objects.create(report=report, member=member, sequence=position)
    for level in adopted:
        OpinionAdoption.objects.create(report=report, level=level)
    for level in instructed:
        OpinionInstruction.objects.create(report=report, level=level)
    return report


def do_research(on, *members, kind=ResearchKind.SELF_DIRECTED, **fields) -> Research:
    number = fields.pop("number", None) or next_number("D")
    research = Research.objects.create(
        term=members[0].term,
        number=number,
        title=fields.pop("title", f"调研{number}"),
        kind=kind,
        completed_date=on,
        **fields,
    )
    for position, member in enumerate(members, start=1):
        ResearchParticipation.objects.create(research=research, member=member, sequence=position)
    return research


def publish(member, on, **fields) -> Article:
    number = next_number("A")
    return Article.objects.create(
        term=member.term,
        member=member,
        number=number,
        title=fields.pop("title", f"文章{number}"),
        published_date=on,
        publication=fields.pop("publication", "政协刊物"),
        **fields,
    )


def commend(member, on, kind="优秀政协委员") -> Commendation:
    return Commendation.objects.create(member=member, date=on, kind=kind)


def sanction(member, on, kind) -> Sanction:
    return Sanction.objects.create(member=member, date=on, kind=kind)


def find_conduct(member, on, kind) -> ConductFinding:
    return ConductFinding.objects.create(member=member, date=on, kind=kind)


def hand_in(member, year, on, kind=HandInKind.ANNUAL_RETURN) -> HandIn:
    return HandIn.objects.create(member=member, year=year, kind=kind, submitted_date=on)
