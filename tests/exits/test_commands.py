"""`evaluate` and `member_facts`, by their doors."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import Finding, Run
from assessments.rulebook import load_pack
from tests.assessments.worlds import random_world, store
from tests.building import make_member, make_term, report_opinion

pytestmark = pytest.mark.django_db


def evaluate(*options, term="test-1", year=2023):
    out = StringIO()
    call_command("evaluate", f"--term={term}", f"--year={year}", *options, stdout=out)
    return out.getvalue()


def code_of(command, *options):
    with pytest.raises(CommandError) as refusal:
        call_command(command, *options)
    return refusal.value.returncode


def test_evaluate_writes_the_agreed_json(tmp_path):
    term = make_term()
    make_member(term, "0012", name="甲")
    said = evaluate(f"--json={tmp_path / 'out.json'}")
    document = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    pack = load_pack("pingxiang")
    assert list(document) == ["term", "year", "as_of", "pack", "findings", "suggested"]
    assert (document["term"], document["year"], document["as_of"]) == ("test-1", 2023, "2023-12-31")
    assert document["pack"] == {"id": "pingxiang", "version": pack.version, "sha256": pack.sha256}
    finding = next(row for row in document["findings"] if row["rule"] == "px-opinion-year")
    assert finding == {
        "rule": "px-opinion-year",
        "subject": {"kind": "member", "id": "0012", "name": "甲"},
        "outcome": "remind",
        "state": "open",
        "evidence": {
            "summary": "2023年度：反映社情民意信息0篇，应不少于1篇。",
            "values": {"opinions_submitted": 0},
            "records": [],
        },
        "citations": [citation.as_json() for citation in
                      pack.rule("px-opinion-year", is_county=False).citations],
    }  # fmt: skip
    assert document["suggested"] == {"0012": "remind"}
    keys = [
        (row["rule"], row["subject"]["id"], row["evidence"]["values"].get("window", ""))
        for row in document["findings"]
    ]
    assert keys == sorted(keys)
    assert {row["subject"]["id"] for row in document["findings"]} >= {"test-1", "经济委员会"}
    assert "年度未反映社情民意信息" in said


def test_evaluate_twice_says_the_same(tmp_path):
    make_member(make_term())
    for name in ("one", "two"):
        evaluate(f"--json={tmp_path / name}")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert Finding.objects.filter(rule="px-opinion-year").count() == 1


def test_evaluate_with_no_place_for_its_answer_stores_nothing(tmp_path):
    make_member(make_term())
    nowhere = f"--json={tmp_path / 'missing' / 'out.json'}"
    assert code_of("evaluate", "--term=test-1", "--year=2023", nowhere) == 2
    assert not Run.objects.exists()


@pytest.mark.parametrize("option", ["--dry-run", "--pack=yueqing"])
def test_trial_stores_nothing(option):
    make_member(make_term())
    assert "未保存" in evaluate(option)
    assert (Run.objects.count(), Finding.objects.count()) == (0, 0)


def test_pack_file_is_a_trial(tmp_path):
    make_member(make_term())
    path = tmp_path / "changed.toml"
    path.write_text(load_pack("pingxiang").content, encoding="utf-8")
    assert "未保存" in evaluate(f"--pack-file={path}")
    assert not Run.objects.exists()


def test_bad_pack_file_is_refused(tmp_path):
    make_term()
    path = tmp_path / "bad.toml"
    path.write_text("rules = 1", encoding="utf-8")
    options = ("--term=test-1", "--year=2023")
    assert code_of("evaluate", *options, f"--pack-file={path}") == 1
    assert code_of("evaluate", *options, f"--pack-file={tmp_path / 'none.toml'}") == 1


@pytest.mark.parametrize("command", ["evaluate", "member_facts"])
@pytest.mark.parametrize(
    "options",
    [
        ["--term=nowhere", "--year=2023"],
        ["--term=test-1", "--year=23"],
        ["--term=test-1", "--year=2023", "--as-of=yesterday"],
        ["--term=test-1", "--year=2023", "--as-of=2022-12-31"],
        ["--term=test-1"],
    ],
)
def test_wrong_usage_is_told_apart(command, options):
    make_term()
    assert code_of(command, *options) == 2


def test_year_outside_the_term_is_wrong_usage():
    make_term()
    assert code_of("evaluate", "--term=test-1", "--year=2019") == 2


def member_facts(tmp_path, *options):
    path = tmp_path / "facts.json"
    call_command(
        "member_facts", "--term=test-1", "--year=2023", f"--json={path}", *options,
        stdout=StringIO(),
    )  # fmt: skip
    return json.loads(path.read_text(encoding="utf-8"))


def test_member_facts_of_one_member(tmp_path):
    term = make_term()
    member = make_member(term, "0012")
    make_member(term, "0013")
    report_opinion(date(2023, 5, 1), member)
    everyone = member_facts(tmp_path)
    assert list(everyone) == ["0012", "0013"]
    alone = member_facts(tmp_path, "--member=0012")
    assert alone == {"0012": everyone["0012"]}
    assert alone["0012"]["opinions"] == {"submitted": 1, "adopted": 0, "instructed": 0}


def test_member_facts_refuse_a_stranger(tmp_path):
    make_member(make_term(), "0012", exited=date(2023, 1, 1))
    for code in ("0012", "9999"):
        assert code_of("member_facts", "--term=test-1", "--year=2023", f"--member={code}") == 1


def queries_of_evaluate(size, code):
    world = random_world(11, size=size)
    store(world, code)
    with CaptureQueriesContext(connection) as queries:
        evaluate(term=code, year=world.year)
    return len(queries)


def test_evaluate_takes_as_many_queries_for_thirty_as_for_three_hundred():
    evaluate(term=store(random_world(11, size=1), "first").code, year=random_world(11).year)
    assert queries_of_evaluate(30, "small") == queries_of_evaluate(300, "large")
