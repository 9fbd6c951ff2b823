"""The whole system as its own processes, on a database and a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from exits.management.demo import TERM, invent_term, write_workbook

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0


class House:
    """Commands, a web server and workers that share one database; closed as a whole."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.folder = folder
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "REDIS_URL"} and not name.startswith("PYTEST")
        } | {"DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
        if database_url:
            self.environment["DATABASE_URL"] = database_url
        if redis_url:
            self.environment["REDIS_URL"] = redis_url
        self.processes: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def manage(self, *arguments: str) -> str:
        """What the command prints; an unexpected exit code fails the test with its words."""
        done = subprocess.run(  # noqa: S603 -- our own commands
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr or done.stdout}"
        return done.stdout

    def create_term(self) -> None:
        self.manage(
            "create_term", TERM.code, "--name", TERM.name, "--pack", TERM.pack,
            "--starts", TERM.starts.isoformat(), "--ends", TERM.ends.isoformat(),
        )  # fmt: skip

    def ask(self, code: str) -> str:
        """The printed answer of a few lines of Python inside the system."""
        return self.manage("shell", "--verbosity", "0", "-c", code).strip()

    def start(self, name: str, *module_and_arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 -- our own programs
                [sys.executable, "-m", *module_and_arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self) -> str:
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.start(
            "web", "gunicorn", "config.wsgi:application", "--no-control-socket",
            "--bind", f"127.0.0.1:{port}", "--workers", "2", "--timeout", "120",
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
            with urllib.request.urlopen(f"{self.url}/healthz/", timeout=5) as answer:  # noqa: S310
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As the kernel would: no goodbye, the whole process group at once."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def close(self) -> None:
        for process in self.processes:
            self.kill(process)


def wait_until(true: Callable[[], bool], otherwise: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.1)


@contextmanager
def running_house(folder: Path) -> Iterator[House]:
    """On the databases and brokers the tests are run with, but in a room of its own there."""
    with own_database(os.environ.get("DATABASE_URL", "")) as database_url:
        house = House(folder, database_url, own_redis(os.environ.get("REDIS_URL", "")))
        try:
            house.manage("migrate", "--no-input", "--verbosity", "0")
            yield house
        finally:
            house.close()


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """A new, empty PostgreSQL database on the same server; nothing to do for SQLite."""
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"house_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def own_redis(url: str) -> str:
    """Another of Redis's numbered databases for each test process."""
    if not url:
        return ""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{url}?virtual_host={int(worker) % 14 + 1}"


def invented_workbook(path: Path, years: Collection[int]) -> Path:
    """A small term's roster and its records of those years in one workbook."""
    sheets: dict[str, list[dict[str, Any]]] = {}
    for book in invent_term(members=60, years=1, seed=2).workbooks:
        for sheet, rows in book.sheets.items() if book.year in {None, *years} else ():
            sheets.setdefault(sheet, []).extend(rows)
    return write_workbook(sheets, path)
