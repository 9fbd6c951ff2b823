"""A member with one record of each kind, for the tests of forms."""

from datetime import date

from attendance.choices import AttendanceStatus, MeetingKind, SpeechManner, SpeechOccasion
from dossiers.choices import HandInKind
from members.choices import Level, SanctionKind
from members.models import Commendation, Member, Sanction
from proposals.choices import ExaminationResult, HandlingResult, ResearchKind
from reporting.selectors.forms import DutyForms, duty_forms
from tests.building import (
    attend,
    do_research,
    hand_in,
    invite,
    make_meeting,
    make_member,
    make_tenure,
    make_term,
    propose,
    publish,
    report_opinion,
    speak,
)

ON = date(2023, 12, 31)
PRESENT, LEAVE, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.LEAVE, AttendanceStatus.ABSENT


def busy_member(term, name="张䶮", **fields) -> Member:
    """A standing member with records in every block of both forms."""
    member = make_member(term, name=name, **fields)
    other = make_member(term)
    make_tenure(member, term.start_date)
    plenary = make_meeting(term, MeetingKind.PLENARY_SESSION, date(2023, 1, 12), title="三次会议")
    attend(member, plenary, PRESENT, LEAVE)
    standing = make_meeting(
        term, MeetingKind.STANDING_COMMITTEE_MEETING, date(2023, 3, 5), title="常委会第六次会议"
    )
    attend(member, standing, LEAVE)
    training = make_meeting(term, MeetingKind.TRAINING, date(2023, 4, 1), title="委员培训班")
    attend(member, training, ABSENT)
    tour = make_meeting(term, MeetingKind.INSPECTION_TOUR, date(2023, 6, 1), title="重点项目视察")
    attend(member, tour)
    themed = make_meeting(term, MeetingKind.THEMED_ACTIVITY, date(2023, 7, 1), title="委员读书会")
    attend(member, themed)
    missed = make_meeting(term, MeetingKind.THEMED_ACTIVITY, date(2023, 8, 1), title="未参加的活动")
    attend(member, missed, ABSENT)
    propose(
        member,
        date(2023, 1, 13),
        number="2023001",
        title="关于养老服务的建议",
        examination_result=ExaminationResult.ON_FILE,
        handling_result=HandlingResult.ADOPTED,
        is_outstanding=True,
    )
    propose(other, date(2023, 1, 14), member, number="2023002", title="联名的建议")
    report_opinion(
        date(2023, 2, 1), member, other, adopted=["city", "province"], instructed=["city"],
        title="社情一则",
    )  # fmt: skip
    do_research(
        date(2023, 5, 1),
        member,
        title="乡村治理调研",
        kind=ResearchKind.SELF_DIRECTED,
        result="报告一份",
    )
    publish(member, date(2023, 9, 1), title="凝聚共识", publication="江西政协报", level="province")
    speak(member, plenary, SpeechManner.ORAL, SpeechOccasion.PLENARY_FLOOR, title="大会发言一篇")
    speak(member, training, SpeechManner.ORAL, title="培训班发言")
    invite(member, date(2023, 10, 1))
    hand_in(member, 2023, date(2023, 12, 20), HandInKind.PERFORMANCE_REPORT)
    Commendation.objects.create(
        member=member,
        date=date(2023, 5, 4),
        kind="优秀政协委员",
        level=Level.CITY,
        cause="履职突出",
    )
    Sanction.objects.create(member=member, date=date(2023, 11, 1), kind=SanctionKind.WARNING)
    return member


def forms_of(member: Member, *, viewer=None, year=2023, on=ON, today=None) -> DutyForms:
    own = Member.objects.filter(pk=member.pk)
    (forms,) = duty_forms(
        term=member.term, year=year, on=on, today=today or on, members=own, viewer=viewer
    )
    return forms


__all__ = ["ON", "busy_member", "forms_of", "make_term"]
