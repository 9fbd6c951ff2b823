"""Who sees whose records: one table for the interface and the office's pages alike.

Every record of a member carries the member's mark (tests/world.py); the table says whose marks a
role may be shown for each kind of record, None where the role has no business with the kind. A
kind or an address the table does not know fails.
"""

from collections.abc import Iterator

import pytest
from django.core.cache import cache as throttle_counts
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from config.api import ENDPOINTS
from tests.world import MARKS, World, add_job, build_world

A, B, C = MARKS
NOBODY = frozenset()
ALL = frozenset(MARKS)
#: Kinds of record, as groups that are treated alike.
OPEN = {
    "members.term",
    "members.sector",
    "members.specialcommittee",
    "members.sectorgroup",
    "members.liaisongroup",
    "members.department",
    "attendance.meeting",
    "dossiers.campaign",
    "assessments.run",
    "accounts.job",
    "proposals.topic",
}
WORK = {
    "attendance.attendance",
    "attendance.expectation",
    "attendance.speech",
    "attendance.outsideinvitation",
    "proposals.proposal",
    "proposals.publicopinionreport",
    "proposals.research",
    "proposals.article",
    "members.commendation",
    "dossiers.handin",
}
REGISTER = {"members.member", "members.tenure"}
DISCIPLINE = {"members.sanction", "members.conductfinding", "members.suspensionperiod"}
JUDGEMENT = {"assessments.finding"}
OBJECTIONS = {"dossiers.objection"}
#: The member's own words, and what was decided of them: read by the office and the member.
PAPERS = {"dossiers.dutypaper", "dossiers.standingreview"}
#: The unit that takes one in sees it as well.
SUBMISSIONS = {"dossiers.submission"}
#: On members, never shown to the member.
REPORTS = {"members.changereport"}
#: Read by whoever it went to; a unit sees what it sent.
NOTICES = {"members.notice"}
#: The reason of leave is nobody else's business, nor who was asked to sit in.
REQUESTS = {"attendance.leaverequest", "attendance.nonvotingseat"}
KINDS = WORK | REGISTER | DISCIPLINE | JUDGEMENT | OBJECTIONS | REPORTS | NOTICES | REQUESTS
KINDS |= PAPERS | SUBMISSIONS


def shown(marks: frozenset[str] | set[str], *groups: set[str]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(marks) for group in groups for kind in group}


SEES: dict[str, dict[str, frozenset[str]]] = {
    "registrar": shown(ALL, KINDS),
    "leader": shown(ALL, KINDS),
    "member": shown({A}, KINDS - REPORTS),
    # the department collects proposals and nothing else
    "collector": shown(NOBODY, WORK, OBJECTIONS, NOTICES, REQUESTS)
    | shown(ALL, {"members.member", "proposals.proposal"}, SUBMISSIONS),
    "organization_department": shown({A, C}, WORK, REGISTER, DISCIPLINE, REPORTS)
    | shown(NOBODY, NOTICES, REQUESTS),
    "united_front_department": shown({B}, WORK, REGISTER, DISCIPLINE, REPORTS)
    | shown(NOBODY, NOTICES, REQUESTS),
    # the groups are among those a suspension is notified to (萍协办字〔2022〕19号 二)
    "county_group": shown({A, B}, WORK, REGISTER, REPORTS, {"members.suspensionperiod"})
    | shown(NOBODY, NOTICES, REQUESTS),
    "sector_group": shown({A, B}, WORK, REGISTER, {"members.suspensionperiod"})
    | shown(NOBODY, REPORTS, NOTICES, REQUESTS),
    "system_admin": {},
    "security_auditor": {},
}
ROLES = sorted(SEES)
#: Addresses of the interface that are no lists; each has its own test.
SINGLE_ADDRESSES = {"token", "account", "schema", "docs", "unknown", "members-contact"}
SINGLE_ADDRESSES |= {"facts-list", "findings-decision", "jobs-product", "evaluations", "exports"}


@pytest.fixture
def world(db) -> Iterator[World]:
    throttle_counts.clear()
    world = build_world()
    for mark, code in zip(MARKS, ("member", "registrar", "leader"), strict=True):
        add_job(world.users[code], mark)
    yield world
    throttle_counts.clear()


def sign_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.users[role])
    return client


def label(model: type[Model]) -> str:
    return model._meta.label_lower


def marks_in(content: bytes) -> set[str]:
    """Marks in the bytes, written out or as JSON escapes."""
    text = content.decode()
    return {m for m in MARKS if m in text or m.encode("unicode_escape").decode() in text}


def named_addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named_addresses(pattern.url_patterns)
        else:
            yield pattern.name


def test_table_knows_every_role():
    assert set(SEES) == set(RoleCode.values)


def test_table_knows_every_kind_the_interface_offers():
    kinds = {label(viewset.queryset.model) for viewset in ENDPOINTS.values()}
    assert kinds - OPEN - KINDS == set()


