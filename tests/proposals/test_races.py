"""Several clerks at once: a topic is finished once and counted once."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from datetime import date
from proposals.models import Topic, TopicParticipation
from tests.building import make_member, make_term
term = make_term("race")
fields = {"term": term, "kind": "research", "year": 2023}
done = Topic.objects.create(
    number="1", title="已完成", state="finished", result="成果",
    finished_date=date(2023, 5, 1), **fields,
)
Topic.objects.create(number="2", title="进行中", state="under_way", **fields)
for place in range(3):
    TopicParticipation.objects.create(topic=done, member=make_member(term, f"{place:04}"))
"""
CLERK = """
from datetime import date
from django.utils import timezone
from core.refusals import RefusalError
from proposals.models import Topic
from proposals.services import cancel_topic, finish_topic, record_topic_research
at = timezone.now()
done, running = Topic.objects.order_by("number")
for act in (
    lambda: record_topic_research(topic=done, actor=None, at=at),
    lambda: finish_topic(
        topic=running, result="成果", finished_date=date(2023, 6, 1), actor=None, at=at
    ),
    lambda: cancel_topic(topic=running, reason="重复", actor=None, at=at),
):
    try:
        act()
    except RefusalError:
        pass
"""
COUNTS = """
from accounts.models import AuditEntry
from proposals.models import Research, ResearchParticipation, Topic
print(Research.objects.count(), ResearchParticipation.objects.count())
print(Topic.objects.get(number="2").version, AuditEntry.objects.exclude(verb="job").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_topic_handled_by_several_at_once_moves_once_and_counts_once(house):
    before = int(house.ask(COUNTS).split()[-1])
    clerk = ("shell", "--verbosity", "0", "-c", CLERK)
    assert all_at_once(house, *[clerk] * 4) == [("", 0)] * 4
    counts, moved = house.ask(COUNTS).splitlines()
    assert counts == "1 3"
    version, entries = map(int, moved.split())
    assert (version, entries - before) == (2, 2)
