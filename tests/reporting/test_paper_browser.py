"""A member's papers in a real browser at phone size: nothing typed is lost."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.counting import counted_length
from tests.browsing import PATIENCE
from tests.running import House, running_house

pytestmark = pytest.mark.once

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SCENE = """
from datetime import date
from django.utils import timezone
from dossiers.choices import HandInKind
from tests.building import attend, make_meeting, make_member, make_term, propose, speak
from tests.dossiers.papers import account, begun, make_campaign
now = timezone.now()
year = timezone.localdate(now).year
term = make_term("house", starts=date(year - 1, 1, 1), ends=date(year + 3, 12, 31))
campaign = make_campaign(term, year, opens_date=date(year, 1, 1))
member = make_member(term, "0001", name="张青", standing_from=term.start_date, employer_post="某局")
user = account(member)
user.password_changed_at = now
user.save()
meeting = make_meeting(term, "plenary_session", date(year, 1, 1), title="全体会议")
attend(member, meeting, "present", "late", "leave")
speak(member, meeting, title="关于养老")
propose(member, date(year, 1, 1))
for kind in ("annual_return", "performance_form", "performance_report"):
    begun(campaign, member, HandInKind(kind), at=now)
"""
SIGN_IN = """
from django.conf import settings
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(
    User.objects.get(username="member"), backend="django.contrib.auth.backends.ModelBackend"
)
client.session.save()
print(settings.SESSION_COOKIE_NAME, client.session.session_key)
"""
STORED = """
import json
from dossiers.models import DutyPaper
paper = DutyPaper.objects.get(kind="{kind}")
print(json.dumps([paper.text, paper.political_discipline, paper.suggestions, paper.state]))
"""
EMPTIED = """
from dossiers.models import DutyPaper
DutyPaper.objects.update(text="", political_discipline="", suggestions="", signature="")
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("papers")) as house:
        house.ask(SCENE)
        house.start_web()
        yield house


@pytest.fixture
def phone(house: House, browser: Browser) -> Iterator[BrowserContext]:
    house.ask(EMPTIED)
    context = device(house, browser)
    yield context
    context.close()


def device(house: House, browser: Browser, **settings: Any) -> BrowserContext:
    context = browser.new_context(**(PHONE | settings))
    context.set_default_timeout(PATIENCE)
    name, key = house.ask(SIGN_IN).split()
    context.add_cookies([{"name": name, "value": key, "url": house.url}])
    return context


def stored(house: House, kind: str) -> list[str]:
    return json.loads(house.ask(STORED.format(kind=kind)))


def opened(house: House, context: BrowserContext, name: str) -> Page:
    """A paper, found as a member finds it."""
    page = context.new_page()
    page.goto(f"{house.url}/reporting/papers/")
    page.get_by_role("link", name=name).click()
    return page


