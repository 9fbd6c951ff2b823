"""A case carried on in real browsers: what each of the people concerned does and gets to see."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import PATIENCE
from tests.running import House

SHANGHAI = ZoneInfo("Asia/Shanghai")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
REGISTRAR, SECOND, LEADER = "李联络", "王联络", "赵主席"
DEPARTMENTS = {"组织部": "孙组织", "统战部": "钱统战"}
ACCOUNTS = {
    REGISTRAR: "registrar",
    SECOND: "registrar",
    LEADER: "leader",
    DEPARTMENTS["组织部"]: "organization_department",
    DEPARTMENTS["统战部"]: "united_front_department",
}
#: Stay members whatever happens to the others.
STAYS, STANDS = "常在", "常任"
BOTH = ("暂停履行委员职责", "恢复履行委员职责")
UNPUBLISHED = ("暂停履行委员职责", "恢复履行委员职责")
OF_THE_POST = ("劝辞常委职务", "责令辞去常委职务")
#: The button of an act's page, the name of its date and of its words.
FORMS = {
    "通报情况": ("登记通报", "通报日期", "通报情况"),
    "提出建议": ("提出建议", "建议日期", "建议"),
    "提醒": ("登记提醒", "日期", "情况记录"),
    "劝说": ("登记劝说", "日期", "情况记录"),
    "拒不提交书面申请": ("登记拒不提交", "日期", "情况记录"),
    "提请审议": ("提请审议", "提请日期", "提请情况"),
    "向社会公布": ("登记公布", "公布日期", "公布内容"),
}
SCENE = """
import json
from datetime import date, timedelta
from django.utils import timezone
from exits.services import evaluate_term
from members.models import LiaisonGroup, Member
from tests.accounts.people import make_user
from tests.building import attend, make_meeting, make_member, make_term
now = timezone.now()
today = timezone.localdate(now)
first = date(today.year, 1, 1)
term = make_term(
    "cases", starts=date(today.year - 2, 1, 1), ends=date(today.year + 3, 12, 31), pack={pack!r},
    assembly={assembly!r},
)
for number, (name, role) in enumerate({accounts!r}.items()):
    make_user(f"desk-{{number}}", role, name=name, password_changed_at=now)
group = LiaisonGroup.objects.create(term=term, name="芦溪县联络组")
common = {{"committee": term.specialcommittee_set.get(), "employer_post": "萍乡某公司经理"}}
plenaries = [
    make_meeting(term, "plenary_session", on, title="全体会议")
    for on in (first.replace(year=today.year - 1), first)
]
councils = [
    make_meeting(term, "standing_committee_meeting", first, title=f"常委会第{{n}}次会议")
    for n in "一二"
]
make_member(term, "9001", name={stays!r})
make_member(term, "9002", name={stands!r}, standing_from=term.start_date)
for number, (name, is_cpc, stands, missed) in enumerate({members!r}, start=1):
    member = make_member(
        term, f"{{number:04}}", name=name, party="cpc" if is_cpc else "cdl",
        standing_from=term.start_date if stands else None,
        liaison_group=group if is_cpc else None, **common,
    )
    member.person.user = make_user(f"member-{{number}}", "member", name=name, password_changed_at=now)
    member.person.save()
    for meeting in {{"plenary": plenaries, "council": councils}}.get(missed, ()):
        attend(member, meeting, "absent")
evaluate_term(term=term, year=today.year, as_of=today, actor=None, at=now)
calls = {{}}
for name, _, stands, _ in {members!r}:
    calls[name] = [
        make_meeting(term, "consultation", today + timedelta(days=14), title=word + name).pk
        for word in {calls!r}
    ]
print(json.dumps({{
    "members": {{one.person.name: one.pk for one in Member.objects.select_related("person")}},
    "calls": calls,
}}))
"""
SIGN_IN = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import User
keys = {}
for user in User.objects.all():
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.session.save()
    keys[user.name] = client.session.session_key
print(json.dumps([settings.SESSION_COOKIE_NAME, keys]))
"""
#: Meetings the office calls in the course of a case, "专题协商会：陈大勇".
CALLS = ("专题协商会：", "界别座谈会：")


