"""Reports that did not come from a proposal of one's own, counted apart for packs that ask."""

from datetime import date
from random import Random

import pytest

from dossiers.facts import MEASURES
from dossiers.selectors import duty_facts, records_behind
from tests.building import make_member, make_term, propose, report_opinion

pytestmark = pytest.mark.django_db

DAY, END = date(2023, 5, 10), date(2023, 12, 31)
MEASURE = "opinions.unconverted"


def counted(member):
    facts = duty_facts(term=member.term, year=2023, on=END).member(member.pk)
    return [facts.value(name) for name in ("opinions.submitted", MEASURE)]


@pytest.fixture
def term():
    return make_term()


def test_a_report_from_a_proposal_led_or_cosigned_is_left_out(term):
    lead, cosigner, other = (make_member(term) for _ in range(3))
    proposal = propose(lead, DAY, cosigner)
    report_opinion(DAY, lead, cosigner, other, source_proposal_number=proposal.number)
    report_opinion(DAY, lead)
    assert counted(lead) == [2, 1]
    assert counted(cosigner) == [1, 0]
    assert counted(other) == [1, 1]


@pytest.mark.parametrize("source", ["", "没有这件"])
def test_a_report_without_a_known_source_counts(source, term):
    member = make_member(term)
    propose(member, DAY)
    report_opinion(DAY, member, source_proposal_number=source)
    assert counted(member) == [1, 1]


def test_a_proposal_of_another_term_is_no_source(term):
    before = make_term("test-0", starts=date(2016, 1, 1))
    member = make_member(term)
    old = propose(make_member(before, person=member.person), DAY)
    report_opinion(DAY, member, source_proposal_number=old.number)
    assert counted(member) == [1, 1]


def test_the_records_behind_it_are_those_counted(term):
    member = make_member(term)
    proposal = propose(member, DAY)
    report_opinion(DAY, member, source_proposal_number=proposal.number)
    own = report_opinion(DAY, member)
    facts = duty_facts(term=term, year=2023, on=END)
    behind = records_behind(facts, wanted={member.pk: [MEASURE]}, measures=[MEASURE])
    assert list(behind[member.pk, MEASURE]) == [f"社情民意:{own.number}"]
    assert MEASURES[MEASURE].unit == "篇"


@pytest.mark.parametrize("seed", range(3))
def test_counted_one_by_one_it_is_the_same(seed, term):
    rng = Random(seed)  # noqa: S311 -- invented data
    members = [make_member(term) for _ in range(6)]
    signed = {}
    for _ in range(6):
        names = rng.sample(members, rng.randint(1, 3))
        signed[propose(names[0], DAY, *names[1:]).number] = set(names)
    reports = []
    for _ in range(15):
        authors = rng.sample(members, rng.randint(1, 3))
        source = rng.choice(["", "无", *signed])
        report_opinion(DAY, *authors, source_proposal_number=source)
        reports.append((authors, source))
    for member in members:
        naive = sum(
            member in authors and member not in signed.get(source, ())
            for authors, source in reports
        )
        assert counted(member)[1] == naive
