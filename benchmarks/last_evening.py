"""The last evening: every member fills, saves and hands in their papers, most at the same time.

    .venv/bin/python benchmarks/last_evening.py [--members 400] [--minutes 10] [--saves 6]

Half an hour of the last evening, pressed into `--minutes`: each member signs in at a moment of their
own, opens the first page, confirms the eight blocks of the 登记表, writes a report that is saved by
itself `--saves` times, looks at both and hands them in; thinking times are pressed alike. All of it
through the web server as scripts/start runs it, with two processes, on a scratch folder and an
invented term; the members are threads of this process, on the same processors. Set DATABASE_URL to
measure on an empty PostgreSQL database instead of SQLite. A save is every request that
changes something; it is timed from asking to the last byte of the answer. Afterwards everything the
server acknowledged is looked for in the database. Ends with the goals and PASS or FAIL; the exit
code is 1 where one fails.
"""

import argparse
import http.client
import json
import os
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
REAL_MINUTES, REAL_SITTING = 30, 10
BLOCKS = (
    "meetings", "proposals", "fieldwork", "opinions", "speeches", "themed", "duty_reports",
    "conduct",
)  # fmt: skip
SENTENCE = "围绕养老服务和河道保护开展调研，提出意见建议。"
GOAL_SAVE = 0.8
SCENE = """
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from datetime import date
from accounts.models import Role, User
from dossiers.models import Campaign, CampaignPaper
from members.models import Member, Term
now = timezone.now()
term = Term.objects.get()
year = min(timezone.localdate(now).year, term.end_date.year)
campaign = Campaign.objects.create(
    term=term, year=year, opens_date=date(year, 1, 1), deadline_date=date(year, 12, 31),
    opened_at=now,
)
for kind in ("annual_return", "annual_duty_report"):
    CampaignPaper.objects.create(campaign=campaign, kind=kind, audience="all")
role = Role.objects.get(code="member")
print(settings.SESSION_COOKIE_NAME, campaign.pk)
with transaction.atomic():
    for member in Member.objects.serving(date(year, 12, 31)).select_related("person")[:{members}]:
        user = User.objects.create(
            username="m" + member.code, name=member.person.name, password_changed_at=now
        )
        user.groups.add(role)
        member.person.user = user
        member.person.save()
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.session.save()
        print(member.pk, client.session.session_key)
"""
STORED = """
import json
from dossiers.models import DutyPaper, HandIn
found = {}
for paper in DutyPaper.objects.prefetch_related("blocks"):
    confirmed = sum(block.confirmed_at is not None for block in paper.blocks.all())
    handed_in = HandIn.objects.filter(
        member=paper.member_id, year=paper.campaign.year, kind=paper.kind
    ).exists()
    found.setdefault(paper.member_id, {})[paper.kind] = [
        paper.text, confirmed, paper.state == "submitted" and handed_in
    ]
print(json.dumps(found, ensure_ascii=False))
"""


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass
class Evening:
    """What was measured, by kind of request; appending is safe between threads."""

    port: int
    cookie: str
    campaign: str
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    pace: float = 1.0


@dataclass
class Acknowledged:
    """What the server has told a member is kept."""

    sent: str = ""
    text: str = ""
    confirmed: int = 0
    handed_in: set[str] = field(default_factory=set)


class RefusedError(Exception):
    """The server did not do what a browser would have asked of it."""


