"""A member's papers in a real browser at phone size: nothing typed is lost."""

import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

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
from dossiers.models import Declaration, DutyPaper, PaperBlock
DutyPaper.objects.update(text="", political_discipline="", suggestions="", signature="")
PaperBlock.objects.update(confirmed_at=None, remark="", version=1)
Declaration.objects.all().delete()
"""
#: What was said of the blocks, and the lines beside them.
SAID = """
import json
from dossiers.models import Declaration, PaperBlock
remarks = dict(PaperBlock.objects.exclude(remark="").values_list("block", "remark"))
print(json.dumps([remarks, list(Declaration.objects.values_list("text", flat=True))]))
"""
#: Writes down every word a screen reader would read out at the place.
LISTEN = """
place => {
  place.words = [];
  new MutationObserver(() => place.words.push(place.textContent)).observe(
    place, {childList: true, characterData: true, subtree: true});
}
"""
#: Whether there is ink at a place of the drawing field, in pixels of the page.
INK = """
(canvas, [x, y]) => {
  const dense = canvas.width / canvas.clientWidth;
  const left = Math.round((x - 4) * dense), top = Math.round((y - 4) * dense);
  const side = Math.round(8 * dense);
  const data = canvas.getContext("2d").getImageData(left, top, side, side).data;
  return data.some((value, place) => place % 4 === 3 && value > 0);
}
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
    sign_in(house, context)
    return context


def sign_in(house: House, context: BrowserContext) -> None:
    name, key = house.ask(SIGN_IN).split()
    context.add_cookies([{"name": name, "value": key, "url": house.url}])


def stored(house: House, kind: str) -> list[str]:
    return json.loads(house.ask(STORED.format(kind=kind)))


def opened(house: House, context: BrowserContext, name: str) -> Page:
    """A paper, found as a member finds it."""
    page = context.new_page()
    page.goto(f"{house.url}/reporting/papers/")
    page.get_by_role("link", name=name).click()
    return page


def said(page: Page | Locator, words: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(words, timeout=PATIENCE)


def notes(page: Page) -> list[str]:
    """What the device keeps."""
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('paper:'))")


def close_unheard(house: House, page: Page) -> None:
    """Offline, and closed: not even the last call of a closing page gets through."""
    context = page.context
    context.clear_cookies()
    page.close()
    context.set_offline(False)
    sign_in(house, context)


