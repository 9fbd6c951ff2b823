"""Large type: kept in the browser, with or without an account, and back to where one was."""

import pytest
from django.urls import reverse

from accounts.models import User

SIZE = "accounts:type-size"


@pytest.mark.django_db
def test_large_type_is_kept_and_taken_back(client):
    answer = client.post(reverse(SIZE), {"size": "large", "next": "/accounts/sessions/create/"})
    assert answer["Location"] == "/accounts/sessions/create/"
    page = client.get("/accounts/sessions/create/").content.decode()
    assert 'class="is-large"' in page
    assert "标准字" in page
    client.post(reverse(SIZE), {"size": "standard", "next": "/"})
    page = client.get("/accounts/sessions/create/").content.decode()
    assert 'class="is-large"' not in page
    assert "大字" in page


@pytest.mark.django_db
@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example/", ""])
def test_type_size_never_leads_out_of_the_house(following, client):
    answer = client.post(reverse(SIZE), {"size": "large", "next": following})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_large_type_may_be_asked_for_before_the_password_is_changed(client):
    client.force_login(User.objects.create_user("new", name="新人"))
    assert client.post(reverse(SIZE), {"size": "large", "next": "/"})["Location"] == "/"
