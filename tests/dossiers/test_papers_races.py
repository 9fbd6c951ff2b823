"""One member at several windows at once: one effect, nothing lost unseen."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from dossiers.choices import ReturnBlock
from tests.building import make_member, make_term
from tests.dossiers.papers import AT, account, begun, confirm_all, make_campaign
from dossiers.choices import HandInKind
term = make_term("race")
campaign = make_campaign(term)
for place in range(12):
    member = make_member(term, f"{place:04}", standing_from=term.start_date)
    account(member, f"m{place}")
    confirm_all(begun(campaign, member))
    begun(campaign, member, HandInKind.PERFORMANCE_REPORT)
"""
SUBMIT = """
from dossiers.models import DutyPaper
from dossiers.services.papers import submit_paper
from tests.dossiers.papers import AT
for paper in DutyPaper.objects.filter(kind="annual_return").order_by("pk"):
    submit_paper(paper=paper, seen_version=1, actor=paper.member.person.user, at=AT)
"""
SAVE = """
import os
from accounts.services import StaleRecordError
from dossiers.models import DutyPaper
from tests.dossiers.papers import wrote
for paper in DutyPaper.objects.filter(kind="performance_report").order_by("pk"):
    paper.version = 1
    try:
        wrote(paper, text=f"{os.getpid()}")
    except StaleRecordError:
        pass
"""
BEGIN = """
from dossiers.models import Campaign
from members.models import Member
from tests.dossiers.papers import begun
campaign = Campaign.objects.get()
for member in Member.objects.order_by("pk"):
    begun(campaign, member, "performance_form")
"""
COUNTS = """
from accounts.models import AuditEntry
from dossiers.models import DutyPaper, HandIn, PaperEvent
print(HandIn.objects.count(), PaperEvent.objects.count(), DutyPaper.objects.count())
print(set(DutyPaper.objects.filter(kind="annual_return").values_list("state", "version")))
print(set(DutyPaper.objects.filter(kind="performance_report").values_list("version", flat=True)))
print(AuditEntry.objects.filter(object_type="dossiers.dutypaper").count())
"""


@pytest.fixture
def house(tmp_path):
    with running_house(tmp_path / "house") as house:
        house.ask(SCENE)
        yield house


def test_many_windows_have_one_effect(house):
    at_once = [
        ("shell", "--verbosity", "0", "-c", code)
        for code in (SUBMIT, SUBMIT, SAVE, SAVE, BEGIN, BEGIN)
    ]
    assert all_at_once(house, *at_once) == [("", 0)] * 6
    counts, returns, reports, entries = house.ask(COUNTS).splitlines()
    assert counts == "12 12 36"
    assert (returns, reports) == ("{('submitted', 2)}", "{2}")
    # Begun 24, confirmed 96, then handed in 12, saved 12, begun 12.
    assert entries == "156"
