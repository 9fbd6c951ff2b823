"""The office's pages obey the table of tests/test_visibility.py, side doors included."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from accounts.models import AuditEntry
from attendance.models import Attendance, Sitting
from proposals.models import Proposal, Research
from tests.test_visibility import (
    ALL,
    MARKS,
    NOBODY,
    OPEN,
    ROLES,
    SEES,
    A,
    B,
    C,
    label,
    marks_in,
    shown,
    sign_in,
)
from tests.world import World, build_world

#: Office tables of no member: organs, settings, rule packs, accounts.
IMPERSONAL = OPEN | {
    "members.assembly",
    "members.affiliation",
    "members.collectionduty",
    "members.calendarday",
    "attendance.sitting",
    "attendance.procedure",
    "assessments.packsnapshot",
    "accounts.role",
    "accounts.user",
    "accounts.auditentry",
    "auth.group",
    "django_celery_beat.periodictask",
    "django_celery_beat.clockedschedule",
    "django_celery_beat.crontabschedule",
    "django_celery_beat.solarschedule",
    "django_celery_beat.intervalschedule",
}
#: Kinds the interface does not offer; the member role does not come into the office at all.
OFFICE_ONLY = {
    "registrar": shown(
        ALL, {"members.person", "exits.case", "exits.interview", "reporting.dutydossier"}
    ),
    # of a measure against a member, and of an interview, a leader reads those they conduct
    "leader": shown(ALL, {"members.person", "reporting.dutydossier"})
    | shown(NOBODY, {"exits.case", "exits.interview"}),
    "organization_department": shown(
        {A, C}, {"members.person", "exits.case", "reporting.dutydossier"}
    )
    | shown(NOBODY, {"exits.interview"}),
    "united_front_department": shown({B}, {"members.person", "exits.case", "reporting.dutydossier"})
    | shown(NOBODY, {"exits.interview"}),
    "county_group": shown({A, B}, {"reporting.dutydossier"}),
    "sector_group": shown({A, B}, {"reporting.dutydossier"}),
}
OFFICE = {
    role: {} if role == "member" else SEES[role] | OFFICE_ONLY.get(role, {}) for role in ROLES
}
#: Rows whose page is another: the list leads there.
LED_ON = {"exits.case", "exits.interview"}
TABLES = sorted(admin.site._registry, key=label)
PERSONAL = [model for model in TABLES if label(model) not in IMPERSONAL]


@pytest.fixture
def world(db) -> Iterator[World]:
    return build_world()


def address(model: type[Model], act: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{act}", args=args)


def test_table_knows_every_kind_the_office_keeps():
    known = {kind for sees in OFFICE.values() for kind in sees}
    assert {label(model) for model in PERSONAL} - known == set()


@pytest.mark.parametrize("role", ROLES)
def test_lists_show_each_role_its_members_records_only(role, world):
    client = sign_in(world, role)
    seen = {}
    for model in PERSONAL:
        answer = client.get(address(model, "changelist"))
        if answer.status_code == 200:
            seen[label(model)] = frozenset(marks_in(answer.content))
        else:
            assert answer.status_code in {302, 403}
            assert marks_in(answer.content) == set()
    offered = {label(model) for model in PERSONAL}
    assert seen == {kind: marks for kind, marks in OFFICE[role].items() if kind in offered}


@pytest.mark.parametrize(
    ("act", "role"),
    [
        *(("change", role) for role in ROLES),
        *(
            (act, role)
            for act in ("history", "delete")
            for role in ("collector", "county_group", "united_front_department")
        ),
    ],
)
def test_pages_of_a_record_open_for_its_readers_only(act, role, world):
    """Of the rows a role may open one a kind is enough; of the others every one is tried."""
    client = sign_in(world, role)
    wrong = []
    for model in PERSONAL:
        allowed = OFFICE[role].get(label(model), NOBODY)
        rows = list(model._default_manager.order_by("pk"))
        owners = [MARKS[place * len(MARKS) // len(rows)] for place in range(len(rows))]
        readable = [row for row, mark in zip(rows, owners, strict=True) if mark in allowed]
        for row in rows:
            if row in readable[1:]:
                continue
            answer = client.get(address(model, act, row.pk))
            if act == "change" and label(model) in LED_ON and answer.status_code == 302:
                answer = client.get(answer["Location"])
            if marks_in(answer.content) - allowed or (answer.status_code == 200) > (
                row in readable
            ):
                wrong.append((label(model), row.pk, answer.status_code))
            if act == "change" and row in readable and answer.status_code != 200:
                wrong.append((label(model), row.pk, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_choices_offered_by_typing_are_visible_rows(role, world):
    """Autocomplete: the side door most often forgotten."""
    client = sign_in(world, role)
    wrong = []
    for model in TABLES:
        for field in admin.site._registry[model].autocomplete_fields:
            target = model._meta.get_field(field).related_model
            question = {
                "app_label": model._meta.app_label,
                "model_name": model._meta.model_name,
                "field_name": field,
                "term": "",
            }
            answer = client.get(f"{reverse('admin:autocomplete')}?{urlencode(question)}")
            allowed = OFFICE[role].get(label(target), NOBODY)
            if marks := marks_in(answer.content) - allowed:
                wrong.append((label(model), field, marks))
    assert wrong == []


@pytest.mark.parametrize("role", ["registrar", "collector"])
def test_forms_offer_visible_rows_only(role, world):
    client = sign_in(world, role)
    wrong = []
    for model in PERSONAL:
        answer = client.get(address(model, "add"))
        allowed = OFFICE[role].get("members.member", NOBODY)
        if answer.status_code == 200 and (marks := marks_in(answer.content) - allowed):
            wrong.append((label(model), marks))
    assert wrong == []


def lookups_of(model: type[Model], prefix: str = "", depth: int = 2) -> Iterator[str]:
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model and depth:
            yield from lookups_of(field.related_model, f"{prefix}{field.name}__", depth - 1)
        elif not field.is_relation:
            yield f"{prefix}{field.name}"


@pytest.mark.parametrize("model", PERSONAL, ids=label)
def test_lists_cannot_be_probed_for_hidden_values(model, world, rf):
    """Guessing a telephone number or a sanction through the address bar narrows nothing."""
    site = admin.site._registry[model]
    request = rf.get("/")
    request.user = world.users["leader"]
    hidden = [
        lookup
        for lookup in lookups_of(model)
        if any(word in lookup for word in ("phone", "password", "sanction", "conductfinding"))
    ]
    probes = [f"{lookup}{step}" for lookup in hidden for step in ("", "__startswith", "__gt")]
    assert [probe for probe in probes if site.lookup_allowed(probe, "1", request)] == []


@pytest.mark.parametrize("role", ["collector", "organization_department"])
def test_search_in_the_office_finds_visible_rows_only(role, world):
    client = sign_in(world, role)
    for model in PERSONAL:
        allowed = OFFICE[role].get(label(model), NOBODY)
        for mark in set(MARKS) - allowed:
            answer = client.get(f"{address(model, 'changelist')}?q={mark}")
            rows = answer.context_data["cl"].result_count if answer.status_code == 200 else 0
            assert rows == 0, (label(model), mark)


def test_collector_cannot_write_what_another_department_collects(world):
    client = sign_in(world, "collector")
    before = Attendance.objects.count()
    other = Sitting.objects.create(meeting=world.meeting, number=2)
    form = {"sitting": other.pk, "member": world.members[0].pk, "status": "present"}
    answer = client.post(address(Attendance, "add"), form, follow=True)
    assert "不在您的职责范围之内，没有保存" in answer.content.decode()
    assert Attendance.objects.count() == before


def test_collector_cannot_rewrite_their_own_record_of_another_department(world):
    world.members[0].person.user = None
    world.members[0].person.save()
    world.members[1].person.user = world.users["collector"]
    world.members[1].person.save()
    client = sign_in(world, "collector")
    own = Attendance.objects.get(member=world.members[1])
    assert client.get(address(Attendance, "change", own.pk)).status_code == 200
    form = {"sitting": own.sitting_id, "member": own.member_id, "status": "present"}
    for act in ("change", "delete"):
        answer = client.post(
            address(Attendance, act, own.pk), form | {"post": "yes", "reason": "x"}
        )
        assert answer.status_code == 403
    own.refresh_from_db()
    assert own.status == "leave"


def test_collector_writes_what_the_department_collects(world):
    form = {
        "term": world.term.pk,
        "number": "新1",
        "title": "新提案",
        "lead_sponsor": world.members[0].pk,
        "submitted_date": "2023-05-01",
        "cosponsorships-TOTAL_FORMS": 0,
        "cosponsorships-INITIAL_FORMS": 0,
    }
    answer = sign_in(world, "collector").post(address(Proposal, "add"), form)
    assert answer.status_code == 302
    assert Proposal.objects.get(number="新1").recorded_by == world.users["collector"]


@pytest.mark.parametrize("value", ["²", "9" * 30])
def test_lists_never_break_whatever_the_address_says(value, world):
    client = sign_in(world, "registrar")
    tried = set()
    for model in PERSONAL:
        site = admin.site._registry[model]
        filters = {item for item in site.list_filter if hasattr(item, "parameter_name")}
        for item in filters - tried:
            question = {item.parameter_name: value, "q": value, "p": value}
            assert client.get(address(model, "changelist"), question).status_code < 500, item
        tried |= filters


def test_reading_disciplinary_records_of_others_is_written_down(world):
    client = sign_in(world, "leader")
    row = world.members[1].sanction_set.get()
    client.get(address(type(row), "changelist"))
    client.get(address(type(row), "change", row.pk))
    listing, single = AuditEntry.objects.filter(verb="view").order_by("sequence")
    assert listing.actor == world.users["leader"]
    assert len(listing.detail["ids"]) == len(MARKS)
    assert single.detail == {"object_type": "members.sanction", "ids": [row.pk]}


def test_reading_a_dossier_is_written_down(world):
    path = reverse("admin:reporting_dutydossier_change", args=[world.members[2].pk])
    assert sign_in(world, "leader").get(path).status_code == 200
    entry = AuditEntry.objects.get(verb="view")
    assert entry.detail == {"object_type": "members.member", "ids": [world.members[2].pk]}


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        ("county_group", ["处分", "认定", "发现", "事由"]),
        ("sector_group", ["处分", "认定", "发现", "事由"]),
        ("organization_department", ["发现"]),
    ],
)
def test_dossier_page_holds_no_more_than_the_lists(role, hidden, world):
    path = reverse("admin:reporting_dutydossier_change", args=[world.members[0].pk])
    answer = sign_in(world, role).get(f"{path}?year=term")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f"{A}提案" in text
    assert [word for word in hidden if f"{A}{word}" in text] == []


def test_registrar_finds_the_account_to_give_a_person(world):
    question = {
        "app_label": "members",
        "model_name": "person",
        "field_name": "user",
        "term": "sector_group",
    }
    client = sign_in(world, "registrar")
    answer = client.get(f"{reverse('admin:autocomplete')}?{urlencode(question)}")
    chosen = world.users["sector_group"]
    assert [row["id"] for row in answer.json()["results"]] == [str(chosen.pk)]


@pytest.mark.parametrize("role", ["registrar", "security_auditor", "leader", "collector"])
@pytest.mark.parametrize("act", ["reset-password", "unlock", "deactivate", "reactivate"])
def test_accounts_are_run_by_the_administrator_alone(act, role, world):
    other = world.users["member"]
    client = sign_in(world, role)
    path = f"/admin/accounts/user/{other.pk}/{act}/"
    for method in (client.get, client.post):
        assert method(path, {"reason": "x"}).status_code == 403
    before = other.password
    other.refresh_from_db()
    assert (other.is_active, other.password) == (True, before)


@pytest.mark.parametrize(("role", "offered"), [("leader", True), ("collector", False)])
def test_register_leads_to_dossiers_those_who_may_read_them(role, offered, world):
    answer = sign_in(world, role).get(address(type(world.members[0]), "changelist"))
    path = reverse("admin:reporting_dutydossier_change", args=[world.members[0].pk])
    assert (path in answer.content.decode()) == offered


def test_dossier_leads_to_the_lists_it_counts(world):
    """Each total is a link to the records behind it; none of them is refused."""
    client = sign_in(world, "registrar")
    path = reverse("admin:reporting_dutydossier_change", args=[world.members[0].pk])
    page = client.get(f"{path}?year=2023").content.decode()
    lists = {unescape(link) for link in re.findall(r'href="(/admin/[^"]+__exact=[^"]+)"', page)}
    assert {link.split("?")[0] for link in lists} >= {
        address(model, "changelist") for model in (Attendance, Proposal, Research)
    }
    assert {link: client.get(link).status_code for link in lists} == dict.fromkeys(lists, 200)
