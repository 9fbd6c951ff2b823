import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from assessments.choices import FindingState
from assessments.models import Finding
from tests.world import build_world


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def finding(world):
    return Finding.objects.get(member=world.members[0], state=FindingState.OPEN)


@pytest.fixture
def sign_in(world, client):
    def sign_in(role):
        user = world.users[role]
        user.is_staff = True
        user.save()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def decide(browser, finding, state, reason="经核对，情况属实。", version=None):
    return browser.post(
        reverse("admin:assessments_finding_decide", args=[finding.pk]),
        {"state": state, "reason": reason, "version": version or finding.version},
    )


def test_finding_page_shows_sentence_numbers_evidence_and_clause(world, finding, sign_in):
    page = reverse("admin:assessments_finding_change", args=[finding.pk])
    text = sign_in(RoleCode.LEADER).get(page).content.decode()
    for expected in (
        finding.summary,
        "反映社情民意信息",
        "公开会议",
        reverse("admin:attendance_meeting_change", args=[world.meeting.pk]),
        "“原文”",
        finding.last_run.pack.sha256,
    ):
        assert expected in text


@pytest.mark.parametrize("state", [FindingState.CONFIRMED, FindingState.DISMISSED])
def test_registrar_decides_with_a_reason(finding, sign_in, state):
    decide(sign_in(RoleCode.REGISTRAR), finding, state)
    finding.refresh_from_db()
    assert (finding.state, finding.decision_reason) == (state, "经核对，情况属实。")


def test_decision_without_a_reason_is_asked_for_it(finding, sign_in):
    answer = decide(sign_in(RoleCode.REGISTRAR), finding, FindingState.CONFIRMED, reason=" ")
    finding.refresh_from_db()
    assert "请写明理由。" in answer.content.decode()
    assert finding.state == FindingState.OPEN


def test_decision_on_what_has_changed_meanwhile_is_refused(finding, sign_in):
    browser = sign_in(RoleCode.REGISTRAR)
    Finding.objects.filter(pk=finding.pk).update(version=finding.version + 1)
    answer = decide(browser, finding, FindingState.CONFIRMED)
    finding.refresh_from_db()
    assert "已被他人修改" in browser.get(answer.url).content.decode()
    assert finding.state == FindingState.OPEN


def test_decided_finding_goes_back_to_review(world, sign_in):
    finding = Finding.objects.get(member=world.members[0], state=FindingState.CONFIRMED)
    decide(sign_in(RoleCode.REGISTRAR), finding, FindingState.OPEN)
    finding.refresh_from_db()
    assert finding.state == FindingState.OPEN


def test_leader_reads_but_does_not_decide(finding, sign_in):
    answer = decide(sign_in(RoleCode.LEADER), finding, FindingState.CONFIRMED)
    finding.refresh_from_db()
    assert answer.status_code == 403
    assert finding.state == FindingState.OPEN


def test_looking_at_the_decision_address_changes_nothing(finding, sign_in):
    browser = sign_in(RoleCode.REGISTRAR)
    browser.get(reverse("admin:assessments_finding_decide", args=[finding.pk]))
    finding.refresh_from_db()
    assert finding.state == FindingState.OPEN


def test_list_can_keep_the_gravest_of_each_member(world, finding, sign_in):
    finding.outcome = "revoke"
    finding.save()
    page = reverse("admin:assessments_finding_changelist") + "?severest=yes"
    shown = sign_in(RoleCode.LEADER).get(page).context["cl"].result_list
    assert [row.member_id for row in shown] == [member.pk for member in world.members]
    assert shown[0] == finding


def test_reading_findings_is_written_down(finding, sign_in):
    browser = sign_in(RoleCode.LEADER)
    browser.get(reverse("admin:assessments_finding_changelist"))
    browser.get(reverse("admin:assessments_finding_change", args=[finding.pk]))
    first, second = AuditEntry.objects.filter(verb="view").order_by("sequence")
    everything = sorted(Finding.objects.values_list("pk", flat=True))
    assert first.detail == {"object_type": "assessments.finding", "ids": everything}
    assert second.detail == {"object_type": "assessments.finding", "ids": [finding.pk]}
