import os
from importlib import import_module

import pytest
from django.apps import apps as django_apps
from django.db import connection
from django.test import TransactionTestCase
from playwright.sync_api import expect

from accounts.models import Job
from tests import migrated
from tests.browsing import CHROMIUM, PATIENCE

# A browser's event loop stays with its test process, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: Fixtures without which, unmarked, a test that asks the database fails.
DATABASE = frozenset({"db", "transactional_db", "django_db_setup", "house"})
#: Fixtures and modules.
LONG = frozenset({"house", "tests.test_scale", "tests.test_escaping", "tests.exits.test_load_demo"})
audit_guards = import_module("accounts.migrations.0005_guards")
audit_head = import_module("accounts.migrations.0004_audit_head")


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "once: cannot turn out differently on another database; scripts/test runs it on SQLite only",
    )
    # A machine busy with other things is slow, not wrong.
    expect.set_options(timeout=PATIENCE)
    if not is_worker(config):
        migrated.prepare()


def pytest_unconfigure(config):
    if not is_worker(config):
        migrated.discard()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that may not ask the database are marked `once` by themselves.

    Whoever starts the whole system goes first: the long tests are not left for the end.
    """
    for item in items:
        if not (item.get_closest_marker("django_db") or DATABASE.intersection(item.fixturenames)):
            item.add_marker("once")
    items.sort(key=lambda item: not LONG.intersection((*item.fixturenames, item.module.__name__)))


def is_worker(config):
    """One of several processes of a run; the first process prepares the run and clears up."""
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return CHROMIUM


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    with migrated.test_database_begun():
        yield


@pytest.fixture(autouse=True)
def static_files_need_no_collecting(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def passwords_are_hashed_fast(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def files_are_kept_apart(monkeypatch, tmp_path):
    """The storage is made once, when the models are: it is led elsewhere for the test."""
    for field in ("upload", "product"):
        storage = Job._meta.get_field(field).storage
        monkeypatch.setitem(vars(storage), "base_location", tmp_path / "private")
        monkeypatch.setitem(vars(storage), "location", str(tmp_path / "private"))


@pytest.fixture(autouse=True, scope="session")
def emptied_database_gets_a_new_trail():
    """Tests without a surrounding transaction empty the tables afterwards. The audit trail's
    guards refuse that, so they are lifted meanwhile, and a new head is laid.
    """
    empty = TransactionTestCase._fixture_teardown

    def lift_guards_and_empty(self):
        with connection.schema_editor() as editor:
            audit_guards.remove(None, editor)
        empty(self)
        with connection.schema_editor() as editor:
            audit_head.lay_head(django_apps, editor)
            audit_guards.install(None, editor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_guards_and_empty)
        yield
