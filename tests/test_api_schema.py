"""The interface describes itself wholly, and in Chinese."""

import re

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from config.api import kept_schema

CHINESE = re.compile(r"[一-鿿]")


def operations() -> list[tuple[str, dict]]:
    return [
        (f"{method} {path}", operation)
        for path, methods in kept_schema()["paths"].items()
        for method, operation in methods.items()
    ]


def test_schema_is_valid_and_without_gaps(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_every_operation_says_in_chinese_what_it_does():
    wrong = [name for name, operation in operations() if not CHINESE.search(operation["summary"])]
    assert wrong == []


def test_every_operation_tells_what_it_may_refuse():
    wrong = [
        name
        for name, operation in operations()
        if not {"400", "401", "403", "404", "429"} <= set(operation["responses"])
    ]
    assert wrong == []


def test_writes_are_the_few_that_are_meant():
    writes = {name for name, _ in operations() if not name.startswith("get ")}
    assert writes == {
        "post /api/v1/tokens/",
        "delete /api/v1/tokens/",
        "post /api/v1/findings/{id}/decision/",
        "post /api/v1/evaluations/",
        "post /api/v1/exports/",
    }


@pytest.mark.parametrize("name", ["schema", "docs"])
def test_description_is_for_those_signed_in(name, client, db):
    user = User.objects.create(username="reader", password_changed_at=timezone.now())
    assert client.get(f"/api/v1/{name}/").status_code == 401
    signed_in = Client()
    signed_in.force_login(user)
    assert signed_in.get(f"/api/v1/{name}/").status_code == 200