@dataclass(frozen=True)
class Scene:
    """A case to be played: of which kind, about whom, on what, and on how many days.

    `suggestion` is what the rules suggest; without one the case is opened by hand. `is_late`: the
    papers lay in the office a while, every date is filled in afterwards. `on_paper`: the department
    whose opinion came as a letter. `decider` records the decision.
    """

    kind: str
    name: str
    is_cpc: bool
    ground: str
    suggestion: str = ""
    missed: str = ""
    is_late: bool = False
    on_paper: str = ""
    decider: str = SECOND

    @property
    def side(self) -> str:
        return "组织部" if self.is_cpc else "统战部"

    @property
    def other_side(self) -> str:
        return "统战部" if self.is_cpc else "组织部"

    @property
    def consulted(self) -> list[str]:
        return list(DEPARTMENTS) if self.kind in BOTH else [self.side]

    @property
    def stands(self) -> bool:
        return self.kind in OF_THE_POST

    def then(self, kind: str, ground: str) -> "Scene":
        """What comes of it, carried on from today."""
        return replace(self, kind=kind, ground=ground, is_late=False, on_paper="")


@dataclass
class Stage:
    """The house with its people: a page each, opened when first asked for."""

    house: House
    browser: Browser
    cookie: str
    keys: dict[str, str]
    members: dict[str, int]
    calls: dict[str, list[int]]
    pages: dict[str, Page] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def page_of(self, name: str) -> Page:
        if name not in self.pages:
            context = self.context_of(name)
            self.pages[name] = context.new_page()
        return self.pages[name]

    def context_of(self, name: str) -> BrowserContext:
        context = self.browser.new_context(**(DESK if name in ACCOUNTS else PHONE))
        context.set_default_timeout(PATIENCE)
        cookie = {"name": self.cookie, "value": self.keys[name], "url": self.house.url}
        context.add_cookies([cookie])
        return context

    def open(self, name: str, path: str) -> Page:
        page = self.page_of(name)
        page.goto(f"{self.house.url}{path}")
        return page


@contextmanager
def staged(house: House, browser: Browser, scenes: Collection[Scene], pack: str) -> Iterator[Stage]:
    """A term whose rules have been run over what its members missed, and everybody signed in."""
    members = [(one.name, one.is_cpc, one.stands, one.missed) for one in scenes]
    assembly = {"pingxiang": "政协萍乡市委员会", "yueqing": "政协乐清市委员会"}[pack]
    told = json.loads(
        house.ask(
            SCENE.format(
                pack=pack,
                assembly=assembly,
                accounts=ACCOUNTS,
                members=members,
                stays=STAYS,
                stands=STANDS,
                calls=CALLS,
            )
        )
    )
    cookie, keys = json.loads(house.ask(SIGN_IN))
    house.start_web()
    stage = Stage(house, browser, cookie, keys, told["members"], told["calls"])
    yield stage
    for page in stage.pages.values():
        page.context.close()


@dataclass
class Play:
    """One case on the stage; `done` are (who, in which words) of all that changed it, in order."""

    stage: Stage
    scene: Scene
    path: str = ""
    done: list[tuple[str, str]] = field(default_factory=list)
    decided_on: str = ""
    number: str = ""

    def at_case(self, who: str) -> Page:
        return self.stage.open(who, self.path)

    def words(self, act: str) -> str:
        """Told apart from everything else on a page."""
        return (
            f"{self.scene.name}“{self.scene.kind}”第{len(self.done) + 1}步，{act}的经过另有记录。"
        )

    def act(self, who: str, act: str, ago: int = 0, **more: str) -> None:
        """One act that is a date and a few words; `ago`: how many days, where it is entered late."""
        button, on, note = FORMS[act]
        page, words = self.at_case(who), self.words(act)
        page.locator(".office-actions").get_by_role("link", name=act, exact=True).click()
        self.date_back(page, on, ago)
        page.get_by_label(note, exact=True).fill(words)
        for label, value in more.items():
            page.get_by_label(label).fill(value)
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(f"已登记“{act}”。")).to_be_visible()
        self.done.append((who, words))

    def date_back(self, page: Page, label: str, ago: int) -> None:
        if self.scene.is_late:
            page.get_by_label(label, exact=True).fill(day(-ago))


def day(ahead: int) -> str:
    return (datetime.now(SHANGHAI).date() + timedelta(days=ahead)).isoformat()


def shown(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()
