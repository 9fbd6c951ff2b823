"""Changing one's password."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from accounts.choices import Verb
from accounts.models import AuditEntry, User
from accounts.services.passwords import (
    WrongPasswordError,
    change_password,
    random_password,
    reset_password,
)
from core.passwords import CLASSES
from tests.accounts.people import AT, PASSWORD, make_user

pytestmark = pytest.mark.django_db

NEW = "Song-88-He-Lou"
LATER = AT + timedelta(days=1)


def change(user, password=NEW, present=PASSWORD):
    return change_password(user=user, present=present, password=password, at=LATER)


def test_changed_password_is_good_and_no_longer_due():
    user = make_user(must_change_password=True, initial_password_expires_at=AT)
    change(user)
    stored = User.objects.get()
    assert stored.check_password(NEW)
    assert (stored.must_change_password, stored.initial_password_expires_at) == (False, None)
    assert stored.password_changed_at == LATER
    assert AuditEntry.objects.get(verb=Verb.CHANGE_PASSWORD).actor == user


def test_wrong_present_password_changes_nothing():
    with pytest.raises(WrongPasswordError):
        change(make_user(), present="nonsense")
    assert User.objects.get().check_password(PASSWORD)


def test_weak_password_changes_nothing():
    with pytest.raises(ValidationError):
        change(make_user(), password="short")
    assert User.objects.get().check_password(PASSWORD)


def test_last_five_passwords_are_not_used_again():
    user, present = make_user(), PASSWORD
    series = [f"Song-{number}-He-Lou" for number in (81, 82, 83, 84, 85)]
    for password in series:
        change(user, password, present)
        present = password
    for password in series:
        with pytest.raises(ValidationError, match="最近5次"):
            change(user, password, present)
    change(user, PASSWORD, present)
    assert User.objects.get().check_password(PASSWORD)


def test_password_before_a_reset_is_remembered():
    user = make_user()
    issued = reset_password(user=user, actor=None, at=AT)
    with pytest.raises(ValidationError, match="最近5次"):
        change(user, PASSWORD, issued.password)


def test_other_profile_remembers_none(settings):
    settings.PASSWORDS_REMEMBERED = 0
    change(make_user(), PASSWORD)
    assert User.objects.get().check_password(PASSWORD)


def test_random_password_has_four_kinds_of_characters():
    for _ in range(50):
        password = random_password()
        assert len(password) == 17
        assert all(kind.search(password) for kind in CLASSES)
