"""Rendering of the official forms, against its peers in the same run.

    .venv/bin/python benchmarks/render_forms.py [--members 330] [--rounds 9]

Everything happens in a scratch folder with an invented term. Peers take turns form by form; they
are compared by the processor time each takes with all its processes, which other work on the
machine does not lengthen as it does the clock's. Goals in seconds are for a machine that has
nothing else to do. Ends with the goals and PASS or FAIL; the exit code is 1 where one fails.
Needs Chromium for its peer, LibreOffice only if installed.
"""

import argparse
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

YEAR = 2023
AT = datetime(2024, 1, 5, 1, 0, tzinfo=UTC)
SYSTEM_TEXT, SYSTEM_LABEL = '"Noto Serif CJK SC"', '"Noto Sans CJK SC"'


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


# Peers, each in a process of its own ----------------------------------------------------------
@dataclass(frozen=True)
class Work:
    """What a peer gets once: the tuned style, and the same rules over installed fonts."""

    style: Any
    plain_css: str


def tuned(work: Work) -> Callable[[str], bytes]:
    from reporting.exporters import press  # noqa: PLC0415 -- only in its own process

    press.start_printing_process(work.style)
    return press.press_for(work.style).print


def usual(work: Work) -> Callable[[str], bytes]:
    from weasyprint import HTML  # noqa: PLC0415

    return lambda html: HTML(string=styled(html, work.plain_css)).write_pdf()


def chromium_system_fonts(work: Work) -> Callable[[str], bytes]:
    return _chromium(work.plain_css)


def chromium_same_fonts(work: Work) -> Callable[[str], bytes]:
    return _chromium(work.style.css)


def _chromium(css: str) -> Callable[[str], bytes]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    browser = (
        sync_playwright()
        .start()
        .chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
            ],
        )
    )
    page = browser.new_page()
    place = Path(tempfile.mkdtemp(prefix="chromium-")) / "form.html"

    def render(html: str) -> bytes:
        place.write_text(styled(html, css), encoding="utf-8")
        page.goto(place.as_uri())
        page.evaluate("document.fonts.ready")
        return page.pdf(prefer_css_page_size=True)

    return render


def styled(html: str, css: str) -> str:
    return html.replace("</head>", f"<style>{css}</style></head>", 1)


PEERS = {
    "本系统（裁切字体，一个进程一份样式）": tuned,
    "WeasyPrint 通常用法（系统字体）": usual,
    "Chromium 常驻（系统字体）": chromium_system_fonts,
    "Chromium 常驻（同样的裁切字体）": chromium_same_fonts,
}
OURS, USUAL, CHROMIUM = (list(PEERS)[position] for position in (0, 1, 3))


def serve(maker: Callable[[Work], Callable[[str], bytes]], work: Work, line: Connection) -> None:
    """Renders whatever comes down the line; answers with what that took."""
    render = maker(work)
    line.send("ready")
    while (html := line.recv()) is not None:
        below, began, spent = seconds_below(), perf_counter(), process_time()
        pdf = render(html)
        seconds, spent = perf_counter() - began, process_time() - spent
        line.send((seconds, spent + seconds_below() - below, len(pdf), peak_megabytes()))
    os._exit(0)


