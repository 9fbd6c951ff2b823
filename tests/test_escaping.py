"""What users type is text on every page: never markup, never a script's words."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Job
from tests.test_visibility_office import PERSONAL, TABLES, address
from tests.world import AT, World, add_member, add_user, build_term

#: Breaks out of an attribute, of an element, and of a quoted word in a script.
WORD = "\"'><b-ad>{{7*7}}');x`"


class Reader(HTMLParser):
    """Finds elements made of the word, and the word in attributes that browsers execute."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_script = tag == "script"
        if tag == "b-ad":
            self.found.append("element")
        for name, value in attrs:
            executed = name.startswith(("on", "x-", "@", ":", "hx-on", "style"))
            if "b-ad" in name or (executed and "b-ad" in (value or "")):
                self.found.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self.in_script and "<b-ad" in data:
            self.found.append("script")
        self.in_script = False


def executed_in(page: str) -> list[str]:
    reader = Reader()
    reader.feed(page)
    return reader.found


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p>&lt;b-ad&gt;</p>", []),
        ("<p><b-ad></p>", ["element"]),
        ("<p x-data=\"{name: '&lt;b-ad&gt;'}\"></p>", ["p x-data"]),
        ("<script>name = '<b-ad>'</script>", ["script"]),
    ],
)
def test_reader_tells_text_from_markup(page, found):
    assert executed_in(page) == found


@pytest.fixture
def world(db) -> World:
    world = build_term()
    world.meeting.title = world.meeting.topic = world.meeting.place = WORD
    world.meeting.save()
    for organ in (*world.sectors, *world.committees, *world.groups):
        organ.name = f"{organ.name}{WORD}"
        organ.save()
    member = add_member(world, WORD)
    user = add_user(world, "registrar", "registrar")
    user.name = WORD
    user.save()
    member.findings.update(
        title=WORD,
        decision_reason=WORD,
        citations=[{"document": WORD, "clause": WORD, "text": WORD}],
    )
    Job.objects.create(task="x", title=WORD, message=WORD, owner=user, queued_at=AT)
    return world


def pages(world: World) -> Iterator[str]:
    yield reverse("admin:index")
    yield reverse("accounts:job-list")
    for job in Job.objects.all():
        yield reverse("accounts:job-detail", args=[job.pk])
    yield reverse("reporting:export-create")
    for model in TABLES:
        yield address(model, "changelist")
        yield f"{address(model, 'changelist')}?q={WORD}"
        row = model._default_manager.first()
        if row is not None and model in PERSONAL:
            yield from (address(model, act, row.pk) for act in ("change", "history", "delete"))


@pytest.mark.once
def test_office_pages_show_what_was_typed_as_text(world):
    client = Client(raise_request_exception=False)
    client.force_login(world.users["registrar"])
    wrong, read = [], 0
    for path in pages(world):
        answer = client.get(path)
        assert answer.status_code in {200, 302, 403, 404}, path
        text = answer.content.decode()
        read += "b-ad" in text
        wrong += [(path, found) for found in executed_in(text)]
    assert wrong == []
    assert read > len(PERSONAL), "the pages no longer show the word at all"
