import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import RoleCode
from tests.accounts.people import make_user

OF_A_TERM = [
    "dossiers:entry-list",
    "dossiers:import-create",
    "dossiers:import-template",
    "exits:exchange-create",
    "exits:interview-create",
    "exits:run-create",
    "exits:template-list",
    "exits:trial-pack",
    "reporting:campaign-list",
    "reporting:organ-list",
    "reporting:timeliness-records",
]


@pytest.mark.parametrize("name", OF_A_TERM)
def test_page_of_a_term_is_not_there_before_the_first(name, client, db):
    client.force_login(
        make_user("lianluoke", RoleCode.REGISTRAR, password_changed_at=timezone.now())
    )
    assert client.get(reverse(name)).status_code == 404


def test_timeliness_board_is_there_before_the_first_term(client, db):
    client.force_login(
        make_user("lianluoke", RoleCode.REGISTRAR, password_changed_at=timezone.now())
    )
    assert client.get(reverse("reporting:timeliness")).status_code == 200
