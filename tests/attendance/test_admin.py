import pytest
from django.urls import reverse

from accounts.roles import RoleCode
from attendance.models import Attendance, Meeting
from attendance.selectors import Turnout
from tests.world import build_world


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def registrar(world, client):
    user = world.users[RoleCode.REGISTRAR]
    user.is_staff = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_meeting_tells_how_many_were_expected_and_came(world, registrar):
    Attendance.objects.filter(member=world.members[0]).update(status="late")
    meeting = registrar.get(reverse("admin:attendance_meeting_changelist")).context["cl"]
    [row] = meeting.result_list
    assert row.counted == Turnout(expected=3, attended=1)


def test_numbers_of_a_meeting_lead_to_its_rows(world, registrar):
    Meeting.objects.create(
        term=world.term, number="QT-2", title="另一会议", kind="other", start_date="2023-05-11"
    )
    page = reverse("admin:attendance_meeting_change", args=[world.meeting.pk])
    text = registrar.get(page).content.decode()
    for name in ("attendance", "speech"):
        field = "sitting__meeting" if name == "attendance" else "meeting"
        address = reverse(f"admin:attendance_{name}_changelist")
        query = f"{field}__id__exact={world.meeting.pk}&term=all"
        assert f"{address}?{query}".replace("&", "&amp;") in text
        assert registrar.get(f"{address}?{query}").context["cl"].result_count == 3


def test_attendance_of_a_suspended_member_is_refused(world, registrar):
    world.members[0].suspensions.update(end_date=None)
    row = Attendance.objects.get(member=world.members[0])
    page = reverse("admin:attendance_attendance_change", args=[row.pk])
    mark = registrar.get(page).context["adminform"].form["seen_mark"].value()
    form = {"sitting": row.sitting_id, "member": row.member_id, "status": "present"}
    answer = registrar.post(page, form | {"seen_mark": mark}, follow=True)
    row.refresh_from_db()
    assert "暂停履职，不能登记考勤" in answer.content.decode()
    assert row.status == "leave"