def seconds_below() -> float:
    """Processor time of the processes below this one, to a hundredth."""
    parents, ticks = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(fields[1])
            ticks[int(path.parent.name)] = sum(map(int, fields[11:15]))
    family, grown = {os.getpid()}, True
    while grown:
        children = {child for child, parent in parents.items() if parent in family} - family
        family |= children
        grown = bool(children)
    return sum(ticks[pid] for pid in family - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


def peak_megabytes() -> float:
    """Of this process; `ru_maxrss` would tell of the parent's, which it outlives."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


@dataclass
class Score:
    seconds: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    peak: float = 0.0

    @property
    def milliseconds(self) -> float:
        return statistics.median(self.seconds) * 1000

    @property
    def processor(self) -> float:
        """Milliseconds a form; the mean, for the kernel counts in hundredths of a second."""
        return statistics.mean(self.spent) * 1000

    @property
    def kib(self) -> float:
        return statistics.mean(self.sizes) / 1024


@contextmanager
def peer(maker: Callable[[Work], Callable[[str], bytes]], work: Work) -> Iterator[Connection]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(maker, work, there))
    process.start()
    try:
        here.recv()
        yield here
        here.send(None)
    finally:
        process.join(10)
        process.kill()


def race(work: Work, htmls: Sequence[str], rounds: int) -> dict[str, Score]:
    """Every peer renders the same forms in turns; the first round warms up."""
    scores = {name: Score() for name in PEERS if shutil.which("chromium") or "Chromium" not in name}
    with ExitStack() as stack:
        lines = {name: stack.enter_context(peer(PEERS[name], work)) for name in scores}
        for turn in range(rounds + 1):
            for name, line in lines.items():
                line.send(htmls[turn % len(htmls)])
                seconds, spent, size, peak = line.recv()
                scores[name].peak = peak
                if turn:
                    scores[name].seconds.append(seconds)
                    scores[name].spent.append(spent)
                    scores[name].sizes.append(size)
    return scores


# Goals ------------------------------------------------------------------------------------------
class Goals:
    def __init__(self) -> None:
        self.failed = 0

    def hold(
        self, what: str, value: float, *, least: float = 0, most: float = float("inf")
    ) -> None:
        passed = least <= value <= most
        self.failed += not passed
        bound = f"≥ {least:g}" if least else f"≤ {most:g}"
        say(f"{'PASS' if passed else 'FAIL'}  {what}：{value:.2f}（目标 {bound}）")


def seconds_of(act: Callable[[], Any]) -> float:
    began = perf_counter()
    act()
    return perf_counter() - began


def processor_seconds(act: Callable[[], Any]) -> float:
    """For what one process does alone: other work on the machine does not count."""
    began = process_time()
    act()
    return process_time() - began


def libreoffice(workbooks: Sequence[bytes]) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        say("LibreOffice 未安装，不比较。")
        return
    with tempfile.TemporaryDirectory() as place:
        for number, workbook in enumerate(workbooks):
            (Path(place) / f"{number}.xlsx").write_bytes(workbook)
        command = [soffice, "--headless", "--convert-to", "pdf", "--outdir", place]
        files = map(str, Path(place).glob("*.xlsx"))
        seconds = seconds_of(lambda: subprocess.run([*command, *files], check=True))  # noqa: S603
        say(f"LibreOffice（一个进程转换工作表）：每份 {seconds / len(workbooks) * 1000:.0f} 毫秒")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=330)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="render-forms-") as place:
        os.environ |= {
            "DATA_DIR": place,
            "DATABASE_URL": f"sqlite:///{place}/scratch.sqlite3",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        return measure(options.members, options.rounds, Path(place))


def measure(members: int, rounds: int, place: Path) -> int:
    import django  # noqa: PLC0415 -- the scratch folder must be named first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from reporting.exporters.layout import form_sheets  # noqa: PLC0415
    from reporting.exporters.paper import form_printer  # noqa: PLC0415
    from reporting.exporters.worksheets import form_workbook  # noqa: PLC0415

    say(f"虚构一届：{members}名委员 …")
    call_command("migrate", verbosity=0)
    call_command("load_demo", members=members, years=2, stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    forms = everybody()
    printer = form_printer()
    sheets = [sheet for form in forms for sheet in form_sheets(form)]
    say(f"裁切字体（做一次）：{seconds_of(lambda: printer._wording(sheets)):.1f} 秒")
    goals = Goals()
    contest(printer, typical(forms), rounds, goals)
    whole_term(place, members, len(sheets), goals)
    say()
    libreoffice([form_workbook(form_sheets(form)[:1]) for form in forms[:5]])
    summary_goal(goals)
    say()
    say("全部达到目标。" if not goals.failed else f"{goals.failed}项没有达到目标。")
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores * 1.5:
        say(
            f"测时机器另有负载（平均负载 {load:.1f}，{cores} 核）：以秒计的几项请在空闲的机器上看。"
        )
    return 1 if goals.failed else 0


def everybody() -> list[Any]:
    from members.models import Term  # noqa: PLC0415
    from reporting.selectors.forms import duty_forms, members_with_forms  # noqa: PLC0415

    term, on = Term.objects.get(code="pingxiang-14"), date(YEAR, 12, 31)
    members = members_with_forms(term=term, on=on)
    return list(duty_forms(term=term, year=YEAR, on=on, today=on, members=members, viewer=None))


def typical(forms: Sequence[Any]) -> list[Any]:
    """The nine registration forms with the number of records nearest to 40."""
    from reporting.exporters.layout import annual_return_sheet  # noqa: PLC0415

    sheets = [annual_return_sheet(form.annual_return) for form in forms]
    return sorted(sheets, key=lambda sheet: abs(records_of(sheet) - 40))[:9]


def records_of(sheet: Any) -> int:
    return sum(len(row[1].lines) for row in sheet.rows if row[-1].kind == "text")


def contest(printer: Any, sheets: Sequence[Any], rounds: int, goals: Goals) -> None:
    wording = printer._wording(sheets)
    htmls = [wording.html(sheet) for sheet in sheets]
    plain = re.sub(r"@font-face \{.*?\}\n", "", wording.style.css)
    plain = re.sub(r"FormText[\w, -]*", "", plain)
    plain = re.sub(r"FormTitle[\w, -]*", "", plain)
    plain = re.sub(r"FormLabel[\w, -]*", "", plain)
    scores = race(Work(wording.style, plain), htmls, rounds)
    counts = [records_of(sheet) for sheet in sheets]
    say(
        f"每人一份登记表，{min(counts)}–{max(counts)}条记录，{rounds}轮。处理器毫秒 · 倍数 · 时钟毫秒（中位数）："
    )
    ours = scores[OURS]
    for name, score in scores.items():
        ratio = score.processor / ours.processor
        memory = "浏览器另计" if "Chromium" in name else f"{score.peak:7.0f} MB"
        say(
            f"  {score.processor:7.0f}  ×{ratio:4.2f}  {score.milliseconds:7.0f}  {score.kib:6.0f} KiB"
            f"  {memory}  {name}"
        )
    press, volume = printer_press(wording), htmls * 5
    bound_kib = len(press.bind(volume)) / len(volume) / 1024
    turns = [
        (
            processor_seconds(lambda: press.bind(volume)) / len(volume),
            processor_seconds(lambda: [press.print(html) for html in volume]) / len(volume),
        )
        for _ in range(3)
    ]
    bound_seconds, apart_seconds = (statistics.median(turn) for turn in zip(*turns, strict=True))
    say(f"  {bound_seconds * 1000:7.0f}  {'':14}  {bound_kib:6.0f} KiB  合订本（{len(volume)}份）")
    say()
    goals.hold(
        "快于 WeasyPrint 通常用法（倍）", scores[USUAL].processor / ours.processor, least=2.5
    )
    if CHROMIUM in scores:
        goals.hold(
            "快于同样字体的 Chromium（倍）",
            scores[CHROMIUM].processor / ours.processor,
            least=1,
        )
    goals.hold("文件大小与通常用法之比", ours.kib / scores[USUAL].kib, most=0.2)
    goals.hold("打印进程内存峰值（MB）", ours.peak, most=150)
    goals.hold("合订本与每人一份处理器用时之比", bound_seconds / apart_seconds, most=0.75)
    goals.hold("合订本与每人一份大小之比", bound_kib / ours.kib, most=0.125)


def printer_press(wording: Any) -> Any:
    from reporting.exporters.press import press_for  # noqa: PLC0415

    return press_for(wording.style)


def whole_term(place: Path, members: int, sheets: int, goals: Goals) -> None:
    from members.models import Member, Term  # noqa: PLC0415
    from reporting.choices import FileFormat  # noqa: PLC0415
    from reporting.exporters.packages import export_to_folder  # noqa: PLC0415
    from reporting.services import Selection  # noqa: PLC0415

    term = Term.objects.select_related("assembly").get(code="pingxiang-14")
    selection = Selection(term=term, year=YEAR, on=date(YEAR, 12, 31))

    def export() -> None:
        export_to_folder(
            selection=selection,
            file_format=FileFormat.PDF,
            folder=place / "out",
            actor=None,
            at=AT,
        )

    def printed() -> set[Path]:
        return set((place / "cache").rglob("*.pdf"))

    cold = seconds_of(export)
    kept = printed()
    again = statistics.median(seconds_of(export) for _ in range(3))
    person = Member.objects.serving(date(YEAR, 12, 31)).filter(term=term).first().person
    person.name = "改名者"
    person.save()
    changed = seconds_of(export)
    say()
    say(f"{members}名委员的两种表（{sheets}份）和汇总表，连同取数、审计、落盘：")
    say(
        f"  初次 {cold:.1f} 秒，{sheets / cold:.1f} 份/秒；再导出 {again:.2f} 秒；改一人后 {changed:.2f} 秒"
    )
    scale = members / 330
    goals.hold("两种表初次导出（秒）", cold, most=25 * scale)
    goals.hold("没有变化时再导出（秒）", again, most=max(1.0, scale))
    goals.hold("改一人后重新打印的份数", len(printed() - kept), most=2)


def summary_goal(goals: Goals) -> None:
    """2,200 rows of 60 columns in the summary's looks."""
    from openpyxl import Workbook  # noqa: PLC0415

    from reporting.exporters.summary import Page, Styles  # noqa: PLC0415

    def fill() -> None:
        book = Workbook(write_only=True)
        page = book.create_sheet("汇总表")
        styles = Styles(page)
        sheet = Page(page, styles, (("委员", 10),) * 7, with_counts=False, frozen="A3")
        sheet.open("汇总表")
        for number in range(2200):
            sheet.write([f"委员{number}"] * 7, range(53))
        book.save(os.devnull)

    goals.hold("汇总表 2,200 × 60，带格式（秒）", min(seconds_of(fill) for _ in range(3)), most=2)


if __name__ == "__main__":
    sys.exit(main())
