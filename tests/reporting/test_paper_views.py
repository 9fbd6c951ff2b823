"""A member's papers on the page, from the list to handing in, with and without scripts."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from dossiers.choices import (
    BlockVerdict,
    DeclaredState,
    HandInKind,
    PaperAct,
    PaperState,
    ReturnBlock,
)
from dossiers.models import (
    Declaration,
    DutyPaper,
    HandIn,
    PaperArchive,
    PaperBlock,
    PaperEvent,
)
from reporting.selectors.archives import digest_of
from tests.building import attend, hand_in, make_meeting, make_member, make_term, speak
from tests.dossiers.papers import (
    PDF,
    account,
    begun,
    confirm_all,
    confirmed,
    drawn,
    make_campaign,
    upload,
    wrote,
)
from tests.world import build_world

pytestmark = pytest.mark.django_db

AT = datetime(2024, 12, 5, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def december(monkeypatch):
    """The pages' clock."""
    for module in ("papers", "paper_parts"):
        monkeypatch.setattr(f"reporting.views.{module}.timezone.now", lambda: AT)


@pytest.fixture
def member():
    term = make_term()
    member = make_member(term, "0001", name="张青", standing_from=term.start_date)
    account(member)
    return member


@pytest.fixture
def campaign(member):
    return make_campaign(member.term, call="请于年底前提交。")


@pytest.fixture
def phone(member):
    client = Client()
    client.force_login(member.person.user)
    return client


def address(name, paper, *arguments):
    return reverse(f"reporting:{name}", args=[paper.pk, *arguments])


def text_of(answer):
    return answer.content.decode()


def post_text(phone, paper, name="paper-detail", **values):
    return phone.post(address(name, paper), {"seen_version": paper.version, **values})


# The list -----------------------------------------------------------------------------------
def test_list_leads_to_each_paper_and_begins_it(phone, member, campaign):
    page = text_of(phone.get(reverse("reporting:paper-list")))
    assert page.count("开始填写</button>") == 3
    assert not DutyPaper.objects.exists()
    answer = phone.post(
        reverse("reporting:paper-open"),
        {"campaign": campaign.pk, "member": member.pk, "kind": "annual_return"},
    )
    paper = DutyPaper.objects.get()
    assert answer["Location"] == address("paper-detail", paper)
    assert text_of(phone.get(reverse("reporting:paper-list"))).count("继续填写</a>") == 1


def test_list_says_what_came_another_way(phone, member, campaign):
    hand_in(member, 2024, date(2024, 12, 3))
    page = text_of(phone.get(reverse("reporting:paper-list")))
    assert "2024年12月3日（周二）提交" in page
    assert page.count("开始填写</button>") == 2


def test_paper_not_collected_is_not_begun(phone, member, campaign):
    asked = {"campaign": campaign.pk, "member": member.pk, "kind": "annual_duty_report"}
    assert phone.post(reverse("reporting:paper-open"), asked).status_code == 302
    for wrong in ({"member": 0}, {"campaign": "x"}, {"campaign": 0}):
        answer = phone.post(reverse("reporting:paper-open"), asked | wrong)
        assert answer.status_code == 404
    assert not DutyPaper.objects.exists()


# 登记表 --------------------------------------------------------------------------------------
def test_return_shows_each_record_with_its_source(phone, member, campaign):
    meeting = make_meeting(member.term, on=date(2024, 4, 2), title="春季学习会")
    row = attend(member, meeting, "present", "absent")[0]
    row.recorded_by, row.recorded_at = member.person.user, AT
    row.save()
    speak(member, meeting, title="关于养老")
    speak(make_member(member.term), meeting, title="别人的发言")
    page = text_of(phone.get(address("paper-detail", begun(campaign, member))))
    assert "共2场，到1场" in page
    assert "张青 2024年12月5日登记" in page
    assert "关于养老" in page
    assert "别人的发言" not in page
    assert "已确认 0 / 8 栏" in page


