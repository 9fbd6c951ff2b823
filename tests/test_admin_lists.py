"""Every list of the office's screens: what it costs, and for whom it opens."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Verb
from accounts.models import AuditEntry
from accounts.roles import RoleCode
from members.models import LiaisonGroup, Sector, SpecialCommittee
from tests.world import add_member, add_user, build_world

BUSINESS_APPS = (
    "members",
    "attendance",
    "proposals",
    "dossiers",
    "assessments",
    "exits",
    "reporting",
)
MODELS = [model for model in admin.site._registry if model._meta.app_label in BUSINESS_APPS]
#: Roles whose accounts come to these screens; members have pages of their own.
STAFF = [code for code in RoleCode if code != RoleCode.MEMBER]
RECORDS = {
    "attendance.attendance",
    "attendance.meeting",
    "attendance.outsideinvitation",
    "attendance.sitting",
    "attendance.speech",
    "proposals.article",
    "proposals.proposal",
    "proposals.publicopinionreport",
    "proposals.research",
}
#: What is told, asked for and planned; each role is shown its own rows.
DEALINGS = {
    "attendance.leaverequest",
    "attendance.nonvotingseat",
    "attendance.procedure",
    "members.notice",
    "proposals.topic",
}
ORGANS = {
    "members.term",
    "members.sector",
    "members.specialcommittee",
    "members.liaisongroup",
}
GROUPS = (
    ORGANS
    | RECORDS
    | DEALINGS
    | {
        "members.changereport",
        "members.member",
        "members.tenure",
        "members.suspensionperiod",
        "members.commendation",
        "dossiers.handin",
        "reporting.dutydossier",
    }
)
PARTNERS = GROUPS | {
    "members.person",
    "members.sanction",
    "members.conductfinding",
    "exits.case",
    "exits.interview",
}
EVERYTHING = {model._meta.label_lower for model in MODELS}
LISTS = {
    RoleCode.REGISTRAR: EVERYTHING,
    RoleCode.LEADER: EVERYTHING,
    RoleCode.COLLECTOR: ORGANS
    | RECORDS
    | DEALINGS
    | {
        "members.collectionduty",
        "dossiers.objection",
        "members.department",
        "members.member",
        "members.commendation",
        "dossiers.campaign",
        "dossiers.handin",
    },
    RoleCode.ORGANIZATION_DEPARTMENT: PARTNERS,
    RoleCode.UNITED_FRONT_DEPARTMENT: PARTNERS,
    RoleCode.COUNTY_GROUP: GROUPS,
    RoleCode.SECTOR_GROUP: GROUPS | {"members.sectorgroup"},
    RoleCode.SYSTEM_ADMIN: set(),
    RoleCode.SECURITY_AUDITOR: set(),
}


def address(model, page, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def label(model) -> str:
    return model._meta.label_lower


@pytest.fixture
def world(db):
    world = build_world()
    for user in world.users.values():
        user.is_staff = user.username != RoleCode.MEMBER
        user.save()
    return world


@pytest.fixture
def sign_in(client):
    def sign_in(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_list_costs_the_same_for_three_times_the_rows(world, sign_in, model):
    user = add_user(world, "all", RoleCode.REGISTRAR)
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.all())
    browser = sign_in(user)
    page = address(model, "changelist")
    browser.get(page)
    with CaptureQueriesContext(connection) as few:
        assert browser.get(page).status_code == 200
    for number in range(6):
        add_organs(world, number)
        add_member(world, f"新{number}", organ=number % 2)
    with CaptureQueriesContext(connection) as many:
        assert browser.get(page).status_code == 200
    assert len(many) == len(few)


def add_organs(world, number):
    Sector.objects.create(term=world.term, name=f"界别{number}")
    SpecialCommittee.objects.create(term=world.term, name=f"专委会{number}")
    LiaisonGroup.objects.create(term=world.term, name=f"联络组{number}")


@pytest.mark.parametrize("role", STAFF)
def test_role_opens_exactly_its_lists(world, sign_in, role):
    browser = sign_in(world.users[role])
    opened = {
        label(model)
        for model in MODELS
        if browser.get(address(model, "changelist")).status_code == 200
    }
    assert opened == LISTS[role]


@pytest.mark.parametrize("role", STAFF)
def test_telephone_number_is_shown_to_the_office_alone_and_noted(world, sign_in, role):
    browser = sign_in(world.users[role])
    person = world.members[0].person
    lists = [
        reverse("admin:members_person_changelist"),
        reverse("admin:reporting_dutydossier_change", args=[world.members[0].pk]),
    ]
    own_pages = [
        reverse("admin:members_person_change", args=[person.pk]),
        reverse("admin:members_person_history", args=[person.pk]),
    ]
    assert not any(person.phone in browser.get(page).content.decode() for page in lists)
    seen = person.phone in browser.get(own_pages[0]).content.decode()
    browser.get(own_pages[1])
    assert seen == (role == RoleCode.REGISTRAR)
    noted = AuditEntry.objects.filter(verb=Verb.VIEW, detail={"field": "phone"}).count()
    assert noted == (2 if seen else 0)


def test_member_does_not_come_to_these_screens(world, sign_in):
    browser = sign_in(world.users[RoleCode.MEMBER])
    answers = {browser.get(address(model, "changelist")).status_code for model in MODELS}
    assert 200 not in answers


@pytest.mark.parametrize("role", STAFF)
def test_menu_leads_only_where_the_role_may_go(world, sign_in, role):
    browser = sign_in(world.users[role])
    menu = browser.get(reverse("admin:index")).context["sidebar_navigation"]
    links = [
        str(item["link"]) for group in menu for item in group["items"] if item["has_permission"]
    ]
    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)
