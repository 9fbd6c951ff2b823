"""Members saved in bulk: the person, the seat and the organs named."""

from datetime import UTC, date, datetime

import pytest

from accounts.services import Batch
from members.models import LiaisonGroup, Member, Person
from members.services import save_members, save_tenures
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 1, 4, tzinfo=UTC)


def seat(code, **values):
    return {
        "code": code,
        "name": f"委员{code}",
        "party": "cpc",
        "sector": "经济财贸界",
        "committee": "经济委员会",
        "joined_date": date(2021, 11, 1),
        "liaison_group": None,
        **values,
    }


def test_new_members_get_persons_and_groups_are_made_once():
    term = make_term()
    batch = Batch([seat("0001", liaison_group="安源区"), seat("0002", liaison_group="安源区")])

    changes = save_members(term=term, batch=batch, actor=None, at=AT)

    assert list(Member.objects.values_list("code", "person__name", "liaison_group__name")) == [
        ("0001", "委员0001", "安源区"),
        ("0002", "委员0002", "安源区"),
    ]
    assert Member.objects.first().sector.name == "经济财贸界"
    assert LiaisonGroup.objects.count() == 1
    assert sorted(change.object_type for change in changes) == [
        "members.liaisongroup",
        "members.member",
        "members.member",
        "members.person",
        "members.person",
    ]


def test_returning_person_is_amended_not_doubled():
    term, earlier = (
        make_term(),
        make_term("test-0", starts=date(2016, 11, 1), ends=date(2021, 10, 31)),
    )
    person = make_member(earlier, "0100", name="旧名").person

    save_members(
        term=term, batch=Batch([seat("0001", name="新名", person_id=person.pk)]), actor=None, at=AT
    )

    assert Person.objects.count() == 1
    assert Member.objects.get(term=term).person.name == "新名"


def test_amending_one_side_leaves_the_other_alone():
    member = make_member(make_term(), "0001", name="旧名")

    save_members(
        term=member.term, batch=Batch(amended={member.pk: {"name": "新名"}}), actor=None, at=AT
    )

    member.refresh_from_db()
    assert (member.person.name, member.person.version, member.version) == ("新名", 2, 1)


def test_tenures_name_members_of_their_own_term():
    term, other = make_term(), make_term("test-2")
    make_member(other, "0001")
    member = make_member(term, "0001")
    post = {"member": "0001", "post": "chairperson", "start_date": date(2021, 11, 1)}

    save_tenures(term=term, batch=Batch([post]), actor=None, at=AT)

    assert member.tenures.get().end_date is None
