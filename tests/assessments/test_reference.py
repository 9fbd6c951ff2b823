"""The engine against an independent second implementation, on random terms."""

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.rulebook import load_pack
from assessments.selectors import assess
from tests.assessments.reference import Judge
from tests.assessments.worlds import random_world, store

#: Each of 60 members, the same ones every time; raise it for a longer search among others.
WORLDS = int(os.environ.get("REFERENCE_WORLDS", "40"))


def found_by_engine(term, world, pack):
    assessment = assess(term=term, year=world.year, on=world.on, pack=load_pack(pack))
    return {
        (
            hit.judgement.rule.id,
            "本会" if hit.judgement.subject.key == term.code else hit.judgement.subject.key,
            hit.judgement.window.name,
        )
        for hit in assessment.hits
    }


@pytest.mark.django_db
@settings(
    max_examples=WORLDS,
    deadline=None,
    derandomize="REFERENCE_WORLDS" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_engine_equals_reference(seed):
    world = random_world(seed, size=60)
    judge = Judge(world)
    with transaction.atomic():
        term = store(world)
        found = [found_by_engine(term, world, pack) for pack in ("pingxiang", "yueqing")]
        transaction.set_rollback(True)
    assert found == [judge.pingxiang(), judge.yueqing()]


def test_random_worlds_reach_every_rule():
    found = set()
    for seed in range(60):
        judge = Judge(random_world(seed, size=20))
        found |= {rule for rule, _, _ in judge.pingxiang() | judge.yueqing()}
    shipped = {rule.id for pack in ("pingxiang", "yueqing") for rule in load_pack(pack).city_rules}
    assert shipped - found == {"px-refuses-order", "yq-score-below-60", "yq-fail-2-years"}
