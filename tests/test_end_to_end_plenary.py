"""A plenary from its creation to the forms, in real browsers: the same numbers everywhere."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from exits.management.demo import TERM, invent_term, write_workbook
from tests.browsing import PATIENCE
from tests.running import House, running_house

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Of the invented roster so many serve today, and are not suspended.
ROSTER, EXPECTED = 341, 330
TITLE = "第六次全体会议"
LEAVE = 12
BY_STAFF = 8
LATE = ("迟到", 91), ("迟到", 95)
SHEET = 282

FILE_LEAVE = """
from datetime import timedelta
from accounts.models import User
from attendance.choices import Verdict
from attendance.models import Meeting
from attendance.services.approvals import decide_approval
from attendance.services.leave import file_leave
meeting = Meeting.objects.get(title={title!r})
clerk = User.objects.get(username="demo-registrar")
before = meeting.sittings.get().starts_at - timedelta(days=5)
for row in list(meeting.expectations.expected().filter(member__code__in={codes!r})):
    request = file_leave(
        meeting=meeting, member=row.member, reason="外出学习", actor=clerk, at=before
    )
    while (step := request.approvals.filter(verdict=Verdict.WAITING).first()) is not None:
        decide_approval(
            approval=step, verdict=Verdict.APPROVED, note="同意", on_behalf=True,
            actor=clerk, at=before + timedelta(hours=1),
        )
    request.refresh_from_db()
    print(request.state)
"""
WHO = """
from attendance.models import Meeting
from members.models import Member
meeting = Meeting.objects.get(title={title!r})
print(meeting.sittings.get().pk)
print(*meeting.expectations.expected().order_by("member__code").values_list("member__code", flat=True))
for name in ("demo-member", "demo-standing-member"):
    print(Member.objects.get(person__user__username=name, term=meeting.term).code)
