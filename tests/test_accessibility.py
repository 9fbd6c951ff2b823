"""Every page a member can come to is open to everybody: who cannot see well, or hit a small mark."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import NARROW, PATIENCE, SMALL, grave_faults
from tests.memberdesk import FILES, LARGE, LEAD_ON, LEAVING, OFFICE, PAGES
from tests.running import House, running_house
from tests.test_visibility import sign_in
from tests.world import build_world

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SCENE = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import User
from tests.memberdesk import build_desk
rows = build_desk()
keys = {}
for name in ("member", "leaving", "newcomer"):
    client = Client()
    client.force_login(
        User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.session.save()
    keys[name] = client.session.session_key
print(json.dumps([rows, settings.SESSION_COOKIE_NAME, keys]))
"""
#: Sends the form off as a browser without scripts would, after another device has saved.
STALE = """
([form, name, words]) => {
  const sent = document.querySelector(form);
  sent.elements.seen_version.value = "1";
  sent.elements[name].value = words;
  HTMLFormElement.prototype.submit.call(sent);
}
"""
#: Another device saves the text of the page's form.
SAVED_ELSEWHERE = """
async ([name, words]) => {
  const form = document.querySelector("form.paper-form");
  const data = new FormData(form);
  data.set(name, words);
  return (await fetch(form.dataset.save, {method: "POST", body: data})).status;
}
"""
SENT_EXPIRED = """
() => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/accounts/type-size/";
  document.body.append(form);
  form.submit();
}
"""


# Which pages those are --------------------------------------------------------------------------
def names_of(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield from [f"{space}{pattern.name}"] if pattern.name else []
        elif str(pattern.pattern) not in {"admin/", "api/v1/"}:
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            yield from names_of(pattern.url_patterns, inner)


#: One of these fits each part of an address, and names no row.
WORDS = (
    *("9" * 17, "2023", "0" * 8 + "-0000-0000-0000-" + "0" * 12, "proposal", "speeches"),
    *("annual_return", "archive", "withdraw", "pdf", "attendance.speech"),
)


def address_of(name: str) -> str:
    space, _, bare = name.rpartition(":")
    resolver = get_resolver().namespace_dict[space][1] if space else get_resolver()
    parts = resolver.reverse_dict[bare][0][0][1]
    for words in product(WORDS, repeat=len(parts)):
        try:
            return reverse(name, kwargs=dict(zip(parts, words, strict=True)))
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name}: no word fits")


def test_list_knows_every_page_a_member_can_come_to(db):
    """A page of the office is refused whatever is asked of it (403); what only takes something in
    is no page (405); of what is left the list must know each.
    """
    client = sign_in(build_world(), "member")
    names = set(names_of(get_resolver().url_patterns))
    answers = {name: client.get(address_of(name)).status_code for name in names}
    open_to_member = {name for name, status in answers.items() if status in {200, 302, 404}}
    assert open_to_member - FILES - LEAD_ON - OFFICE == set(PAGES)


# What is wrong with them ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("open")) as house:
        house.start_web()
        yield house


