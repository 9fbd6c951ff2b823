"""Every kind of record can be entered by hand on the office's pages."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.choices import Verb
from accounts.models import AuditEntry
from accounts.roles import RoleCode
from members.models import Person
from tests.world import World, build_world

#: Read-only screens, and those with pages of their own.
NOT_ENTERED = {
    "assessments.finding",
    "assessments.packsnapshot",
    "assessments.run",
    "attendance.leaverequest",
    "attendance.nonvotingseat",
    "dossiers.objection",
    "exits.case",
    "exits.interview",
    "members.changereport",
    "members.notice",
    "proposals.topic",
    "reporting.dutydossier",
}


def rows(prefix: str, *given: dict) -> dict:
    """What a form sends for an inline: how many rows, and each row's fields."""
    sent = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for place, fields in enumerate(given):
        sent |= {f"{prefix}-{place}-{name}": value for name, value in fields.items()}
    return sent


def sheets(world: World) -> dict[str, dict]:
    """One filled-in sheet for each kind, by model."""
    term, member, other = world.term.pk, world.members[0].pk, world.members[1].pk
    organ = {"term": term, "name": "新机构", "sequence": 9}
    conduct = {"member": member, "date": "2023-02-01"}
    return {
        "members.assembly": {"name": "政协乙市委员会", "level": "city"} | rows("terms"),
        "members.term": {
            "assembly": world.term.assembly_id,
            "code": "test-2",
            "name": "第二届",
            "rule_pack": "pingxiang",
            "start_date": "2027-01-01",
            "end_date": "2031-12-31",
        },
        "members.calendarday": {"date": "2023-10-07", "is_workday": "on"},
        "members.collectionduty": {
            "department": world.departments["提案委"].pk,
            "record_kind": "opinion",
        },
        "members.sector": organ,
        "members.specialcommittee": organ | rows("liaisons"),
        "members.sectorgroup": organ | {"sector": world.sectors[0].pk},
        "members.liaisongroup": organ,
        "members.department": organ | rows("duties", {"record_kind": "speech"}),
        "members.affiliation": {
            "user": world.users[RoleCode.REGISTRAR].pk,
            "department": world.departments["提案委"].pk,
        },
        "members.person": {"name": "玄龟某", "phone": "00000000000"} | rows("memberships"),
        "members.member": {
            "term": term,
            "person": world.spare.pk,
            "code": "0900",
            "party": "cpc",
            "sector": world.sectors[0].pk,
            "joined_date": "2023-01-01",
        }
        | rows("tenures", {"post": "standing_member", "start_date": "2023-02-01"})
        | rows("suspensions"),
        "members.tenure": {"member": member, "post": "chairperson", "start_date": "2022-01-01"},
        "members.suspensionperiod": {"member": member, "start_date": "2024-01-01"},
        "members.commendation": conduct | {"kind": "先进"},
        "members.sanction": conduct | {"kind": "serious_warning"},
        "members.conductfinding": conduct | {"kind": "public_morality"},
        "attendance.meeting": {
            "term": term,
            "number": "N-1",
            "title": "新会议",
            "kind": "other",
            "start_date": "2023-02-01",
            "participation": "must_attend",
        }
        | rows(
            "sittings",
            {"number": 1, "late_after_minutes": 0},
            {"number": 2, "late_after_minutes": 0},
        ),
        "attendance.sitting": {"meeting": world.meeting.pk, "number": 2, "late_after_minutes": 0},
        "attendance.procedure": {
            "term": term,
            "purpose": "leave",
            "meeting_kind": "training",
            "notice_days": 1,
        }
        | rows(
            "steps",
            {"sequence": 1, "approver": "chairperson", "condition": "always", "from_days": 0},
        ),
        "attendance.attendance": {
            "sitting": world.meeting.sittings.get().pk,
            "member": world.latecomer.pk,
            "status": "present",
        },
        "attendance.speech": {
            "meeting": world.meeting.pk,
            "member": member,
            "title": "新发言",
            "manner": "oral",
        },
        "attendance.outsideinvitation": conduct | {"title": "新活动"},
        "proposals.proposal": {
            "term": term,
            "number": "T-1",
            "title": "新提案",
            "lead_sponsor": member,
            "submitted_date": "2023-02-01",
        }
        | rows("cosponsorships", {"member": other, "sequence": 1}),
        "proposals.publicopinionreport": {
            "term": term,
            "number": "S-1",
            "title": "新信息",
            "reported_date": "2023-02-01",
        }
        | rows("authorships", {"member": member, "sequence": 1}, {"member": other, "sequence": 2})
        | rows("adoptions", {"level": "city"})
        | rows("instructions", {"level": "city"}),
        "proposals.research": {
            "term": term,
            "number": "D-1",
            "title": "新调研",
            "kind": "topic",
            "completed_date": "2023-02-01",
        }
        | rows("participations", {"member": member, "sequence": 1}),
        "proposals.article": {
            "term": term,
            "number": "A-1",
            "title": "新文章",
            "member": member,
            "published_date": "2023-02-01",
            "publication": "政协报",
        },
        "dossiers.campaign": {
            "term": term,
            "year": 2024,
            "opens_date": "2024-12-01",
            "deadline_date": "2024-12-31",
            "report_length": 2000,
            "oral_report_count": 10,
        },
        "dossiers.handin": {
            "member": member,
            "year": 2024,
            "kind": "annual_return",
            "submitted_date": "2024-12-01",
        },
    }


def entered_by_hand() -> set[str]:
    apps = {"members", "attendance", "proposals", "dossiers", "assessments", "exits", "reporting"}
    models = {m._meta.label_lower for m in admin.site._registry if m._meta.app_label in apps}
    return models - NOT_ENTERED


@pytest.fixture
def world(db):
    world = build_world()
    world.spare = Person.objects.create(name="青牛某")
    world.latecomer = world.members[2]
    world.latecomer.attendances.all().delete()
    return world


@pytest.fixture
def registrar(world, client):
    user = world.users[RoleCode.REGISTRAR]
    user.is_staff = True
    user.save()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(kind: str, page: str) -> str:
    return reverse(f"admin:{kind.replace('.', '_')}_{page}")


def test_every_kind_has_a_sheet_here(world):
    assert set(sheets(world)) == entered_by_hand()


def test_every_kind_is_entered_and_comes_under_the_audit(world, registrar):
    kinds = sheets(world)
    answers = {kind: registrar.post(address(kind, "add"), kinds[kind]) for kind in kinds}
    lists = {kind: address(kind, "changelist") for kind in kinds}
    assert {kind: getattr(answer, "url", "") for kind, answer in answers.items()} == lists
    created = AuditEntry.objects.filter(verb=Verb.CREATE).values_list("object_type", flat=True)
    assert set(kinds) - set(created) == set()


def test_what_is_left_empty_is_asked_for(world, registrar):
    for kind, sheet in sheets(world).items():
        empty = {name: value for name, value in sheet.items() if name.endswith("_FORMS")}
        relations = [name for name, value in sheet.items() if isinstance(value, int)]
        required = {name: sheet[name] for name in set(sheet) - set(relations)} | empty
        for sent in (empty, required):
            assert registrar.post(address(kind, "add"), sent).status_code in {200, 302}, kind
