"""A proposal examined as 转社情民意, and the report it becomes."""

from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEntry
from members.choices import RecordKind
from members.selectors.duties import NotCollectedError
from proposals.models import PublicOpinionReport
from proposals.selectors.linking import converted_waiting, reports_from, reports_to_link, source_of
from proposals.services.linking import (
    AlreadyLinkedError,
    NotConvertedError,
    convert_proposal,
    link_opinion,
)
from tests.building import make_member, make_term, propose, report_opinion
from tests.members.test_duties import collector

pytestmark = pytest.mark.django_db

AT = datetime(2023, 6, 1, 4, tzinfo=UTC)
DAY = date(2023, 5, 10)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def lead(term):
    return make_member(term, "0001")


@pytest.fixture
def converted(term, lead):
    return propose(lead, DAY, make_member(term, "0002"), examination_result="converted")


@pytest.fixture
def actor(term):
    return collector(term, (RecordKind.OPINION, False))


def convert(proposal, actor, number="S1", on=date(2023, 5, 20)):
    return convert_proposal(proposal=proposal, number=number, reported_date=on, actor=actor, at=AT)


def test_convert_proposal_takes_over_title_and_sponsors(converted, actor):
    report = convert(converted, actor)
    signed = report.authorships.order_by("sequence").values_list("member__code", flat=True)
    assert list(signed) == ["0001", "0002"]
    assert (report.title, report.source_proposal_number) == (converted.title, converted.number)
    assert list(reports_from(converted)) == [report]
    assert list(source_of(report)) == [converted]
    assert AuditEntry.objects.count() == 1


def test_convert_proposal_twice_is_one_report(converted, actor):
    convert(converted, actor)
    with pytest.raises(AlreadyLinkedError, match="没有重复转录"):
        convert(converted, actor, number="S2")
    assert PublicOpinionReport.objects.count() == 1


@pytest.mark.parametrize("result", ["", "on_file", "not_on_file"])
def test_only_a_converted_proposal_becomes_a_report(result, lead, actor):
    proposal = propose(lead, DAY, examination_result=result)
    with pytest.raises(NotConvertedError):
        convert(proposal, actor)
    assert PublicOpinionReport.objects.count() == 0


def test_sponsors_who_left_are_no_authors(term, actor):
    left = make_member(term, "0009", exited=date(2023, 5, 15))
    proposal = propose(make_member(term, "0008"), DAY, left, examination_result="converted")
    report = convert(proposal, actor, on=date(2023, 5, 15))
    assert [member.code for member in report.authors.all()] == ["0008"]


def test_whoever_collects_proposals_only_does_not_convert(term, converted):
    other = collector(term, (RecordKind.PROPOSAL, False), name="other", department="提案委")
    with pytest.raises(NotCollectedError):
        convert(converted, other)
    report = report_opinion(DAY, converted.lead_sponsor)
    with pytest.raises(NotCollectedError):
        link_opinion(proposal=converted, report=report, actor=other, at=AT)


def test_link_opinion_names_the_source_once(converted, lead, actor):
    report, other = report_opinion(DAY, lead), report_opinion(DAY, lead)
    assert set(reports_to_link(converted)) == {report, other}
    linked = link_opinion(proposal=converted, report=report, actor=actor, at=AT)
    assert linked.source_proposal_number == converted.number
    with pytest.raises(AlreadyLinkedError, match="没有重复转录"):
        link_opinion(proposal=converted, report=other, actor=actor, at=AT)
    second = propose(lead, DAY, examination_result="converted")
    with pytest.raises(AlreadyLinkedError, match="已注明由提案"):
        link_opinion(proposal=second, report=report, actor=actor, at=AT)
    assert AuditEntry.objects.count() == 1


def test_converted_waiting_lists_those_no_report_names(term, converted, lead):
    propose(lead, DAY, examination_result="on_file")
    done = propose(lead, DAY, examination_result="converted")
    report_opinion(DAY, lead, source_proposal_number=done.number)
    assert list(converted_waiting(term)) == [converted]


def test_reports_of_strangers_are_not_offered(term, converted):
    report_opinion(DAY, make_member(term, "0099"))
    assert list(reports_to_link(converted)) == []


@pytest.mark.parametrize("size", [1, 3])
def test_converted_waiting_takes_two_queries(size, term, lead, django_assert_num_queries):
    for _ in range(size):
        propose(lead, DAY, make_member(term), examination_result="converted")
    with django_assert_num_queries(2):
        waiting = list(converted_waiting(term))
        told = [row.member.person.name for one in waiting for row in one.cosponsorships.all()]
    assert len(told) == size
