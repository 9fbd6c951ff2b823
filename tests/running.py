"""The whole system as its own processes, on a database and a data folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import redis

from exits.management.demo import TERM, invent_term, write_workbook
from tests.migrated import ROOT, bare_environment, give_fonts, give_static, own_database

PATIENCE = 180.0


class Ended(NamedTuple):
    """A command that has come to its end."""

    code: int
    output: str
    errors: str


class House:
    """Commands, a web server and workers that share one database; closed as a whole."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self.environment = bare_environment(folder, database_url) | {"PYTHONUNBUFFERED": "1"}
        if redis_url:
            self.environment["REDIS_URL"] = redis_url
        self.processes: list[subprocess.Popen[Any]] = []
        self.forker: subprocess.Popen[str] | None = None
        self.url = ""

    def manage(self, *arguments: str) -> str:
        """What the command prints; an unexpected exit code fails the test with its words."""
        (done,) = self.manage_at_once(arguments)
        assert done.code == 0, f"{arguments}: {done.errors or done.output}"
        return done.output

    def manage_at_once(self, *commands: Sequence[str]) -> list[Ended]:
        """How commands end that are begun together, each in a process of its own."""
        if self.forker is None or self.forker.poll() is not None:
            self.forker = self.start_forker()
        places = [self.folder / f"command-{number}" for number in range(len(commands))]
        words = [(place.with_suffix(".out"), place.with_suffix(".err")) for place in places]
        batch = [
            [list(command), str(output), str(errors)]
            for command, (output, errors) in zip(commands, words, strict=True)
        ]
        self.forker.stdin.write(f"{json.dumps(batch)}\n")
        self.forker.stdin.flush()
        answer = self.forker.stdout.readline()
        assert answer, self.log("forker")
        return [
            Ended(code, output.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8"))
            for code, (output, errors) in zip(json.loads(answer), words, strict=True)
        ]

    def start_forker(self) -> subprocess.Popen[str]:
        with (self.folder / "forker.log").open("ab") as log:
            forker = subprocess.Popen(
                [sys.executable, "-m", "tests.forking"],
                cwd=ROOT,
                env=self.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.processes.append(forker)
        return forker

    def create_term(self) -> None:
        self.manage(
            "create_term", TERM.code, "--name", TERM.name, "--pack", TERM.pack,
            "--starts", TERM.starts.isoformat(), "--ends", TERM.ends.isoformat(),
        )  # fmt: skip

    def ask_at_once(self, *codes: str) -> list[Ended]:
        return self.manage_at_once(*[("shell", "--verbosity", "0", "-c", code) for code in codes])

    def ask(self, code: str) -> str:
        """The printed answer of a few lines of Python inside the system."""
        return self.manage("shell", "--verbosity", "0", "-c", code).strip()

    def start(
        self, name: str, *module_and_arguments: str, files: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 -- our own programs
                [sys.executable, "-m", *module_and_arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=files,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self) -> str:
        give_static(self.folder)
        give_fonts(self.folder)
        # Bound here and handed over: nobody else can be given the port meanwhile.
        with socket.create_server(("127.0.0.1", 0)) as door:
            self.url = f"http://127.0.0.1:{door.getsockname()[1]}"
            self.start(
                "web", "gunicorn", "config.wsgi:application", "--no-control-socket",
                "--bind", f"fd://{door.fileno()}", "--workers", "2", "--timeout", "120",
                files=[door.fileno()],
            )  # fmt: skip
        wait_until(self.answers, f"{self.url} 没有应答：{self.log('web')}")
        return self.url

    def start_worker(self, name: str = "worker") -> subprocess.Popen[bytes]:
        return self.start(
            name, "celery", "-A", "config", "worker", "-P", "threads", "-c", "1",
            "-n", f"{name}@%h", "--loglevel", "INFO",
        )  # fmt: skip

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/", timeout=60) as answer:  # noqa: S310
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def kill(self, process: subprocess.Popen[Any]) -> None:
        """As the kernel would: no goodbye, the whole process group at once."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        for process in self.processes:
            self.kill(process)
        if self.forker is not None:
            self.forker.stdin.close()
            self.forker.stdout.close()


def all_at_once(house: House, *commands: Sequence[str]) -> list[tuple[str, int]]:
    """Complaints and exit codes of commands begun together."""
    return [(ended.errors, ended.code) for ended in house.manage_at_once(*commands)]


def wait_until(true: Callable[[], bool], otherwise: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


@contextmanager
def running_house(folder: Path) -> Iterator[House]:
    """On the databases and brokers the tests are run with, but in a room of its own there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    with own_database(folder, os.environ.get("DATABASE_URL", "")) as database_url:
        house = House(folder, database_url, own_redis(os.environ.get("REDIS_URL", "")))
        try:
            yield house
        finally:
            house.close()


def own_redis(url: str) -> str:
    """Another of Redis's numbered databases for each test process, swept clean."""
    if not url:
        return ""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    room = int(worker) % 14 + 1
    with redis.Redis(unix_socket_path=urlsplit(url).path, db=room) as server:
        server.flushdb()
    return f"{url}?virtual_host={room}"


def invented_workbook(path: Path, years: Collection[int]) -> Path:
    """A small term's roster and its records of those years in one workbook."""
    sheets: dict[str, list[dict[str, Any]]] = {}
    for book in invent_term(members=60, years=1, seed=2).workbooks:
        for sheet, rows in book.sheets.items() if book.year in {None, *years} else ():
            sheets.setdefault(sheet, []).extend(rows)
    return write_workbook(sheets, path)
