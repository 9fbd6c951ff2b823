"""Topics of the year's plan: one audit entry an act, each step once."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError, StaleRecordError
from accounts.services.records import state_mark
from dossiers.selectors import duty_facts
from members.models import Assembly
from proposals.choices import ResearchKind, TopicKind, TopicState
from proposals.models import Research, Topic
from proposals.services import (
    NotInvitableError,
    PartnerRefusedError,
    TopicCountedError,
    TopicStateError,
    cancel_topic,
    finish_topic,
    record_contribution,
    record_topic_research,
    save_topic,
    start_topic,
)
from tests.building import do_research, make_member, make_term, suspend

pytestmark = pytest.mark.django_db

AT = datetime(2025, 3, 3, 2, tzinfo=UTC)
DONE = date(2025, 3, 1)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def members(term):
    return [make_member(term, code) for code in ("0001", "0002", "0003")]


@pytest.fixture
def county():
    return Assembly.objects.create(name="政协甲县委员会", level="county")


def plan(term, *participants, partners=(), **fields):
    fields = {"number": "2025-01", "title": "优化营商环境", "kind": TopicKind.RESEARCH} | fields
    return save_topic(
        topic=Topic(term=term, year=2025, **fields),
        participants=participants,
        partners=partners,
        actor=None,
        at=AT,
    )


def finished(topic, **fields):
    fields = {"result": "形成意见建议。", "finished_date": DONE} | fields
    return finish_topic(topic=topic, actor=None, at=AT, **fields)


def codes(topic):
    return list(topic.participations.order_by("sequence").values_list("member__code", flat=True))


def test_planned_topic_tells_its_lists_in_one_entry(term, members, county):
    topic = plan(term, members[1], members[0], partners=[county])
    entry = AuditEntry.objects.get()
    after = entry.changes.get().after
    assert (after["participants"], after["partners"]) == (["0002", "0001"], ["政协甲县委员会"])
    assert codes(topic) == ["0002", "0001"]
    assert topic.state == TopicState.PLANNED


def test_changed_lists_replace_the_earlier_in_one_entry(term, members, county):
    topic = plan(term, members[0], partners=[county])
    save_topic(topic=topic, participants=[members[2]], partners=[], actor=None, at=AT)
    assert codes(topic) == ["0003"]
    assert not topic.partnerships.exists()
    change = AuditEntry.objects.order_by("sequence").last().changes.get()
    assert change.before["participants"] == ["0001"]
    assert change.after["participants"] == ["0003"]


def test_topic_saved_unchanged_writes_nothing(term, members):
    topic = plan(term, members[0])
    save_topic(topic=topic, participants=[members[0]], actor=None, at=AT)
    assert AuditEntry.objects.count() == 1
    assert Topic.objects.get().version == 1


def test_topic_changed_by_somebody_else_meanwhile_is_refused(term):
    topic = plan(term)
    mine = Topic.objects.get()
    start_topic(topic=topic, actor=None, at=AT)
    mine.plan = "改过的方案"
    with pytest.raises(StaleRecordError):
        save_topic(topic=mine, actor=None, at=AT)
    assert Topic.objects.get().plan == ""


def test_saving_the_plan_does_not_move_the_state(term):
    topic = plan(term)
    start_topic(topic=topic, actor=None, at=AT)
    mine = Topic.objects.get()
    mine.state, mine.plan = TopicState.PLANNED, "方案"
    save_topic(topic=mine, actor=None, at=AT)
    assert (Topic.objects.get().state, Topic.objects.get().plan) == ("under_way", "方案")


def test_suspended_or_exited_member_is_not_put_down(term, members):
    suspend(members[0], date(2025, 1, 1))
    gone = make_member(term, "0009", exited=date(2025, 3, 3))
    for member in (members[0], gone):
        with pytest.raises(NotInvitableError):
            plan(term, members[1], member)
    assert not Topic.objects.exists()


def test_member_put_down_before_leaving_stays_listed(term, members):
    topic = plan(term, members[0])
    members[0].exited_date = date(2025, 3, 2)
    members[0].save()
    save_topic(topic=topic, participants=[*members[:2]], actor=None, at=AT)
    assert codes(topic) == ["0001", "0002"]


def test_only_counties_share_a_topic(term):
    city = Assembly.objects.create(name="政协乙市委员会", level="city")
    with pytest.raises(PartnerRefusedError):
        plan(term, partners=[city])


def test_county_with_a_contribution_stays(term, county):
    topic = plan(term, partners=[county])
    partnership = topic.partnerships.get()
    record_contribution(partnership=partnership, contribution="承担调研。", actor=None, at=AT)
    with pytest.raises(PartnerRefusedError):
        save_topic(topic=topic, partners=[], actor=None, at=AT)


def test_contribution_over_an_unseen_one_is_refused(term, county):
    partnership = plan(term, partners=[county]).partnerships.get()
    mark = state_mark(partnership)
    record_contribution(
        partnership=partnership, contribution="先写的", actor=None, at=AT, seen_mark=mark
    )
    with pytest.raises(StaleRecordError):
        record_contribution(
            partnership=partnership, contribution="后写的", actor=None, at=AT, seen_mark=mark
        )
    partnership.refresh_from_db()
    assert partnership.contribution == "先写的"


def test_each_step_is_taken_once(term):
    topic = plan(term)
    start_topic(topic=topic, actor=None, at=AT)
    with pytest.raises(TopicStateError):
        start_topic(topic=topic, actor=None, at=AT)
    finished(topic)
    with pytest.raises(TopicStateError):
        finished(topic)
    with pytest.raises(TopicStateError):
        cancel_topic(topic=topic, reason="重复", actor=None, at=AT)
    assert AuditEntry.objects.count() == 3


def test_finishing_needs_a_result_and_a_day_that_has_come(term):
    topic = plan(term)
    with pytest.raises(ReasonMissingError):
        finished(topic, result=" ")
    with pytest.raises(TopicStateError):
        finished(topic, finished_date=date(2025, 3, 4))
    with pytest.raises(TopicStateError):
        finished(topic, finished_date=date(2021, 10, 31))
    assert finished(topic, finished_date=date(2025, 3, 3)).state == TopicState.FINISHED


def test_cancelled_topic_keeps_its_reason_and_takes_no_more_changes(term):
    topic = plan(term)
    with pytest.raises(ReasonMissingError):
        cancel_topic(topic=topic, reason="", actor=None, at=AT)
    topic = cancel_topic(topic=topic, reason="并入另一议题", actor=None, at=AT)
    assert topic.cancelled_reason == "并入另一议题"
    assert AuditEntry.objects.order_by("sequence").last().reason == "并入另一议题"
    topic.plan = "x"
    with pytest.raises(TopicStateError):
        save_topic(topic=topic, actor=None, at=AT)


def counted_topics(term, member):
    facts = duty_facts(term=term, year=2025, on=date(2025, 12, 31), members=[member.pk])
    return facts.member(member.pk).value("term.research.topics")


def test_finished_topic_counts_once_for_those_who_took_part(term, members):
    topic = finished(plan(term, members[1], members[0]))
    research = record_topic_research(topic=topic, actor=None, at=AT)
    assert (research.kind, research.completed_date, research.number) == (
        ResearchKind.TOPIC,
        DONE,
        "2025-01",
    )
    assert [counted_topics(term, member) for member in members] == [1, 1, 0]
    with pytest.raises(TopicCountedError):
        record_topic_research(topic=topic, actor=None, at=AT)
    assert Research.objects.count() == 1


def test_database_refuses_a_second_count_of_a_topic(term, members):
    topic = finished(plan(term, members[0]))
    record_topic_research(topic=topic, actor=None, at=AT)
    other = Research(
        term=term, number="又一", title="又一", kind="topic", completed_date=DONE, topic=topic
    )
    with pytest.raises(ValidationError):
        other.full_clean()


def test_topic_counts_under_another_number_where_its_own_is_taken(term, members):
    do_research(DONE, members[2], number="2025-01")
    research = record_topic_research(topic=finished(plan(term, members[0])), actor=None, at=AT)
    assert research.number == "2025-01-课题"


@pytest.mark.parametrize("kind", [TopicKind.DEMOCRATIC_OVERSIGHT, TopicKind.MAJOR_PROPOSAL])
def test_other_kinds_do_not_count(kind, term, members):
    topic = finished(plan(term, members[0], kind=kind))
    with pytest.raises(TopicCountedError):
        record_topic_research(topic=topic, actor=None, at=AT)


def test_unfinished_or_empty_topic_does_not_count(term, members):
    topic = plan(term, members[0])
    with pytest.raises(TopicCountedError):
        record_topic_research(topic=topic, actor=None, at=AT)
    empty = finished(plan(term, number="2025-02"))
    with pytest.raises(TopicCountedError):
        record_topic_research(topic=empty, actor=None, at=AT)


def test_who_left_before_the_end_is_not_counted(term, members):
    topic = plan(term, members[0], members[1])
    members[1].exited_date = DONE
    members[1].save()
    research = record_topic_research(topic=finished(topic), actor=None, at=AT)
    assert [link.member.code for link in research.participations.all()] == ["0001"]


def test_participants_of_a_counted_topic_are_corrected_there(term, members):
    topic = finished(plan(term, members[0]))
    record_topic_research(topic=topic, actor=None, at=AT)
    with pytest.raises(TopicStateError):
        save_topic(topic=topic, participants=[members[1]], actor=None, at=AT)
    assert codes(topic) == ["0001"]