def test_return_costs_the_same_for_one_record_and_for_many(
    phone, member, campaign, django_assert_max_num_queries
):
    paper = begun(campaign, member)

    def pages(count):
        for _ in range(count):
            meeting = make_meeting(member.term, on=date(2024, 4, 2))
            attend(member, meeting, "present")
            speak(member, meeting)
        with django_assert_max_num_queries(100) as captured:
            phone.get(address("paper-detail", paper))
        return len(captured)

    pages(1)
    assert pages(1) == pages(3)


def test_block_is_confirmed_and_leads_to_the_next(phone, member, campaign):
    paper = begun(campaign, member)
    answer = phone.post(
        address("paper-confirm", paper, "meetings"), {"remark": "全程参加", "seen_version": 1}
    )
    assert answer["Location"] == f"{address('paper-detail', paper)}#proposals"
    assert paper.blocks.get(block="meetings").remark == "全程参加"
    assert "已确认 1 / 8 栏" in text_of(phone.get(address("paper-detail", paper)))


AS_DATA = {"headers": {"accept": "application/json"}}


def test_stale_remark_shows_both(phone, member, campaign):
    paper = begun(campaign, member)
    confirmed(paper, ReturnBlock.MEETINGS, "电脑上写的")
    given = {"remark": "手机上写的", "seen_version": 1}
    path = address("paper-confirm", paper, "meetings")
    answer = phone.post(path, given)
    page = text_of(answer)
    assert answer.status_code == 409
    assert '<p class="paper-text">电脑上写的</p>' in page
    assert ">手机上写的</textarea>" in page
    assert page.count('name="seen_version" value="2"') == 1
    assert json.loads(phone.post(path, given, **AS_DATA).content) == {
        "reason": "stale", "version": 2, "values": {"remark": "电脑上写的"}, "replaced": [],
    }  # fmt: skip
    assert paper.blocks.get(block="meetings").remark == "电脑上写的"
    answer = phone.post(path, given | {"seen_version": 2}, **AS_DATA)
    assert json.loads(answer.content) == {"to": f"{address('paper-detail', paper)}#proposals"}
    assert paper.blocks.get(block="meetings").remark == "手机上写的"


def test_refused_remark_stays_as_typed(phone, member, campaign):
    paper = begun(campaign, member)
    given = {"remark": "长" * 10_001, "seen_version": 1}
    path = address("paper-confirm", paper, "meetings")
    answer = phone.post(path, given)
    assert answer.status_code == 409
    assert f">{given['remark']}</textarea>" in text_of(answer)
    answer = phone.post(path, given, **AS_DATA)
    assert (answer.status_code, json.loads(answer.content)["reason"]) == (409, "refused")


def test_confirming_after_signing_in_anew_leads_back_to_the_block(phone, member, campaign):
    paper = begun(campaign, member)
    answer = phone.get(address("paper-confirm", paper, "meetings"))
    assert answer["Location"] == f"{address('paper-detail', paper)}#meetings"


def test_stale_line_shows_both(phone, member, campaign):
    paper = begun(campaign, member)
    page = address("paper-declare", paper, "speeches")
    answer = phone.post(page, {"text": "原来写的", "date": "2024-05-03"}, **AS_DATA)
    assert json.loads(answer.content) == {"to": f"{address('paper-detail', paper)}#speeches"}
    row = Declaration.objects.get()
    path = address("declaration-update", paper, row.pk)
    phone.post(path, {"text": "电脑上写的", "date": "2024-05-04", "seen_version": 1})
    given = {"text": "手机上写的", "date": "2024-05-05", "seen_version": 1}
    answer = phone.post(path, given)
    shown = text_of(answer)
    assert answer.status_code == 409
    assert "电脑上写的</span>" in shown
    assert "2024年5月4日" in shown
    assert "手机上写的</textarea>" in shown
    assert 'name="seen_version" value="2"' in shown
    assert json.loads(phone.post(path, given, **AS_DATA).content) == {
        "reason": "stale", "version": 2,
        "values": {"text": "电脑上写的", "date": "2024-05-04"}, "replaced": [],
    }  # fmt: skip
    row.refresh_from_db()
    assert row.text == "电脑上写的"
    refused = phone.post(path, given | {"date": "2023-05-05"}, **AS_DATA)
    assert json.loads(refused.content)["message"] == "这是2024年度的登记表，请填写2024年内的日期。"


