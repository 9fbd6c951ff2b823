"""From the suggestions on a member to an interview or a case; and a case by hand."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import RoleCode
from assessments.models import Finding
from assessments.services import decide_finding
from exits.models import Case
from tests.accounts.people import make_user
from tests.exits.cases import AT, START, Desk, make_desk, make_seat, opened
from tests.exits.interviews import make_finding

pytestmark = pytest.mark.django_db
CREATE = reverse("exits:case-create")


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    User.objects.update(password_changed_at=timezone.now())
    return desk


@pytest.fixture
def member(desk):
    return make_seat(desk)


def found(member, **fields) -> Finding:
    finding = make_finding(member, **fields)
    finding.values = {"plenary_unexcused": 2}
    finding.citations = [{"document": "文件", "clause": "一", "text": "原文"}]
    finding.save()
    return finding


def suggestions(member) -> str:
    return reverse("exits:suggestion-detail", args=[member.pk])


def decide(client, finding: Finding, state: str, reason: str = "已核对考勤", **given):
    form = {"finding": finding.pk, "state": state, "reason": reason, "version": finding.version}
    return client.post(suggestions(finding.member), form | given)


def opening(**given) -> dict:
    form = {"ground": "sanctioned", "grounds": "受到政务降级处分。", "opened_date": START}
    return form | given


def test_clauses_that_fit_at_once_stand_side_by_side_the_severest_first(desk, member, client):
    for rule, outcome in (("r-1", "advise_resign"), ("r-2", "revoke"), ("r-3", "order_resign")):
        found(member, outcome=outcome, state="open", rule=rule)
    client.force_login(desk.registrar)
    answer = client.get(suggestions(member))
    shown = [item.finding.outcome for item, _ in answer.context["suggestions"]]
    assert shown == ["revoke", "order_resign", "advise_resign"]
    assert "几项条款同时成立：撤销委员资格、责令辞去委员、劝辞委员。" in answer.content.decode()


def test_one_is_confirmed_another_dismissed_each_with_its_reason(desk, member, client):
    revoke = found(member, outcome="revoke", state="open", rule="r-1")
    order = found(member, outcome="order_resign", state="open", rule="r-2")
    client.force_login(desk.registrar)
    assert decide(client, revoke, "dismissed", "情节较轻").status_code == 302
    assert decide(client, order, "confirmed").status_code == 302
    answer = client.get(suggestions(member))
    assert [item.finding.pk for item, _ in answer.context["suggestions"]] == [order.pk]
    (dismissed,) = answer.context["dismissed"]
    assert (dismissed.finding.pk, dismissed.finding.decision_reason) == (revoke.pk, "情节较轻")
    text = answer.content.decode()
    assert f"{CREATE}?member={member.pk}&amp;finding={order.pk}" in text
    assert f"finding={revoke.pk}" not in text


def test_decision_without_reason_or_on_an_older_page_is_refused(desk, member, client):
    finding = found(member, outcome="revoke", state="open")
    client.force_login(desk.registrar)
    assert "请写明理由。" in decide(client, finding, "confirmed", "").content.decode()
    decide_finding(
        finding=finding, state="dismissed", reason="他人", actor=desk.second, at=AT, seen_version=1
    )
    answer = decide(client, finding, "confirmed", "我的理由")
    assert "已被他人修改" in answer.content.decode()
    assert "我的理由" in answer.content.decode()
    assert decide(client, finding, "perhaps").status_code == 200
    finding.refresh_from_db()
    assert finding.state == "dismissed"


def test_finding_of_another_member_is_not_decided_here(desk, member, client):
    finding = found(make_seat(desk), state="open")
    client.force_login(desk.registrar)
    given = {"finding": finding.pk, "state": "confirmed", "reason": "x", "version": 1}
    assert client.post(suggestions(member), given).status_code == 404
    assert client.post(suggestions(member), given | {"finding": "x"}).status_code == 404


@pytest.mark.parametrize("role", [code for code in RoleCode if code != RoleCode.REGISTRAR])
def test_suggestions_are_read_by_leaders_and_decided_by_the_office(role, desk, member, client):
    finding = found(member, outcome="revoke", state="open")
    client.force_login(make_user(f"one-{role}", role, password_changed_at=timezone.now()))
    reads = role == RoleCode.LEADER
    answer = client.get(suggestions(member))
    assert (answer.status_code == 200) == reads
    assert (finding.summary in answer.content.decode()) == reads
    assert decide(client, finding, "confirmed").status_code in {302, 403, 404}
    finding.refresh_from_db()
    assert finding.state == "open"


def test_suggestions_on_oneself_are_for_others(desk, member, client):
    member.person.user = desk.second
    member.person.save()
    found(member, state="open")
    client.force_login(desk.second)
    assert client.get(suggestions(member)).status_code == 404


def test_suggestions_cost_the_same_for_three_and_are_noted(desk, member, client):
    found(member, outcome="revoke", state="open", rule="r-0")
    client.force_login(desk.registrar)
    client.get(suggestions(member))
    entry = AuditEntry.objects.filter(verb="view").get()
    assert entry.detail["object_type"] == "assessments.finding"
    with CaptureQueriesContext(connection) as few:
        client.get(suggestions(member))
    for number in range(1, 4):
        found(member, outcome="revoke", state="open", rule=f"r-{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(suggestions(member))
    assert len(many) == len(few)


def test_case_is_opened_from_a_confirmed_finding(desk, member, client):
    finding = found(member, outcome="order_resign", rule="px-no-activity-year")
    client.force_login(desk.registrar)
    address = f"{CREATE}?finding={finding.pk}"
    form = client.get(address).context["form"]
    assert form.initial["ground"] == "no_activity"
    assert form.initial["grounds"] == finding.summary
    read = AuditEntry.objects.filter(verb="view", detail__object_type="assessments.finding")
    assert read.latest("pk").detail["ids"] == [finding.pk]
    answer = client.post(address, opening(ground="no_activity", finding=finding.pk))
    case = Case.objects.get(member=member)
    assert answer["Location"] == reverse("exits:case-detail", args=[case.pk])
    assert (case.kind, case.finding) == ("order_resign", finding)


@pytest.mark.parametrize("state", ["open", "dismissed"])
def test_case_is_not_opened_from_a_finding_nobody_confirmed(state, desk, member, client):
    finding = found(member, outcome="order_resign", state=state)
    client.force_login(desk.registrar)
    assert client.get(f"{CREATE}?finding={finding.pk}").status_code == 404
    found(member, outcome="order_resign", rule="r-2")
    address = f"{CREATE}?member={member.pk}&kind=order_resign"
    answer = client.post(address, opening(finding=finding.pk))
    assert "不能作为本事项的依据" in answer.content.decode()
    assert not Case.objects.exists()


def test_case_is_opened_by_hand_in_steps(desk, member, client):
    client.force_login(desk.registrar)
    offered = client.get(CREATE, {"q": member.code}).context["found"]
    assert [one.pk for one in offered] == [member.pk]
    kinds = client.get(CREATE, {"member": member.pk}).context["kinds"]
    offered = {one.kind.value for one in kinds if not one.refused}
    assert offered == {
        "resignation", "order_resign", "revoke", "advise_resign_standing",
        "order_resign_standing", "suspension",
    }  # fmt: skip
    address = f"{CREATE}?member={member.pk}&kind=order_resign"
    client.post(address, opening(conductors=[desk.leader.pk]))
    case = Case.objects.get(member=member)
    assert (case.kind, case.ground, case.opened_date) == ("order_resign", "sanctioned", START)
    assert list(case.conductors.all()) == [desk.leader]


def test_second_case_of_a_kind_is_refused_and_what_was_typed_stays(desk, member, client):
    opened(desk, member, "order_resign")
    client.force_login(desk.registrar)
    answer = client.post(f"{CREATE}?member={member.pk}&kind=order_resign", opening())
    assert "没有重复立案" in answer.content.decode()
    assert "受到政务降级处分。" in answer.content.decode()
    assert Case.objects.count() == 1


def test_ground_of_another_kind_is_not_offered(desk, member, client):
    client.force_login(desk.registrar)
    address = f"{CREATE}?member={member.pk}&kind=revoke"
    assert client.post(address, opening(ground="health")).status_code == 200
    assert not Case.objects.exists()


def test_date_ahead_is_refused(desk, member, client):
    client.force_login(desk.registrar)
    address = f"{CREATE}?member={member.pk}&kind=order_resign"
    answer = client.post(address, opening(opened_date=date(2999, 1, 1)))
    assert "还没有到" in answer.content.decode()


@pytest.mark.parametrize(
    "question", ["member=x", "member=999999", "kind=x&member={pk}", "finding=0"]
)
def test_addresses_that_lead_nowhere_are_told_so(question, desk, member, client):
    client.force_login(desk.registrar)
    assert client.get(f"{CREATE}?{question.format(pk=member.pk)}").status_code == 404


@pytest.mark.parametrize("role", [code for code in RoleCode if code != RoleCode.REGISTRAR])
def test_cases_are_opened_by_the_office_alone(role, desk, member, client):
    client.force_login(make_user(f"one-{role}", role, password_changed_at=timezone.now()))
    address = f"{CREATE}?member={member.pk}&kind=order_resign"
    assert client.get(address).status_code in {302, 403}
    client.post(address, opening())
    assert not Case.objects.exists()
