"""The yearly run with real workers: killed half-way, taken up again, the same in the end."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from exits.management.demo import TERM
from tests.running import PATIENCE, House, invented_workbook, running_house, wait_until

YEARS = (2022, 2023, 2024)
START = """
from datetime import date
from django.utils import timezone
from exits.services import start_yearly_runs
for job in start_yearly_runs(on=date({year} + 1, 1, 1), at=timezone.now()):
    print(job.pk.hex)
"""
SWEEP = """
from datetime import timedelta
from django.utils import timezone
from accounts.services import requeue_lost_jobs
print(requeue_lost_jobs(at=timezone.now() + timedelta(minutes=2)))
"""
STORED = """
import json
from assessments.models import Finding
rows = Finding.objects.filter(window="{year}").order_by("rule", "subject_key")
print(json.dumps(list(rows.values_list("rule", "subject_key", "records"))))
"""


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    """A term with its records of some years, not judged yet."""
    workbook = invented_workbook(tmp_path / "records.xlsx", YEARS)
    with running_house(tmp_path / "house") as house:
        house.create_term()
        house.manage("import_workbook", str(workbook), "--term", TERM.code)
        yield house


@contextmanager
def ledger(house: House) -> Iterator[Any]:
    """The state of a job as anybody outside can read it, quicker than any page could."""
    url = house.environment.get("DATABASE_URL")
    if url:
        connection, mark = psycopg.connect(url, autocommit=True), "%s"
    else:
        connection, mark = sqlite3.connect(house.folder / "db.sqlite3", isolation_level=None), "?"
    query = f"SELECT state FROM accounts_job WHERE id = {mark}"  # noqa: S608 -- a constant
    yield lambda job: connection.execute(query, [job]).fetchone()[0]
    connection.close()


def judged(house: House, year: int, folder: Path) -> list[list[Any]]:
    """What a clean evaluation of the year finds for that year, storing nothing."""
    report = folder / f"{year}.json"
    house.manage(
        "evaluate", "--term", TERM.code, "--year", str(year), "--dry-run", "--json", str(report)
    )
    return [
        [found["rule"], found["subject"]["id"], found["evidence"]["records"]]
        for found in json.loads(report.read_text(encoding="utf-8"))["findings"]
        if found["evidence"]["values"].get("window", str(year)) == str(year)
    ]


def kill_half_way(house: House, year: int) -> tuple[str, bool]:
    """Starts the year's run and kills its worker; the job, and whether it was under way."""
    (job,) = house.ask(START.format(year=year)).split()
    with ledger(house) as state:
        worker = house.start_worker(f"worker-{year}")
        deadline = time.monotonic() + PATIENCE
        while state(job) == "queued":
            assert time.monotonic() < deadline, house.log(f"worker-{year}")
            time.sleep(0.001)
        house.kill(worker)
        return job, state(job) == "running"


def test_a_run_whose_worker_was_killed_ends_with_the_same_findings(house, tmp_path):
    for year in YEARS:
        job, under_way = kill_half_way(house, year)
        if under_way:
            break
    assert under_way, "no worker was killed while at work"
    assert json.loads(house.ask(STORED.format(year=year))) == []

    assert house.ask(SWEEP) == "1"
    house.start_worker("worker-again")
    with ledger(house) as state:
        wait_until(lambda: state(job) == "done", house.log("worker-again"))

    expected = judged(house, year, tmp_path)
    assert expected != []
    assert json.loads(house.ask(STORED.format(year=year))) == expected
    assert house.ask(START.format(year=year)).split() == [job]
