"""The lists of cases and interviews lead to the pages where they are carried on."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import RoleCode
from exits.choices import CaseKind
from exits.models import Case
from exits.services import name_conductors, record_delivery
from members.models import LiaisonGroup
from tests.accounts.people import make_user
from tests.exits.cases import (
    AT,
    Desk,
    day,
    decide,
    informed,
    make_desk,
    make_seat,
    opened,
    opine,
    to_submitted,
)

pytestmark = pytest.mark.django_db
LIST = reverse("admin:exits_case_changelist")


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    User.objects.update(password_changed_at=timezone.now())
    return desk


def test_row_leads_to_the_cases_own_page(desk, client):
    case = opened(desk, make_seat(desk), "order_resign")
    client.force_login(desk.registrar)
    answer = client.get(reverse("admin:exits_case_change", args=[case.pk]))
    assert answer["Location"] == reverse("exits:case-detail", args=[case.pk])
    client.force_login(desk.leader)
    answer = client.get(reverse("admin:exits_case_change", args=[case.pk]))
    assert answer.status_code == 404


def test_add_leads_to_opening_a_case(desk, client):
    client.force_login(desk.registrar)
    answer = client.get(reverse("admin:exits_case_add"), {"member": 7})
    assert answer["Location"] == f"{reverse('exits:case-create')}?member=7"
    assert reverse("admin:exits_case_add") in client.get(LIST).content.decode()
    client.force_login(desk.leader)
    assert reverse("admin:exits_case_add") not in client.get(LIST).content.decode()


@pytest.mark.parametrize(("closed", "count"), [("no", 2), ("late", 1), ("yes", 1)])
def test_list_is_narrowed_to_open_late_and_ended(closed, count, desk, client):
    today = timezone.localdate()
    late = opened(desk, make_seat(desk), "order_resign")
    Case.objects.filter(pk=late.pk).update(due_date=late.opened_date)
    due = opened(desk, make_seat(desk), "order_resign")
    Case.objects.filter(pk=due.pk).update(due_date=today)
    ended = opened(desk, make_seat(desk), "order_resign")
    Case.objects.filter(pk=ended.pk).update(
        state="dropped", closed_date=today, due_date=late.opened_date
    )
    client.force_login(desk.registrar)
    answer = client.get(LIST, {"closed": closed})
    assert answer.context["cl"].result_count == count


def test_reading_the_list_is_written_down(desk, client):
    case = opened(desk, make_seat(desk), "order_resign")
    client.force_login(desk.registrar)
    client.get(LIST)
    entry = AuditEntry.objects.get(verb="view")
    assert entry.detail == {"object_type": "exits.case", "ids": [case.pk]}


# 修改记录 --------------------------------------------------------------------------------------
def history(client, model: str, pk: int) -> str:
    answer = client.get(reverse(f"admin:{model}_history", args=[pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def revoked(desk) -> Case:
    """Decided with a note that only those who see the case may read."""
    group = LiaisonGroup.objects.create(term=desk.term, name="安源区联络组")
    member = make_seat(desk, "revoked", liaison_group=group)
    reader = make_user("county", RoleCode.COUNTY_GROUP)
    reader.affiliations.create(liaison_group=group)
    make_user("collector", RoleCode.COLLECTOR)
    User.objects.update(password_changed_at=timezone.now(), is_staff=True)
    case = to_submitted(desk, member, CaseKind.REVOKE)
    name_conductors(case=case, leaders=[desk.leader], actor=desk.registrar, at=AT)
    return decide(desk, case, note="因受贿罪判刑，会议通过")


@pytest.mark.parametrize("username", ["county", "collector", "leader", "organization"])
def test_note_of_a_case_is_not_told_in_the_history_of_rows_it_changed(username, revoked, client):
    member = revoked.member
    client.force_login(User.objects.get(username=username))
    text = history(client, "members_member", member.pk)
    assert ("退出日期" in text, "受贿罪" in text) == (True, False)
    post = member.tenures.get()
    if username != "collector":
        assert "受贿罪" not in history(client, "members_tenure", post.pk)


def test_note_of_a_case_is_told_in_its_own_history(revoked, desk, client):
    client.force_login(desk.registrar)
    assert "事由：因受贿罪判刑，会议通过" in history(client, "exits_case", revoked.pk)


def test_history_names_the_act_in_words_where_nothing_else_moved(desk, client):
    case = informed(desk, opened(desk, make_seat(desk), "revoke"))
    opine(desk, case, "organization", verdict="disagree", text="不予同意")
    client.force_login(desk.registrar)
    text = history(client, "exits_case", case.pk)
    assert [words for words in ("会商意见", "通报情况") if words not in text] == []
    assert "没有可以显示的改动" not in text


def test_conductors_and_telling_are_not_told_a_department_in_the_history(revoked, desk, client):
    hidden = ("经办领导", desk.leader.name, "首次告知本人日期")
    Case.objects.filter(pk=revoked.pk).update(told_date=None)
    delivery = revoked.deliveries.get(addressee="member")
    record_delivery(delivery=delivery, date=day(9), manner="送达", actor=desk.registrar, at=AT)
    seen = {}
    for user in (desk.registrar, desk.leader, desk.organization):
        client.force_login(user)
        text = history(client, "exits_case", revoked.pk)
        seen[user.username] = [words in text for words in hidden]
    assert seen == {
        "registrar": [True, True, True],
        "leader": [True, True, True],
        "organization": [False, False, False],
    }