def answer_lost(page: Page, path: str) -> None:
    """The next request there arrives, and its answer does not."""

    def cut(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(path, cut, times=1)


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
    close_unheard(house, page)
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
    close_unheard(house, page)
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


def test_answer_lost_on_the_way_is_no_clash(house, phone):
    page = opened(house, phone, "年度述职报告")
    answer_lost(page, "**/save/")
    page.get_by_label("报告正文").fill("第一段。")
    said(page, "没有网络，已存在本机")
    assert stored(house, "performance_report")[0] == "第一段。"
    page.get_by_label("报告正文").fill("第一段。第二段。")
    said(page, "已自动保存")
    expect(page.locator(".paper-conflict")).to_have_count(0)
    assert stored(house, "performance_report")[0] == "第一段。第二段。"


def test_text_that_was_stored_is_not_put_over_a_newer_one(house, phone, browser):
    page = opened(house, phone, "年度述职报告")
    answer_lost(page, "**/save/")
    page.get_by_label("报告正文").fill("路上写的。")
    said(page, "没有网络，已存在本机")
    phone.set_offline(True)
    page.close()
    phone.set_offline(False)
    other = device(house, browser)
    second = opened(house, other, "年度述职报告")
    second.get_by_label("报告正文").fill("路上写的。办公室又写的。")
    said(second, "已自动保存")
    other.close()
    page = opened(house, phone, "年度述职报告")
    expect(page.get_by_label("报告正文")).to_have_value("路上写的。办公室又写的。")
    expect(page.locator(".paper-conflict")).to_have_count(0)
    assert notes(page) == []


def test_button_leaves_nothing_on_the_device(house, phone):
    page = opened(house, phone, "年度述职报告")
    page.get_by_label("报告正文").fill("一口气写完。")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存。")).to_be_visible(timeout=PATIENCE)
    assert notes(page) == []
    page.get_by_label("报告正文").fill("一口气写完了。")
    page.get_by_role("button", name="下一步：核对并提交").click()
    expect(page.get_by_text("提交前看一眼")).to_be_visible(timeout=PATIENCE)
    assert notes(page) == []
    assert stored(house, "performance_report")[0] == "一口气写完了。"


def test_button_leads_on_at_once_when_all_is_saved(house, phone):
    page = opened(house, phone, "年度述职报告")
    page.get_by_label("报告正文").fill("写好停了一会儿。")
    said(page, "已自动保存")
    page.get_by_role("button", name="下一步：核对并提交").click()
    expect(page.get_by_text("提交前看一眼")).to_be_visible(timeout=PATIENCE)


def test_screen_reader_hears_each_state_once(house, phone):
    page = opened(house, phone, "年度述职报告")
    said(page, "会自动保存")
    page.get_by_label("报告正文").fill("长" * 1998)
    said(page, "已自动保存")
    for place in ("[data-said]", "[data-over]"):
        page.locator(place).evaluate(LISTEN)
    page.get_by_label("报告正文").press_sequentially("一二三四五")
    said(page, "已自动保存")
    states = page.locator("[data-said]").evaluate("place => place.words")
    assert [states[0], len(states) > 1] == ["还没有保存……", True]
    assert [one for one, other in pairwise(states) if one == other] == []
    assert page.locator("[data-over]").evaluate("place => place.words") == ["已超过 2000 字"]


# Said of the blocks -----------------------------------------------------------------------------
def block_of(page: Page, block: str) -> Locator:
    return page.locator(f"#{block}")


def remark(page: Page, block: str, words: str) -> None:
    """Written down, and not confirmed."""
    section = block_of(page, block)
    section.get_by_text("写一句说明").click()
    section.get_by_role("textbox").fill(words)
    said(section, "才算保存")


def test_remark_outlives_another_block_a_closed_tab_and_an_expired_session(house, phone):
    page = opened(house, phone, "年度履职情况登记表")
    remark(page, "speeches", "另有一次发言未记。")
    expect(page.get_by_text("还没有保存，请到那一栏点确认").first).to_be_visible()
    block_of(page, "meetings").get_by_role("button", name="确认无误").click()
    expect(page.get_by_text("已确认 1 / 8 栏")).to_be_visible(timeout=PATIENCE)
    page.close()
    page = opened(house, phone, "年度履职情况登记表")
    section = block_of(page, "speeches")
    expect(section.get_by_role("textbox")).to_have_value("另有一次发言未记。")
    said(section, "已找回")
    phone.clear_cookies()
    section.get_by_role("button", name="确认无误").click()
    said(section, "登录已过期")
    sign_in(house, phone)
    page.reload()
    said(section, "已找回")
    section.get_by_role("button", name="确认无误").click()
    expect(page.get_by_text("已确认 2 / 8 栏")).to_be_visible(timeout=PATIENCE)
    assert json.loads(house.ask(SAID)) == [{"speeches": "另有一次发言未记。"}, []]
    assert notes(page) == []


def test_remark_waits_for_the_connection_and_a_lost_answer_is_no_clash(house, phone):
    page = opened(house, phone, "年度履职情况登记表")
    remark(page, "speeches", "第一句。")
    section = block_of(page, "speeches")
    button = section.get_by_role("button", name="确认无误")
    phone.set_offline(True)
    button.click()
    said(section, "没有网络，还没有保存")
    phone.set_offline(False)
    answer_lost(page, "**/confirm/")
    button.click()
    said(section, "没有网络，还没有保存")
    expect(button).to_be_enabled()
    assert json.loads(house.ask(SAID))[0] == {"speeches": "第一句。"}
    section.get_by_role("textbox").fill("第一句。第二句。")
    button.click()
    expect(page.get_by_text("已确认 1 / 8 栏")).to_be_visible(timeout=PATIENCE)
    assert json.loads(house.ask(SAID))[0] == {"speeches": "第一句。第二句。"}
    assert notes(page) == []


def test_remarks_of_two_devices_are_both_shown(house, phone, browser):
    page = opened(house, phone, "年度履职情况登记表")
    other = device(house, browser)
    second = opened(house, other, "年度履职情况登记表")
    remark(second, "speeches", "电脑上写的。")
    block_of(second, "speeches").get_by_role("button", name="确认无误").click()
    expect(second.get_by_text("已确认 1 / 8 栏")).to_be_visible(timeout=PATIENCE)
    other.close()
    remark(page, "speeches", "手机上写的。")
    section = block_of(page, "speeches")
    section.get_by_role("button", name="确认无误").click()
    conflict = section.locator(".paper-conflict")
    expect(conflict).to_contain_text("电脑上写的。", timeout=PATIENCE)
    expect(conflict).to_contain_text("手机上写的。")
    assert json.loads(house.ask(SAID))[0] == {"speeches": "电脑上写的。"}
    section.get_by_role("button", name="两份合在一起").click()
    section.get_by_role("button", name="确认无误").click()
    expect(page.get_by_text("已确认 1 / 8 栏")).to_be_visible(timeout=PATIENCE)
    both = "电脑上写的。\n\n手机上写的。"
    assert json.loads(house.ask(SAID))[0] == {"speeches": both}


def test_line_outlives_a_cut_connection_and_a_closed_tab(house, phone):
    page = opened(house, phone, "年度履职情况登记表")
    block_of(page, "speeches").get_by_role("link", name="补充一条").click()
    page.get_by_label("内容").fill("在座谈会上发言。")
    said(page, "才算保存")
    phone.set_offline(True)
    page.get_by_role("button", name="保存").click()
    said(page, "没有网络，还没有保存")
    page.close()
    phone.set_offline(False)
    page = opened(house, phone, "年度履职情况登记表")
    link = block_of(page, "speeches").get_by_role("link", name="补充一条")
    expect(link).to_contain_text("有上次没写完的")
    link.click()
    said(page, "已找回")
    expect(page.get_by_label("内容")).to_have_value("在座谈会上发言。")
    answer_lost(page, "**/declare/")
    page.get_by_role("button", name="保存").click()
    said(page, "没有网络，还没有保存")
    expect(page.get_by_role("button", name="保存")).to_be_enabled()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已加上，待委员联络科核实。").first).to_be_visible()
    assert json.loads(house.ask(SAID))[1] == ["在座谈会上发言。"]
    assert notes(page) == []


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


def test_turned_phone_keeps_the_stroke_under_the_finger(house, phone):
    page = opened(house, phone, "年度述职表")
    page.get_by_role("link", name="去签名").click()
    canvas = page.locator("canvas")

    def stroke(start: tuple[int, int], end: tuple[int, int]) -> None:
        box = canvas.bounding_box()
        edge = canvas.evaluate("canvas => canvas.clientLeft")
        left, top = box["x"] + edge, box["y"] + edge
        page.mouse.move(left + start[0], top + start[1])
        page.mouse.down()
        page.mouse.move(left + end[0], top + end[1], steps=5)
        page.mouse.up()

    def turned(width: int, height: int) -> int:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "({width}) => innerWidth === width && (canvas => canvas.width === canvas.clientWidth *"
            " Math.max(2, devicePixelRatio))(document.querySelector('canvas'))",
            arg={"width": width},
        )
        canvas.scroll_into_view_if_needed()
        return canvas.evaluate("canvas => canvas.clientWidth")

    canvas.scroll_into_view_if_needed()
    stroke((40, 60), (200, 120))
    assert canvas.evaluate(INK, [200, 120])
    wide = turned(844, 390)
    assert canvas.evaluate(INK, [200, 120])
    stroke((wide - 40, 60), (wide - 10, 60))
    assert canvas.evaluate(INK, [wide - 10, 60])
    narrow = turned(390, 844)
    scale = narrow / (wide - 10 + 4)
    assert canvas.evaluate(INK, [(wide - 10) * scale, 60 * scale])
    assert canvas.evaluate(INK, [200 * scale, 120 * scale])
    stroke((20, 150), (narrow - 20, 150))
    assert canvas.evaluate(INK, [narrow - 20, 150])
    page.get_by_role("button", name="用这个签名").click()
    expect(page.get_by_alt_text("本人签名")).to_be_visible(timeout=PATIENCE)


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
    close_unheard(house, page)
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
