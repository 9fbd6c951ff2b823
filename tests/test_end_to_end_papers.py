"""The year's papers from the call to the archive: members on phones, the office at its desk."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from tests.browsing import PATIENCE
from tests.dossiers.papers import PDF
from tests.running import House, running_house

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
RETURN, FORM, REPORT = "履职情况登记表", "述职表", "述职报告"
ADDED, MENDED = "到社区宣讲政策", "到凤凰社区宣讲养老政策，约60人参加"
DISCIPLINE, ADVICE = "旗帜鲜明讲政治，严守各项纪律。", "建议调研提前一周告知。"
DUTIES = "一、坚定政治立场。\n二、围绕养老服务开展调研，提交提案3件。"
SCENE = """
from datetime import date
from django.utils import timezone
from accounts.roles import RoleCode
from tests.accounts.people import make_user
from tests.building import (
    attend, invite, make_meeting, make_member, make_term, propose, report_opinion, speak
)
from tests.dossiers.papers import account
now = timezone.now()
on = date(timezone.localdate(now).year, 1, 1)
term = make_term("papers", starts=date(on.year - 1, 1, 1), ends=date(on.year + 3, 12, 31))
make_user("office", RoleCode.REGISTRAR, name="李联络", password_changed_at=now)
ordinary = make_member(term, "0001", name="张青")
standing = make_member(term, "0002", name="周岚", standing_from=term.start_date)
for member, name in ((ordinary, "ordinary"), (standing, "standing")):
    user = account(member, name)
    user.password_changed_at = now
    user.save()
plenary = make_meeting(term, "plenary_session", on, title="五届一次全体会议")
attend(ordinary, plenary, "present", "late", "leave")
attend(standing, plenary, "present", "present", "present")
council = make_meeting(term, "standing_committee_meeting", on, title="常委会第一次会议")
attend(standing, council, "leave")
speak(ordinary, plenary, title="关于养老服务")
for title in ("加强河道保护", "完善公交线路", "发展普惠托育"):
    propose(standing, on, title=title)
propose(ordinary, on, standing, title="扩建养老院")
report_opinion(on, standing, adopted=["city"], title="反映停车难")
report_opinion(on, standing, title="反映就医难")
for number in range(5):
    invite(standing, on)
"""
SIGN_IN = """
from django.conf import settings
from django.test import Client
from accounts.models import User
print(settings.SESSION_COOKIE_NAME)
for name in ("office", "ordinary", "standing"):
    client = Client()
    client.force_login(
        User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.session.save()
    print(client.session.session_key)
"""
#: A row of numbers: its title, and (label, unit, number) of each.
NUMBERS = """
rows => rows.map(row => [row.previousElementSibling.textContent,
  [...row.children].map(cell => ['dt', 'small', 'a'].map(
    part => cell.querySelector(part).textContent))])
"""
#: What a block lists: its title, and how far the meeting was attended.
LISTED = """
rows => rows.map(row => {
  const words = [...row.children].filter(one => one.tagName === 'P').map(
    one => [...one.childNodes].filter(part => part.tagName !== 'SMALL').map(
      part => part.textContent).join('').trim());
  return words.filter(Boolean);
})
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("year")) as house:
        house.ask(SCENE)
        house.start_web()
        house.start_worker()
        yield house


def signed_in(house: House, browser: Browser) -> Iterator[Page]:
    """The office at its desk, the ordinary and the standing member each on a phone."""
    name, *keys = house.ask(SIGN_IN).split()
    for key, device in zip(keys, (DESK, PHONE, PHONE), strict=True):
        context = browser.new_context(**device)
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": name, "value": key, "url": house.url}])
        page = context.new_page()
        page.goto(house.url)
        yield page


