"""Several clerks at once: every letter has its own number, and none is left out."""

import pytest

from tests.running import all_at_once, running_house

SCENE = """
from accounts.services.roles import sync_roles
sync_roles()
from exits.choices import CaseKind
from tests.exits.cases import make_desk, make_seat, opened
desk = make_desk()
opened(desk, make_seat(desk), CaseKind.REVOKE)
"""
ISSUE = """
from core.refusals import RefusalError
from exits.models import Case
from exits.services.papers import issue_paper
from tests.exits.cases import AT, TODAY
case = Case.objects.select_related("member__term__assembly").get()
for title in ("same", "{clerk}-1", "{clerk}-2"):
    try:
        issue_paper(term=case.member.term, kind="information", title=title, body="x", case=case,
                    addressees=["y"], issued_date=TODAY, actor=None, at=AT)
    except RefusalError:
        pass
"""
COUNTS = """
from accounts.models import AuditEntry
from exits.models import OfficialPaper
from exits.selectors.papers import paper_content
print(sorted(OfficialPaper.objects.values_list("sequence", flat=True)))
print(OfficialPaper.objects.filter(title="same").count())
print(AuditEntry.objects.filter(object_type="exits.officialpaper").count())
print(all(paper_content(paper) for paper in OfficialPaper.objects.all()))
"""
EDIT = """
from core.refusals import RefusalError
from exits.services.papers import edit_template
from tests.exits.cases import AT
try:
    edit_template(kind="other", variant="", title="{clerk}", body="x", actor=None, at=AT,
                  seen_version=0)
except RefusalError:
    pass
"""
EDITED = """
from accounts.models import AuditEntry
from exits.models import PaperTemplate
print(PaperTemplate.objects.get().version)
print(AuditEntry.objects.filter(object_type="exits.papertemplate").count())
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running_house(tmp_path_factory.mktemp("papers") / "house") as house:
        house.ask(SCENE)
        yield house


def at_once(house, code, clerks):
    commands = [
        ("shell", "--verbosity", "0", "-c", code.replace("{clerk}", f"clerk-{number}"))
        for number in range(clerks)
    ]
    assert all_at_once(house, *commands) == [("", 0)] * clerks


def test_clerks_at_once_get_different_numbers_without_a_gap(house):
    at_once(house, ISSUE, 3)
    assert house.ask(COUNTS).splitlines() == ["[1, 2, 3, 4, 5, 6, 7]", "1", "7", "True"]


def test_wording_changed_by_two_at_once_is_kept_once(house):
    at_once(house, EDIT, 3)
    assert house.ask(EDITED).splitlines() == ["1", "1"]
