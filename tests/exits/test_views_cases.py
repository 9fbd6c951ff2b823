"""Pages of cases at the office's desk: the board, a case, one page for each act."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import RoleCode
from exits.choices import Act, CaseKind, CaseState
from exits.models import Case, CaseStep
from exits.services import name_conductors
from members.choices import Party
from tests.accounts.people import make_user
from tests.exits.cases import (
    AT,
    Desk,
    applied,
    consulted,
    day,
    informed,
    make_desk,
    make_seat,
    opened,
    pressed,
    proposed,
    submitted,
    to_decided,
    to_proposed,
    to_submitted,
)

pytestmark = pytest.mark.django_db
BOARD = reverse("exits:case-board")
PDF = b"%PDF-1.4 paper"


@pytest.fixture
def desk() -> Desk:
    desk = make_desk()
    User.objects.update(password_changed_at=timezone.now())
    return desk


@pytest.fixture
def member(desk):
    return make_seat(desk)


def page(case: Case) -> str:
    return reverse("exits:case-detail", args=[case.pk])


def act_page(case: Case, act: str) -> str:
    return reverse("exits:case-act", args=[case.pk, act])


def do(client, user: User, case: Case, act: str, **given):
    """Sends the act's form as the page showed it."""
    client.force_login(user)
    case.refresh_from_db()
    return client.post(act_page(case, act), {"seen_version": case.version} | given)


def states(answer) -> dict[str, list[int]]:
    return {
        stage.state.value: [line.case.pk for line in stage.lines]
        for stage in answer.context["board"].states
        if stage.lines
    }


def test_board_lays_cases_out_by_state_with_age_and_what_they_wait_for(desk, member, client):
    first = opened(desk, member, CaseKind.ORDER_RESIGN)
    second = informed(desk, opened(desk, make_seat(desk), CaseKind.SUSPENSION))
    client.force_login(desk.registrar)
    answer = client.get(BOARD)
    assert states(answer) == {"opened": [first.pk], "consulting": [second.pk]}
    lines = {line.case.pk: line for line in answer.context["board"].lines}
    today = timezone.localdate()
    assert lines[first.pk].age == (today - first.opened_date).days
    assert lines[second.pk].waits_for == "待组织部、统战部提出意见"
    assert page(second) in answer.content.decode()


