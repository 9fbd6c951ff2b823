"""Decisions on findings through the interface: who may, with which words, seen in which version."""

import pytest
from django.test import Client

from accounts.choices import Verb
from accounts.models import AuditEntry
from assessments.models import Finding
from tests.world import World, build_world


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def finding(world: World) -> Finding:
    return Finding.objects.get(member=world.members[0], state="open")


def decide(world: World, finding: Finding, role: str = "registrar", **said):
    client = Client()
    client.force_login(world.users[role])
    body = {"state": "confirmed", "reason": "情况属实", "version": 1} | said
    path = f"/api/v1/findings/{finding.pk}/decision/"
    return client.post(path, body, content_type="application/json")


@pytest.mark.parametrize("state", ["confirmed", "dismissed"])
def test_decision_is_stored_with_reason_event_and_audit_entry(state, world, finding):
    answer = decide(world, finding, state=state)
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["version"]) == (state, 2)
    finding.refresh_from_db()
    assert (finding.state, finding.decision_reason) == (state, "情况属实")
    assert finding.decided_by == world.users["registrar"]
    assert [event.kind for event in finding.events.all()] == ["found", state]
    entry = AuditEntry.objects.get(verb=Verb.DECIDE)
    assert (entry.actor, entry.reason) == (world.users["registrar"], "情况属实")


def test_decided_finding_goes_back_to_review(world, finding):
    decide(world, finding)
    answer = decide(world, finding, state="open", reason="补充核实", version=2)
    assert (answer.status_code, answer.json()["state"]) == (200, "open")


def test_decision_on_an_outdated_version_is_a_conflict(world, finding):
    decide(world, finding, state="dismissed")
    answer = decide(world, finding)
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    finding.refresh_from_db()
    assert finding.state == "dismissed"


def test_deciding_twice_is_a_conflict(world, finding):
    decide(world, finding)
    assert decide(world, finding, state="dismissed", version=2).status_code == 409


@pytest.mark.parametrize(
    "said",
    [
        {"reason": ""},
        {"reason": "  "},
        {"reason": None},
        {"state": "withdrawn"},
        {"version": 0},
        {"version": "x"},
        {"version": 10**30},
        {"reason": "长" * 3000},
        {"reason": "\x00"},
        {"reason": {"a": 1}},
    ],
)
def test_unfit_decision_is_refused(said, world, finding):
    answer = decide(world, finding, **said)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(said)
    finding.refresh_from_db()
    assert finding.version == 1


@pytest.mark.parametrize(
    ("role", "code"),
    [
        ("leader", 403),
        ("member", 403),
        ("collector", 403),
        ("organization_department", 403),
        ("system_admin", 403),
        ("security_auditor", 403),
    ],
)
def test_others_may_not_decide_and_their_attempt_is_written_down(role, code, world, finding):
    assert decide(world, finding, role).status_code == code
    finding.refresh_from_db()
    assert finding.state == "open"
    denial = AuditEntry.objects.get(verb=Verb.DENIED)
    assert (denial.actor, denial.succeeded) == (world.users[role], False)


def test_reading_findings_is_written_down(world, finding):
    client = Client()
    client.force_login(world.users["leader"])
    client.get("/api/v1/findings/")
    client.get(f"/api/v1/findings/{finding.pk}/")
    first, second = AuditEntry.objects.filter(verb=Verb.VIEW).order_by("sequence")
    everything = sorted(Finding.objects.values_list("pk", flat=True))
    assert first.detail == {"object_type": "assessments.finding", "ids": everything}
    assert second.detail == {"object_type": "assessments.finding", "ids": [finding.pk]}


@pytest.mark.parametrize("role", ["registrar", "leader"])
def test_who_reads_everything_is_not_shown_open_findings_on_themself(role, world, finding):
    person = world.members[0].person
    person.user = world.users[role]
    person.save()
    client = Client()
    client.force_login(world.users[role])
    rows = client.get("/api/v1/findings/").json()["results"]
    own = [row["state"] for row in rows if row["subject_key"] == world.members[0].code]
    others = [row["state"] for row in rows if row["subject_key"] != world.members[0].code]
    assert (own, sorted(others)) == (["confirmed"], ["confirmed"] * 2 + ["open"] * 2)
    assert client.get(f"/api/v1/findings/{finding.pk}/").status_code == 404
    if role == "registrar":
        assert decide(world, finding, role).status_code == 404


def test_decision_touches_nothing_else(world, finding):
    others = {"summary": "改写", "outcome": "revoke", "subject_name": "他人", "decided_by": 1}
    before = Finding.objects.filter(pk=finding.pk).values("summary", "outcome", "subject_name")[0]
    assert decide(world, finding, **others).status_code == 200
    after = Finding.objects.filter(pk=finding.pk).values("summary", "outcome", "subject_name")[0]
    assert after == before


def test_session_decision_needs_the_forgery_token(world, finding):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.users["registrar"])
    path = f"/api/v1/findings/{finding.pk}/decision/"
    answer = client.post(path, {"state": "confirmed"}, content_type="application/json")
    assert answer.status_code == 403
    finding.refresh_from_db()
    assert finding.state == "open"
