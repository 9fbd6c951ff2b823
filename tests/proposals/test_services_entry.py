"""One record at a time, as a collector enters it."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from members.choices import RecordKind
from members.selectors.duties import NotCollectedError
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.selectors.numbering import next_work_number
from proposals.services.entry import (
    NobodyNamedError,
    NotServingError,
    NumberTakenError,
    enter_article,
    enter_opinion,
    enter_proposal,
    enter_research,
)
from tests.building import make_member, make_term, propose
from tests.members.test_duties import collector

pytestmark = pytest.mark.django_db

AT = datetime(2023, 6, 1, 4, tzinfo=UTC)
DAY = date(2023, 5, 10)


@pytest.fixture
def term():
    return make_term()


def proposal(term, actor=None, number="T1", **fields):
    lead = fields.pop("lead_sponsor", None) or make_member(term)
    values = {"title": "案由", "submitted_date": DAY, "lead_sponsor": lead} | fields
    return enter_proposal(term=term, number=number, actor=actor, at=AT, **values)


def test_enter_proposal_keeps_everything_under_one_audit_entry(term):
    one, two, three = (make_member(term, code) for code in ("0001", "0002", "0003"))
    actor = collector(term, (RecordKind.PROPOSAL, False))
    stored = proposal(
        term,
        actor,
        lead_sponsor=one,
        cosponsors=[two, one, three],
        examination_result="on_file",
        undertaking_unit="市教育局",
    )
    stored.refresh_from_db()
    assert (stored.recorded_by, stored.recorded_at, stored.version) == (actor, AT, 1)
    signed = stored.cosponsorships.order_by("sequence")
    assert list(signed.values_list("member", "sequence")) == [(two.pk, 1), (three.pk, 2)]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor) == ("create", actor)
    assert entry.changes.get().after["cosponsors"] == ["0002", "0003"]


def test_enter_opinion_keeps_authors_and_levels(term):
    author = make_member(term, "0001")
    report = enter_opinion(
        term=term,
        number="S1",
        title="标题",
        authors=[author],
        reported_date=DAY,
        adoptions=["city", "province"],
        instructions=["city"],
        actor=collector(term, (RecordKind.OPINION, False)),
        at=AT,
    )
    assert list(report.authors.all()) == [author]
    assert set(report.adoptions.values_list("level", flat=True)) == {"city", "province"}
    assert report.instructions.get().level == "city"
    assert AuditEntry.objects.count() == 1


def test_enter_research_of_another_department_is_refused(term):
    actor = collector(term, (RecordKind.RESEARCH, True))
    values = {
        "term": term,
        "title": "题目",
        "kind": "self_directed",
        "participants": [make_member(term)],
        "completed_date": DAY,
        "actor": actor,
        "at": AT,
    }
    enter_research(number="D1", organiser="学习委", **values)
    with pytest.raises(NotCollectedError):
        enter_research(number="D2", organiser="经济委", **values)
    assert list(Research.objects.values_list("number", flat=True)) == ["D1"]


def test_enter_article_refuses_a_collector_of_other_kinds(term):
    with pytest.raises(NotCollectedError):
        enter_article(
            term=term,
            number="W1",
            title="题目",
            member=make_member(term),
            published_date=DAY,
            publication="会刊",
            actor=collector(term, (RecordKind.OPINION, False)),
            at=AT,
        )
    assert Article.objects.count() == AuditEntry.objects.count() == 0


def test_a_number_is_given_once_a_term(term):
    proposal(term)
    with pytest.raises(NumberTakenError, match="编号“T1”本届已经用过"):
        proposal(term)
    other = make_term("test-0", starts=date(2016, 1, 1), ends=date(2023, 12, 31))
    proposal(other)
    assert Proposal.objects.count() == 2


@pytest.mark.parametrize(
    ("joined", "exited", "served"),
    [
        (DAY, None, True),
        (date(2023, 5, 11), None, False),
        (None, date(2023, 5, 11), True),
        (None, DAY, False),
    ],
)
def test_only_who_served_on_the_date_has_done_it(joined, exited, served, term):
    lead = make_member(term, joined=joined, exited=exited)
    if served:
        assert proposal(term, lead_sponsor=lead)
    else:
        with pytest.raises(NotServingError, match="不在任"):
            proposal(term, lead_sponsor=lead)
        assert Proposal.objects.count() == 0


def test_a_report_needs_an_author(term):
    with pytest.raises(NobodyNamedError):
        enter_opinion(
            term=term, number="S1", title="无人", authors=[], reported_date=DAY, actor=None, at=AT
        )
    assert PublicOpinionReport.objects.count() == 0


def test_what_is_no_level_is_refused_and_nothing_kept(term):
    with pytest.raises(ValidationError):
        enter_opinion(
            term=term,
            number="S1",
            title="标题",
            authors=[make_member(term)],
            reported_date=DAY,
            adoptions=["宇宙"],
            actor=None,
            at=AT,
        )
    assert PublicOpinionReport.objects.count() == AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("numbers", "year", "following"),
    [
        ([], 2023, "TA-2023-001"),
        (["T20230001", "T20230007"], 2023, "T20230008"),
        (["T20230007", "T20230001"], 2023, "T20230008"),
        (["T20230007"], 2024, "T20240001"),
        (["甲"], 2023, ""),
    ],
)
def test_next_work_number_counts_on(numbers, year, following, term):
    for number in numbers:
        propose(make_member(term), DAY, number=number)
    assert next_work_number(Proposal, term=term, year=year) == following