def test_line_is_added_changed_and_withdrawn(phone, member, campaign):
    paper = begun(campaign, member)
    page = address("paper-declare", paper, "speeches")
    assert "2024年度履职情况登记表 · 会议发言" in text_of(phone.get(page))
    answer = phone.post(
        page, {"text": "在座谈会上发言", "date": "2024-05-03", "proof": upload("证明.pdf", PDF)}
    )
    assert answer["Location"] == f"{address('paper-detail', paper)}#speeches"
    row = Declaration.objects.get()
    assert "在座谈会上发言" in text_of(phone.get(address("paper-detail", paper)))
    proof = phone.get(address("declaration-proof", paper, row.pk))
    assert b"".join(proof.streaming_content) == PDF
    phone.post(
        address("declaration-update", paper, row.pk), {"text": "在恳谈会上发言", "seen_version": 1}
    )
    row.refresh_from_db()
    assert (row.text, row.date) == ("在恳谈会上发言", None)
    phone.post(address("declaration-withdraw", paper, row.pk))
    assert not Declaration.objects.exists()


def test_refused_line_keeps_what_was_typed(phone, member, campaign):
    paper = begun(campaign, member)
    answer = phone.post(
        address("paper-declare", paper, "speeches"), {"text": "旧事一件", "date": "2023-05-03"}
    )
    assert "请填写2024年内的日期" in text_of(answer)
    assert "旧事一件" in text_of(answer)


def test_line_about_a_record_stands_beside_it(phone, member, campaign):
    meeting = make_meeting(member.term, on=date(2024, 4, 2), title="春季学习会")
    row = attend(member, meeting, "absent")[0]
    other = attend(make_member(member.term), meeting, "absent")[0]
    paper = begun(campaign, member)
    page = address("paper-declare", paper, "meetings")
    assert phone.get(f"{page}?record=attendance.attendance:{other.pk}").status_code == 404
    record = f"{page}?record=attendance.attendance:{row.pk}"
    assert "春季学习会" in text_of(phone.get(record))
    phone.post(record, {"text": "当天出席，见签到表"})
    row.refresh_from_db()
    assert row.status == "absent"
    assert "本人认为应当是" in text_of(phone.get(address("paper-detail", paper)))


def test_returned_form_shows_the_marks_and_is_handed_in_again(phone, member, campaign):
    paper = confirm_all(begun(campaign, member))
    phone.post(address("paper-submit", paper), {"seen_version": 1})
    paper = DutyPaper.objects.get()
    assert paper.state == PaperState.SUBMITTED
    PaperBlock.objects.filter(block="meetings").update(
        verdict=BlockVerdict.TO_MEND, mark="请补充九月的会议"
    )
    PaperEvent.objects.create(paper=paper, act=PaperAct.RETURNED, note="两处要改", at=AT)
    DutyPaper.objects.update(state=PaperState.RETURNED)
    page = text_of(phone.get(address("paper-detail", paper)))
    assert "请补充九月的会议" in page
    assert "两处要改" in page
    assert "已确认 7 / 8 栏" in page


# 述职表, 述职报告 ------------------------------------------------------------------------------
def test_form_leads_from_each_number_to_what_it_counts(phone, member, campaign):
    meeting = make_meeting(
        member.term, "plenary_session", date(2024, 1, 12), title="第四次全体会议"
    )
    attend(member, meeting)
    paper = begun(campaign, member, HandInKind.PERFORMANCE_FORM)
    assert "全体会议实出席1次" in text_of(phone.get(address("paper-detail", paper)))
    counted = text_of(phone.get(address("paper-count", paper, "plenary.attended")))
    assert "第四次全体会议" in counted
    assert "没有这样的记录" in text_of(phone.get(address("paper-count", paper, "themed.attended")))
    assert phone.get(address("paper-count", paper, "score")).status_code == 404


def test_text_is_saved_by_the_button_and_leads_on(phone, member, campaign):
    paper = begun(campaign, member, HandInKind.PERFORMANCE_REPORT)
    answer = post_text(phone, paper, text="一、政治\r\n坚定。", next="submit")
    assert answer["Location"] == address("paper-submit", paper)
    assert DutyPaper.objects.get().text == "一、政治\n坚定。"
    assert "提交后由委员联络科审核，退回前不能再改。" in text_of(phone.get(answer["Location"]))


