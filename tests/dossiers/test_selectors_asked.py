"""Facts limited to some measures are those of the whole, measure by measure."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.rulebook import load_pack
from dossiers.facts import MEASURES, AskedValues, Holder
from dossiers.selectors import duty_facts, records_behind
from tests.assessments.worlds import random_world, store
from tests.dossiers.test_selectors import busy_term

pytestmark = pytest.mark.django_db

OF_MEMBERS = sorted(name for name, one in MEASURES.items() if one.holder == Holder.MEMBER)


def values_of(facts):
    return {person.subject.pk: dict(person.values) for person in facts.members}


def chosen(facts, measures):
    return {
        person.subject.pk: {name: person.value(name) for name in measures}
        for person in facts.members
    }


def test_each_measure_asked_for_alone_is_as_in_the_whole():
    term, world = busy_term()
    asked = {"term": term, "year": world.year, "on": world.on}
    whole = duty_facts(**asked)
    assert any(person.value("speeches.plenary.oral") for person in whole.members)
    for name in OF_MEMBERS:
        assert values_of(duty_facts(**asked, measures=[name])) == chosen(whole, [name]), name


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(min_value=0, max_value=2**32),
    measures=st.sets(st.sampled_from(OF_MEMBERS), min_size=1),
)
def test_measures_asked_for_are_as_in_the_whole(seed, measures):
    world = random_world(seed, size=20)
    with transaction.atomic():
        asked = {"term": store(world), "year": world.year, "on": world.on}
        whole = duty_facts(**asked)
        some = duty_facts(**asked, measures=measures)
        alone = [
            duty_facts(**asked, measures=measures, members=[person.subject.pk]).members
            for person in whole.members[:3]
        ]
        transaction.set_rollback(True)
    assert values_of(some) == chosen(whole, measures)
    assert [people[0] for people in alone] == list(some.members[:3])
    states = [(person.is_standing, person.suspended_all_year) for person in whole.members]
    assert [(person.is_standing, person.suspended_all_year) for person in some.members] == states


def test_records_behind_a_number_asked_for_are_those_of_the_whole():
    term, world = busy_term()
    asked = {"term": term, "year": world.year, "on": world.on}
    whole = duty_facts(**asked)
    pk = whole.members[0].subject.pk
    measures = ["events.attended", "term.plenary.missed_running", "speeches.plenary.submitted"]
    some = duty_facts(**asked, members=[pk], measures=measures)
    found = [
        records_behind(facts, wanted={pk: measures}, measures=measures) for facts in (whole, some)
    ]
    assert found[0] == found[1]
    assert any(found[0].values())


def test_number_not_asked_for_is_a_mistake_and_organs_are_not_told_of():
    term, world = busy_term()
    facts = duty_facts(term=term, year=world.year, on=world.on, measures=["proposals.first"])
    assert (facts.sectors, facts.committees, facts.events) == ((), (), {})
    assert facts.assembly.occasions == {}
    with pytest.raises(KeyError):
        facts.members[0].value("opinions.submitted")
    with pytest.raises(KeyError):
        AskedValues(score=None).get("awards", 0)


@pytest.mark.parametrize(
    ("measures", "queries"),
    [(["awards"], 4), (["awards", "proposals.first"], 4), (["plenary.attended"], 5), (None, 9)],
)
def test_fewer_measures_cost_fewer_queries(measures, queries, django_assert_num_queries):
    term, world = busy_term()
    with django_assert_num_queries(queries):
        duty_facts(term=term, year=world.year, on=world.on, measures=measures)


@pytest.mark.parametrize("name", ["pingxiang", "yueqing"])
def test_no_minimum_rests_on_a_refusal(name):
    """What is owed is told without asking who refused an ordered resignation."""
    pack = load_pack(name)
    rules = [rule for rule in pack.city_rules + pack.county_rules if rule.is_owed_minimum]
    assert rules
    assert [rule.id for rule in rules if "term.refusals" in rule.measures] == []
