"""Whatever is posted, the interface answers with a refusal or does what it says; it never breaks."""

import json

import pytest
from django.core.cache import cache as throttle_counts
from django.test import Client
from hypothesis import HealthCheck, given, settings, strategies

from accounts.models import Job
from assessments.models import Finding
from tests.world import World, build_world

BOUNDED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
WORDS = strategies.one_of(
    strategies.text(max_size=20),
    strategies.sampled_from(["test-1", "0001", "pdf", "confirmed", "2023-12-31", "甲界别", "\x00"]),
)
VALUES = strategies.recursive(
    strategies.one_of(
        strategies.none(),
        strategies.booleans(),
        strategies.integers(min_value=-(10**40), max_value=10**40),
        strategies.floats(allow_nan=False, allow_infinity=False),
        WORDS,
    ),
    lambda inner: strategies.lists(inner, max_size=4) | strategies.dictionaries(WORDS, inner),
    max_leaves=6,
)
#: Fit bodies, of which the tests spoil a part.
FIT = {
    "tokens": {"username": "registrar", "password": "x"},
    "evaluations": {"term": "test-1", "year": 2023, "as_of": "2023-12-31", "stores": True},
    "exports": {"term": "test-1", "year": 2023, "format": "pdf", "sector": "甲界别"},
    "findings/{}/decision": {"state": "confirmed", "reason": "x", "version": 1},
}


@pytest.fixture
def world(db) -> World:
    throttle_counts.clear()
    return build_world()


@pytest.mark.parametrize("name", FIT)
def test_nothing_posted_breaks_the_interface(name, world, monkeypatch):
    monkeypatch.setattr("rest_framework.views.APIView.check_throttles", lambda *_: None)
    client = Client(raise_request_exception=False)
    client.force_login(world.users["registrar"])
    path = f"/api/v1/{name.format(Finding.objects.filter(state='open').first().pk)}/"

    @BOUNDED
    @given(strategies.dictionaries(strategies.sampled_from(sorted(FIT[name])), VALUES, min_size=1))
    def send(spoilt: dict) -> None:
        body = json.dumps(FIT[name] | spoilt)
        answer = client.post(path, body, content_type="application/json")
        assert answer.status_code in {200, 202, 400, 401, 409}, (body, answer.content[:300])
        assert answer["Content-Type"] == "application/json"

    send()


@pytest.mark.parametrize("name", FIT)
def test_refused_body_leaves_no_trace(name, world):
    client = Client()
    client.force_login(world.users["registrar"])
    finding = Finding.objects.filter(state="open").first()
    answer = client.post(
        f"/api/v1/{name.format(finding.pk)}/",
        FIT[name] | {key: {"unfit": True} for key in FIT[name]},
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert not Job.objects.exists()
    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("open", 1)
