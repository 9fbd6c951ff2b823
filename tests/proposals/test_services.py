"""Works saved in bulk, with the lists that belong to them."""

from datetime import UTC, date, datetime

import pytest

from accounts.services import Batch
from proposals.models import Proposal, PublicOpinionReport
from proposals.services import save_opinions, save_proposals
from tests.building import make_member, make_term, propose, report_opinion

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)


@pytest.fixture
def term():
    term = make_term()
    for code in ("0001", "0002", "0003"):
        make_member(term, code)
    return term


def sponsors(proposal):
    return list(proposal.cosponsorships.values_list("member__code", "sequence"))


def test_added_proposal_keeps_the_order_of_its_sponsors(term):
    values = {
        "number": "T1",
        "title": "建议",
        "lead_sponsor": "0002",
        "cosponsors": ("0003", "0001"),
        "submitted_date": date(2022, 5, 1),
    }

    changes = save_proposals(term=term, batch=Batch([values]), actor=None, at=AT)

    proposal = Proposal.objects.get()
    assert proposal.lead_sponsor.code == "0002"
    assert sponsors(proposal) == [("0003", 1), ("0001", 2)]
    assert [change.after["cosponsors"] for change in changes] == [["0003", "0001"]]


def test_amended_sponsors_replace_those_of_that_proposal_only(term):
    members = {member.code: member for member in term.members.all()}
    first = propose(members["0001"], date(2022, 5, 1), members["0002"])
    second = propose(members["0001"], date(2022, 5, 1), members["0002"])

    changes = save_proposals(
        term=term, batch=Batch(amended={first.pk: {"cosponsors": ("0003",)}}), actor=None, at=AT
    )

    assert sponsors(first) == [("0003", 1)]
    assert sponsors(second) == [("0002", 1)]
    assert (changes[0].before["cosponsors"], changes[0].after["cosponsors"]) == (["0002"], ["0003"])
    first.refresh_from_db()
    assert first.version == 2


def test_levels_of_an_opinion_can_be_taken_back(term):
    report = report_opinion(
        date(2022, 5, 1), term.members.get(code="0001"), adopted=("city", "province")
    )

    save_opinions(term=term, batch=Batch(amended={report.pk: {"adoptions": ()}}), actor=None, at=AT)

    assert PublicOpinionReport.objects.get().adoptions.count() == 0
    assert PublicOpinionReport.objects.get().authorships.count() == 1