def shown(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible(timeout=PATIENCE)


def told(place: Locator, words: str) -> None:
    expect(place).to_contain_text(words)


def test_year_goes_from_the_call_to_the_archive(house, browser, tmp_path):
    office, ordinary, standing = signed_in(house, browser)
    call_for_papers(office)

    begin(ordinary, RETURN)
    add_a_line(ordinary, tmp_path)
    confirm_what_waits(ordinary, 8)
    hand_in(ordinary, RETURN)

    begin(standing, RETURN)
    confirm_what_waits(standing, 8)
    hand_in(standing, RETURN)
    write_the_report(standing)
    numbers = fill_the_form(standing)

    send_back(office)
    mend(ordinary)
    lines = ordinary.locator(".paper-block .paper-entry").evaluate_all(LISTED)
    hand_in(ordinary, RETURN)

    pass_block_by_block(office)
    pass_many_at_once(office)
    close_and_archive(office)

    assert ["五届一次全体会议", "共3场，到2场"] in lines
    printed, pictures = archived(ordinary, RETURN)
    assert pictures == 0
    assert [words for words in words_of(lines) if words not in printed] == []
    assert squeezed(MENDED) in printed
    assert ADDED not in printed
    assert "提交提案情况" in [title for title, _ in numbers]
    printed, pictures = archived(standing, FORM)
    assert [row for row in rows_as_printed(numbers) if row not in printed] == []
    assert [words for words in (DISCIPLINE, ADVICE) if words not in printed] == []
    assert pictures > 0
    assert squeezed(DUTIES) in archived(standing, REPORT)[0]
    for page in (office, ordinary, standing):
        page.context.close()


# The office -----------------------------------------------------------------------------------
def call_for_papers(page: Page) -> None:
    page.get_by_role("link", name="年度填报").first.click()
    page.get_by_role("link", name=re.compile("开始.*年度填报")).click()
    page.get_by_role("button", name="开始填报并发出通知").click()
    shown(page, "通知已发出")


def waiting(page: Page) -> None:
    """The list of what was handed in, whatever page the office is on."""
    page.get_by_role("link", name="年度填报").first.click()
    page.get_by_role("heading", level=2).get_by_role("link").first.click()
    page.get_by_role("link", name=re.compile(r"待审核 \d+ 份")).click()


def paper_of(page: Page, name: str, kind: str) -> None:
    waiting(page)
    row = page.get_by_role("row").filter(has_text=name).filter(has_text=kind)
    row.get_by_role("link", name=kind).click()
    shown(page, "待审核")


def send_back(page: Page) -> None:
    """With a mark at the block, and a reason for the whole."""
    paper_of(page, "张青", RETURN)
    shown(page, ADDED)
    block = page.locator("#themed")
    block.get_by_text("这一栏要改").click()
    block.get_by_label("要改什么").fill("请写明在哪个社区、多少人参加。")
    block.get_by_role("button", name="记下退回意见").click()
    shown(page, "已写明退回意见")
    page.locator("#decide summary").click()
    page.get_by_label("退回理由").fill("参与主题活动一栏写得太简单。")
    page.get_by_role("button", name="退回修改").click()
    shown(page, "已退回，并通知委员。")


def pass_block_by_block(page: Page) -> None:
    paper_of(page, "张青", RETURN)
    page.get_by_role("button", name="采纳", exact=True).click()
    expect(page.get_by_role("button", name="采纳", exact=True)).to_have_count(0)
    left = page.get_by_role("button", name=re.compile("^无误"))
    for number in range(8, 0, -1):
        expect(left).to_have_count(number)
        left.first.click()
    page.get_by_role("button", name=re.compile("审核通过")).click()
    shown(page, "已审核通过。")


def pass_many_at_once(page: Page) -> None:
    waiting(page)
    page.get_by_role("button", name="审核通过所选").click()
    shown(page, "已审核通过3份。")


def close_and_archive(page: Page) -> None:
    page.get_by_role("link", name="年度填报").first.click()
    page.get_by_role("heading", level=2).get_by_role("link").first.click()
    page.get_by_role("button", name="结束填报").click()
    shown(page, "填报已经结束")
    page.get_by_role("button", name="归档 4 份").click()
    shown(page, "归档4份")
    page.get_by_role("link", name="查看年度填报").click()
    shown(page, "归档完毕")


# Members --------------------------------------------------------------------------------------
def begin(page: Page, kind: str) -> None:
    menu_to(page, "年度填报")
    page.get_by_role("button", name=kind).click()
    told(page.get_by_role("heading", level=1), kind)


def menu_to(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="栏目").get_by_role("link", name=name).click()


def open_again(page: Page, kind: str) -> None:
    menu_to(page, "年度填报")
    page.get_by_role("link", name=kind).click()
    told(page.get_by_role("heading", level=1), kind)


def add_a_line(page: Page, folder: Path) -> None:
    proof = folder / "现场照片.pdf"
    proof.write_bytes(PDF)
    page.locator("#themed").get_by_role("link", name="补充一条").click()
    page.get_by_label("内容").fill(ADDED)
    page.get_by_label("证明材料").set_input_files(proof)
    page.get_by_role("button", name="保存").click()
    shown(page, "已加上，待委员联络科核实。")
    expect(page.get_by_role("link", name="证明材料")).to_be_visible(timeout=PATIENCE)


def confirm_what_waits(page: Page, blocks: int) -> None:
    for done in range(8 - blocks, 8):
        shown(page, f"已确认 {done} / 8 栏")
        page.get_by_role("button", name="确认无误").first.click()
    shown(page, "已确认 8 / 8 栏")


def hand_in(page: Page, kind: str) -> None:
    page.get_by_role("link", name="下一步：核对并提交").click()
    shown(page, "提交后由委员联络科审核，退回前不能再改。")
    page.get_by_role("button", name=re.compile(f"^提交.*{kind}")).click()
    shown(page, "已提交，等待委员联络科审核。")


def write_the_report(page: Page) -> None:
    begin(page, REPORT)
    told(page.locator("[data-said]"), "会自动保存")
    page.get_by_label("报告正文").fill(DUTIES)
    told(page.locator("[data-said]"), "已自动保存")
    page.get_by_role("button", name="下一步：核对并提交").click()
    page.get_by_role("button", name=re.compile(f"^提交.*{REPORT}")).click()
    shown(page, "已提交，等待委员联络科审核。")


def fill_the_form(page: Page) -> list[str]:
    """Signs, writes and hands in; the numbers as the screen shows them, in the form's words."""
    begin(page, FORM)
    page.get_by_role("link", name="去签名").click()
    expect(page.locator("canvas")).to_be_visible()
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=8)
    page.mouse.up()
    page.get_by_role("button", name="用这个签名").click()
    expect(page.get_by_alt_text("本人签名")).to_be_visible(timeout=PATIENCE)
    told(page.locator("[data-said]"), "会自动保存")
    page.get_by_label("遵守政治纪律和政治规矩情况").fill(DISCIPLINE)
    page.get_by_label("需反映的其他情况及建议").fill(ADVICE)
    told(page.locator("[data-said]"), "已自动保存")
    numbers = page.locator(".paper-figures").evaluate_all(NUMBERS)
    page.get_by_role("button", name="下一步：核对并提交").click()
    page.get_by_role("button", name=re.compile(f"^提交.*{FORM}")).click()
    shown(page, "已提交，等待委员联络科审核。")
    return numbers


