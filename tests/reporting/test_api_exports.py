"""Exports and runs asked for by programs; products fetched by their owner alone."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.choices import Verb
from accounts.models import AuditEntry, Job
from tests.world import World, build_world

AT = datetime(2023, 6, 1, 1, 0, tzinfo=UTC)
EXPORT = {"term": "test-1", "year": 2023, "format": "pdf"}
RUN = {"term": "test-1", "year": 2023}


@pytest.fixture
def world(db) -> World:
    return build_world()


def post(world: World, role: str, name: str, said: dict):
    client = Client()
    client.force_login(world.users[role])
    return client.post(f"/api/v1/{name}/", said, content_type="application/json")


def test_export_becomes_a_job_of_the_asker(world):
    answer = post(world, "registrar", "exports", EXPORT | {"members": ["0001"]})
    assert answer.status_code == 202
    job = Job.objects.get(pk=answer.json()["id"])
    assert job.owner == world.users["registrar"]
    assert job.permission == "reporting.export_dutydossier"
    assert job.parameters["codes"] == ["0001"]


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("leader", 202),
        ("organization_department", 202),
        ("collector", 403),
        ("county_group", 403),
        ("system_admin", 403),
        ("security_auditor", 403),
    ],
)
def test_export_is_for_those_who_may_take_forms_out(role, code, world):
    assert post(world, role, "exports", EXPORT).status_code == code


def test_export_of_somebody_elses_member_is_refused_as_unknown(world):
    answer = post(world, "member", "exports", EXPORT | {"members": ["0003"]})
    assert answer.status_code == 409
    assert "没有这些委员编号：0003" in answer.json()["message"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"term": "no-such"}, "term"),
        ({"term": None}, "term"),
        ({"term": {"a": 1}}, "term"),
        ({"year": "x"}, "year"),
        ({"year": 10**9}, "year"),
        ({"format": "exe"}, "format"),
        ({"members": "0001"}, "members"),
        ({"members": [["0001"]]}, "members"),
        ({"sector": "没有的界别"}, "sector"),
        ({"committee": "\x00"}, "committee"),
    ],
)
def test_unfit_export_is_refused(said, field, world):
    answer = post(world, "registrar", "exports", EXPORT | said)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {field}


def test_run_becomes_a_job(world):
    answer = post(world, "registrar", "evaluations", RUN | {"stores": False})
    assert answer.status_code == 202
    assert Job.objects.get(pk=answer.json()["id"]).parameters == {
        "term": "test-1",
        "year": 2023,
        "as_of": "2023-12-31",
        "stores": False,
    }


@pytest.mark.parametrize("role", ["leader", "member", "collector", "system_admin"])
def test_run_is_for_the_office_alone(role, world):
    assert post(world, role, "evaluations", RUN).status_code == 403


@pytest.mark.parametrize("said", [{"year": 2019}, {"as_of": "2022-12-31"}, {"as_of": "9999-12-31"}])
def test_run_outside_the_term_or_of_the_future_is_refused(said, world):
    assert post(world, "registrar", "evaluations", RUN | said).status_code == 409


def test_trial_may_look_ahead(world):
    answer = post(world, "registrar", "evaluations", RUN | {"as_of": "2099-12-31", "stores": False})
    assert answer.status_code == 202


@pytest.fixture
def product(world: World) -> Iterator[Job]:
    job = Job(
        task="reporting.tasks.export_dossiers",
        title="导出",
        owner=world.users["leader"],
        permission="reporting.export_dutydossier",
        state="done",
        queued_at=AT,
        finished_at=AT,
    )
    job.product.save("表册.zip", ContentFile(b"PK"), save=False)
    job.save()
    yield job
    job.product.delete(save=False)


def fetch(world: World, role: str, job: Job):
    client = Client()
    client.force_login(world.users[role])
    return client.get(f"/api/v1/jobs/{job.pk}/product/")


def test_product_is_handed_to_its_owner_and_written_down(world, product):
    answer = fetch(world, "leader", product)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"PK"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(actor=world.users["leader"]).exists()


@pytest.mark.parametrize("role", ["registrar", "member", "system_admin", "collector"])
def test_product_does_not_exist_for_others(role, world, product):
    assert fetch(world, role, product).status_code == 404


def test_product_dies_with_the_right_to_export(world, product):
    world.users["leader"].groups.clear()
    assert fetch(world, "leader", product).status_code == 404


def test_export_is_entered_with_its_asker(world):
    post(world, "registrar", "exports", EXPORT)
    entry = AuditEntry.objects.get(verb=Verb.JOB)
    assert entry.actor == world.users["registrar"]