def test_stale_save_shows_both_texts(phone, member, campaign):
    paper = begun(campaign, member, HandInKind.PERFORMANCE_REPORT)
    wrote(paper, text="电脑上写的一段")
    answer = post_text(phone, paper, text="手机上写的一段")
    assert answer.status_code == 409
    assert "电脑上写的一段" in text_of(answer)
    assert "手机上写的一段" in text_of(answer)
    assert 'name="seen_version" value="2"' in text_of(answer)
    assert DutyPaper.objects.get().text == "电脑上写的一段"


def test_autosave_answers_with_the_version_or_with_what_is_stored(phone, member, campaign):
    paper = begun(campaign, member, HandInKind.PERFORMANCE_FORM)
    answer = post_text(phone, paper, "paper-save", suggestions="建议一")
    assert json.loads(answer.content) == {"version": 2, "saved_at": "12:00"}
    answer = post_text(phone, paper, "paper-save", suggestions="建议二")
    assert answer.status_code == 409
    assert json.loads(answer.content) == {
        "reason": "stale",
        "version": 2,
        "values": {"political_discipline": "", "suggestions": "建议一"},
        "replaced": [],
    }
    DutyPaper.objects.update(state=PaperState.SUBMITTED, first_submitted_at=AT)
    answer = post_text(phone, paper, "paper-save", suggestions="建议三")
    assert (answer.status_code, json.loads(answer.content)["reason"]) == (409, "refused")
    answer = phone.post(address("paper-save", paper), {"suggestions": "无版本"})
    assert answer.status_code == 400


def test_autosave_says_what_was_stored_before_another_replaced_it(phone, member, campaign):
    paper = begun(campaign, member, HandInKind.PERFORMANCE_FORM)
    wrote(paper, suggestions="一\n二")
    wrote(DutyPaper.objects.get(), suggestions="三", political_discipline="四")

    def replaced(**values):
        answer = json.loads(post_text(phone, paper, "paper-save", **values).content)
        return answer["replaced"]

    assert replaced(suggestions="一\r\n二", political_discipline="五") == ["suggestions"]
    assert replaced(suggestions="一") == []
    assert DutyPaper.objects.get().suggestions == "三"


def test_incomplete_paper_says_what_is_missing(phone, member, campaign):
    paper = begun(campaign, member, HandInKind.PERFORMANCE_REPORT)
    paper = wrote(paper, text="长" * 2001)
    page = text_of(phone.get(address("paper-submit", paper)))
    assert "正文2001字，超过2000字的上限，请删减1字" in page
    phone.post(address("paper-submit", paper), {"seen_version": paper.version})
    assert DutyPaper.objects.get().state == PaperState.DRAFT


def test_paper_changed_on_another_device_is_looked_at_again(phone, member, campaign):
    paper = wrote(begun(campaign, member, HandInKind.PERFORMANCE_REPORT), text="初稿")
    answer = phone.post(address("paper-submit", paper), {"seen_version": paper.version - 1})
    assert answer["Location"] == address("paper-submit", paper)
    assert not HandIn.objects.exists()


def test_signature_is_put_on_and_taken_off(phone, member, campaign):
    paper = begun(campaign, member, HandInKind.PERFORMANCE_FORM)
    page = address("paper-signature", paper)
    assert "请选择签名图片" in text_of(phone.post(page, {}))
    assert "读不出签名" in text_of(phone.post(page, {"image": upload("x.png", PDF)}))
    phone.post(page, {"image": upload("x.png", drawn())})
    image = phone.get(address("paper-signature-image", paper))
    assert (image.status_code, image["Content-Type"]) == (200, "image/png")
    phone.post(page, {"remove": "yes"})
    assert phone.get(address("paper-signature-image", paper)).status_code == 404


# On paper -----------------------------------------------------------------------------------
def words_of(pdf):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return "".join(text.split())


