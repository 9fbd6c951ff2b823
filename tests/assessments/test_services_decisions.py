from datetime import UTC, date, datetime

import pytest

from accounts.models import AuditEntry, User
from accounts.services import ReasonMissingError, StaleRecordError
from assessments.models import Finding
from assessments.rulebook import load_pack
from assessments.services import (
    FindingNotOpenError,
    OwnFindingError,
    decide_finding,
    reopen_finding,
    run_assessment,
)
from tests.building import make_member, make_term

pytestmark = pytest.mark.django_db

AT = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture
def finding():
    term = make_term()
    make_member(term)
    run_assessment(
        term=term,
        year=2023,
        as_of=date(2023, 12, 31),
        pack=load_pack("pingxiang"),
        actor=None,
        at=AT,
    )
    return Finding.objects.get(rule="px-opinion-year")


@pytest.fixture
def act():
    return {
        "actor": User.objects.create(username="registrar", name="联络科"),
        "at": AT,
        "reason": " 经核实 ",
    }


@pytest.mark.parametrize("state", ["confirmed", "dismissed"])
def test_decision_is_kept_with_its_reason(finding, act, state):
    decided = decide_finding(finding=finding, state=state, seen_version=1, **act)
    decided.refresh_from_db()
    assert (decided.state, decided.decided_by, decided.decided_at) == (state, act["actor"], AT)
    assert (decided.decision_reason, decided.version) == ("经核实", 2)
    event = decided.events.last()
    assert (event.kind, event.actor, event.reason) == (state, act["actor"], "经核实")
    entry = AuditEntry.objects.get(verb="decide")
    assert (entry.actor, entry.reason, entry.changes.count()) == (act["actor"], "经核实", 1)


def test_reopened_finding_keeps_the_decision_in_its_history(finding, act):
    decide_finding(finding=finding, state="confirmed", seen_version=1, **act)
    reopened = reopen_finding(finding=finding, seen_version=2, **act)
    reopened.refresh_from_db()
    assert (reopened.state, reopened.decided_by, reopened.decided_at) == ("open", None, None)
    assert reopened.events.last().kind == "reopened"
    assert reopened.events.last().evidence["decision_reason"] == "经核实"


def test_decision_without_reason_is_refused(finding, act):
    with pytest.raises(ReasonMissingError):
        decide_finding(
            finding=finding, state="confirmed", seen_version=1, **(act | {"reason": "  "})
        )


def test_decision_on_what_was_not_seen_is_refused(finding, act):
    decide_finding(finding=finding, state="confirmed", seen_version=1, **act)
    with pytest.raises(StaleRecordError):
        decide_finding(finding=finding, state="dismissed", seen_version=1, **act)
    finding.refresh_from_db()
    assert finding.state == "confirmed"


@pytest.mark.parametrize("state", ["open", "withdrawn", "nothing"])
def test_only_two_decisions_are_possible(finding, act, state):
    with pytest.raises(FindingNotOpenError):
        decide_finding(finding=finding, state=state, seen_version=1, **act)


def test_withdrawn_finding_cannot_be_decided(finding, act):
    Finding.objects.update(state="withdrawn")
    with pytest.raises(FindingNotOpenError):
        decide_finding(finding=finding, state="confirmed", seen_version=1, **act)
    with pytest.raises(FindingNotOpenError):
        reopen_finding(finding=finding, seen_version=1, **act)


def test_open_finding_has_nothing_to_reopen(finding, act):
    with pytest.raises(FindingNotOpenError):
        reopen_finding(finding=finding, seen_version=1, **act)


def test_decided_finding_is_decided_again_only_after_reopening(finding, act):
    decide_finding(finding=finding, state="confirmed", seen_version=1, **act)
    with pytest.raises(FindingNotOpenError):
        decide_finding(finding=finding, state="dismissed", seen_version=2, **act)


def test_nobody_decides_on_a_finding_about_themself(finding, act):
    person = finding.member.person
    person.user = act["actor"]
    person.save()
    for state in ("confirmed", "dismissed"):
        with pytest.raises(OwnFindingError):
            decide_finding(finding=finding, state=state, seen_version=1, **act)
    other = act | {"actor": User.objects.create(username="second", name="联络科乙")}
    decide_finding(finding=finding, state="confirmed", seen_version=1, **other)
    with pytest.raises(OwnFindingError):
        reopen_finding(finding=finding, seen_version=2, **act)
    finding.refresh_from_db()
    assert (finding.state, finding.version) == ("confirmed", 2)
