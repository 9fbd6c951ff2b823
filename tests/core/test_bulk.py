from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from accounts.models import AuditChange
from assessments.models import Finding, PackSnapshot, Run
from core.bulk import among, insert_rows, update_rows
from members.models import Term
from tests.building import make_term

pytestmark = pytest.mark.django_db


def make_run(term):
    pack = PackSnapshot.objects.create(sha256="0" * 64, pack="p", version="1", content="")
    at = datetime(2023, 12, 31, 16, 30, 0, 123456, tzinfo=UTC)
    return Run.objects.create(
        term=term, year=2023, as_of_date=date(2023, 12, 31), pack=pack, ran_at=at
    )


def finding(run, key, **fields):
    return Finding(
        term=run.term,
        rule=key,
        title="标题",
        subject_kind="assembly",
        subject_key=key,
        subject_name=key,
        window="2023",
        year=2023,
        as_of_date=date(2023, 12, 31),
        outcome="remind",
        summary="",
        first_run=run,
        last_run=run,
        **fields,
    )


def test_insert_rows_stores_every_kind_of_value(django_assert_num_queries):
    run = make_run(make_term())
    rows = [
        finding(run, "甲'\"%s", values={"得分": 1.5, "空": None}, records=["一|二"]),
        finding(run, "乙", state="dismissed", decision_reason="x", decided_at=run.ran_at),
    ]
    with django_assert_num_queries(1):
        insert_rows(rows)
    first, second = Finding.objects.order_by("pk")
    assert (first.subject_key, first.values, first.records) == (
        "甲'\"%s",
        {"得分": 1.5, "空": None},
        ["一|二"],
    )
    assert (first.year, first.as_of_date, first.decided_at) == (2023, date(2023, 12, 31), None)
    assert (second.state, second.decided_at, second.first_run) == ("dismissed", run.ran_at, run)


def test_insert_rows_is_bound_by_the_constraints():
    run = make_run(make_term())
    with pytest.raises(IntegrityError):
        insert_rows([finding(run, "甲"), finding(run, "甲")])


def test_update_rows_writes_the_named_fields_only(django_assert_num_queries):
    run = make_run(make_term())
    insert_rows([finding(run, "甲"), finding(run, "乙")])
    first, second = Finding.objects.order_by("pk")
    first.state, first.values, first.title = "withdrawn", {"a": [1]}, "没有写"
    with django_assert_num_queries(1):
        update_rows([first], ["state", "values"])
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.values, first.title) == ("withdrawn", {"a": [1]}, "标题")
    assert (second.state, second.values) == ("open", {})


def test_nothing_to_write_is_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_rows([])
        update_rows([], ["title"])


def test_among_takes_any_number_of_keys(django_assert_num_queries):
    terms = [make_term(f"t-{place}", assembly=f"政协{place}委员会") for place in range(3)]
    wanted = [terms[0].pk, terms[2].pk, *range(10**6, 10**6 + 70_000)]
    with django_assert_num_queries(1):
        found = list(Term.objects.filter(pk__in=among(wanted)).order_by("pk"))
    assert found == [terms[0], terms[2]]
    assert not Term.objects.filter(pk__in=among([])).exists()
    assert not AuditChange.objects.filter(entry__in=among([1])).exists()