def test_every_address_of_the_interface_is_a_list_or_has_its_own_test():
    lists = {f"{name}-{act}" for name in ENDPOINTS for act in ("list", "detail")}
    resolver = next(r for r in get_resolver().url_patterns if str(r.pattern) == "api/v1/")
    assert set(named_addresses(resolver.url_patterns)) == lists | SINGLE_ADDRESSES


@pytest.mark.parametrize("role", ROLES)
def test_interface_shows_each_role_its_members_records_only(role, world):
    client = sign_in(world, role)
    seen = {}
    for name, viewset in ENDPOINTS.items():
        answer = client.get(f"/api/v1/{name}/?page_size=200")
        kind = label(viewset.queryset.model)
        if kind in KINDS and answer.status_code == 200:
            seen[kind] = frozenset(marks_in(answer.content))
        if kind in KINDS and answer.status_code == 403:
            assert marks_in(answer.content) == set()
    assert seen == SEES[role]


@pytest.mark.parametrize("role", ROLES)
def test_interface_opens_each_role_its_members_records_only(role, world):
    client = sign_in(world, role)
    wrong = []
    for name, viewset in ENDPOINTS.items():
        kind = label(viewset.queryset.model)
        for row in viewset.queryset.all() if kind in KINDS else ():
            answer = client.get(f"/api/v1/{name}/{row.pk}/")
            marks = marks_in(answer.content)
            allowed = SEES[role].get(kind)
            if answer.status_code == 200:
                wrong += [] if allowed and marks and marks <= allowed else [(name, row)]
            elif answer.status_code != (403 if allowed is None else 404) or marks:
                wrong.append((name, row))
    assert wrong == []


@pytest.mark.parametrize("name", [*sorted(ENDPOINTS), "account"])
def test_interface_is_closed_to_strangers(name, client, world):
    answer = client.get(f"/api/v1/{name}/")
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message"}


@pytest.mark.parametrize("role", ["system_admin", "security_auditor"])
@pytest.mark.parametrize("name", sorted(set(ENDPOINTS) - {"jobs"}))
def test_administrators_and_auditors_see_no_business(name, role, world):
    assert sign_in(world, role).get(f"/api/v1/{name}/").status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_filters_and_search_find_nothing_beyond_what_is_visible(role, world):
    client = sign_in(world, role)
    for name, viewset in ENDPOINTS.items():
        kind = label(viewset.queryset.model)
        if kind in KINDS and SEES[role].get(kind) is not None:
            for number, mark in enumerate(MARKS, start=1):
                if mark in SEES[role][kind]:
                    continue
                for question in (f"search={mark}", f"member=000{number}", f"name={mark}某"):
                    answer = client.get(f"/api/v1/{name}/?{question}")
                    found = answer.json().get("count", 0)
                    assert (answer.status_code, found) in {(200, 0), (400, 0)}, (name, question)


@pytest.mark.parametrize("role", ROLES)
def test_jobs_are_their_owners_alone(role, world):
    client = sign_in(world, role)
    own = {"member": {A}, "registrar": {B}, "leader": {C}}.get(role, set())
    assert marks_in(client.get("/api/v1/jobs/").content) == own
    for user in world.users.values():
        for job in user.jobs.all():
            code = client.get(f"/api/v1/jobs/{job.pk}/").status_code
            assert code == (200 if user == world.users[role] else 404)


def test_member_reads_confirmed_findings_without_the_office_talk(world):
    text = sign_in(world, "member").get("/api/v1/findings/").content.decode()
    assert f"{A}发现confirmed" in text
    assert f"{A}发现open" not in text
    assert "内部意见" not in text
    assert "内部意见" in sign_in(world, "leader").get("/api/v1/findings/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_telephone_number_is_masked_but_for_oneself(role, world):
    client = sign_in(world, role)
    text = client.get("/api/v1/members/").content.decode()
    whole = {mark for n, mark in enumerate(MARKS) if f"1990000000{n}" in text}
    assert whole == ({A} if role == "member" else set())


@pytest.mark.parametrize("role", ROLES)
def test_telephone_number_is_told_to_the_office_and_written_down(role, world):
    client = sign_in(world, role)
    codes = [client.get(f"/api/v1/members/{m.pk}/contact/").status_code for m in world.members]
    visible = SEES[role].get("members.member")
    expected = {"registrar": [200, 200, 200], "member": [200, 404, 404]}.get(
        role, [403 if visible is None or mark in visible else 404 for mark in MARKS]
    )
    assert codes == expected
    read = {tuple(entry.detail["ids"]) for entry in AuditEntry.objects.filter(verb="view")}
    others = {(member.pk,) for member in world.members} if role == "registrar" else set()
    assert read == others


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_records_cannot_be_written_through_the_interface(name, method, world):
    client = sign_in(world, "registrar")
    row = ENDPOINTS[name].queryset.first()
    for path in (f"/api/v1/{name}/", f"/api/v1/{name}/{row.pk}/" if row else f"/api/v1/{name}/"):
        answer = getattr(client, method)(path, {"status": "x"}, content_type="application/json")
        assert answer.status_code in {403, 405}
