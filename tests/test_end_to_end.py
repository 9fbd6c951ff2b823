"""The main job in a real browser, with a real web server and a real worker behind it."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from exits.management.demo import TERM, invent_term
from tests.browsing import PATIENCE
from tests.running import House, invented_workbook, running_house

YEAR = 2025


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A term as it is on the first day: no member, no record."""
    with running_house(tmp_path_factory.mktemp("house")) as house:
        house.create_term()
        house.start_web()
        house.start_worker()
        yield house


@pytest.fixture
def registrar(house: House, page: Page) -> Page:
    """Signed in as 委员联络科."""
    accounts = house.manage("create_demo_accounts")
    password = next(line.split()[-1] for line in accounts.splitlines() if "demo-registrar" in line)
    page.set_default_timeout(PATIENCE)
    page.goto(house.url)
    page.get_by_label("账号").fill("demo-registrar")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(in_menu(page, "导入工作簿")).to_be_visible()
    return page


def in_menu(page: Page, name: str) -> Locator:
    """The menu's link: it stands before the page's own link of the same name."""
    return page.get_by_role("link", name=name).first


def members_listed(page: Page, house: House) -> str:
    page.goto(f"{house.url}/admin/members/member/")
    return page.locator("body").inner_text()


def test_registrar_imports_judges_decides_and_downloads(registrar, house, tmp_path):
    page = registrar
    import_records(page, house, invented_workbook(tmp_path / "记录.xlsx", [2024, YEAR]))
    run_the_rules(page)
    confirm_a_finding(page)
    download_forms(page, house)


def import_records(page: Page, house: House, workbook: Path) -> None:
    in_menu(page, "导入工作簿").click()
    page.set_input_files("input[type=file]", workbook)
    page.get_by_role("button", name="上传并检查").click()
    page.get_by_role("link", name="查看检查结果").click()
    expect(page.get_by_text("文件没有错误")).to_be_visible()
    preview = page.url
    assert "共 0 条" in members_listed(page, house)

    page.goto(preview)
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("导入完毕")).to_be_visible(timeout=PATIENCE)
    assert "共 60 条" in members_listed(page, house)


def run_the_rules(page: Page) -> None:
    in_menu(page, "运行年度考核").click()
    page.get_by_label("年度").select_option(str(YEAR))
    page.get_by_label("正式考核").check()
    page.get_by_role("button", name="开始").click()
    page.get_by_role("link", name="查看考核发现").click()


def confirm_a_finding(page: Page) -> None:
    page.get_by_role("link", name="未完成年度自主调研履职作业").first.click()
    expect(page.get_by_text("“每年至少完成1份自主调研履职作业”").first).to_be_visible()
    expect(page.get_by_text("萍办字〔2022〕9号").first).to_be_visible()
    page.get_by_label("理由").fill("已与本人核对，情况属实。")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_text("已确认").first).to_be_visible()
    expect(page.get_by_text("已与本人核对，情况属实。").first).to_be_visible()


def download_forms(page: Page, house: House) -> None:
    """One at a time from the member's dossier, and packed by a job."""
    member = next(one for one in invent_term(members=60, years=1, seed=2).members if one.standing)
    page.goto(f"{house.url}/admin/reporting/dutydossier/?q={member.code}")
    page.get_by_role("link", name=member.name).first.click()
    page.get_by_role("link", name=f"{YEAR}年", exact=True).click()
    text = text_of(downloaded(page, "委员履职情况登记表 PDF"))
    assert f"{TERM.name}委员" in text
    assert member.name in text
    sheet = load_workbook(BytesIO(downloaded(page, "常委述职表 Excel"))).active
    assert member.name in {cell.value for row in sheet.iter_rows() for cell in row}

    in_menu(page, "导出表册").click()
    page.get_by_label("年度").select_option(str(YEAR))
    page.get_by_label("指定委员").check()
    page.get_by_label("委员编号").fill(member.code)
    page.get_by_role("button", name="开始导出").click()
    packed = ZipFile(BytesIO(downloaded(page, "下载")))
    assert sorted(packed.namelist()) == [
        f"委员履职情况登记表/{member.code}_{member.name}.pdf",
        "履职情况汇总表.xlsx",
        f"常委述职表/{member.code}_{member.name}.pdf",
    ]


def downloaded(page: Page, link: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    return waiting.value.path().read_bytes()


def text_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