class Visitor:
    """One member with a browser."""

    def __init__(self, evening: Evening, member: str, session: str, saves: int) -> None:
        self.evening, self.member, self.saves = evening, member, saves
        self.cookies = {evening.cookie: session}
        self.kept = Acknowledged()
        self.token = ""
        self.version = "1"
        self.random = Random(int(member))  # noqa: S311 -- thinking times, reproducible

    def spend_the_evening(self, arrives: float) -> None:
        time.sleep(arrives)
        try:
            self.get("/", "首页")
            self.get("/reporting/papers/", "列表")
            self.fill_the_return()
            self.write_the_report()
        except (RefusedError, OSError, http.client.HTTPException) as error:
            self.evening.errors.append(f"{self.member}: {error!r}"[:300])

    def fill_the_return(self) -> None:
        page = self.begin("annual_return")
        for block in BLOCKS:
            self.think()
            self.post(f"{page}{block}/confirm/", {"remark": ""}, "确认一栏")
            self.kept.confirmed += 1
            self.get(page, "登记表")
        self.hand_in(page, "annual_return")

    def write_the_report(self) -> None:
        page = self.begin("annual_duty_report")
        for number in range(1, self.saves + 1):
            self.think()
            self.kept.sent = f"{self.member}：{SENTENCE * (number * 75 // self.saves)}"
            answer = self.post(
                f"{page}save/",
                {"text": self.kept.sent, "seen_version": self.version},
                "自动保存",
            )
            self.version = str(json.loads(answer)["version"])
            self.kept.text = self.kept.sent
        self.hand_in(page, "annual_duty_report")

    def begin(self, kind: str) -> str:
        self.think()
        asked = {"campaign": self.evening.campaign, "member": self.member, "kind": kind}
        page = self.post("/reporting/papers/open/", asked, "开始填写")
        self.get(page, "登记表" if kind == "annual_return" else "报告")
        return page

    def hand_in(self, page: str, kind: str) -> None:
        self.think()
        self.get(f"{page}submit/", "核对")
        self.think()
        self.post(f"{page}submit/", {"seen_version": self.version}, "提交")
        self.kept.handed_in.add(kind)
        self.get(page, "登记表" if kind == "annual_return" else "报告")

    def think(self) -> None:
        time.sleep(self.evening.pace * self.random.uniform(0.5, 1.5))

    def get(self, path: str, kind: str) -> None:
        text = self.ask("GET", path, None, kind)
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.token = found[1]
        if found := re.search(r'name="seen_version" value="(\d+)"', text):
            self.version = found[1]

    def post(self, path: str, values: dict[str, str], kind: str) -> str:
        return self.ask("POST", path, values | {"csrfmiddlewaretoken": self.token}, kind)

    def ask(self, method: str, path: str, values: dict[str, str] | None, kind: str) -> str:
        """The page, or where the answer leads to."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if values is not None:
            body = urlencode(values)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.evening.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        self.evening.seconds[kind].append(time.perf_counter() - began)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        leads_to = answer.headers.get("Location", "").partition("#")[0]
        if answer.status >= 400 or (method == "GET" and leads_to) or "sign-in" in leads_to:
            raise RefusedError(f"{method} {path} {answer.status} {leads_to} {text[:100]}")
        return leads_to or text


SAVES = ("开始填写", "确认一栏", "自动保存", "提交")


def percentile(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[min(int(len(seconds) * share), len(seconds) - 1)] if seconds else 0.0


def lost(visitors: Sequence[Visitor], stored: dict[str, dict[str, list]]) -> list[str]:
    """Whose acknowledged work is not in the database as it was acknowledged."""
    found = []
    for visitor in visitors:
        papers, kept = stored.get(visitor.member, {}), visitor.kept
        _, confirmed, _ = papers.get("annual_return", ["", 0, False])
        text, _, _ = papers.get("annual_duty_report", ["", 0, False])
        missing = [kind for kind in kept.handed_in if not papers.get(kind, ["", 0, False])[2]]
        if confirmed < kept.confirmed or missing or text not in {kept.text, kept.sent}:
            found.append(visitor.member)
    return found


def spend(visitors: Sequence[Visitor], window: float, sitting: float) -> float:
    """Everybody's evening; seconds until the last one is done."""
    random = Random(1)  # noqa: S311 -- arrivals, reproducible
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=visitor.spend_the_evening, args=[random.uniform(0, max(window - sitting, 0))]
        )
        for visitor in visitors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def run(folder: Path, options: argparse.Namespace) -> list[tuple[str, bool]]:
    from exits.management.demo import TERM, invent_term, write_workbook  # noqa: PLC0415
    from scripts.supervise import parts  # noqa: PLC0415
    from tests.running import House, wait_until  # noqa: PLC0415

    house = House(folder, os.environ.get("DATABASE_URL", ""), "")
    try:
        house.manage("migrate", "--no-input", "--verbosity", "0")
        house.create_term()
        told = invent_term(members=options.members, years=1)
        sheets: dict[str, list] = {}
        for book in told.workbooks:
            for sheet, rows in book.sheets.items():
                sheets.setdefault(sheet, []).extend(rows)
        write_workbook(sheets, folder / "records.xlsx")
        house.manage("import_workbook", str(folder / "records.xlsx"), "--term", TERM.code)
        first, *rows = house.ask(SCENE.replace("{members}", str(options.members))).splitlines()
        cookie, campaign = first.split()
        house.manage("collectstatic", "--no-input", "--verbosity", "0")
        port = options.port
        command = parts("127.0.0.1", port, options.workers, folder)[0].command
        house.url = f"http://127.0.0.1:{port}"
        house.start("web", *command[2:])
        wait_until(house.answers, "网站没有启动起来")

        window = options.minutes * 60
        sitting = window * REAL_SITTING / REAL_MINUTES
        steps = len(BLOCKS) + options.saves + 6
        evening = Evening(port, cookie, campaign, pace=sitting / steps)
        visitors = [Visitor(evening, *row.split(), options.saves) for row in rows]
        took = spend(visitors, window, sitting)
        stored = json.loads(house.ask(STORED))
    finally:
        house.close()
    return report(evening, visitors, lost(visitors, stored), took)


def report(
    evening: Evening, visitors: Sequence[Visitor], missing: Sequence[str], took: float
) -> list[tuple[str, bool]]:
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    count = sum(map(len, evening.seconds.values()))
    saves = [second for kind in SAVES for second in evening.seconds[kind]]
    say(
        f"\n{engine}：{len(visitors)} 名委员，{took / 60:.1f} 分钟，{count:,} 次请求"
        f"（每秒 {count / took:.1f} 次），其中保存 {len(saves):,} 次"
    )
    for kind, seconds in [*sorted(evening.seconds.items()), ("全部保存", saves)]:
        p50, p95, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.95, 0.99))
        say(f"  {kind}：{len(seconds):,} 次，p50 {p50:.0f}，p95 {p95:.0f}，p99 {p99:.0f} 毫秒")
    for error in evening.errors[:10]:
        say(f"  错误：{error}")
    done = sum(len(visitor.kept.handed_in) for visitor in visitors)
    slow = percentile(saves, 0.95)
    return [
        (
            f"{engine}：保存 p95 < {GOAL_SAVE * 1000:.0f} 毫秒（{slow * 1000:.0f}）",
            slow < GOAL_SAVE,
        ),
        (f"{engine}：没有错误（{len(evening.errors)}）", not evening.errors),
        (f"{engine}：全部提交（{done} / {2 * len(visitors)} 份）", done == 2 * len(visitors)),
        (f"{engine}：已答复的保存一件不少（缺 {len(missing)} 人）", not missing),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--saves", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=18_650)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        goals = run(Path(folder), options)
    say("\n目标")
    for goal, reached in goals:
        say(f"  {'PASS' if reached else 'FAIL'}  {goal}")
    return 0 if all(reached for _, reached in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
