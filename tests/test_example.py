"""The invented example term, through the commands, comes out exactly as expected."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))


def run(command, *args, **options):
    call_command(command, *args, stdout=StringIO(), **options)


@pytest.fixture
def example(db):
    run(
        "create_term", "example", name="政协试验市第一届委员会", pack="pingxiang",
        starts="2021-11-01", ends="2026-12-31",
    )  # fmt: skip
    run("import_workbook", str(DATA / "workbook.xlsx"), term="example")


def found(document):
    rows = []
    for finding in document["findings"]:
        subject = finding["subject"]
        row = {
            "rule": finding["rule"],
            "kind": subject["kind"],
            "id": "TERM" if subject["kind"] == "assembly" else subject["id"],
            "outcome": finding["outcome"],
        }
        if "window" in finding["evidence"]["values"]:
            row["window"] = finding["evidence"]["values"]["window"]
        rows.append(row)
    return {"findings": rows, "suggested": document["suggested"]}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_example_comes_out_as_expected(example, tmp_path):
    for moment, expected in EXPECTED.items():
        year, as_of = moment.split("@")
        when = {"term": "example", "year": int(year), "as_of": as_of, "json": tmp_path / "out"}
        run("member_facts", **when)
        facts = read(tmp_path / "out")
        assert [member.pop("score") for member in facts.values()] == [None] * len(facts)
        assert facts == expected["member_facts"], moment
        for pack in ("pingxiang", "yueqing"):
            run("evaluate", **when, **({} if pack == "pingxiang" else {"pack": pack}))
            result = found(read(tmp_path / "out"))
            assert {key: result[key] for key in expected[pack]} == expected[pack], moment
