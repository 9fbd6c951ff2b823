import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import RoleCode
from assessments.models import Finding
from exits.models import Case, Interview
from tests.world import YEAR, add_written_work, build_world

KINDS = ("发言", "提案", "信息", "调研", "文章", "外单位活动", "奖")
SENSITIVE = ("处分", "认定", "发现open")


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def sign_in(world, client):
    def sign_in(role):
        user = world.users[role]
        user.is_staff = True
        user.save()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def dossier(browser, member, year=YEAR):
    page = reverse("admin:reporting_dutydossier_change", args=[member.pk])
    return browser.get(f"{page}?year={year}")


def why(browser, member, rule):
    page = reverse("admin:reporting_dutydossier_explain", args=[member.pk, rule])
    return browser.get(f"{page}?year={YEAR}")


def test_dossier_holds_every_kind_of_record(world, sign_in):
    text = dossier(sign_in(RoleCode.LEADER), world.members[0]).content.decode()
    missing = [kind for kind in (*KINDS, "处分", "认定") if f"青鸾{kind}" not in text]
    assert missing == []
    assert "履职情况登记表" in text


def test_dossier_of_another_year_holds_nothing_of_this(world, sign_in):
    text = dossier(sign_in(RoleCode.LEADER), world.members[0], year=2022).content.decode()
    assert [kind for kind in KINDS if f"青鸾{kind}" in text] == []


def test_dossier_of_the_whole_term_holds_every_year(world, sign_in):
    text = dossier(sign_in(RoleCode.LEADER), world.members[0], year="term").content.decode()
    assert [kind for kind in KINDS if f"青鸾{kind}" not in text] == []


def test_group_sees_no_discipline_and_no_judgement(world, sign_in):
    text = dossier(sign_in(RoleCode.COUNTY_GROUP), world.members[0]).content.decode()
    assert "青鸾提案" in text
    assert [kind for kind in SENSITIVE if f"青鸾{kind}" in text] == []
    assert "规则对照" not in text
    assert "惩处" not in text


def test_dossier_of_another_group_is_not_found(world, sign_in):
    assert dossier(sign_in(RoleCode.COUNTY_GROUP), world.members[2]).status_code == 404


def test_dossier_costs_the_same_for_more_records(world, sign_in):
    browser = sign_in(RoleCode.REGISTRAR)
    dossier(browser, world.members[0])
    with CaptureQueriesContext(connection) as few:
        dossier(browser, world.members[0])
    member = world.members[0]
    for number in range(5):
        member.code = f"多{number}"
        add_written_work(world, member, "青鸾")
    with CaptureQueriesContext(connection) as many:
        dossier(browser, world.members[0])
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [("px-opinion-year", "不成立"), ("px-registration-year", "不成立"), ("px-topic-term", "尚未")],
)
def test_rule_is_explained_hit_or_not(world, sign_in, rule, verdict):
    answer = why(sign_in(RoleCode.LEADER), world.members[0], rule)
    assert verdict in answer.context["explanation"].judgement.verdict.label
    assert "萍" in answer.content.decode()


def test_rule_that_does_not_exist_is_not_found(world, sign_in):
    assert why(sign_in(RoleCode.LEADER), world.members[0], "px-nothing").status_code == 404


@pytest.mark.parametrize(
    "role", [RoleCode.COLLECTOR, RoleCode.COUNTY_GROUP, RoleCode.ORGANIZATION_DEPARTMENT]
)
def test_explanation_is_for_those_who_read_everything(world, sign_in, role):
    answer = why(sign_in(role), world.members[0], "px-opinion-year")
    assert answer.status_code == 404


def shown_outcomes(browser, world) -> list[str]:
    answer = dossier(browser, world.members[0])
    return [finding.outcome for finding in answer.context["findings"]]


@pytest.mark.parametrize("outcome", ["interview", "advise_resign", "revoke"])
def test_member_is_not_shown_what_a_finding_led_to_before_being_told(outcome, world, sign_in):
    browser = sign_in(RoleCode.MEMBER)
    own = Finding.objects.filter(member=world.members[0], state="confirmed")
    assert shown_outcomes(browser, world) == ["remind"]
    own.update(outcome=outcome)
    Case.objects.filter(member=world.members[0]).update(finding=own.get())
    Interview.objects.filter(member=world.members[0]).update(finding=own.get())
    assert shown_outcomes(browser, world) == []
    Interview.objects.update(state="notified", notified_at=timezone.now())
    assert shown_outcomes(browser, world) == (["interview"] if outcome == "interview" else [])
    Case.objects.update(told_date="2024-01-01")
    case = Case.objects.get(member=world.members[0])
    case.steps.create(kind="reminded", date="2024-01-01", note="提醒", entered_at=timezone.now())
    assert shown_outcomes(browser, world) == [outcome]
