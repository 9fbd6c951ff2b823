"""One account for each role, standing where the role stands."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import RoleCode
from members.choices import Post, RecordKind
from members.models import CollectionDuty, Department, LiaisonGroup, Member, SectorGroup
from tests.building import make_member, make_tenure, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    term = make_term("demo-1", starts=date(2021, 11, 1), ends=date(2099, 12, 31))
    department = Department.objects.create(term=term, name="提案委")
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.PROPOSAL)
    group = LiaisonGroup.objects.create(term=term, name="安源区联络组")
    SectorGroup.objects.create(term=term, name="工商联界活动组", sector=term.sector_set.first())
    chair = make_member(term, "0001", name="聂琳")
    make_tenure(chair, term.start_date, post=Post.CHAIRPERSON)
    for code, post in (("0004", Post.SECRETARY_GENERAL), ("0005", Post.VICE_CHAIRPERSON)):
        make_tenure(make_member(term, code), term.start_date, post=post)
    make_member(term, "0002", name="喻浩", standing_from=term.start_date)
    make_member(term, "0003", name="罗江", liaison_group=group)
    return term


def run(capsys) -> dict[str, tuple[str, str]]:
    """Name and password by account, as printed."""
    call_command("create_demo_accounts", term="demo-1")
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["角色", "账号", "姓名", "密码"]
    return {username: (name, password) for _, username, name, password in rows[1:]}


def test_every_role_has_an_account_that_can_sign_in(term, capsys):
    shown = run(capsys)
    held = {code for user in User.objects.all() for code in user.role_codes}
    assert held == set(RoleCode)
    for user in User.objects.all():
        assert user.check_password(shown[user.username][1])
        assert not user.must_change_password


def test_accounts_stand_where_their_roles_stand(term, capsys):
    shown = run(capsys)
    people = dict(Member.objects.values_list("person__user__username", "code"))
    assert {username: code for username, code in people.items() if username} == {
        "demo-leader": "0001",
        "demo-secretary": "0004",
        "demo-vice-chair": "0005",
        "demo-standing-member": "0002",
        "demo-member": "0003",
    }
    assert shown["demo-leader"][0] == "聂琳"
    collector = User.objects.get(username="demo-collector")
    assert collector.affiliations.get().department.name == "提案委"
    county = User.objects.get(username="demo-county")
    assert list(Member.objects.visible_to(county).values_list("code", flat=True)) == ["0003"]


def test_second_run_gives_new_passwords_to_the_same_accounts(term, capsys):
    first, second = run(capsys), run(capsys)
    assert first.keys() == second.keys()
    assert User.objects.count() == len(first)
    assert all(first[name][1] != second[name][1] for name in first)
    assert User.objects.get(username="demo-collector").affiliations.count() == 1


def test_without_the_term_nothing_is_made():
    with pytest.raises(CommandError) as refused:
        call_command("create_demo_accounts", term="nowhere")
    assert refused.value.returncode == 1
    assert not User.objects.exists()
