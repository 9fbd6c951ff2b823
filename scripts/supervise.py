"""Runs web, workers and beat together until told to stop; called by scripts/start.

Each part writes its own log under DATA_DIR/logs. A part that dies is started again; one that keeps
dying stops everything, with the end of its log on the screen. Ctrl-C or SIGTERM asks all parts to
finish and waits for them. The greeting is read from standard input and shown once the site answers;
the background parts start after that, so that nobody waits for them.
"""

import argparse
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv" / "bin" / "python")
START_SECONDS = 60
STOP_SECONDS = 20
RESTARTS_A_MINUTE = 5
PR_SET_PDEATHSIG = 1


class StopRequestedError(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


class PartKeepsDyingError(Exception):
    """A part died more than RESTARTS_A_MINUTE times within a minute."""


@dataclass
class Part:
    """One process group with its log; `title` is what the operator reads."""

    title: str
    command: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS_A_MINUTE + 1))

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_supervisor,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Starts a dead part again, or raises PartKeepsDyingError."""
        if self.is_running():
            return
        now = time.monotonic()
        self.deaths.append(now)
        if len(self.deaths) > RESTARTS_A_MINUTE and now - self.deaths[0] < 60:
            raise PartKeepsDyingError(
                f"{self.title}反复退出。日志 {self.log} 的末尾：\n{self.tail()}"
            )
        say(f"{self.title}意外退出，重新启动。日志：{self.log}")
        self.start()

    def send(self, number: int) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def tail(self, lines: int = 20) -> str:
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def say(text: str) -> None:
    print(f"» {text}", flush=True)


def die_with_supervisor() -> None:
    """Linux only: a killed supervisor takes its parts along instead of leaving them behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_requested(number: int, frame: FrameType | None) -> None:
    raise StopRequestedError


def parts(host: str, port: int, workers: int, logs: Path) -> list[Part]:
    web = [PYTHON, "-m", "gunicorn", "config.wsgi:application", "--no-control-socket"]
    web += ["--bind", f"{host}:{port}", "--workers", str(workers), "--timeout", "120", "--preload"]
    celery = [PYTHON, "-m", "celery", "-A", "config"]
    # 内置消息通道下 prefork 收到 SIGTERM 会永远停不下来，所以每个工作进程只用一条线程，要快就多开进程。
    worker = [*celery, "worker", "-P", "threads", "-c", "1", "--loglevel", "INFO", "-n"]
    return [
        Part("网站", web, logs / "web.log"),
        *(
            Part(
                f"后台任务（{number}）",
                [*worker, f"worker{number}@%h"],
                logs / f"worker{number}.log",
            )
            for number in range(1, workers + 1)
        ),
        Part("定时任务", [*celery, "beat", "--loglevel", "INFO", "--pidfile="], logs / "beat.log"),
    ]


def answers(host: str, port: int) -> bool:
    """Asks as the reverse proxy in front would: by a name the site answers to, over HTTPS."""
    name = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".*")
    headers = {"Host": name or host, "X-Forwarded-Proto": "https"}
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz/", headers=headers)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_until_answering(web: Part, host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(host, port):
        if not web.is_running() or time.monotonic() > deadline:
            raise PartKeepsDyingError(f"网站没有启动起来。日志 {web.log} 的末尾：\n{web.tail()}")
        time.sleep(0.2)


def stop(running: list[Part]) -> None:
    for part in running:
        part.send(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(part.is_running() for part in running) and time.monotonic() < deadline:
        time.sleep(0.1)
    for part in running:
        part.send(signal.SIGKILL)


def supervise(running: list[Part], host: str, port: int, greeting: str) -> int:
    try:
        web, *others = running
        web.start()
        wait_until_answering(web, host, port)
        print(greeting, flush=True)
        for part in others:
            part.start()
        while True:
            time.sleep(1)
            for part in running:
                part.revive()
    except StopRequestedError:
        say("正在停止……")
        return 0
    except PartKeepsDyingError as reason:
        print(f"✗ {reason}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        stop(running)
        say("已全部停止。")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--logs", type=Path, required=True)
    options = parser.parse_args()
    greeting = sys.stdin.read()
    options.logs.mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop_requested)
    own = "127.0.0.1" if options.host in {"0.0.0.0", ""} else options.host  # noqa: S104 -- 只作比较
    running = parts(options.host, options.port, options.workers, options.logs)
    for part in running:
        if part.log.exists():
            part.log.replace(part.log.with_suffix(".log.1"))
    return supervise(running, own, options.port, greeting)


if __name__ == "__main__":
    sys.exit(main())
