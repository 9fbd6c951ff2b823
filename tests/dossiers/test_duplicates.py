"""Suspected duplicates: who is suspected, and what a person may decide."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.services.records import ReasonMissingError, RecordGoneError, StaleRecordError
from dossiers.selectors.comparing import compared_rows, listed_pairs
from dossiers.selectors.duplicates import LIKENESS, NEAR_DAYS, likeness, suspects, suspects_of
from dossiers.services.duplicates import (
    DecidedAlreadyError,
    NotYourPairError,
    StillSourceError,
    mark_distinct,
    merge_duplicate,
)
from members.choices import RecordKind
from members.selectors.duties import duties_of
from proposals.models import DistinctPair, Proposal
from tests.building import (
    commend,
    do_research,
    invite,
    make_meeting,
    make_member,
    make_term,
    propose,
    publish,
    report_opinion,
    speak,
)
from tests.members.test_duties import account, collector

pytestmark = pytest.mark.django_db

AT = datetime(2023, 6, 1, 4, tzinfo=UTC)
DAY = date(2023, 5, 10)
TITLE = "关于规范共享单车停放的建议"


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def registrar(term):
    return account("registrar", "registrar")


def found(user, term, since=date(2023, 1, 1), until=date(2023, 12, 31)):
    pairs = suspects(term=term, duties=duties_of(user, term), user=user, since=since, until=until)
    return {(pair.kind, pair.first, pair.second) for pair in pairs}


def two_proposals(term, days=1, title=TITLE):
    member = make_member(term)
    one = propose(member, DAY, title=TITLE)
    other = propose(member, DAY + timedelta(days=days), title=title)
    return one, other


@pytest.mark.parametrize(("days", "near"), [(0, True), (NEAR_DAYS, True), (NEAR_DAYS + 1, False)])
def test_dates_are_near_up_to_thirty_days(days, near, term, registrar):
    one, other = two_proposals(term, days)
    assert found(registrar, term) == ({("proposal", one.pk, other.pk)} if near else set())
    assert bool(suspects_of(RecordKind.PROPOSAL, other, term=term)) == near


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("一二三四五六七八九十甲乙丙丁戊己庚", "一二三四五六七八九十甲乙丙丁戊己庚", True),
        # 17 of 20 characters stand in both: exactly 0.85.
        (
            "一二三四五六七八九十甲乙丙丁戊己庚子丑寅",
            "一二三四五六七八九十甲乙丙丁戊己庚卯辰巳",
            True,
        ),
        # 16 of 19: 0.842.
        ("一二三四五六七八九十甲乙丙丁戊己子丑寅", "一二三四五六七八九十甲乙丙丁戊己卯辰巳", False),
        ("关于“停车难”的建议", "关于停车难的建议", True),
    ],
)
def test_titles_are_near_from_the_threshold_on(one, other, near, term, registrar):
    assert (likeness(one, other) >= LIKENESS) == near
    member = make_member(term)
    propose(member, DAY, title=one)
    propose(member, DAY, title=other)
    assert bool(found(registrar, term)) == near


def test_another_member_is_no_duplicate(term, registrar):
    propose(make_member(term), DAY, title=TITLE)
    propose(make_member(term), DAY, title=TITLE)
    assert found(registrar, term) == set()


def test_a_cosigner_in_common_is_enough(term, registrar):
    member = make_member(term)
    one = propose(make_member(term), DAY, member, title=TITLE)
    other = propose(member, DAY, title=TITLE)
    assert found(registrar, term) == {("proposal", one.pk, other.pk)}


def test_every_kind_is_compared_with_its_own_only(term, registrar):
    member = make_member(term)
    first, second = make_meeting(term, on=DAY), make_meeting(term, on=DAY + timedelta(days=3))
    pairs = {
        "proposal": [propose(member, DAY, title=TITLE) for _ in range(2)],
        "opinion": [report_opinion(DAY, member, title=TITLE) for _ in range(2)],
        "research": [do_research(DAY, member, title=TITLE) for _ in range(2)],
        "article": [publish(member, DAY, title=TITLE) for _ in range(2)],
        "speech": [speak(member, meeting, title=TITLE) for meeting in (first, second)],
        "invitation": [invite(member, DAY, TITLE), invite(member, date(2023, 5, 11), TITLE)],
        "conduct": [commend(member, DAY), commend(member, date(2023, 5, 12))],
    }
    assert found(registrar, term) == {(kind, a.pk, b.pk) for kind, (a, b) in pairs.items()}


def test_collectors_are_shown_what_they_collect(term):
    member = make_member(term)
    for organiser in ("学习委", "经济委"):
        for _ in range(2):
            do_research(DAY, member, title=organiser * 8, organiser=organiser)
    two_proposals(term)
    user = collector(term, (RecordKind.RESEARCH, True))
    pairs = suspects(
        term=term,
        duties=duties_of(user, term),
        user=user,
        since=date(2023, 1, 1),
        until=date(2023, 12, 31),
    )
    assert [pair.first.organiser for pair in listed_pairs(pairs)] == ["学习委"]


def test_at_least_one_of_the_two_is_of_the_period(term, registrar):
    one, other = two_proposals(term, 10)
    assert found(registrar, term, since=DAY + timedelta(days=10)) == {
        ("proposal", one.pk, other.pk)
    }
    assert found(registrar, term, since=DAY + timedelta(days=11)) == set()


def test_suspects_take_the_same_queries_for_one_pair_and_three(
    term, registrar, django_assert_max_num_queries
):
    def counted():
        with django_assert_max_num_queries(40) as queries:
            pairs = suspects(
                term=term, duties=duties_of(registrar, term), user=registrar,
                since=DAY, until=date(2023, 12, 31),
            )  # fmt: skip
            assert [pair.members for pair in listed_pairs(pairs)]
        return len(queries), len(pairs)

    two_proposals(term)
    counted()  # Roles are asked for once.
    few = counted()
    two_proposals(term)
    two_proposals(term)
    many = counted()
    assert (few[1], many[1]) == (1, 3)
    assert few[0] == many[0]


def merge(term, user, kept, doomed, reason="录了两次", version=1, kind=RecordKind.PROPOSAL):
    return merge_duplicate(
        kind=kind, term=term, kept=kept.pk, doomed=doomed.pk,
        seen_version=version, reason=reason, actor=user, at=AT,
    )  # fmt: skip


def part(term, user, one, other, reason="两件事", kind=RecordKind.PROPOSAL):
    return mark_distinct(
        kind=kind, term=term, one=one.pk, other=other.pk, reason=reason, actor=user, at=AT
    )


def test_merging_deletes_one_and_keeps_the_reason(term, registrar):
    one, other = two_proposals(term)
    assert merge(term, registrar, one, other) == one
    assert list(Proposal.objects.all()) == [one]
    entry = AuditEntry.objects.get()
    assert entry.verb == "delete"
    assert entry.reason == f"与“{one}”重复，合并：录了两次"
    assert found(registrar, term) == set()


def test_two_clerks_never_delete_both(term, registrar):
    one, other = two_proposals(term)
    merge(term, registrar, one, other)
    with pytest.raises(RecordGoneError):
        merge(term, registrar, other, one)
    assert list(Proposal.objects.all()) == [one]


def test_what_was_changed_meanwhile_is_not_deleted(term, registrar):
    one, other = two_proposals(term)
    Proposal.objects.filter(pk=other.pk).update(version=2)
    with pytest.raises(StaleRecordError):
        merge(term, registrar, one, other)
    assert Proposal.objects.count() == 2


@pytest.mark.parametrize("act", [merge, part])
def test_a_decision_has_its_reason(act, term, registrar):
    one, other = two_proposals(term)
    with pytest.raises(ReasonMissingError):
        act(term, registrar, one, other, reason=" ")
    assert (Proposal.objects.count(), DistinctPair.objects.count()) == (2, 0)


@pytest.mark.parametrize("act", [merge, part])
def test_others_do_not_decide(act, term):
    one, other = two_proposals(term)
    with pytest.raises(NotYourPairError):
        act(term, collector(term, (RecordKind.OPINION, False)), one, other)
    assert (Proposal.objects.count(), DistinctPair.objects.count()) == (2, 0)


def test_the_source_of_a_report_stays(term, registrar):
    one, other = two_proposals(term)
    report_opinion(DAY, other.lead_sponsor, source_proposal_number=other.number)
    with pytest.raises(StillSourceError):
        merge(term, registrar, one, other)
    assert merge(term, registrar, other, one) == other


def test_distinct_records_are_not_suspected_again(term, registrar):
    one, other = two_proposals(term)
    part(term, registrar, other, one)
    pair = DistinctPair.objects.get()
    assert (pair.first_id, pair.second_id, pair.reason) == (one.pk, other.pk, "两件事")
    assert found(registrar, term) == set()
    assert suspects_of(RecordKind.PROPOSAL, one, term=term) == []
    with pytest.raises(DecidedAlreadyError):
        part(term, registrar, one, other)
    assert AuditEntry.objects.count() == 1


def test_compared_rows_say_where_the_two_differ(term):
    one, other = two_proposals(term, title="关于规范共享单车停放的提案")
    lines = {line.label: line for line in compared_rows(RecordKind.PROPOSAL, [one, other])}
    assert [label for label, line in lines.items() if line.differs] == [
        "提案号",
        "案由",
        "提交日期",
    ]
    assert lines["第一提案人"].first == str(one.lead_sponsor)