def test_preview_prints_what_was_written(phone, member, campaign):
    form = wrote(
        begun(campaign, member, HandInKind.PERFORMANCE_FORM), political_discipline="立场坚定"
    )
    phone.post(address("paper-signature", form), {"image": upload("x.png", drawn())})
    pdf = phone.get(address("paper-file", form, "pdf")).content
    assert "立场坚定" in words_of(pdf)
    images = {image.name for page in PdfReader(io.BytesIO(pdf)).pages for image in page.images}
    assert len(images) == 1
    excel = phone.get(address("paper-file", form, "xlsx")).content
    page = load_workbook(io.BytesIO(excel)).active
    assert "立场坚定" in [cell.value for row in page.iter_rows() for cell in row]
    assert [image.anchor._from.row + 1 for image in page._images] == [page.max_row]
    report = wrote(begun(campaign, member, HandInKind.PERFORMANCE_REPORT), text="一、政治\n坚定。")
    assert "一、政治坚定。" in words_of(phone.get(address("paper-file", report, "pdf")).content)
    assert phone.get(address("paper-file", report, "xlsx")).status_code == 404


def test_preview_marks_what_is_not_looked_at_yet(phone, member, campaign):
    paper = begun(campaign, member)
    for state in DeclaredState:
        Declaration.objects.create(
            paper=paper, block=ReturnBlock.SPEECHES, text=f"补充{state}", state=state, answer="答"
        )
    excel = phone.get(address("paper-file", paper, "xlsx")).content
    rows = load_workbook(io.BytesIO(excel)).active.iter_rows(values_only=True)
    lines = [str(cell) for row in rows for cell in row if cell and "补充" in str(cell)]
    assert lines == ["补充declared（本人填报，待核实）", "补充accepted"]
    words = words_of(phone.get(address("paper-file", paper, "pdf")).content)
    assert "补充declared（本人填报，待核实）" in words
    assert "补充accepted" in words
    assert "补充accepted（" not in words
    assert "补充entered" not in words
    assert "补充rejected" not in words


def test_archived_paper_is_handed_out_as_frozen(phone, member, campaign):
    paper = begun(campaign, member)
    DutyPaper.objects.update(
        state=PaperState.ARCHIVED, first_submitted_at=AT, verified_at=AT,
        verified_by=member.person.user,
    )  # fmt: skip
    PaperArchive.objects.create(
        paper=paper,
        number=1,
        data={"rows": []},
        pdf=upload("归档.pdf", PDF),
        digest=digest_of({"rows": []}, PDF),
        archived_at=AT,
    )
    answer = phone.get(address("paper-file", paper, "pdf"))
    assert b"".join(answer.streaming_content) == PDF
    PaperArchive.objects.update(digest="0" * 64)
    assert phone.get(address("paper-file", paper, "pdf")).status_code == 409
    page = text_of(phone.get(address("paper-detail", paper)))
    assert "下载归档件" in page
    assert "确认无误" not in page


# Whose --------------------------------------------------------------------------------------
def test_papers_are_their_members_alone():
    world = build_world()
    wrong = []
    for role, user in world.users.items():
        client = Client()
        client.force_login(user)
        for paper in DutyPaper.objects.select_related("member__person"):
            own = paper.member.person.user_id == user.pk
            for name, *arguments in (
                ("paper-detail",), ("paper-submit",), ("paper-signature",),
                ("paper-file", "xlsx"), ("paper-count", "plenary.attended"),
                ("paper-declare", "speeches"),
            ):  # fmt: skip
                answer = client.get(address(name, paper, *arguments))
                if not own and answer.status_code not in {403, 404}:
                    wrong.append((role, name, answer.status_code))
            for name in ("paper-save", "paper-submit", "paper-detail"):
                answer = post_text(client, paper, name, suggestions="越权")
                if not own and answer.status_code not in {403, 404}:
                    wrong.append((role, name, answer.status_code))
    assert wrong == []
    assert not DutyPaper.objects.filter(suggestions="越权").exists()
    assert not any("补充declared" in row for row in printed_for("leader", world))


def printed_for(role, world):
    """The words a reader of the whole house finds in the 登记表."""
    client = Client()
    client.force_login(world.users[role])
    for member in world.members:
        path = reverse("reporting:form-detail", args=[member.pk, 2023, "annual_return", "pdf"])
        words = words_of(client.get(path).content)
        assert "补充accepted" in words
        yield words