"""
HALL_ADDRESS = """
from django.urls import reverse
from django.utils import timezone
from attendance.models import Sitting
from attendance.services.arrivals import hall_code
sitting = Sitting.objects.get(pk={pk})
token = hall_code(sitting, timezone.now()).token
print(reverse("attendance:arrival-open", args=[sitting.pk, token]))
"""
#: Of the registration forms, of the dossiers' facts, and whether each standing member's form agrees.
SUMS = """
from attendance.models import Meeting
from members.models import Member
from reporting.selectors.counts import form_counts
from reporting.selectors.forms import duty_forms
meeting = Meeting.objects.get(title={title!r})
year, term, on = meeting.start_date.year, meeting.term, meeting.start_date
members = Member.objects.filter(term=term)
forms = duty_forms(term=term, year=year, on=on, today=on, members=members, viewer=None)
names = ("expected", "attended", "on_leave", "absent")
print(*(sum(getattr(one.annual_return.totals, name) for one in forms) for name in names))
counts = form_counts(term=term, year=year, on=on, members=list(members.values_list("pk", flat=True)))
names = ("plenary.expected", "plenary.attended", "plenary.leave", "plenary.unexcused")
print(*(sum(one[name] for one in counts.values()) for name in names))
standing = [form for form in forms if form.performance_form]
print(len(standing) > 40, all(form.performance_form.counts == counts[form.member_id] for form in standing))
"""
MEMBERS = """
from members.models import Member
for code in {codes!r}:
    print(Member.objects.get(code=code).pk)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A term with its roster and nothing else, still running whenever this is run."""
    folder = tmp_path_factory.mktemp("house")
    ends = max(TERM.ends, datetime.now(SHANGHAI).date() + timedelta(days=30))
    with running_house(folder) as house:
        house.manage(
            "create_term", TERM.code, "--name", TERM.name, "--pack", TERM.pack,
            "--starts", TERM.starts.isoformat(), "--ends", ends.isoformat(),
        )  # fmt: skip
        roster = invent_term(members=ROSTER, years=1, seed=2).workbooks[0]
        path = write_workbook(roster.sheets, folder / "名册.xlsx")
        house.manage("import_workbook", str(path), "--term", TERM.code)
        house.start_web()
        yield house


@pytest.fixture(scope="module")
def passwords(house: House) -> dict[str, str]:
    lines = [line.split() for line in house.manage("create_demo_accounts").splitlines()]
    return {word: words[-1] for words in lines for word in words[:-1] if word.startswith("demo-")}


def an_hour_ago() -> datetime:
    """Within the grace minutes still, and on the same day."""
    now = datetime.now(SHANGHAI).replace(second=0, microsecond=0)
    return max(now - timedelta(minutes=60), now.replace(hour=0, minute=0))


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_plenary_adds_up_everywhere(
    house: House, passwords: dict[str, str], page: Page, browser: Browser
):
    page.set_default_timeout(PATIENCE)
    page.goto(house.url)
    sign_in(page, "demo-registrar", passwords["demo-registrar"])
    expect(page.get_by_role("link", name="会议活动").first).to_be_visible()
    begins = an_hour_ago()

    create_plenary(page, house, begins)
    sitting, codes, by_code, by_number = who_is_who(house)
    assert len(codes) == EXPECTED
    others = [code for code in codes if code not in {by_code, by_number}]
    leave, staff = others[:LEAVE], others[LEAVE : LEAVE + BY_STAFF]
    sheet = others[LEAVE + BY_STAFF :][:SHEET]
    granted = house.ask(FILE_LEAVE.format(title=TITLE, codes=leave))
    assert granted.split() == ["approved"] * LEAVE

    desk = f"{house.url}/attendance/sittings/{sitting}/sign-in/"
    sign_in_by_keyboard(page, desk, staff)
    sign_in_by_sheet(page, house, sitting, sheet, begins)
    hall = f"{house.url}/attendance/sittings/{sitting}/hall/"
    page.goto(hall)
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with browser.new_context(**phone) as telephone:
        scan_and_press(telephone.new_page(), house, sitting, passwords["demo-member"])
    with browser.new_context(**phone) as telephone:
        copy_number_and_press(telephone.new_page(), page, house, passwords["demo-standing-member"])

    came = BY_STAFF + SHEET + 2
    expect(page.locator(".hall-totals dd")).to_have_text(
        [str(EXPECTED), str(came), str(LEAVE), str(EXPECTED - came - LEAVE)]
    )
    close(page, house, sitting, absent=EXPECTED - came - LEAVE)
    counted_everywhere(page, house, sitting, came)
    said = {
        leave[0]: "请假",
        staff[0]: "出席",
        sheet[0]: "迟到",
        others[-1]: "缺席",
        by_code: "出席",
    }
    dossiers_say(page, house, said)


def create_plenary(page: Page, house: House, begins: datetime) -> None:
    page.goto(f"{house.url}/admin/attendance/meeting/add/")
    page.locator("[name=number]").fill("QH-6")
    page.locator("[name=title]").fill(TITLE)
    page.locator("[name=kind]").select_option(label="全体会议")
    page.locator("[name=term]").select_option(label=TERM.name)
    page.locator("[name=start_date]").fill(begins.date().isoformat())
    page.get_by_text("再加一行场次").click()
    page.locator("[name=sittings-0-title]").fill("开幕会")
    page.locator("[name=sittings-0-starts_at_0]").fill(begins.date().isoformat())
    page.locator("[name=sittings-0-starts_at_1]").fill(f"{begins:%H:%M}")
    page.locator("[name=sittings-0-late_after_minutes]").fill("90")
    page.locator("[name=_save]").click()
    page.get_by_role("link", name="确定应到范围").click()
    page.get_by_label("全体委员").check()
    page.get_by_role("button", name="预览变化").click()
    page.get_by_role("button", name="确定").click()
    page.get_by_role("link", name="会务概况").click()
    expect(page.locator(".office-figure").first).to_contain_text(str(EXPECTED))


def who_is_who(house: House) -> tuple[str, list[str], str, str]:
    sitting, codes, by_code, by_number = house.ask(WHO.format(title=TITLE)).splitlines()
    return sitting, codes.split(), by_code, by_number


def sign_in_by_keyboard(page: Page, desk: str, codes: list[str]) -> None:
    """Nothing but keys: the search box has the cursor from the start."""
    page.goto(desk)
    for number, code in enumerate(codes, start=1):
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_contain_text(f"（{code}，")
        expect(page.locator("#counts div", has_text="实到")).to_contain_text(str(number))


def sign_in_by_sheet(
    page: Page, house: House, sitting: str, codes: list[str], begins: datetime
) -> None:
    page.goto(f"{house.url}/attendance/sittings/{sitting}/sheet/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载本场签到表").click()
    path = waiting.value.path()
    book = load_workbook(BytesIO(path.read_bytes()))
    rows = {row[0].value: row for row in book.active.iter_rows(min_row=4)}
    for code in codes:
        rows[code][4].value = "出席"
    for code, (status, minutes) in zip(codes, LATE, strict=False):
        rows[code][4].value = status
        rows[code][5].value = f"{begins + timedelta(minutes=minutes):%H:%M}"
    filled = house.folder / "签到表.xlsx"
    book.save(filled)
    page.set_input_files("input[type=file]", filled)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("文件没有错误")).to_contain_text(f"将签到 {SHEET} 人，其中迟到 2 人")
    page.get_by_role("button", name="确认签到").click()
    expect(page.get_by_text(f"已按表格签到 {SHEET} 人")).to_be_visible()


def scan_and_press(phone: Page, house: House, sitting: str, password: str) -> None:
    phone.set_default_timeout(PATIENCE)
    phone.goto(house.url + house.ask(HALL_ADDRESS.format(pk=sitting)))
    sign_in(phone, "demo-member", password)
    phone.get_by_role("button", name="签到", exact=True).click()
    expect(phone.get_by_text("已签到")).to_be_visible()


def copy_number_and_press(phone: Page, hall: Page, house: House, password: str) -> None:
    phone.set_default_timeout(PATIENCE)
    phone.goto(f"{house.url}/attendance/arrivals/")
    sign_in(phone, "demo-standing-member", password)
    phone.get_by_label("屏幕上的六位数字").fill(
        hall.locator("#number").inner_text().replace(" ", "")
    )
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("button", name="签到", exact=True).click()
    expect(phone.get_by_text("已签到")).to_be_visible()


def close(page: Page, house: House, sitting: str, absent: int) -> None:
    page.goto(f"{house.url}/attendance/sittings/{sitting}/close/")
    expect(page.get_by_text("记为缺席：")).to_contain_text(f"{absent} 人")
    expect(page.get_by_text("记为请假：")).to_contain_text(f"{LEAVE} 人")
    page.get_by_role("button", name="结束签到").click()
    expect(page.get_by_text("已结束签到").first).to_be_visible()


def counted_everywhere(page: Page, house: House, sitting: str, came: int) -> None:
    absent = EXPECTED - came - LEAVE
    told = [str(number) for number in (EXPECTED, came, LEAVE, absent)]
    page.goto(f"{house.url}/attendance/sittings/{sitting}/hall/")
    assert page.locator(".hall-totals dd").all_inner_texts() == told
    by_sector = [
        [int(cell) for cell in row.locator("td").all_inner_texts()]
        for row in page.locator(".hall-sectors tbody tr").all()
    ]
    assert [str(sum(column)) for column in zip(*by_sector, strict=True)] == told

    def in_api(status: str) -> int:
        question = f"{house.url}/api/v1/attendances/?meeting=QH-6&status={status}"
        return page.request.get(question).json()["count"]

    assert {status: in_api(status) for status in ("present", "late", "leave", "absent")} == {
        "present": came - len(LATE),
        "late": len(LATE),
        "leave": LEAVE,
        "absent": absent,
    }
    returns, facts, standing = house.ask(SUMS.format(title=TITLE)).splitlines()
    assert returns.split() == facts.split() == told
    assert standing == "True True"


def dossiers_say(page: Page, house: House, said: dict[str, str]) -> None:
    """Of members by code, what their dossiers say of the meeting."""
    keys = house.ask(MEMBERS.format(codes=list(said))).split()
    for key, status in zip(keys, said.values(), strict=True):
        page.goto(f"{house.url}/admin/reporting/dutydossier/{key}/change/")
        expect(page.locator("tr", has_text=TITLE).first).to_contain_text(status)
