"""Pages of leave, of the queue and of seats: whose they are, and that they do what they say."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attendance.choices import RequestState, Verdict
from attendance.models import LeaveRequest, NonVotingSeat
from attendance.services.approvals import decide_approval
from attendance.services.invited import invite_seat
from attendance.services.leave import file_leave
from attendance.services.seats import propose_seat
from tests.attendance.leaving import AT, PLENARY, STANDING, make_office, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(monkeypatch, tmp_path):
    storage = LeaveRequest._meta.get_field("attachment").storage
    monkeypatch.setitem(vars(storage), "base_location", tmp_path / "private")
    monkeypatch.setitem(vars(storage), "location", str(tmp_path / "private"))
    monkeypatch.setattr(timezone, "now", lambda: AT)
    return make_office()


def enter(office, name):
    client = Client()
    client.force_login(office.users[name])
    return client


def url(name, *args):
    return reverse(f"attendance:{name}", args=args)


def ask(office, meeting, name="委员甲"):
    return file_leave(
        meeting=meeting,
        member=office.members[name],
        reason="私事一桩",
        actor=office.users[name],
        at=AT,
    )


def test_member_asks_with_a_paper_and_takes_it_back(office):
    meeting = office.meeting(PLENARY, office.members["委员甲"], sittings=2)
    client = enter(office, "委员甲")
    assert url("leave-create", meeting.pk) in client.get(url("leave-list")).content.decode()
    answer = client.post(
        url("leave-create", meeting.pk),
        {
            "reason": "就医",
            "sittings": [meeting.sittings.get(number=2).pk],
            "attachment": SimpleUploadedFile("病历.pdf", b"%PDF-1.4 x"),
        },
    )
    leave = LeaveRequest.objects.get()
    assert answer["Location"] == url("leave-detail", leave.pk)
    assert [line.sitting.number for line in leave.lines.all()] == [2]
    assert client.get(answer["Location"]).status_code == 200
    paper = client.get(url("leave-attachment", leave.pk))
    assert b"".join(paper.streaming_content) == b"%PDF-1.4 x"
    client.post(url("leave-withdraw", leave.pk))
    leave.refresh_from_db()
    assert leave.state == RequestState.WITHDRAWN


def test_refusal_is_told_on_the_form(office):
    meeting = office.meeting(PLENARY, office.members["委员乙"])
    page = enter(office, "委员甲").post(url("leave-create", meeting.pk), {"reason": "就医"})
    assert "不在“" in page.content.decode()
    assert not LeaveRequest.objects.exists()


def test_other_members_leave_is_not_there(office):
    leave = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    client = enter(office, "委员乙")
    for name in ("leave-detail", "leave-slip", "leave-attachment"):
        assert client.get(url(name, leave.pk)).status_code == 404
    assert client.post(url("leave-withdraw", leave.pk)).status_code == 404
    assert "私事一桩" not in client.get(url("leave-list")).content.decode()
    assert client.get(url("approval-list")).status_code == 403
    assert client.get(url("seat-board")).status_code == 403


def test_slip_is_a_paper(office):
    leave = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    answer = enter(office, "委员甲").get(url("leave-slip", leave.pk))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_queue_shows_each_their_own_step(office):
    leave = ask(office, office.meeting(PLENARY, office.members["委员甲"]))
    step = url("approval-decide", leave.approvals.first().pk)
    for name, shown in (("秘书长", True), ("主席", False), ("联络员", False), ("联络科", True)):
        assert (step in enter(office, name).get(url("approval-list")).content.decode()) == shown
    page = enter(office, "秘书长").post(step, {"verdict": "refused", "note": ""})
    assert "请写明理由" in page.content.decode()
    page = enter(office, "主席").post(step, {"verdict": "approved"}, follow=True)
    assert "由秘书长办理" in page.content.decode()
    assert enter(office, "联络员").post(step, {"verdict": "approved"}).status_code == 404
    answer = enter(office, "秘书长").post(step, {"verdict": "approved"})
    assert answer["Location"] == url("approval-list")
    again = enter(office, "秘书长").post(step, {"verdict": "approved"}, follow=True)
    assert "以先办的意见为准" in again.content.decode()
    leave.refresh_from_db()
    assert leave.state == RequestState.PENDING


def test_queue_costs_the_same_for_one_and_three(office, django_assert_max_num_queries):
    client = enter(office, "联络科")
    client.get(url("approval-list"))
    for count, names in ((1, ["委员甲"]), (3, ["委员乙", "副主席甲"])):
        for name in names:
            ask(office, office.meeting(PLENARY, office.members[name]), name)
        with django_assert_max_num_queries(40) as context:
            client.get(url("approval-list"))
        if count == 1:
            first = len(context)
    assert len(context) == first


def test_office_files_for_whoever_calls(office):
    meeting = office.meeting(PLENARY, office.members["委员甲"])
    path = f"{reverse('admin:attendance_leaverequest_add')}?meeting={meeting.pk}"
    client = enter(office, "联络科")
    assert client.get(path).status_code == 200
    form = {
        "member": office.members["委员甲"].pk,
        "reason": "来电",
        "received_at": "2024-03-04T08:00",
    }
    answer = client.post(path, form)
    leave = LeaveRequest.objects.get()
    assert leave.filed_at == moment(AT.date(), 8)
    assert client.get(answer["Location"]).status_code == 200
    leader = enter(office, "主席")
    assert leader.get(path).status_code == 403
    withdraw = reverse("admin:attendance_leaverequest_withdraw", args=[leave.pk])
    assert leader.post(withdraw).status_code == 403
    client.post(withdraw)
    leave.refresh_from_db()
    assert leave.state == RequestState.WITHDRAWN


def test_collecting_unit_reads_the_procedures_and_changes_none(office):
    path = reverse("admin:attendance_procedure_add")
    assert enter(office, "联络科").get(path).status_code == 200
    assert enter(office, "联络员").get(path).status_code == 403
    assert (
        enter(office, "联络员").get(reverse("admin:attendance_procedure_changelist")).status_code
        == 200
    )


def test_member_accepts_the_terms_on_the_phone(office):
    meeting = office.meeting(STANDING)
    seat = propose_seat(
        meeting=meeting,
        member=office.members["委员甲"],
        agenda_item="议题",
        reason="理由",
        actor=office.users["联络科"],
        at=AT,
    )
    client = enter(office, "委员甲")
    assert client.get(url("seat-own", seat.pk)).status_code == 404
    decide_approval(
        approval=seat.approvals.get(),
        verdict=Verdict.APPROVED,
        actor=office.users["秘书长"],
        at=AT,
    )
    invite_seat(seat=seat, actor=office.users["联络科"], at=AT)
    assert "不得擅自录音" in client.get(url("seat-own", seat.pk)).content.decode()
    accept = url("seat-own-act", seat.pk, "terms")
    assert "请阅读并勾选" in client.post(accept).content.decode()
    client.post(accept, {"accepted": "on"})
    seat.refresh_from_db()
    assert seat.terms_accepted_at == AT
    assert enter(office, "委员乙").post(accept, {"accepted": "on"}).status_code == 404
    client.post(url("seat-own-act", seat.pk, "leave"), {"reason": "出差"})
    seat.refresh_from_db()
    assert seat.leave_reason == "出差"


def test_unit_proposes_and_sees_its_own_seats_only(office):
    meeting = office.meeting(STANDING)
    theirs = propose_seat(
        meeting=meeting,
        name="别处来宾",
        agenda_item="议题",
        reason="理由",
        actor=office.users["联络科"],
        at=AT,
    )
    client = enter(office, "联络员")
    department = office.users["联络员"].affiliations.get().department
    form = {
        "name": "本处来宾",
        "agenda_item": "议题",
        "reason": "理由",
        "department": department.pk,
    }
    assert client.post(url("seat-meeting", meeting.pk), form).status_code == 302
    seat = NonVotingSeat.objects.get(name="本处来宾")
    assert (seat.department, seat.recorded_by) == (department, office.users["联络员"])
    page = client.get(url("seat-meeting", meeting.pk)).content.decode()
    assert "本处来宾" in page
    assert "别处来宾" not in page
    assert client.get(url("seat-detail", theirs.pk)).status_code == 404
    assert client.post(url("seat-act", theirs.pk, "invite")).status_code == 404
    assert enter(office, "主席").post(url("seat-act", seat.pk, "invite")).status_code == 403
    both = [{"name": "甲", "code": "x"}, {"name": "", "code": ""}]
    for wrong in both:
        page = client.post(url("seat-meeting", meeting.pk), form | wrong)
        assert "两者填一项" in page.content.decode()
