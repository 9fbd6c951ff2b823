"""The lists of cases and interviews lead to the pages where they are carried on."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from exits.models import Case
from tests.exits.cases import Desk, make_desk, make_seat, opened

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
