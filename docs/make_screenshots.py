"""Makes the manual's pictures anew from a running demonstration.

    scripts/setup                                   # once: the developers' packages
    scripts/start                                   # in another window
    .venv/bin/python docs/make_screenshots.py --url http://127.0.0.1:8000 --password …

The password is the one `scripts/start` printed for demo-registrar.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exits.management.demo import invent_term, write_workbook  # noqa: E402 -- after the path

PICTURES = Path(__file__).resolve().parent / "manual" / "pictures"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDTH, HEIGHT = 1280, 800
#: Pages worth seeing further down.
TALL = {"desk": 1250, "dossier": 1500, "finding": 1450}


def sign_in(browser: Browser, url: str, username: str, password: str) -> Page:
    page = browser.new_page(base_url=url, locale="zh-CN")
    page.goto("/admin/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/**")
    return page


def desk(page: Page) -> None:
    page.goto("/admin/")


def members(page: Page) -> None:
    page.goto("/admin/members/member/")


def meetings(page: Page) -> None:
    page.goto("/admin/attendance/meeting/")


def dossier(page: Page) -> None:
    page.goto("/admin/reporting/dutydossier/")
    page.locator("#result_list tbody th a").first.click()
    page.wait_for_load_state()


def findings(page: Page) -> None:
    page.goto("/admin/assessments/finding/")


def finding(page: Page) -> None:
    page.goto("/admin/assessments/finding/?q=届内无故2次全程不参加全体会议")
    page.get_by_role("link", name="届内无故2次全程不参加全体会议").first.click()
    page.wait_for_load_state()


def run(page: Page) -> None:
    page.goto("/exits/runs/create/")


def export(page: Page) -> None:
    page.goto("/reporting/exports/create/")


def jobs(page: Page) -> None:
    page.goto("/accounts/jobs/")


def import_preview(page: Page) -> None:
    """Two members of the roster as an office would send them, one row of them wrong."""
    rows = invent_term().workbooks[0].sheets["委员名册"][:2]
    changed = [rows[0] | {"单位职务": "市政协党组书记、主席"}, rows[1] | {"界别": "工商界"}]
    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook({"委员名册": changed}, Path(folder) / "委员名册.xlsx")
        page.goto("/dossiers/imports/create/")
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="上传并检查").click()
        page.get_by_role("link", name="查看检查结果").click(timeout=60_000)
        page.wait_for_load_state()


SCENES: dict[str, Callable[[Page], None]] = {
    "desk": desk,
    "members": members,
    "meetings": meetings,
    "dossier": dossier,
    "findings": findings,
    "finding": finding,
    "run": run,
    "export": export,
    "import-preview": import_preview,
    "jobs": jobs,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--username", default="demo-registrar")
    parser.add_argument("--password", required=True)
    parser.add_argument("--only", nargs="*", choices=list(SCENES), default=list(SCENES))
    parser.add_argument("--out", type=Path, default=PICTURES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = sign_in(browser, options.url, options.username, options.password)
        for name in options.only:
            page.set_viewport_size({"width": WIDTH, "height": TALL.get(name, HEIGHT)})
            SCENES[name](page)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=options.out / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
