"""Pages of official letters: who may, what they show, and what is issued from them."""

import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from attendance.choices import AttendanceStatus, MeetingKind
from exits.choices import CaseKind, PaperKind
from exits.models import LetterHead, OfficialPaper, PaperTemplate
from exits.services.papers import issue_paper
from members.choices import Party
from tests.accounts.people import make_user
from tests.building import attend, make_meeting, suspend
from tests.exits.cases import (
    AT,
    day,
    decide,
    deliver_all,
    make_desk,
    make_seat,
    opened,
    pressed,
    to_decided,
    to_proposed,
    to_submitted,
)

LIST, CREATE = "/exits/papers/", "/exits/papers/create/"


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return make_desk()


@pytest.fixture
def case(desk):
    member = make_seat(desk, "own", name="李明", employer_post="某公司经理")
    return to_proposed(desk, member, CaseKind.ORDER_RESIGN)


def sign_in(client, user):
    """With a password that need not be changed."""
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password_changed_at"])
    client.force_login(user)


def paper_of(desk, case, kind=PaperKind.CONSULTATION, **fields):
    values = {
        "title": "关于李明的函",
        "body": "情况如下。",
        "addressees": ["某处"],
        "issued_date": day(9),
        "actor": desk.registrar,
        "at": AT,
    }
    return issue_paper(term=desk.term, kind=kind, case=case, **(values | fields))


def words(answer):
    sheets = PdfReader(io.BytesIO(answer.content)).pages
    return "".join("".join(sheet.extract_text().split()) for sheet in sheets)


