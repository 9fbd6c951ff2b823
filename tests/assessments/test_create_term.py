from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from assessments.services import create_term
from members.models import Assembly, Department, Sector, SectorLiaison, SpecialCommittee, Term
from members.services import AssemblyLevelDiffersError, TermExistsError

pytestmark = pytest.mark.django_db


def make(code="pingxiang-14", **fields):
    given = {
        "name": "政协萍乡市第十四届委员会",
        "pack_id": "pingxiang",
        "level": "city",
        "start_date": date(2021, 10, 1),
        "end_date": date(2026, 12, 31),
    }
    at = datetime(2024, 1, 1, tzinfo=UTC)
    return create_term(code=code, **(given | fields), actor=None, at=at)


def test_term_starts_with_the_organs_of_its_pack():
    term = make()
    assert (term.assembly.name, term.rule_pack) == ("政协萍乡市委员会", "pingxiang")
    assert Sector.objects.filter(term=term).count() == 25
    assert SpecialCommittee.objects.filter(term=term).count() == 9
    liaison = SectorLiaison.objects.get(sector__name="特邀界", sector__term=term)
    assert liaison.committee.name == "港澳台侨和外事委员会"
    office = Department.objects.get(term=term, name="调研信息科")
    assert set(office.duties.values_list("record_kind", "own_only")) == {
        ("opinion", False),
        ("article", False),
    }
    committee = Department.objects.get(term=term, name="提案委员会")
    assert committee.committee.name == "提案委员会"
    assert set(committee.duties.values_list("record_kind", "own_only")) == {
        ("proposal", False),
        ("speech", True),
        ("research", True),
        ("themed_activity", True),
    }
    assert set(AuditEntry.objects.values_list("object_id", flat=True)) == {str(term.pk)}


def test_next_term_belongs_to_the_same_assembly():
    make()
    make(
        "pingxiang-15",
        name="政协萍乡市第十五届委员会",
        start_date=date(2027, 1, 1),
        end_date=date(2031, 12, 31),
    )
    assert Assembly.objects.get().terms.count() == 2


def test_code_is_given_once():
    make()
    with pytest.raises(TermExistsError):
        make()
    assert Term.objects.count() == 1


def test_assembly_keeps_its_level():
    make()
    with pytest.raises(AssemblyLevelDiffersError):
        make("pingxiang-15", level="county")


def test_term_cannot_end_before_it_starts():
    with pytest.raises(ValidationError):
        make(end_date=date(2021, 9, 30))
    assert not Term.objects.exists()


def test_command_says_what_it_made():
    out = StringIO()
    call_command(
        "create_term", "yueqing-15", name="政协乐清市第十五届委员会", pack="yueqing",
        starts="2022-01-01", ends="2026-12-31", level="county", stdout=out,
    )  # fmt: skip
    assert out.getvalue() == (
        "已建立政协乐清市第十五届委员会（yueqing-15）：25个界别，9个专门委员会。\n"
    )
    assert Term.objects.get().assembly.level == "county"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ends": "2020-01-01"}, 2),
        ({"starts": "2022-13-01"}, 2),
        ({"pack": "nowhere"}, 2),
        ({"code": "萍乡"}, 2),
        ({"code": "taken"}, 1),
    ],
)
def test_command_refuses_with_its_code(change, code):
    make("taken")
    given = {"starts": "2022-01-01", "ends": "2026-12-31", "pack": "pingxiang", "code": "new"}
    given |= change
    with pytest.raises(CommandError) as refusal:
        call_command(
            "create_term", given["code"], f"--starts={given['starts']}", f"--ends={given['ends']}",
            f"--pack={given['pack']}", "--name=政协试验市第一届委员会",
        )  # fmt: skip
    assert refusal.value.returncode == code
    assert Term.objects.count() == 1
