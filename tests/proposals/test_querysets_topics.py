"""Topics that wait for somebody, and for whom."""

from datetime import date

import pytest

from members.models import Affiliation, Assembly, Department
from proposals.models import Topic, TopicParticipation, TopicPartnership
from tests.world import add_user, build_world

pytestmark = pytest.mark.django_db

DUE = date(2023, 5, 31)
DONE = {"state": "finished", "finished_date": DUE, "result": "成果"}


@pytest.fixture
def world():
    world = build_world()
    world.topic.delete()
    return world


def plan(world, number, **fields):
    fields = {"title": number, "kind": "research", "year": 2023} | fields
    topic = Topic.objects.create(term=world.term, number=number, **fields)
    TopicParticipation.objects.create(topic=topic, member=world.members[0])
    return topic


def test_open_topic_is_overdue_from_the_day_after(world):
    late = [plan(world, state, state=state, planned_date=DUE) for state in ("planned", "under_way")]
    plan(world, "finished", planned_date=DUE, **DONE)
    plan(world, "cancelled", planned_date=DUE, state="cancelled", cancelled_reason="并入")
    plan(world, "undated")
    assert list(Topic.objects.overdue(DUE)) == []
    assert set(Topic.objects.overdue(date(2023, 6, 1))) == set(late)


def test_department_keeps_its_own(world):
    user = add_user(world, "economy", "collector")
    department = Department.objects.create(
        term=world.term, name="甲专委会", committee=world.committees[0]
    )
    Affiliation.objects.create(user=user, department=department)
    own = {plan(world, "1", department=department), plan(world, "2", committee=world.committees[0])}
    plan(world, "3", committee=world.committees[1])
    plan(world, "4")
    assert set(Topic.objects.kept_by(user)) == own
    assert Topic.objects.kept_by(world.users["registrar"]).count() == 4
    assert Topic.objects.kept_by(world.users["leader"]).count() == 0


def test_county_is_waited_for_until_it_tells_its_part(world):
    county = Assembly.objects.create(name="政协甲县委员会", level="county")
    other = Assembly.objects.create(name="政协乙县委员会", level="county")
    world.groups[0].assembly = county
    world.groups[0].save()
    user = world.users["county_group"]
    topic = plan(world, "1")
    row = TopicPartnership.objects.create(topic=topic, assembly=county)
    TopicPartnership.objects.create(topic=plan(world, "2"), assembly=other)
    over = [
        plan(world, "3", **DONE),
        plan(world, "4", state="cancelled", cancelled_reason="并入"),
    ]
    for ended in over:
        TopicPartnership.objects.create(topic=ended, assembly=county)
    assert list(Topic.objects.awaiting_contribution(user)) == [topic]
    row.contribution = "承担座谈。"
    row.save()
    assert list(Topic.objects.awaiting_contribution(user)) == []
    assert list(Topic.objects.awaiting_contribution(world.users["registrar"])) == []