def given(page, **changes):
    """What the form on the page would send."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()} | changes


def test_letter_is_chosen_drafted_looked_at_and_issued(client, desk, case):
    sign_in(client, desk.registrar)
    choice = client.get(CREATE, {"case": case.pk})
    assert [kind.value for kind in choice.context["kinds"]] == [
        "information",
        "consultation",
        "proposal",
        "reminder",
        "other",
    ]
    path = f"{CREATE}?case={case.pk}&kind=proposal"
    page = client.get(path)
    assert page.context["form"]["title"].value() == "关于提请审议责令李明同志辞去委员的请示"
    assert page.context["form"]["addressees"].value() == "政协试验市委员会常务委员会"
    refused = client.post(path, given(page))
    assert "没有填的空" in refused.content.decode()
    ready = given(page, body="请审议。", issued_date="2024-06-20", copied_to="市委组织部\n")
    preview = client.post(path, ready | {"preview": "1"})
    assert preview["Content-Type"] == "application/pdf"
    assert "未印发" in words(preview)
    assert OfficialPaper.objects.count() == 0
    answer = client.post(path, ready, follow=True)
    paper = OfficialPaper.objects.get()
    assert answer.redirect_chain == [(reverse("exits:paper-detail", args=[paper.pk]), 302)]
    assert (paper.number, paper.copied_to) == ("试协办字〔2024〕1号", ["市委组织部"])
    again = client.post(path, ready)
    assert "同样的公文已印发" in again.content.decode()
    file = client.get(reverse("exits:paper-file", args=[paper.pk]))
    assert "请审议。" in words(file)
    assert file["Content-Disposition"].startswith("attachment;")
    assert "已印发过一份" in client.get(path).content.decode()


def test_letter_that_does_not_fit_leads_back_to_the_choice(client, desk, case):
    sign_in(client, desk.registrar)
    answer = client.get(CREATE, {"case": case.pk, "kind": "publication"}, follow=True)
    assert "不适合现在的办理环节" in answer.content.decode()
    assert client.get(CREATE, {"case": case.pk, "kind": "nothing"}).status_code == 404
    assert client.get(CREATE).status_code == 404


def test_changed_file_is_not_handed_out(client, desk, case):
    paper = OfficialPaper.objects.get(pk=paper_of(desk, case).pk)
    with paper.file.storage.open(paper.file.name, "wb") as file:
        file.write(b"%PDF-1.7 other")
    sign_in(client, desk.registrar)
    answer = client.get(reverse("exits:paper-file", args=[paper.pk]))
    assert answer.status_code == 409
    assert "摘要不符" in answer.content.decode()


def test_pages_are_for_those_whose_role_may(client, desk, case):
    paper = paper_of(desk, case)
    # 组织部 is asked in this case, 统战部 is not; the leader does not conduct it.
    seen = {
        desk.registrar: {200},
        desk.organization: {200},
        desk.united_front: {404},
        desk.leader: {404},
        case.member.person.user: {403},
    }
    for user, statuses in seen.items():
        sign_in(client, user)
        for name in ("paper-detail", "paper-file"):
            answer = client.get(reverse(f"exits:{name}", args=[paper.pk]))
            assert {answer.status_code} == statuses, (user, name)
    for user in (desk.organization, desk.leader, case.member.person.user):
        sign_in(client, user)
        for path in (
            f"{CREATE}?case={case.pk}",
            "/exits/templates/",
            "/exits/templates/other/",
            "/exits/exchange/create/",
        ):
            assert client.get(path).status_code == 403, (user, path)
            assert client.post(path).status_code == 403


def test_list_holds_what_the_account_may_read(client, desk, case):
    mine = paper_of(desk, case)
    other = to_proposed(desk, make_seat(desk, name="张华", party=Party.CNDCA), CaseKind.REVOKE)
    theirs = paper_of(desk, other, title="关于张华的函")
    expected = {desk.registrar: [theirs, mine], desk.organization: [mine], desk.leader: []}
    for user, papers in expected.items():
        sign_in(client, user)
        assert list(client.get(LIST).context["papers"]) == papers
    sign_in(client, desk.registrar)
    for query, papers in (
        ({"q": "张华"}, [theirs]),
        ({"q": "函 李"}, [mine]),
        ({"year": "2023"}, []),
        ({"kind": "consultation", "year": "2024"}, [theirs, mine]),
        ({"kind": "proposal"}, []),
        ({"year": "x", "kind": "y"}, [theirs, mine]),
    ):
        assert list(client.get(LIST, query).context["papers"]) == papers, query


def test_list_asks_the_same_number_of_times_however_long(
    client, desk, case, django_assert_num_queries
):
    paper_of(desk, case)
    sign_in(client, desk.registrar)
    client.get(LIST)
    with django_assert_num_queries(FIXED):
        client.get(LIST)
    paper_of(desk, case, title="第二份")
    paper_of(desk, case, title="第三份")
    with django_assert_num_queries(FIXED):
        client.get(LIST)


FIXED = 15


def test_reading_is_kept_in_mind(client, desk, case):
    paper = paper_of(desk, case)
    sign_in(client, desk.registrar)
    for name in ("paper-detail", "paper-file"):
        client.get(reverse(f"exits:{name}", args=[paper.pk]))
    views = AuditEntry.objects.filter(verb="view", actor=desk.registrar)
    assert [entry.detail["ids"] for entry in views] == [[paper.pk]] * 2


def test_what_a_draft_shows_is_kept_in_mind(client, desk, case):
    sign_in(client, desk.registrar)
    path = f"{CREATE}?case={case.pk}&kind=proposal"
    client.get(f"{CREATE}?case={case.pk}")
    page = client.get(path)
    views = AuditEntry.objects.filter(verb="view", actor=desk.registrar)
    read = {"object_type": "exits.case", "ids": [case.pk]}
    assert [entry.detail for entry in views] == [read] * 2
    client.post(path, given(page, body="请审议。", issued_date="2024-06-20", preview="1"))
    taken = AuditEntry.objects.get(verb="export")
    assert (taken.object_type, taken.object_id) == ("exits.case", str(case.pk))
    assert taken.object_label == "公文预览 处理建议"
    assert taken.detail["format"] == "pdf"


def test_what_an_exchange_shows_is_kept_in_mind(client, desk, case, at_june):
    sign_in(client, desk.registrar)
    make_seat(desk, name="民盟", party=Party.CDL)
    page = exchange(client)[1]
    entry = AuditEntry.objects.get(verb="view")
    assert entry.detail == {
        "object_type": "members.member",
        "ids": [case.member_id],
        "field": "performance",
    }
    path = exchange(client)[0]
    client.post(path, given(page, issued_date="2024-06-28", preview="1"))
    assert AuditEntry.objects.get(verb="export").detail["partner"] == "organization"


def test_member_gets_only_letters_written_to_them_once_told(client, desk, case):
    user = case.member.person.user
    reminder = paper_of(desk, case, PaperKind.REMINDER, title="提醒函")
    paper_of(desk, case, title="会商纪要")
    assert list(OfficialPaper.objects.told_to(user)) == []
    pressed(desk, case)
    assert list(OfficialPaper.objects.told_to(user)) == [reminder]
    decided = to_decided(desk, make_seat(desk, "other"), CaseKind.REVOKE)
    notice = paper_of(desk, decided, PaperKind.DECISION_MEMBER, issued_date=day(8))
    told = decided.member.person.user
    assert list(OfficialPaper.objects.told_to(told)) == []
    deliver_all(desk, decided)
    assert list(OfficialPaper.objects.told_to(told)) == [notice]
    assert list(OfficialPaper.objects.told_to(user)) == [reminder]
    sign_in(client, told)
    assert client.get(reverse("exits:own-paper-file", args=[notice.pk])).status_code == 200
    assert client.get(reverse("exits:own-paper-file", args=[reminder.pk])).status_code == 404


# Wordings


def test_wording_is_changed_looked_at_and_set_back(client, desk):
    sign_in(client, desk.registrar)
    path = "/exits/templates/reminder/order_resign/"
    page = client.get(path)
    preview = client.post(path, given(page, body="请{委员姓名}注意。", preview="1"))
    assert "请张某某注意。" in words(preview)
    for extra in ({}, {"preview": "1"}):
        bad = client.post(path, given(page, body="{{7*7}}") | extra)
        assert "不是可填的内容" in bad.content.decode()
    assert PaperTemplate.objects.count() == 0
    assert client.post(path, given(page, body="请{委员姓名}注意。")).status_code == 302
    assert "本机关修改" in client.get("/exits/templates/").content.decode()
    stale = client.post(path, given(page, body="另改"))
    assert "已被他人修改" in stale.content.decode()
    assert client.post(path, {"restore": "1"}).status_code == 302
    assert PaperTemplate.objects.count() == 0
    for wrong in ("nothing/", "reminder/", "reminder/revoke/"):
        assert client.get(f"/exits/templates/{wrong}").status_code == 404


def test_head_is_changed_on_the_page(client, desk):
    sign_in(client, desk.registrar)
    page = client.get("/exits/templates/")
    assert page.context["form"]["office_series"].value() == "试协办字"
    answer = client.post("/exits/templates/", given(page, office_series="试政协办"))
    assert answer.status_code == 302
    assert LetterHead.objects.get().office_series == "试政协办"
    stale = client.post("/exits/templates/", given(page, office_series="又改"))
    assert "已被他人修改" in stale.content.decode()


# Exchange


def exchange(client, topic="performance", partner="organization", year=2024):
    path = f"/exits/exchange/create/?topic={topic}&partner={partner}&year={year}"
    return path, client.get(path)


def test_exchange_tells_each_department_of_its_side(client, desk, case, at_june):
    meeting = make_meeting(desk.term, MeetingKind.PLENARY_SESSION, date(2024, 1, 10))
    attend(case.member, meeting, AttendanceStatus.ABSENT)
    other = make_seat(desk, name="张华", party=Party.CNDCA)
    attend(other, meeting, AttendanceStatus.LEAVE)
    sign_in(client, desk.registrar)
    assert client.get("/exits/exchange/create/").status_code == 200
    path, page = exchange(client)
    (table,) = page.context["tables"]
    assert table["rows"] == [
        ["1", "李明", "工商联界", "某公司经理", "1", "0", "0", "1", "责令辞去委员（已提出建议）"]
    ]
    assert page.context["form"]["addressees"].value() == "中共试验市委组织部"
    (row,) = exchange(client, partner="united_front")[1].context["tables"][0]["rows"]
    assert row[1:8] == ["张华", "工商联界", "—", "1", "0", "1", "0"]
    answer = client.post(path, given(page, issued_date="2024-06-28"), follow=True)
    paper = OfficialPaper.objects.get()
    assert "附件：中共党员委员2024年度履职情况表（1行）" in answer.content.decode()
    assert (paper.partner, paper.variant, paper.year) == ("organization", "performance", 2024)
    assert paper.appendix[0]["rows"] == table["rows"]
    assert "已印发" in answer.content.decode()
    assert list(OfficialPaper.objects.visible_to(desk.organization)) == [paper]
    assert list(OfficialPaper.objects.visible_to(desk.united_front)) == []
    assert list(OfficialPaper.objects.visible_to(desk.leader)) == []


def test_exchange_tells_of_exits_after_they_happened(client, desk, at_june):
    ended = make_seat(desk, name="李明", employer_post="某公司经理")
    meeting = make_meeting(desk.term, MeetingKind.PLENARY_SESSION, date(2024, 1, 10))
    attend(ended, meeting, AttendanceStatus.ABSENT)
    make_seat(desk, name="在任")
    make_seat(desk, name="年初退出", exited=date(2024, 1, 1))
    make_seat(desk, name="去年退出", exited=date(2023, 12, 31))
    case = to_decided(desk, ended, CaseKind.REVOKE)
    sign_in(client, desk.registrar)
    page = exchange(client)[1]
    (table,) = page.context["tables"]
    assert [row[1:2] + row[4:] for row in table["rows"]] == [
        ["李明", "1", "0", "0", "1", "撤销委员资格（已作出决定）；2024年6月11日退出"],
        ["在任", "0", "0", "0", "0", ""],
        ["年初退出", "0", "0", "0", "0", "2024年1月1日退出"],
    ]
    body = page.context["form"]["body"].value()
    assert "在任1名，年度内退出2名" in body
    assert "应出席各类会议活动1人次" in body
    assert "1名委员的退出或者暂停履职事项" in body
    changes = exchange(client, "roster")[1].context["tables"][1]
    assert [row[2:3] + row[6:] for row in changes["rows"]] == [
        ["年初退出", "—"],
        ["李明", case.decision_number],
    ]


def test_roster_names_the_number_of_each_decision(client, desk, at_june):
    """The refused case that came between has none to give."""
    member = make_seat(desk, name="李明")
    suspend(member, date(2024, 5, 6))
    to_decided(desk, member, CaseKind.REINSTATEMENT)
    refused = to_submitted(desk, member, CaseKind.REVOKE, opened_date=day(9))
    decide(desk, refused, approved=False, date=day(18), number="萍协〔2024〕9号")
    sign_in(client, desk.registrar)
    changes = exchange(client, "roster")[1].context["tables"][1]
    assert [[row[1], row[6]] for row in changes["rows"]] == [
        ["暂停履职", "—"],
        ["恢复履职", "萍协〔2024〕8号"],
    ]


def test_roster_for_other_houses_is_of_all_members(client, desk, at_june):
    make_seat(desk, name="党员")
    make_seat(desk, name="民盟", party=Party.CDL)
    make_seat(desk, name="退出", exited=date(2024, 3, 1))
    suspend(make_seat(desk, name="暂停"), date(2024, 4, 1))
    sign_in(client, desk.registrar)
    path = "/exits/exchange/create/?topic=roster&partner=others&year=2024&receiver="
    for bad in (path, path.replace("roster", "performance") + "市纪委监委"):
        assert "tables" not in client.get(bad).context
    page = client.get(path + "市纪委监委")
    roster, changes = page.context["tables"]
    assert [row[1] for row in roster["rows"]] == ["党员", "民盟", "暂停"]
    assert [row[1:3] for row in changes["rows"]] == [["退出", "退出"]]
    assert page.context["form"]["addressees"].value() == "市纪委监委"
    answer = client.post(path + "市纪委监委", given(page, issued_date="2024-06-28"))
    paper = OfficialPaper.objects.get()
    assert answer["Location"] == reverse("exits:paper-detail", args=[paper.pk])
    assert (paper.partner, paper.variant) == ("", "roster_others")
    told = client.get(answer["Location"]).content.decode()
    assert "附件：1. 全体委员名单（3行）<br>2. 2024年度委员调整情况表（1行）" in told
    assert "市纪委监委" in client.get("/exits/exchange/create/").content.decode()
    conducting = make_user("conducting", RoleCode.LEADER)
    opened(desk, make_seat(desk), CaseKind.REVOKE, conductors=[conducting])
    for user, seen in (
        (desk.registrar, [paper]),
        (conducting, [paper]),
        (desk.leader, []),
        (desk.organization, []),
        (desk.united_front, []),
    ):
        assert list(OfficialPaper.objects.visible_to(user)) == seen, user


def test_roster_lists_who_came_left_and_was_suspended(client, desk, at_june):
    make_seat(desk, name="在任")
    make_seat(desk, name="增补", joined=date(2024, 2, 1))
    make_seat(desk, name="退出", exited=date(2024, 3, 1))
    make_seat(desk, name="去年退出", exited=date(2023, 3, 1))
    paused = make_seat(desk, name="暂停")
    suspend(paused, date(2024, 4, 1), date(2024, 5, 1))
    sign_in(client, desk.registrar)
    page = exchange(client, "roster")[1]
    roster, changes = page.context["tables"]
    assert [row[1] for row in roster["rows"]] == ["在任", "增补", "暂停"]
    assert [row[1:3] + row[5:6] for row in changes["rows"]] == [
        ["增补", "增补", "2024年2月1日"],
        ["退出", "退出", "2024年3月1日"],
        ["暂停履职", "暂停", "2024年4月1日"],
        ["恢复履职", "暂停", "2024年5月1日"],
    ]
    body = page.context["form"]["body"].value()
    assert "增补委员1名，退出委员1名，暂停履行委员职责1名" in body


@pytest.mark.parametrize("topic", ["performance", "roster"])
def test_exchange_asks_the_same_number_of_times_however_many(
    client, desk, topic, at_june, django_assert_max_num_queries
):
    def come(name):
        member = make_seat(desk, name=name, joined=date(2024, 2, 1))
        suspend(member, date(2024, 4, 1))
        opened(desk, member, CaseKind.REVOKE)
        make_seat(desk, name=f"{name}退", exited=date(2024, 3, len(name) + 1))

    come("甲")
    sign_in(client, desk.registrar)
    exchange(client, topic)
    with django_assert_max_num_queries(200) as one:
        exchange(client, topic)
    for name in ("乙", "丙", "丁"):
        come(name)
    with django_assert_max_num_queries(len(one)):
        exchange(client, topic)


def test_exchange_of_a_year_that_is_not_of_the_term_is_asked_again(client, desk):
    sign_in(client, desk.registrar)
    for bad in ({"year": 2019}, {"topic": "x"}, {"partner": "x"}):
        page = exchange(client, **bad)[1]
        assert page.status_code == 200
        assert "tables" not in page.context
    assert client.post("/exits/exchange/create/").status_code == 404


@pytest.fixture
def at_june(monkeypatch):
    """The pages read the clock of the cases."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def test_strangers_are_led_to_the_sign_in(client, desk, case):
    paper = paper_of(desk, case)
    for path in (LIST, f"{LIST}{paper.pk}/", f"{LIST}{paper.pk}/file/", "/exits/templates/"):
        assert client.get(path).status_code == 302
    sign_in(client, make_user("auditor", RoleCode.SECURITY_AUDITOR))
    for path in (LIST, f"{LIST}{paper.pk}/", f"{LIST}{paper.pk}/file/", "/exits/templates/"):
        assert client.get(path).status_code == 403
