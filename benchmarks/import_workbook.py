"""Importing attendance with all checks, against openpyxl and update_or_create in the same run.

    .venv/bin/python benchmarks/import_workbook.py [--rows 50000] [--sample 2500]

Everything happens in scratch folders on SQLite; each contender runs in a process of its own on a
copy of the same database. The peer reads the whole file but writes only a sample of its rows, and
its writing time is scaled up: it neither checks nor audits. Seconds are of processor time, which
a busy machine disturbs least; the wall clock stands beside. Ends with the goals and PASS or FAIL;
the exit code is 1 where one fails.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)
TERM = "benchmark-1"
MEMBERS = 400
SECONDS_GOAL, RATIO_GOAL, MEMORY_GOAL = 6.0, 8.0, 400
REGISTER, ATTENDANCE = "register.xlsx", "attendance.xlsx"

Figures = dict[str, float]


def say(line: str = "") -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def timed(work: Callable[[], Any]) -> Figures:
    """Processor and wall seconds of one go."""
    wall, work_time = perf_counter(), process_time()
    work()
    return {"seconds": process_time() - work_time, "wall": perf_counter() - wall}


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


# The scene ------------------------------------------------------------------------------------
def write_book(path: Path, sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)


def lay_out(folder: Path, rows: int) -> None:
    """A database with a term, and the two workbooks."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    names = {"name": "政协试验市第一届委员会", "pack": "pingxiang"}
    dates = {"starts": "2021-11-01", "ends": "2026-12-31"}
    with (folder / "set-up.txt").open("w") as quiet:
        call_command("create_term", TERM, **names, **dates, stdout=quiet)
    joined, first = date(2021, 11, 1), date(2022, 1, 1)
    members = [(f"{n:04}", f"委员{n}", "中共", "教育界", joined) for n in range(MEMBERS)]
    meetings = [
        (f"HY-{n:04}", f"会议{n}", "其他会议", first + timedelta(days=n % 1500))
        for n in range(-(-rows // MEMBERS))
    ]
    attendance = [
        (f"HY-{n // MEMBERS:04}", 1, f"{n % MEMBERS:04}", "请假" if n % 10 == 0 else "出席",
         "出差" if n % 10 == 0 else None)
        for n in range(rows)
    ]  # fmt: skip
    write_book(
        folder / REGISTER,
        {
            "委员名册": [("委员编号", "姓名", "党派", "界别", "入届日期"), *members],
            "会议活动": [("编号", "名称", "类别", "开始日期"), *meetings],
        },
    )
    headers = ("会议编号", "场次", "委员编号", "状态", "请假事由")
    write_book(folder / ATTENDANCE, {"考勤": [headers, *attendance]})
    import_file(folder / REGISTER)


def import_file(path: Path) -> None:
    from dossiers.importers import import_workbook  # noqa: PLC0415
    from members.models import Term  # noqa: PLC0415

    term = Term.objects.get(code=TERM)
    import_workbook(path=path, filename=path.name, term=term, actor=None, at=AT)


# Contenders -----------------------------------------------------------------------------------
def ours(folder: Path, sample: int) -> dict[str, Figures | float]:
    from attendance.models import Attendance  # noqa: PLC0415

    first = timed(lambda: import_file(folder / ATTENDANCE))
    stored = Attendance.objects.count()
    again = timed(lambda: import_file(folder / ATTENDANCE))
    if Attendance.objects.count() != stored:
        raise SystemExit("importing twice changed something")
    return {"first": first, "again": again, "rows": stored, "peak": peak_megabytes()}


def peer(folder: Path, sample: int) -> dict[str, Figures | float]:
    from openpyxl import load_workbook  # noqa: PLC0415

    from attendance.choices import AttendanceStatus  # noqa: PLC0415
    from attendance.models import Attendance, Meeting, Sitting  # noqa: PLC0415
    from members.models import Member  # noqa: PLC0415

    statuses = {label: code for code, label in AttendanceStatus.choices}
    rows: list[tuple[Any, ...]] = []

    def read() -> None:
        page = load_workbook(folder / ATTENDANCE, read_only=True)["考勤"]
        rows.extend(page.iter_rows(min_row=2, values_only=True))

    members = {member.code: member for member in Member.objects.all()}
    meetings = {meeting.number: meeting for meeting in Meeting.objects.all()}
    sittings: dict[str, Sitting] = {}

    def write() -> None:
        for row in rows[:sample]:
            number, sitting, code, status, reason = (*row, None)[:5]
            if number not in sittings:
                sittings[number] = Sitting.objects.get_or_create(
                    meeting=meetings[number], number=sitting
                )[0]
            Attendance.objects.update_or_create(
                sitting=sittings[number],
                member=members[code],
                defaults={"status": statuses[status], "leave_reason": reason or ""},
            )

    return {"read": timed(read), "write": timed(write), "rows": len(rows), "peak": peak_megabytes()}


CONTENDERS = {"ours": ours, "peer": peer}


def run(contender: str, scene: Path, sample: int) -> dict[str, Any]:
    """The contender's figures, from a process and a database of its own."""
    folder = scene.with_name(contender)
    shutil.copytree(scene, folder)
    told = subprocess.run(  # noqa: S603
        [sys.executable, __file__, "--contender", contender, "--sample", str(sample)],
        env={**os.environ, "DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return figures


def judge(goals: list[tuple[str, bool]]) -> int:
    for goal, met in goals:
        say(f"{'PASS' if met else 'FAIL'}  {goal}")
    return 0 if all(met for _, met in goals) else 1


def compare(rows: int, sample: int) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        scene = Path(scratch) / "scene"
        scene.mkdir()
        subprocess.run(  # noqa: S603
            [sys.executable, __file__, "--contender", "scene", "--rows", str(rows)],
            env={**os.environ, "DATA_DIR": str(scene)},
            check=True,
        )
        peers, own = run("peer", scene, sample), run("ours", scene, sample)
    scale = rows / sample
    usual = peers["read"]["seconds"] + peers["write"]["seconds"] * scale
    usual_wall = peers["read"]["wall"] + peers["write"]["wall"] * scale
    first, again = own["first"], own["again"]
    ratio = usual / first["seconds"]
    say(f"{rows} attendance rows on SQLite               processor s      wall s     peak MB")
    say(
        f"ours: read, check, compare, write, audit  {first['seconds']:12.1f} {first['wall']:11.1f} {own['peak']:11.0f}"
    )
    say(f"ours: the same file again                 {again['seconds']:12.1f} {again['wall']:11.1f}")
    say(
        f"openpyxl + update_or_create, no checks    {usual:12.1f} {usual_wall:11.1f} {peers['peak']:11.0f}"
    )
    say(f"  (all rows read; {sample} written, times {scale:g})")
    say(f"ratio {ratio:.1f}")
    say()
    return judge(
        [
            (f"import in at most {SECONDS_GOAL:g} s of work", first["seconds"] <= SECONDS_GOAL),
            (f"at least {RATIO_GOAL:g} times as fast as the peer", ratio >= RATIO_GOAL),
            (f"at most {MEMORY_GOAL} MB", own["peak"] <= MEMORY_GOAL),
        ]
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rows", type=int, default=50_000)
    options.add_argument("--sample", type=int, default=2_500)
    options.add_argument("--contender", choices=["scene", *CONTENDERS], help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.contender is None:
        return compare(chosen.rows, min(chosen.sample, chosen.rows))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ.pop("DATABASE_URL", None)
    import django  # noqa: PLC0415

    django.setup()
    folder = Path(os.environ["DATA_DIR"])
    if chosen.contender == "scene":
        lay_out(folder, chosen.rows)
    else:
        say(json.dumps(CONTENDERS[chosen.contender](folder, chosen.sample)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
