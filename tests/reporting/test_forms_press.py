import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SHARING = """
import sys, time, multiprocessing
from concurrent.futures import ProcessPoolExecutor
from reporting.exporters import press

if __name__ == "__main__":
    pool = ProcessPoolExecutor(
        1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=press.start_printing_process,
        initargs=(press.Style("p { color: black }", ()),),
    )
    pool.submit(time.sleep, 0).result()
    (child,) = multiprocessing.active_children()
    print(child.pid, flush=True)
    time.sleep(60)
"""


def is_running(pid: int) -> bool:
    """A process that has ended may wait long for somebody to take note of it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in {"Z", "X"}


def test_printing_process_goes_when_its_parent_is_killed(tmp_path):
    script = tmp_path / "sharing.py"
    script.write_text(SHARING, encoding="utf-8")
    parent = subprocess.Popen(  # noqa: S603 -- our own script
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    child = int(parent.stdout.readline())
    assert is_running(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 180
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)
