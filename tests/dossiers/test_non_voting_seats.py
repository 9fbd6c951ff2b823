"""列席 a member was invited to counts as an activity, never as a meeting expected of them."""

from datetime import date

import pytest

from attendance.choices import Verdict
from attendance.services.approvals import decide_approval
from attendance.services.invited import invite_seat, record_seat_attendance
from attendance.services.seats import propose_seat
from dossiers.selectors import duty_facts
from tests.attendance.leaving import AT, DAY, STANDING, make_office, moment


@pytest.mark.django_db
def test_seat_that_was_taken_is_in_the_dossier_as_non_voting(db):
    office = make_office()
    member, clerk = office.members["委员甲"], office.users["联络科"]
    meeting = office.meeting(STANDING)
    seat = propose_seat(
        meeting=meeting, member=member, agenda_item="议题", reason="理由", actor=clerk, at=AT
    )
    decide_approval(
        approval=seat.approvals.get(),
        verdict=Verdict.APPROVED,
        actor=office.users["秘书长"],
        at=AT,
    )
    invite_seat(seat=seat, actor=clerk, at=AT)
    record_seat_attendance(seat=seat, status="present", actor=clerk, at=moment(DAY, 18))
    facts = duty_facts(term=office.term, year=2024, on=date(2024, 12, 31), members=[member.pk])
    assert facts.member(member.pk).non_voting == {meeting.pk}
