import pytest


@pytest.fixture(autouse=True)
def static_files_need_no_collecting(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
