"""A member's desk on a phone: the first sign-in, and what is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import PATIENCE
from tests.running import House, running_house

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
FIRST, OWN = "Ganjiang-qiushui-7", "Luoxia-guwu-83"
#: Bytes over the wire of the first page, styles and icon included.
HEAVIEST_HOME = 150_000
SCENE = f"""
from datetime import date, timedelta
from django.utils import timezone
from accounts.models import User
from attendance.models import Expectation
from members.choices import NoticeKind
from members.services.notices import send_notice
from tests.building import attend, make_meeting, make_member, make_term, propose, speak
from tests.dossiers.papers import account, begun, make_campaign
from dossiers.choices import HandInKind
now = timezone.now()
today = timezone.localdate(now)
term = make_term("desk", starts=date(today.year - 1, 1, 1), ends=date(today.year + 3, 12, 31))
clerk = User.objects.create_user("clerk", name="李联络")
member = make_member(term, "0001", name="张青", standing_from=term.start_date)
user = account(member)
user.set_password({FIRST!r})
user.must_change_password = True
user.save()
past = make_meeting(term, "plenary_session", today.replace(month=1, day=1), title="全体会议")
attend(member, past, "present", "late")
speak(member, past, title="关于养老")
propose(member, today.replace(month=1, day=1))
for title, days in (("文史座谈会", 10), ("专题协商会", 12)):
    meeting = make_meeting(term, "consultation", today + timedelta(days=days), title=title)
    Expectation.objects.create(meeting=meeting, member=member)
    send_notice(
        term=term, kind=NoticeKind.MEETING, title=title + "通知", body="请准时到会。",
        members=[member], subject=f"attendance.meeting:{{meeting.pk}}",
        path=f"/attendance/meetings/{{meeting.pk}}/", actor=clerk, at=now,
    )
campaign = make_campaign(term, today.year, opens_date=today.replace(month=1, day=1))
"""
SIGN_IN = """
from django.conf import settings
from django.test import Client
from django.utils import timezone
from accounts.models import User
user = User.objects.get(username="member")
user.must_change_password = False
user.password_changed_at = timezone.now()
user.save()
client = Client()
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
client.session.save()
print(settings.SESSION_COOKIE_NAME, client.session.session_key)
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("desk")) as house:
        house.ask(SCENE)
        house.start_web()
        yield house


@pytest.fixture
def phone(house: House, browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def signed_in(house: House, context: BrowserContext) -> Page:
    name, key = house.ask(SIGN_IN).split()
    context.add_cookies([{"name": name, "value": key, "url": house.url}])
    return context.new_page()


def test_first_sign_in_leads_to_everything_a_member_does(house, phone):
    page = phone.new_page()
    page.goto(house.url)
    page.get_by_label("账号").fill("member")
    page.get_by_label("密码").fill(FIRST)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.get_by_label("现用密码").fill(FIRST)
    page.get_by_label("新密码", exact=True).fill(OWN)
    page.get_by_label("再输一遍新密码").fill(OWN)
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_role("heading", name="张青，您好")).to_be_visible()

    page.locator(".plain-more summary").click()
    page.get_by_role("link", name="通知", exact=True).click()
    page.get_by_role("link", name="文史座谈会通知").click()
    expect(page.get_by_text("请准时到会。")).to_be_visible()

    page.goto(house.url)
    page.get_by_role("button", name="参加：文史座谈会").click()
    expect(page.get_by_text("已回复。")).to_be_visible()

    page.goto(house.url)
    expect(page.get_by_text("已回复：参加")).to_be_visible()
    page.get_by_role("link", name="请假：专题协商会").click()
    page.get_by_label("请假事由").fill("外出就医")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("专题协商会").first).to_be_visible()

    page.goto(house.url)
    page.get_by_role("link", name="我的记录", exact=True).click()
    page.get_by_role("link", name="对“关于养老”提出异议").click()
    page.get_by_label("哪里不对，应当怎样").fill("发言题目应为“关于养老服务”。")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("关于养老服务").first).to_be_visible()


@pytest.mark.once
def test_home_is_light_and_asks_nothing_from_outside(house, phone):
    page = signed_in(house, phone)
    answers = []

    def keep(answer: Any) -> None:
        answers.append(answer)

    page.on("response", keep)
    page.goto(house.url, wait_until="networkidle")
    assert [one.url for one in answers if not one.url.startswith(house.url)] == []
    assert sum(weight(one) for one in answers) <= HEAVIEST_HOME


def weight(answer: Any) -> int:
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]
