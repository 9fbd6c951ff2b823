"""Makes the manual's pictures anew from a running demonstration.

    scripts/setup                                   # once: the developers' packages
    scripts/start                                   # in another window
    .venv/bin/python docs/make_screenshots.py --url http://127.0.0.1:8000 \
        --password … --member-password …

The passwords are those `scripts/start` printed for demo-registrar and demo-member. Without the
second, the members' pages keep their pictures.
"""

import argparse
import re
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
PHONE_WIDTH = 390
#: Pages worth seeing further down.
TALL = {"desk": 1250, "dossier": 1500, "finding": 1450, "cases": 1250, "case": 1500, "letter": 1100}


def sign_in(browser: Browser, url: str, username: str, password: str) -> Page:
    page = browser.new_page(base_url=url, locale="zh-CN")
    page.goto("/admin/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/login/" not in address)
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


def cases(page: Page) -> None:
    page.goto("/exits/cases/")


def case(page: Page) -> None:
    """One that was decided, with somebody still to be told."""
    page.goto("/exits/cases/?show=delivery")
    follow(page, r"/exits/cases/\d+/$")


def interviews(page: Page) -> None:
    page.goto("/exits/interviews/")


def interview(page: Page) -> None:
    """One whose minutes the member has confirmed."""
    page.goto("/exits/interviews/")
    follow(page, r"/exits/interviews/\d+/$", among="section:has(h2:has-text('待办结'))")


def letter(page: Page) -> None:
    """A decision as it went to the member."""
    page.goto("/exits/papers/?q=决定通知书")
    follow(page, r"/exits/papers/\d+/$")


def meeting_desk(page: Page) -> None:
    page.goto("/admin/attendance/meeting/")
    follow(page, r"/attendance/meetings/\d+/desk/$")


def seats(page: Page) -> None:
    page.goto("/attendance/seats/")


def objections(page: Page) -> None:
    page.goto("/admin/dossiers/objection/")


def timeliness(page: Page) -> None:
    page.goto("/reporting/timeliness/")


def organs(page: Page) -> None:
    page.goto("/reporting/organs/")


def campaign(page: Page) -> None:
    page.goto("/reporting/campaigns/")
    follow(page, r"/reporting/campaigns/\d+/$")


def own_home(page: Page) -> None:
    page.goto("/")


def own_papers(page: Page) -> None:
    page.goto("/reporting/papers/")


def own_submissions(page: Page) -> None:
    page.goto("/dossiers/submissions/")


def own_matters(page: Page) -> None:
    page.goto("/exits/own/")


def follow(page: Page, pattern: str, *, among: str = "body") -> None:
    """Goes where the first link whose address fits leads."""
    links = page.locator(f"{among} a").evaluate_all("links => links.map(link => link.href)")
    page.goto(next(link for link in links if re.search(pattern, link)))


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
    "cases": cases,
    "case": case,
    "interviews": interviews,
    "interview": interview,
    "letter": letter,
    "meeting-desk": meeting_desk,
    "seats": seats,
    "objections": objections,
    "timeliness": timeliness,
    "organs": organs,
    "campaign": campaign,
}
#: On a member's phone.
OWN_SCENES: dict[str, Callable[[Page], None]] = {
    "own-home": own_home,
    "own-papers": own_papers,
    "own-submissions": own_submissions,
    "own-matters": own_matters,
}


def take(page: Page, name: str, scene: Callable[[Page], None], width: int, out: Path) -> None:
    page.set_viewport_size({"width": width, "height": TALL.get(name, HEIGHT)})
    scene(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=out / f"{name}.png")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--username", default="demo-registrar")
    parser.add_argument("--password", required=True)
    parser.add_argument("--member-password", default="")
    parser.add_argument("--only", nargs="*", choices=[*SCENES, *OWN_SCENES], default=[])
    parser.add_argument("--out", type=Path, default=PICTURES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        office = [name for name in SCENES if name in (options.only or SCENES)]
        if office:
            page = sign_in(browser, options.url, options.username, options.password)
            for name in office:
                take(page, name, SCENES[name], WIDTH, options.out)
        own = [name for name in OWN_SCENES if name in (options.only or OWN_SCENES)]
        if own and options.member_password:
            page = sign_in(browser, options.url, "demo-member", options.member_password)
            for name in own:
                take(page, name, OWN_SCENES[name], PHONE_WIDTH, options.out)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