def said(page: Page, words: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(words)


def test_text_is_saved_by_itself(house, phone):
    page = opened(house, phone, "年度述职报告")
    page.get_by_label("报告正文").fill("坚定立场。")
    said(page, "已自动保存")
    assert stored(house, "performance_report")[0] == "坚定立场。"
    page.reload()
    expect(page.get_by_label("报告正文")).to_have_value("坚定立场。")


def test_connection_cut_in_mid_edit_loses_nothing(house, phone):
    page = opened(house, phone, "年度述职报告")
    page.get_by_label("报告正文").fill("第一段。")
    said(page, "已自动保存")
    phone.set_offline(True)
    page.get_by_label("报告正文").fill("第一段。第二段。")
    said(page, "没有网络，已存在本机")
    assert stored(house, "performance_report")[0] == "第一段。"
    phone.set_offline(False)
    said(page, "已自动保存")
    assert stored(house, "performance_report")[0] == "第一段。第二段。"


def test_closed_tab_is_found_again(house, phone):
    page = opened(house, phone, "年度述职报告")
    phone.set_offline(True)
    page.get_by_label("报告正文").fill("只存在本机的一段。")
    said(page, "已存在本机")
    page.close()
    phone.set_offline(False)
    page = opened(house, phone, "年度述职报告")
    expect(page.get_by_label("报告正文")).to_have_value("只存在本机的一段。")
    said(page, "已自动保存")
    assert stored(house, "performance_report")[0] == "只存在本机的一段。"


def test_two_devices_see_both_texts(house, phone, browser):
    page = opened(house, phone, "年度述职报告")
    other = device(house, browser)
    second = opened(house, other, "年度述职报告")
    second.get_by_label("报告正文").fill("电脑上写的。")
    said(second, "已自动保存")
    page.get_by_label("报告正文").fill("手机上写的。")
    conflict = page.locator(".paper-conflict")
    expect(conflict).to_contain_text("电脑上写的。")
    expect(conflict).to_contain_text("手机上写的。")
    page.reload()
    expect(conflict).to_contain_text("手机上写的。")
    page.get_by_label("报告正文").press_sequentially("又一句。")
    page.wait_for_timeout(4000)
    assert stored(house, "performance_report")[0] == "电脑上写的。"
    page.get_by_role("button", name="两份合在一起").click()
    said(page, "已自动保存")
    assert stored(house, "performance_report")[0] == "电脑上写的。\n\n手机上写的。又一句。"
    other.close()


def test_closed_tab_and_another_device_see_both_texts(house, phone, browser):
    page = opened(house, phone, "年度述职报告")
    phone.set_offline(True)
    page.get_by_label("报告正文").fill("路上写的。")
    said(page, "已存在本机")
    page.close()
    phone.set_offline(False)
    other = device(house, browser)
    second = opened(house, other, "年度述职报告")
    second.get_by_label("报告正文").fill("办公室写的。")
    said(second, "已自动保存")
    page = opened(house, phone, "年度述职报告")
    expect(page.locator(".paper-conflict")).to_contain_text("办公室写的。")
    page.get_by_role("button", name="用另一台设备的").click()
    expect(page.get_by_label("报告正文")).to_have_value("办公室写的。")
    assert stored(house, "performance_report")[0] == "办公室写的。"
    other.close()


def test_two_devices_at_different_texts_do_not_clash(house, phone, browser):
    page = opened(house, phone, "年度述职表")
    other = device(house, browser)
    second = opened(house, other, "年度述职表")
    second.get_by_label("遵守政治纪律和政治规矩情况").fill("严守纪律。")
    said(second, "已自动保存")
    page.get_by_label("需反映的其他情况及建议").fill("无")
    said(page, "已自动保存")
    expect(page.get_by_label("遵守政治纪律和政治规矩情况")).to_have_value("严守纪律。")
    assert stored(house, "performance_form")[1:3] == ["严守纪律。", "无"]
    other.close()


def test_length_is_counted_as_the_server_counts(house, phone):
    page = opened(house, phone, "年度述职报告")
    for text in (
        "", "一、履职。\n 2026 年\u3000", "𬱖䶮㛃", "葛\U000e0100", "a\u00a0b\u200bc", "长" * 2001,
    ):  # fmt: skip
        page.get_by_label("报告正文").fill(text)
        expect(page.locator("[data-length]")).to_have_text(str(counted_length(text)))
    expect(page.locator("[data-count]")).to_contain_text("超出 1 字")


def test_paste_from_word_is_plain_text(house, phone):
    page = opened(house, phone, "年度述职报告")
    page.get_by_label("报告正文").evaluate(
        """(area) => {
            const data = new DataTransfer();
            data.setData("text/html", "<p style='mso-list:l0'><b>一、</b></p>");
            data.setData("text/plain", "一、政治\\r\\n·\\t坚定\\u00a0立场\\u200b  \\r\\n\\r\\n\\r\\n\\r\\n二、履职");
            area.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, cancelable: true}));
        }"""
    )
    expect(page.get_by_label("报告正文")).to_have_value("一、政治\n坚定 立场\n\n二、履职")
    page.get_by_text("可以按这个提纲写").click()
    page.get_by_role("button", name="三、遵纪守法").click()
    expect(page.get_by_label("报告正文")).to_have_value(
        "一、政治\n坚定 立场\n\n二、履职\n三、遵纪守法和廉洁自律情况\n"
    )


def test_name_is_signed_on_the_screen(house, phone):
    page = opened(house, phone, "年度述职表")
    page.get_by_role("link", name="去签名").click()
    page.get_by_role("button", name="用这个签名").click()
    said(page, "框里还没有字")
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="用这个签名").click()
    image = page.get_by_alt_text("本人签名")
    expect(image).to_be_visible()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 100


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_pages_have_no_serious_fault_and_do_not_scroll_sideways(house, phone, browser, width):
    context = device(house, browser, viewport={"width": width, "height": 844})
    pages = [
        "/reporting/papers/",
        *(f"/reporting/papers/{number}/" for number in (1, 2, 3)),
        "/reporting/papers/1/speeches/declare/",
        "/reporting/papers/2/signature/",
        "/reporting/papers/2/counted/plenary.attended/",
        "/reporting/papers/3/submit/",
    ]
    page = context.new_page()
    faults = {}
    for path in pages:
        page.goto(house.url + path)
        page.wait_for_timeout(100)
        found = [
            f"{fault['id']} {fault['nodes'][0]['html'][:120]}"
            for fault in Axe().run(page).response["violations"]
            if fault["impact"] in {"serious", "critical"}
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if found:
            faults[path] = found
    assert faults == {}
    context.close()


def test_return_is_confirmed_block_by_block_and_handed_in(house, browser):
    context = device(house, browser, viewport={"width": 320, "height": 640})
    page = opened(house, context, "年度履职情况登记表")
    for _ in range(8):
        page.get_by_role("button", name="确认无误").first.click()
    expect(page.get_by_text("已确认 8 / 8 栏")).to_be_visible()
    page.get_by_role("link", name="下一步：核对并提交").click()
    expect(page.get_by_text("提交后由委员联络科审核，退回前不能再改。")).to_be_visible()
    page.get_by_role("button", name="提交履职情况登记表").dblclick()
    expect(page.get_by_text("待审核")).to_be_visible()
    assert stored(house, "annual_return")[3] == "submitted"
    context.close()


# Submissions are saved by the same script -------------------------------------------------------
WRITTEN = """
import json
from dossiers.models import Submission
print(json.dumps(list(Submission.objects.values_list("title", "body"))))
"""


def written(house: House) -> list[list[str]]:
    return json.loads(house.ask(WRITTEN))


def draft_of(house: House, context: BrowserContext) -> Page:
    """The one submission, found as a member finds it."""
    page = context.new_page()
    page.goto(f"{house.url}/dossiers/submissions/")
    page.get_by_role("link", name="关于公交线路").click()
    return page


def test_submission_outlives_a_cut_connection_a_closed_tab_and_another_device(
    house, phone, browser
):
    page = phone.new_page()
    page.goto(f"{house.url}/dossiers/submissions/create/")
    page.get_by_role("button", name="社情民意信息").click()
    page.get_by_label("标题").fill("关于公交线路")
    page.get_by_label("正文").fill("第一段。")
    said(page, "已自动保存")
    phone.set_offline(True)
    page.get_by_label("正文").fill("第一段。第二段。")
    said(page, "没有网络，已存在本机")
    assert written(house) == [["关于公交线路", "第一段。"]]
    page.close()
    phone.set_offline(False)
    page = draft_of(house, phone)
    expect(page.get_by_label("正文")).to_have_value("第一段。第二段。", timeout=PATIENCE)
    said(page, "已自动保存")
    assert written(house) == [["关于公交线路", "第一段。第二段。"]]

    other = device(house, browser)
    second = draft_of(house, other)
    second.get_by_label("正文").fill("电脑上写的。")
    said(second, "已自动保存")
    page.get_by_label("正文").fill("手机上写的。")
    conflict = page.locator(".paper-conflict")
    expect(conflict).to_contain_text("电脑上写的。", timeout=PATIENCE)
    expect(conflict).to_contain_text("手机上写的。")
    assert written(house) == [["关于公交线路", "电脑上写的。"]]
    page.get_by_role("button", name="两份合在一起").click()
    said(page, "已自动保存")
    assert written(house) == [["关于公交线路", "电脑上写的。\n\n手机上写的。"]]
    other.close()