def mend(page: Page) -> None:
    """What came back is found from the first page, with its reason and its mark."""
    menu_to(page, "首页")
    page.get_by_role("link", name=re.compile(f"{RETURN}.*退回修改")).click()
    shown(page, "参与主题活动一栏写得太简单。")
    block = page.locator("#themed")
    told(block, "请写明在哪个社区、多少人参加。")
    block.get_by_role("link", name="修改").click()
    page.get_by_label("内容").fill(MENDED)
    page.get_by_role("button", name="保存").click()
    shown(page, "已修改，待委员联络科核实。")
    block.get_by_role("button", name="确认无误").click()
    shown(page, "已确认 8 / 8 栏")


def archived(page: Page, kind: str) -> tuple[str, int]:
    """The words of the frozen copy as its member downloads it, and how many pictures it holds."""
    open_again(page, kind)
    shown(page, "已归档")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载归档件 PDF").click()
    pages = PdfReader(BytesIO(download.value.path().read_bytes())).pages
    return squeezed("".join(page.extract_text() for page in pages)), sum(
        len(page.images) for page in pages
    )


def words_of(lines: list[list[str]]) -> list[str]:
    """What the screen listed of the records; a block without any says so and prints 无."""
    return [
        squeezed(part)
        for line in lines
        for words in line
        for part in words.split(" · ")
        if not words.startswith("没有记录")
    ]


def rows_as_printed(numbers: list[Any]) -> list[str]:
    """The rows of numbers in the form's words: 全体会议110, 反映（篇）采用（篇）领导批示（篇）210."""
    rows = []
    for title, cells in numbers:
        name = title.rpartition("：")[2]
        head = "".join(f"{label}（{unit}）" for label, unit, _ in cells)
        rows.append((name if name.endswith("会议") else head) + "".join(n for *_, n in cells))
    return rows


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
