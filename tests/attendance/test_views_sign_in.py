"""The desk of a sitting and the hall's screen: who comes in, what they do, what it costs."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry, Role
from accounts.roles import RoleCode
from attendance.models import Attendance, Sitting, Visitor
from attendance.services.arrivals import hall_code, member_code_text
from members.models import Person
from tests.attendance.scene import make_sitting, make_user, member_of
from tests.building import make_member, suspend
from tests.world import build_world

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def user_of(role, username="clerk"):
    user = make_user(username)
    user.is_staff = role != RoleCode.MEMBER
    user.password_changed_at = timezone.now()
    user.save()
    user.groups.set(Role.objects.filter(code=role))
    return user


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def clerk(db):
    return signed_in(user_of(RoleCode.REGISTRAR))


@pytest.fixture
def sitting():
    """Begins in ten minutes."""
    sitting = make_sitting(3)
    now = timezone.now()
    Sitting.objects.update(starts_at=now + timedelta(minutes=10))
    sitting.meeting.start_date = timezone.localdate(now)
    type(sitting.meeting).objects.update(start_date=sitting.meeting.start_date)
    return Sitting.objects.select_related("meeting__term").get()


def page(name, *args):
    return reverse(f"attendance:{name}", args=args)


def own_account(sitting, code, username="own"):
    user = user_of(RoleCode.MEMBER, username)
    Person.objects.filter(memberships=member_of(sitting, code)).update(user=user)
    return signed_in(user)


PAGES = ("sitting-sign-in", "sitting-sign-in-state", "sitting-sheet", "sitting-sheet-file")
PAGES += ("visitor-create", "sitting-close", "sitting-reopen")
HALL = ("sitting-hall", "sitting-hall-state", "sitting-hall-code")


@pytest.mark.parametrize(
    ("role", "desk", "hall"),
    [
        ("registrar", 200, 200),
        ("leader", 403, 200),
        ("collector", 404, 404),
        ("county_group", 403, 404),
        ("sector_group", 403, 404),
        ("organization_department", 403, 404),
        ("member", 403, 403),
        ("system_admin", 403, 403),
        ("security_auditor", 403, 403),
    ],
)
def test_desk_and_hall_open_for_those_who_keep_the_meeting(role, desk, hall):
    world = build_world()
    key = world.meeting.sittings.get().pk
    row = world.meeting.sittings.get().attendances.first()
    client = signed_in(world.users[role])
    answers = {name: client.get(page(name, key)) for name in (*PAGES, *HALL)}
    assert {name: answers[name].status_code for name in PAGES} == dict.fromkeys(PAGES, desk)
    shown = dict.fromkeys(HALL, hall) | ({"sitting-hall-code": 403} if role == "leader" else {})
    assert {name: answers[name].status_code for name in HALL} == shown
    for name in ("attendance-undo", "attendance-correct"):
        assert client.get(page(name, row.pk)).status_code == desk
    if desk != 200:
        assert client.post(page("sitting-sign-in", key), {"q": "青鸾"}).status_code == desk
        assert client.post(page("attendance-leave-early", row.pk)).status_code == desk
        shown = b"".join(answer.content for answer in answers.values()).decode()
        assert "某" not in shown


def test_desk_signs_in_by_row_and_tells_who(clerk, sitting):
    member = member_of(sitting, "0002")
    answer = clerk.post(page("sitting-sign-in", sitting.pk), {"member": member.pk}, **JSON)
    told = answer.json()
    assert told["message"].startswith("已签到：委员0002（0002，工商联界）")
    assert list(told["rows"]) == [str(member.pk)]
    assert "撤销" in told["rows"][str(member.pk)]
    again = clerk.post(page("sitting-sign-in", sitting.pk), {"member": member.pk}, **JSON)
    assert again.status_code == 409
    assert "不再重复登记" in again.json()["message"]


def test_desk_works_as_a_plain_form(clerk, sitting):
    address = page("sitting-sign-in", sitting.pk)
    answer = clerk.post(address, {"q": "0003"}, follow=True)
    assert "已签到：委员0003" in answer.content.decode()
    assert Attendance.objects.get().method == "staff"
    unsure = clerk.post(address, {"q": "委员"})
    assert unsure["Location"] == f"{address}?q=%E5%A7%94%E5%91%98"
    assert Attendance.objects.count() == 1


@pytest.mark.parametrize("asked", ["zfq", "zengfuqing", "曾福", "0009"])
def test_desk_finds_by_name_initials_and_code(asked, clerk, sitting):
    member = make_member(sitting.meeting.term, "0009", name="曾福清")
    sitting.meeting.expectations.create(member=member)
    places = clerk.get(page("sitting-sign-in", sitting.pk), {"q": asked}).context["places"]
    assert [place.name for place in places] == ["曾福清"]


def test_scanned_code_signs_in_its_member(clerk, sitting):
    member = member_of(sitting, "0001")
    text = member_code_text(member, timezone.now())
    clerk.post(page("sitting-sign-in", sitting.pk), {"q": text}, **JSON)
    row = Attendance.objects.get()
    assert (row.member, row.method) == (member, "member_code")
    old = member_code_text(member_of(sitting, "0002"), timezone.now() - timedelta(minutes=1))
    answer = clerk.post(page("sitting-sign-in", sitting.pk), {"q": old}, **JSON)
    assert "委员码已过期" in answer.json()["message"]


def test_suspended_member_is_nowhere_and_reinstated_is_back(clerk, sitting):
    member = member_of(sitting, "0001")
    on = sitting.meeting.start_date
    period = suspend(member, on - timedelta(days=1))
    for name in ("sitting-sign-in", "sitting-hall-state"):
        assert "委员0001" not in clerk.get(page(name, sitting.pk)).content.decode()
    assert clerk.get(page("sitting-hall", sitting.pk)).context["board"].total.expected == 2
    refused = clerk.post(page("sitting-sign-in", sitting.pk), {"member": member.pk}, **JSON)
    assert "暂停履职，不能签到" in refused.json()["message"]
    period.end_date = on
    period.save()
    assert "委员0001" in clerk.get(page("sitting-sign-in", sitting.pk)).content.decode()
    assert clerk.get(page("sitting-hall", sitting.pk)).context["board"].total.expected == 3


def test_desk_and_hall_cost_the_same_for_few_and_many(clerk, sitting):
    def queries():
        counted = []
        for name in ("sitting-sign-in", "sitting-sign-in-state", "sitting-hall-state"):
            with CaptureQueriesContext(connection) as captured:
                clerk.get(page(name, sitting.pk))
            counted.append(len(captured))
        return counted

    queries()
    few = queries()
    for place in range(40, 70):
        member = make_member(sitting.meeting.term, f"{place:04}")
        if place % 2:
            sitting.meeting.expectations.create(member=member)
            Attendance.objects.create(sitting=sitting, member=member, status="present")
    assert queries() == few


def test_undo_early_leave_and_correction_from_the_desk(clerk, sitting):
    member = member_of(sitting, "0001")
    clerk.post(page("sitting-sign-in", sitting.pk), {"member": member.pk})
    row = Attendance.objects.get()
    clerk.post(page("attendance-leave-early", row.pk))
    row.refresh_from_db()
    assert row.status == "left_early"
    form = {"status": "present", "reason": "看错了人", "seen_version": row.version - 1}
    stale = clerk.post(page("attendance-correct", row.pk), form)
    assert "已被他人修改" in stale.content.decode()
    clerk.post(page("attendance-correct", row.pk), form | {"seen_version": row.version})
    row.refresh_from_db()
    assert row.status == "present"
    empty = clerk.post(page("attendance-undo", row.pk), {"reason": ""})
    assert "此项必填" in empty.content.decode()
    clerk.post(page("attendance-undo", row.pk), {"reason": "误点"})
    assert not Attendance.objects.exists()


def test_visitor_close_and_reopen(clerk, sitting):
    clerk.post(page("visitor-create", sitting.pk), {"name": "李来", "unit": "市发改委"})
    assert Visitor.objects.get().name == "李来"
    early = clerk.post(page("sitting-close", sitting.pk), follow=True)
    assert "会前不能结束签到" in early.content.decode()
    Sitting.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    text = clerk.get(page("sitting-close", sitting.pk)).content.decode()
    assert "<strong>3 人</strong>记为缺席" in text
    clerk.post(page("sitting-close", sitting.pk))
    assert Attendance.objects.filter(status="absent").count() == 3
    assert "结束签到" in clerk.get(page("sitting-sign-in", sitting.pk)).content.decode()
    clerk.post(page("sitting-reopen", sitting.pk), {"reason": "点早了"})
    assert not Attendance.objects.exists()


def fill(content, values):
    """The downloaded list with (状态, 到会时间) by code; rows for codes it has not are added."""
    book = load_workbook(BytesIO(content))
    sheet = book.active
    rows = {sheet.cell(row, 1).value: row for row in range(4, sheet.max_row + 1)}
    for code, (status, at) in values.items():
        row = rows.get(code) or sheet.max_row + 1
        for column, value in ((1, code), (5, status), (6, at)):
            sheet.cell(row, column).value = value
    filled = BytesIO()
    book.save(filled)
    filled.seek(0)
    filled.name = "签到表.xlsx"
    return filled


def upload(clerk, sitting, values):
    blank = clerk.get(page("sitting-sheet-file", sitting.pk)).content
    return clerk.post(page("sitting-sheet", sitting.pk), {"file": fill(blank, values)})


def test_filled_list_is_checked_then_taken(clerk, sitting):
    make_member(sitting.meeting.term, "0009")
    started = timezone.localtime(sitting.starts_at)
    before = f"{started - timedelta(minutes=5):%H:%M}"
    looked = upload(clerk, sitting, {"0001": ("出席", before), "0009": ("迟到", None)})
    reading = looked.context["reading"]
    assert (len(reading.arrivals), reading.faults, reading.unchanged) == (2, [], 2)
    assert reading.walk_ins == ["委员0009（0009）"]
    assert not Attendance.objects.exists()
    clerk.post(page("sitting-sheet", sitting.pk), {"checked": looked.context["checked"]})
    rows = {row.member.code: row for row in Attendance.objects.select_related("member")}
    assert {code: row.status for code, row in rows.items()} == {"0001": "present", "0009": "late"}
    assert {code: row.is_walk_in for code, row in rows.items()} == {"0001": False, "0009": True}
    assert {row.method for row in rows.values()} == {"workbook"}
    assert f"{timezone.localtime(rows['0001'].arrived_at):%H:%M}" == before
    entry = AuditEntry.objects.get(verb="import")
    assert (entry.reason, entry.changes.count()) == ("按表格签到：签到表.xlsx", 2)
    twice = clerk.post(
        page("sitting-sheet", sitting.pk), {"checked": looked.context["checked"]}, follow=True
    )
    assert "已以其他方式签到，没有导入" in twice.content.decode()
    same = upload(clerk, sitting, {})
    assert (same.context["reading"].arrivals, same.context["reading"].faults) == ([], [])


@pytest.mark.parametrize(
    ("values", "column", "problem"),
    [
        ({"0001": ("来了", None)}, "状态", "不是可选的内容"),
        ({"0001": ("缺席", None)}, "状态", "签到表中不能填请假或缺席"),
        ({"0001": ("请假", None)}, "状态", "签到表中不能填请假或缺席"),
        ({"0001": ("出席", "25:00")}, "到会时间", "不是时间"),
        ({"0001": ("出席", "23:59")}, "状态", "到会时间在开会之后，却填了出席"),
        ({"7777": ("出席", None)}, "委员编号", "本届没有可以签到的这位委员"),
    ],
)
def test_faults_of_the_list_are_told_and_nothing_is_taken(clerk, sitting, values, column, problem):
    looked = upload(clerk, sitting, values)
    [fault] = looked.context["reading"].faults
    assert (fault.column, fault.problem) == (column, problem)
    assert "checked" not in looked.context
    assert not Attendance.objects.exists()


def test_list_checked_by_one_clerk_is_not_taken_by_another(clerk, sitting):
    looked = upload(clerk, sitting, {"0001": ("出席", None)})
    other = signed_in(user_of(RoleCode.REGISTRAR, "other"))
    answer = other.post(
        page("sitting-sheet", sitting.pk), {"checked": looked.context["checked"]}, follow=True
    )
    assert "检查结果已失效" in answer.content.decode()
    assert not Attendance.objects.exists()


def test_other_file_is_refused_plainly(clerk, sitting):
    wrong = BytesIO(b"no workbook")
    wrong.name = "x.xlsx"
    answer = clerk.post(page("sitting-sheet", sitting.pk), {"file": wrong})
    assert "不是 xlsx 工作簿" in answer.content.decode()


def test_hall_shows_code_and_counts_until_closed(clerk, sitting):
    code = hall_code(sitting, timezone.now())
    state = clerk.get(page("sitting-hall-state", sitting.pk)).json()
    assert len(state["number"]) == 7
    assert state["step"] - code.step in {0, 1}
    drawn = clerk.get(page("sitting-hall-code", sitting.pk))
    assert drawn["Content-Type"] == "image/svg+xml"
    assert b"<svg" in drawn.content
    assert "手机扫码签到" in clerk.get(page("sitting-hall", sitting.pk)).content.decode()
    Sitting.objects.update(closed_at=timezone.now())
    closed = clerk.get(page("sitting-hall", sitting.pk)).content.decode()
    assert "手机扫码签到" not in closed
    assert "缺席" in closed


@pytest.mark.parametrize("elsewhere", [False, True])
def test_leaders_get_the_board_without_the_code_that_lets_members_in(elsewhere, sitting):
    """Not even one who takes the attendance of other meetings."""
    user = user_of(RoleCode.LEADER, "looks-on")
    if elsewhere:
        user.groups.add(Role.objects.get(code=RoleCode.COLLECTOR))
    leader = signed_in(user)
    hall = leader.get(page("sitting-hall", sitting.pk))
    text = hall.content.decode()
    assert (hall.status_code, "应到" in text) == (200, True)
    inside = ("手机扫码签到", "显示签到码", "签到二维码", "hall-number", "hall-code")
    assert [word for word in inside if word in text] == []
    state = leader.get(page("sitting-hall-state", sitting.pk)).json()
    assert sorted(state) == ["board", "is_open"]
    assert leader.get(page("sitting-hall-code", sitting.pk)).status_code == 403


def hall_address(sitting, at=None):
    return page("arrival-open", sitting.pk, hall_code(sitting, at or timezone.now()).token)


def test_member_scans_signs_in_and_presses(sitting):
    user = user_of(RoleCode.MEMBER, "own")
    user.set_password("长安Yingbin-2023")
    user.save()
    Person.objects.filter(memberships=member_of(sitting, "0001")).update(user=user)
    phone = Client()
    led = phone.get(hall_address(sitting))
    assert led["Location"] == page("arrival-create", sitting.pk)
    asked = phone.get(led["Location"])
    assert f"next={led['Location']}" in asked["Location"]
    back = phone.post(
        reverse("accounts:session-create"),
        {"username": "own", "password": "长安Yingbin-2023", "next": led["Location"]},
    )
    assert back["Location"] == led["Location"]
    assert "arrival-press" in phone.get(led["Location"]).content.decode()
    done = phone.post(led["Location"], follow=True)
    assert "已签到" in done.content.decode()
    row = Attendance.objects.get()
    assert (row.method, row.recorded_by, len(row.device_mark)) == ("hall_code", user, 32)


def test_code_on_another_telephone_a_minute_later_is_refused_plainly(sitting):
    phone = own_account(sitting, "0001")
    address = hall_address(sitting, timezone.now() - timedelta(minutes=1))
    answer = phone.get(address)
    assert answer.status_code == 403
    assert "已过期" in answer.content.decode()
    pressed = phone.post(page("arrival-create", sitting.pk), follow=True)
    assert "请先扫描会场屏幕上的签到码" in pressed.content.decode()
    assert not Attendance.objects.exists()


def test_one_telephone_signs_in_one_member(sitting):
    phone = own_account(sitting, "0001")
    phone.get(hall_address(sitting))
    phone.post(page("arrival-create", sitting.pk))
    second = own_account(sitting, "0002", "second")
    second.cookies["device"] = phone.cookies["device"].value
    second.get(hall_address(sitting))
    answer = second.post(page("arrival-create", sitting.pk), follow=True)
    assert "一部手机只能签一人" in answer.content.decode()
    assert Attendance.objects.get().member.code == "0001"
    assert AuditEntry.objects.filter(verb="denied").count() == 1


def test_number_opens_the_pass_and_guesses_are_few(sitting):
    phone = own_account(sitting, "0001")
    address = page("arrival-list")
    assert "应到" in phone.get(address).content.decode()
    right = hall_code(sitting, timezone.now()).number
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert "请输入屏幕上的六位数字" in phone.post(address, {"number": "12a"}).content.decode()
    assert "数字不对" in phone.post(address, {"number": wrong}).content.decode()
    led = phone.post(address, {"number": hall_code(sitting, timezone.now()).number})
    assert led["Location"] == page("arrival-create", sitting.pk)
    phone.post(led["Location"])
    assert Attendance.objects.get().method == "hall_code"
    for _ in range(4):
        phone.post(address, {"number": wrong})
    assert "输错次数过多" in phone.post(address, {"number": right}).content.decode()


def test_member_has_a_code_of_their_own_and_others_none(sitting, clerk):
    phone = own_account(sitting, "0001")
    assert "委员0001" in phone.get(page("own-code")).content.decode()
    assert phone.get(page("own-code-image"))["Content-Type"] == "image/svg+xml"
    assert set(phone.get(page("own-code-state")).json()) == {"step", "seconds_left"}
    assert clerk.get(page("own-code")).status_code == 404


def test_member_of_another_term_finds_no_sitting(sitting):
    user = user_of(RoleCode.MEMBER, "own")
    client = signed_in(user)
    assert client.get(page("arrival-create", sitting.pk)).status_code == 404
    assert "今天没有正在签到的会议" in client.get(page("arrival-list")).content.decode()