class Visit:
    """Goes from page to page and notes what is wrong there."""

    def __init__(self, house: House, browser: Browser) -> None:
        self.house, self.browser = house, browser
        self.rows, self.cookie, self.keys = json.loads(house.ask(SCENE))
        self.faults: dict[str, list[str]] = {}

    def telephone(self, account: str = "") -> Page:
        context: BrowserContext = self.browser.new_context(**PHONE)
        context.set_default_timeout(PATIENCE)
        if account:
            context.add_cookies(
                [{"name": self.cookie, "value": self.keys[account], "url": self.house.url}]
            )
        return context.new_page()

    def paths(self, pages: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
        """Of each page the name and the address."""
        for name, arguments in pages.items():
            for words in arguments:
                *parts, last = ["", *words.format(**self.rows).split()]
                question = last if last.startswith("?") else ""
                args = [one for one in (*parts, last) if one and one != question]
                yield name, f"{reverse(name, args=args)}{question}"

    def go(self, page: Page, path: str, status: int = 200) -> None:
        answer = page.goto(f"{self.house.url}{path}")
        if answer.status != status:
            self.faults[path] = [f"answered {answer.status}"]

    def look(self, page: Page, place: str) -> None:
        """At 390 px by axe and for small targets, at 320 px for what has to be pushed sideways."""
        page.evaluate(
            "document.querySelectorAll('main details').forEach(one => { one.open = true })"
        )
        told = grave_faults(page) + page.evaluate(SMALL)
        page.set_viewport_size({"width": 320, "height": 640})
        told += [f"{width} px wide" for width in page.evaluate(NARROW) if width > 320]
        page.set_viewport_size(PHONE["viewport"])
        if told:
            self.faults.setdefault(place, []).extend(told)

    def look_large(self, page: Page, place: str) -> None:
        page.evaluate("document.documentElement.className = 'is-large'")
        if told := grave_faults(page):
            self.faults.setdefault(f"{place} in large type", []).extend(told)


@pytest.mark.once
def test_every_member_page_is_open_to_everybody(house, browser):
    """No serious or critical fault of axe; nothing scrolls sideways at 320 px, large type or not;
    whatever is pressed is 44 px high and wide.
    """
    visit = Visit(house, browser)
    page = visit.telephone("member")
    seen_large = set()
    for name, path in visit.paths(PAGES):
        visit.go(page, path)
        visit.look(page, path)
        if name in LARGE - seen_large:
            seen_large.add(name)
            visit.look_large(page, path)
    visit.go(page, "/")
    page.locator(".plain-more summary").click()
    visit.look(page, "the menu")
    look_at_picking(visit, page)
    look_at_conflicts(visit, page)
    look_at_refusals(visit, page)
    leaving = visit.telephone("leaving")
    for _, path in visit.paths(LEAVING):
        visit.go(leaving, path)
        visit.look(leaving, path)
    look_at_the_door(visit)
    assert visit.faults == {}


def look_at_picking(visit: Visit, page: Page) -> None:
    """Those asked to sign: offered as one types, then named."""
    visit.go(page, f"/dossiers/submissions/{visit.rows['writing']}/")
    page.locator(".entry-typing").fill("江远")
    expect(page.get_by_role("option", name="江远")).to_be_visible()
    visit.look(page, "a name offered")
    page.locator(".entry-typing").press("Enter")
    expect(page.get_by_role("button", name="去掉0004 江远")).to_be_visible()
    visit.look(page, "a name chosen")


def look_at_conflicts(visit: Visit, page: Page) -> None:
    """Two devices have written in the same place: with scripts, and without."""
    writing = f"/dossiers/submissions/{visit.rows['writing']}/"
    visit.go(page, writing)
    assert page.evaluate(SAVED_ELSEWHERE, ["body", "电脑上写的。"]) == 200
    page.locator("form.paper-form [name=body]").fill("手机上写的。")
    expect(page.locator(".paper-conflict")).to_contain_text("电脑上写的。", timeout=PATIENCE)
    visit.look(page, "two texts with scripts")
    page.get_by_role("button", name="两份合在一起").click()
    visit.look(page, "two texts put together")
    page = visit.telephone("member")
    page.route("**/*.js", lambda route: route.abort())
    form, block = "form.paper-form", "form[data-note$=':speeches']"
    declared = f"{visit.rows['return_begun']}/declarations/{visit.rows['declaration']}/"
    for path, (selector, name) in {
        writing: (form, "body"),
        f"/reporting/papers/{visit.rows['report_begun']}/": (form, "text"),
        f"/reporting/papers/{visit.rows['return_begun']}/": (block, "remark"),
        f"/reporting/papers/{declared}": ("form[data-note]", "text"),
    }.items():
        visit.go(page, path)
        with page.expect_navigation():
            page.evaluate(STALE, [selector, name, "没有脚本时写的。"])
        assert page.locator(".paper-conflict").count() == 1, path
        visit.look(page, f"two texts at {path}")


def look_at_refusals(visit: Visit, page: Page) -> None:
    code = f"/attendance/arrivals/{visit.rows['sitting']}/0-0/"
    damaged = f"/reporting/papers/{visit.rows['return_archived']}/paper.pdf"
    for path, status in (("/exits/cases/", 403), ("/nothing/", 404), (code, 403), (damaged, 409)):
        visit.go(page, path, status)
        visit.look(page, path)
    visit.go(page, "/")
    with page.expect_navigation():
        page.evaluate(SENT_EXPIRED)
    expect(page.get_by_role("heading", name="页面已过期")).to_be_visible()
    visit.look(page, "a form that has expired")


def look_at_the_door(visit: Visit) -> None:
    """Signing in, and the password that has to be changed first."""
    stranger = visit.telephone()
    visit.go(stranger, "/accounts/sessions/create/")
    visit.look(stranger, "signing in")
    stranger.get_by_label("账号").fill("nobody")
    stranger.get_by_label("密码").fill("nothing")
    stranger.get_by_role("button", name="登录").click()
    expect(stranger.get_by_role("alert")).to_be_visible()
    visit.look(stranger, "refused to sign in")
    newcomer = visit.telephone("newcomer")
    visit.go(newcomer, "/")
    expect(newcomer.get_by_role("heading", name="修改密码")).to_be_visible()
    visit.look(newcomer, "a password to be changed")