def test_board_says_in_words_what_is_past_its_date(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    today = timezone.localdate()
    client.force_login(desk.registrar)
    for days, words in ((0, ""), (-1, "已超期 1 天")):
        Case.objects.filter(pk=case.pk).update(due_date=today + timedelta(days=days))
        answer = client.get(BOARD)
        assert ("已超期" in answer.content.decode()) == bool(words)
        assert words in answer.content.decode()
        late = client.get(BOARD, {"show": "late"})
        assert states(late) == ({"opened": [case.pk]} if words else {})


def test_board_is_narrowed_to_a_kind_and_folds_those_ended_this_year(desk, member, client):
    order = opened(desk, member, CaseKind.ORDER_RESIGN)
    opened(desk, make_seat(desk), CaseKind.REVOKE)
    ended = opened(desk, make_seat(desk), CaseKind.RESIGNATION)
    today = timezone.localdate()
    Case.objects.filter(pk=ended.pk).update(state=CaseState.DROPPED, closed_date=today)
    client.force_login(desk.registrar)
    answer = client.get(BOARD, {"kind": "order_resign"})
    assert states(answer) == {"opened": [order.pk]}
    assert answer.context["board"].ended == ()
    assert [case.pk for case in client.get(BOARD).context["board"].ended] == [ended.pk]
    assert client.get(BOARD, {"kind": "x"}).status_code == 404


def test_board_and_case_cost_the_same_for_three_times_the_rows(desk, client):
    case = to_proposed(desk, make_seat(desk), CaseKind.ORDER_RESIGN)
    client.force_login(desk.registrar)
    client.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    with CaptureQueriesContext(connection) as short:
        client.get(page(case))
    for _ in range(2):
        to_proposed(desk, make_seat(desk), CaseKind.ORDER_RESIGN)
    pressed(desk, case)
    with CaptureQueriesContext(connection) as many:
        client.get(BOARD)
    with CaptureQueriesContext(connection) as long:
        client.get(page(case))
    assert len(many) == len(few)
    assert len(long) == len(short)


@pytest.mark.parametrize(
    "role",
    [code for code in RoleCode if code != RoleCode.REGISTRAR],
)
def test_a_measure_is_hidden_from_who_does_not_conduct_it(role, desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    user = make_user(f"other-{role}", role, password_changed_at=timezone.now())
    client.force_login(user)
    addresses = [page(case), act_page(case, "inform"), act_page(case, "decide")]
    assert {client.get(address).status_code for address in addresses} <= {302, 403, 404}
    answer = client.get(BOARD)
    assert answer.status_code in {200, 302, 403}
    assert member.person.name not in answer.content.decode()


def test_leader_sees_resignations_and_what_they_conduct(desk, member, client):
    resignation = opened(desk, make_seat(desk), CaseKind.RESIGNATION)
    hidden = opened(desk, make_seat(desk), CaseKind.REVOKE)
    conducted = opened(desk, member, CaseKind.ORDER_RESIGN)
    name_conductors(case=conducted, leaders=[desk.leader], actor=desk.registrar, at=AT)
    client.force_login(desk.leader)
    shown = client.get(BOARD).context["board"].lines
    assert {line.case.pk for line in shown} == {resignation.pk, conducted.pk}
    codes = {
        case.pk: client.get(page(case)).status_code for case in (resignation, conducted, hidden)
    }
    assert codes == {resignation.pk: 200, conducted.pk: 200, hidden.pk: 404}


def test_department_sees_its_side_and_joint_matters_once_informed(desk, client):
    own = informed(desk, opened(desk, make_seat(desk), CaseKind.ORDER_RESIGN))
    other = informed(desk, opened(desk, make_seat(desk, party=Party.RCCK), CaseKind.ORDER_RESIGN))
    joint = informed(desk, opened(desk, make_seat(desk, party=Party.RCCK), CaseKind.SUSPENSION))
    early = opened(desk, make_seat(desk), CaseKind.REVOKE)
    client.force_login(desk.organization)
    codes = {case.pk: client.get(page(case)).status_code for case in (own, other, joint, early)}
    assert codes == {own.pk: 200, other.pk: 404, joint.pk: 200, early.pk: 404}


def test_nobody_reads_or_carries_on_a_case_about_themself(desk, client):
    seat = make_seat(desk)
    case = opened(desk, seat, CaseKind.ORDER_RESIGN)
    seat.person.user = desk.second
    seat.person.save()
    client.force_login(desk.second)
    assert client.get(page(case)).status_code == 404
    assert do(client, desk.second, case, "inform", date=day(1), note="通报").status_code == 404
    assert client.get(BOARD).context["board"].total == 0


def test_reading_a_case_is_written_down(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    client.force_login(desk.registrar)
    client.get(page(case))
    entry = AuditEntry.objects.filter(verb="view").get()
    assert entry.actor == desk.registrar
    assert entry.detail == {"object_type": "exits.case", "ids": [case.pk]}


def test_order_to_resign_is_carried_through_by_its_pages(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    office, leader = desk.registrar, desk.leader
    name_conductors(case=case, leaders=[leader], actor=office, at=AT)
    opinion = {"partner": "organization", "verdict": "agree", "text": "同意", "date": day(2)}
    decision = {"approved": "yes", "meeting": "第十次会议", "number": "〔2024〕8号", "note": "通过"}
    decision["unit"] = "某某公司"
    acts = [
        (office, "inform", {"date": day(1), "note": "通报", "due_date": day(9)}, "consulting"),
        (office, "opine", opinion | {"document_number": "组函1号"}, "consulting"),
        (office, "propose", {"date": day(3), "proposal": "建议责令辞去"}, "proposed"),
        (office, "remind", {"date": day(4), "note": "电话提醒"}, "proposed"),
        (office, "persuade", {"date": day(5), "note": "面谈"}, "proposed"),
        (office, "apply", {"date": day(6), "note": "收到申请"}, "proposed"),
        (office, "submit", {"date": day(7), "note": "提请"}, "submitted"),
        (leader, "decide", decision | {"date": day(8)}, "decided"),
    ]
    for user, act, given, state in acts:
        answer = do(client, user, case, act, **given)
        assert answer.status_code == 302, (act, answer.content.decode())
        case.refresh_from_db()
        assert case.state == state, act
    client.force_login(office)
    for delivery in case.deliveries.all():
        record = reverse("exits:delivery-record", args=[delivery.pk])
        assert client.get(record).status_code == 200
        client.post(record, {"date": day(9), "manner": "专人送达"})
    case.refresh_from_db()
    assert case.state == "notified"
    do(client, office, case, "publish", date=day(10), place="政协网站", note="公布")
    case.refresh_from_db()
    member.refresh_from_db()
    assert (case.state, member.exited_date) == ("published", day(8))


@pytest.mark.parametrize(
    ("party", "kind"), [(Party.CPC, "order_resign"), (Party.RCCK, "order_resign")]
)
def test_refusal_on_its_page_opens_the_revoke_case(party, kind, desk, client):
    case = pressed(desk, to_proposed(desk, make_seat(desk, party=party), kind))
    do(client, desk.registrar, case, "refuse", date=day(6), note="明确表示不提交")
    case.refresh_from_db()
    assert case.state == "refused"
    text = client.get(page(case)).content.decode()
    assert page(case.successor) in text


def test_drop_ends_the_case(desk, member, client):
    case = opened(desk, member, CaseKind.REVOKE)
    do(client, desk.registrar, case, "drop", date=day(1), reason="查无实据")
    case.refresh_from_db()
    assert (case.state, case.closed_date) == ("dropped", day(1))


def test_refused_act_says_why_and_keeps_what_was_typed(desk, member, client):
    case = informed(desk, opened(desk, member, CaseKind.ORDER_RESIGN))
    answer = do(client, desk.registrar, case, "propose", date=day(3), proposal="建议责令辞去该委员")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "不能办理“提出建议”" in text
    assert "建议责令辞去该委员" in text
    assert f'value="{day(3)}"' in text


def test_field_left_empty_is_asked_for(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    answer = do(client, desk.registrar, case, "inform", date=day(1), note="")
    assert "此项必填。" in answer.content.decode()
    assert not CaseStep.objects.filter(case=case, kind=Act.INFORM).exists()


def test_second_press_of_the_button_changes_nothing(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    given = {"seen_version": case.version, "date": day(1), "note": "通报"}
    client.force_login(desk.registrar)
    first = client.post(act_page(case, "inform"), given)
    second = client.post(act_page(case, "inform"), given)
    assert (first.status_code, second.status_code) == (302, 200)
    assert "没有保存" in second.content.decode()
    assert case.steps.filter(kind=Act.INFORM).count() == 1


def test_page_older_than_anothers_act_is_refused(desk, member, client):
    case = pressed(desk, to_proposed(desk, member, CaseKind.ORDER_RESIGN))
    seen = case.version - 1
    client.force_login(desk.registrar)
    given = {"seen_version": seen, "date": day(6), "note": "再次提醒"}
    answer = client.post(act_page(case, "remind"), given)
    assert "已被他人修改" in answer.content.decode()
    assert "再次提醒" in answer.content.decode()
    assert case.steps.filter(kind=Act.REMIND).count() == 1


def test_nobody_is_offered_the_decision_on_their_own_proposal(desk, member, client):
    case = to_submitted(desk, member, CaseKind.ORDER_RESIGN)
    client.force_login(desk.registrar)
    text = client.get(page(case)).content.decode()
    assert act_page(case, "decide") not in text
    assert "建议由您提出" in text
    assert client.get(act_page(case, "decide"), follow=True).redirect_chain[-1][0] == page(case)
    given = {"approved": "yes", "date": day(8), "meeting": "会议", "number": "1号", "note": "过"}
    answer = do(client, desk.registrar, case, "decide", **given)
    assert "决定须由另一位工作人员或领导登记" in answer.content.decode()
    client.force_login(desk.second)
    assert act_page(case, "decide") in client.get(page(case)).content.decode()


def test_act_that_is_not_open_leads_back_with_the_reason(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    client.force_login(desk.registrar)
    answer = client.get(act_page(case, "publish"), follow=True)
    assert answer.redirect_chain[-1][0] == page(case)
    assert "不能办理“向社会公布”" in answer.content.decode()
    assert client.get(act_page(case, "nonsense")).status_code == 404


@pytest.mark.parametrize(
    ("act", "role"),
    [
        ("propose", "organization"),
        ("decide", "organization"),
        ("propose", "leader"),
        ("opine", "leader"),
    ],
)
def test_act_of_another_role_is_refused(act, role, desk, member, client):
    case = consulted(desk, informed(desk, opened(desk, member, CaseKind.ORDER_RESIGN)))
    name_conductors(case=case, leaders=[desk.leader], actor=desk.registrar, at=AT)
    client.force_login(getattr(desk, role))
    assert client.get(page(case)).status_code == 200
    assert client.get(act_page(case, act)).status_code == 403
    assert client.post(act_page(case, act), {}).status_code == 403


def test_department_gives_its_own_opinion_and_no_others(desk, member, client):
    case = informed(desk, opened(desk, member, CaseKind.SUSPENSION))
    given = {"verdict": "agree", "text": "同意", "date": day(2)}
    answer = do(client, desk.organization, case, "opine", partner="united_front", **given)
    assert answer.status_code == 200
    assert not case.opinions.exists()
    do(client, desk.organization, case, "opine", partner="organization", **given)
    opinion = case.opinions.get()
    assert (opinion.partner, opinion.on_behalf) == ("organization", False)


def test_opinion_entered_for_a_department_needs_its_paper(desk, member, client):
    case = informed(desk, opened(desk, member, CaseKind.ORDER_RESIGN))
    given = {"partner": "organization", "verdict": "agree", "text": "同意", "date": day(2)}
    answer = do(client, desk.registrar, case, "opine", **given)
    assert "须填来文文号或附来文" in answer.content.decode()
    paper = SimpleUploadedFile("来文.pdf", PDF)
    do(client, desk.registrar, case, "opine", attachment=paper, **given)
    opinion = case.opinions.get()
    assert opinion.on_behalf
    file = reverse("exits:opinion-attachment", args=[opinion.pk])
    assert b"".join(client.get(file).streaming_content) == PDF
    client.force_login(desk.united_front)
    assert client.get(file).status_code == 404


def test_paper_of_a_step_is_for_who_sees_the_case(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    paper = SimpleUploadedFile("通报.pdf", PDF)
    do(client, desk.registrar, case, "inform", date=day(1), note="通报", attachment=paper)
    step = case.steps.get(kind=Act.INFORM)
    file = reverse("exits:step-attachment", args=[step.pk])
    answer = client.get(file)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["X-Content-Type-Options"] == "nosniff"
    empty = reverse("exits:step-attachment", args=[case.steps.get(kind=Act.OPEN).pk])
    assert client.get(empty).status_code == 404
    for user, code in ((desk.organization, 200), (desk.leader, 404), (desk.united_front, 404)):
        client.force_login(user)
        assert client.get(file).status_code == code


def test_conductors_are_named_by_the_office_from_among_leaders(desk, member, client):
    case = opened(desk, member, CaseKind.ORDER_RESIGN)
    address = reverse("exits:case-conductors", args=[case.pk])
    client.force_login(desk.leader)
    assert client.get(address).status_code == 403
    client.force_login(desk.registrar)
    assert "分管领导" in client.get(address).content.decode()
    answer = client.post(address, {"leaders": [desk.organization.pk]})
    assert "请重新选择" in answer.content.decode()
    client.post(address, {"leaders": [desk.leader.pk]})
    assert list(case.conductors.all()) == [desk.leader]


def test_delivery_is_recorded_once(desk, member, client):
    case = to_decided(desk, member, CaseKind.ORDER_RESIGN)
    delivery = case.deliveries.first()
    address = reverse("exits:delivery-record", args=[delivery.pk])
    client.force_login(desk.registrar)
    given = {"date": day(9), "manner": "专人送达"}
    assert client.post(address, given).status_code == 302
    again = client.post(address, given)
    assert "没有重复登记" in again.content.decode()
    assert client.get(address, follow=True).redirect_chain[-1][0] == page(case)
    assert case.steps.filter(kind=Act.DELIVER).count() == 1
    client.force_login(desk.leader)
    assert client.get(address).status_code == 403


def test_way_of_a_case_shows_where_it_stands_and_where_it_left(desk, member, client):
    case = submitted(desk, applied(desk, pressed(desk, to_proposed(desk, member, "order_resign"))))
    client.force_login(desk.registrar)
    way = client.get(page(case)).context["way"]
    assert [point.state.value for point in way if point.on] == [
        "opened", "consulting", "proposed", "submitted",
    ]  # fmt: skip
    assert [point.state.value for point in way if point.is_here] == ["submitted"]
    assert way[-1].state == CaseState.PUBLISHED
    do(client, desk.registrar, case, "drop", date=day(8), reason="撤回")
    case.refresh_from_db()
    way = client.get(page(case)).context["way"]
    assert [point.state.value for point in way][-1] == "dropped"
    assert way[-1].is_here


def test_suspension_ends_its_way_with_the_notices(desk, member, client):
    case = proposed(desk, consulted(desk, informed(desk, opened(desk, member, "suspension"))))
    client.force_login(desk.registrar)
    assert client.get(page(case)).context["way"][-1].state == CaseState.NOTIFIED
