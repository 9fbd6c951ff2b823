import pytest
from django.urls import reverse

from accounts.roles import RoleCode
from accounts.services import save_record
from attendance.models import Attendance, Meeting
from attendance.selectors import Turnout
from members.models import CollectionDuty
from tests.world import AT, build_world

PAGES = ("change", "history")


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


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        (RoleCode.REGISTRAR, True),
        (RoleCode.LEADER, True),
        (RoleCode.MEMBER, True),
        (RoleCode.COUNTY_GROUP, False),
        (RoleCode.SECTOR_GROUP, False),
        (RoleCode.ORGANIZATION_DEPARTMENT, False),
    ],
)
def test_reason_of_a_leave_is_for_who_decides_and_keeps_the_meeting(role, reads, world, client):
    row = Attendance.objects.get(member=world.members[0])
    row.leave_reason = "青鸾住院"
    save_record(obj=row, actor=None, at=AT)
    user = world.users[role]
    user.is_staff = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    pages = [reverse(f"admin:attendance_attendance_{name}", args=[row.pk]) for name in PAGES]
    answers = [client.get(address) for address in (*pages, f"/api/v1/attendances/{row.pk}/")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert ["住院" in answer.content.decode() for answer in answers] == [reads] * 3
    listed = client.get("/api/v1/attendances/").json()["results"]
    assert ("青鸾住院" in [found["leave_reason"] for found in listed]) == reads


@pytest.mark.parametrize(("organiser", "reads"), [("提案委", True), ("社法委", False)])
def test_reason_of_a_leave_is_for_the_unit_that_organises(organiser, reads, world):
    Meeting.objects.update(kind="other", organiser=organiser)
    CollectionDuty.objects.create(
        department=world.departments["提案委"], record_kind="attendance", own_only=True
    )
    shown = Attendance.objects.with_reason_for(world.users[RoleCode.COLLECTOR])
    assert shown.filter(shown_reason="青鸾事假").exists() == reads
