"""案卷: everything about a case in order, whatever people attached."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry
from assessments.models import FindingEvent
from exits.choices import Act, CaseKind, PaperKind
from exits.exporters.case_file import case_file
from exits.models import Case, OfficialPaper
from exits.services import answer_case, inform_departments, record_effort
from members.choices import Party
from tests.core.test_binding import pdf, picture
from tests.exits.cases import (
    AT,
    day,
    make_desk,
    make_seat,
    opened,
    opine,
    proposed,
    refused,
    to_proposed,
)
from tests.exits.interviews import make_finding
from tests.exits.test_views_papers import paper_of, sign_in

ON = date(2024, 7, 1)


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return make_desk()


def upload(name, content):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def case(desk):
    """With a readable PDF, a broken one, a picture and a workbook attached, and two letters."""
    member = make_seat(desk, name="李明", party=Party.CNDCA)
    case = opened(
        desk, member, CaseKind.REVOKE, attachment=upload("判决书.pdf", pdf((595, 842), (900, 600)))
    )
    case = inform_departments(
        case=case,
        date=day(1),
        note="通报情况",
        actor=desk.registrar,
        at=AT,
        attachment=upload("坏.pdf", b"%PDF-1.7 broken"),
    )
    opine(
        desk,
        case,
        "united_front",
        actor=desk.registrar,
        on_behalf=True,
        document_number="统函〔2024〕3号",
        attachment=upload("来文.jpg", picture("JPEG")),
    )
    case = proposed(desk, case, attachment=upload("清单.xlsx", b"PK\x03\x04 rows"))
    paper_of(desk, case, PaperKind.CONSULTATION, title="会商纪要甲", issued_date=day(2))
    paper_of(desk, case, PaperKind.PROPOSAL, title="处理建议乙", issued_date=day(3))
    return Case.objects.select_related("member__term__assembly").get(pk=case.pk)


def pages_of(content):
    sheets = PdfReader(io.BytesIO(content)).pages
    return ["".join(sheet.extract_text().split()) for sheet in sheets]


def test_file_holds_everything_in_order_under_running_numbers(case):
    made = case_file(case=case, on=ON)
    pages = pages_of(made.content)
    assert len(pages) == made.pages
    assert [f"第{number}页" in page for number, page in enumerate(pages, start=1)] == [True] * len(
        pages
    )
    assert "案卷政协试验市委员会事项撤销委员资格委员李明" in pages[0]
    assert f"总页数{made.pages}" in pages[0]
    contents = pages[1]
    places = [
        contents.index(words)
        for words in ("判决书.pdf", "坏.pdf", "会商纪要甲", "来文.jpg", "处理建议乙", "清单.xlsx")
    ]
    assert places == sorted(places)
    assert "无法合并（文件损坏）" in contents
    assert "无法合并（不是PDF或图片）" in contents
    record = "".join(pages[2:5])
    for words in ("立案", "通报情况", "会商意见", "统函〔2024〕3号", "（代录）", "提出建议"):
        assert words in record
    first = next(
        number for number, page in enumerate(pages, 1) if "会商纪要甲" in page and number > 4
    )
    assert "会商纪要甲SHA-256" in contents
    row = contents[contents.index("会商纪要甲") : contents.index("来文.jpg")]
    assert row.split("2024-06-05")[1].startswith(str(first))
    assert made.parts == 6


def test_changed_letter_is_named_not_bound(case):
    paper = OfficialPaper.objects.get(title="会商纪要甲")
    with paper.file.storage.open(paper.file.name, "wb") as file:
        file.write(pdf((595, 842)))
    made = case_file(case=case, on=ON)
    assert "无法合并（与印发时的摘要不符）" in pages_of(made.content)[1]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (pdf((595, 842), password="geheim"), "文件已加密"),
        (pdf(*[(595, 842)] * 301), "超过300页"),
    ],
)
def test_hostile_attachment_does_not_break_the_file(desk, content, fault):
    member = make_seat(desk)
    opened(desk, member, CaseKind.REVOKE, attachment=upload("附件.pdf", content))
    case = Case.objects.get()
    made = case_file(case=case, on=ON)
    assert fault in pages_of(made.content)[1]
    assert made.pages == 4


def test_file_of_a_refused_order_begins_with_the_order_and_what_it_rested_on(desk):
    member = make_seat(desk, "own", name="李明", party=Party.CNDCA)
    finding = make_finding(member, outcome="order_resign")
    FindingEvent.objects.create(
        finding=finding, kind="confirmed", at=AT, actor=desk.registrar, reason="已核对签到表"
    )
    finding.citations = [{"document": "19号", "clause": "一（二）2（5）", "text": "届内连续2次"}]
    finding.values = {"term.plenaries.unexcused": 2}
    finding.save()
    order = to_proposed(desk, member, CaseKind.ORDER_RESIGN, finding=finding)
    record_effort(
        case=order,
        act=Act.REMIND,
        date=day(4),
        note="电话提醒，未答复",
        actor=desk.registrar,
        at=AT,
        attachment=upload("提醒记录.pdf", pdf((595, 842))),
    )
    paper_of(desk, order, PaperKind.REMINDER, title="提醒函甲", issued_date=day(4))
    record_effort(
        case=order, act=Act.PERSUADE, date=day(5), note="面谈劝说", actor=desk.registrar, at=AT
    )
    answer_case(
        case=order,
        text="我有话说",
        actor=member.person.user,
        at=AT,
        on=day(5),
        attachment=upload("本人说明.pdf", pdf((595, 842), (595, 842))),
    )
    revoke = refused(desk, order, attachment=upload("拒绝记录.pdf", pdf((595, 842))))
    inform_departments(
        case=revoke,
        date=day(7),
        note="撤销事项的通报",
        actor=desk.registrar,
        at=AT,
        attachment=upload("转办通报.pdf", pdf((595, 842))),
    )
    case = Case.objects.select_related("member__term__assembly").get(pk=revoke.pk)
    pages = pages_of(case_file(case=case, on=ON).content)
    names = ("提醒函甲", "提醒记录.pdf", "本人说明.pdf", "拒绝记录.pdf", "转办通报.pdf")
    places = [pages[1].index(name) for name in names]
    assert places == sorted(places)
    basis = pages[2]
    for words in (
        "全体会议缺席",
        "“届内连续2次”19号一（二）2（5）",
        "无故全程不参加全体会议1次。",
        "联络科甲，2024年6月28日12:00。理由：已核对签到表",
        "由此转来责令辞去委员",
        "没有可列的记录",
    ):
        assert words in basis, words
    record = "".join(pages[3:6])
    told = (
        "1.责令辞去委员",
        "电话提醒，未答复",
        "面谈劝说",
        "我有话说",
        "2.撤销委员资格",
        "撤销事项的通报",
    )
    places = [record.index(words) for words in told]
    assert places == sorted(places)


def test_what_the_office_filed_is_bound_before_what_the_member_attached(desk, monkeypatch):
    monkeypatch.setattr("exits.exporters.case_file.MOST_PAGES", 3)
    member = make_seat(desk, "own")
    order = to_proposed(desk, member, CaseKind.ORDER_RESIGN)
    press = {"case": order, "note": "面谈", "actor": desk.registrar, "at": AT}
    record_effort(act=Act.REMIND, date=day(4), **press)
    own = upload("本人.pdf", pdf(*[(595, 842)] * 2))
    answer_case(case=order, text="说明", actor=member.person.user, at=AT, on=day(4), attachment=own)
    record = upload("劝说.pdf", pdf(*[(595, 842)] * 2))
    record_effort(act=Act.PERSUADE, date=day(5), attachment=record, **press)
    case = Case.objects.select_related("member__term__assembly").get(pk=order.pk)
    contents = pages_of(case_file(case=case, on=ON).content)[1]
    own, office = contents.index("本人.pdf"), contents.index("劝说.pdf")
    assert own < contents.index("无法合并（案卷超过3页）") < office
    assert contents.count("无法合并（案卷超过3页）") == 1


def test_file_is_written_down_and_for_those_who_carry_the_case_on(client, desk, case):
    path = reverse("exits:case-file", args=[case.pk])
    sign_in(client, desk.registrar)
    answer = client.get(path)
    assert answer["Content-Type"] == "application/pdf"
    entry = AuditEntry.objects.get(verb="export")
    assert entry.object_id == str(case.pk)
    assert entry.detail["files"] == 6
    for user, status in (
        (desk.leader, 404),
        (desk.united_front, 403),
        (desk.organization, 403),
    ):
        sign_in(client, user)
        assert client.get(path).status_code == status, user
    case.conductors.add(desk.leader)
    sign_in(client, desk.leader)
    assert client.get(path).status_code == 200
    assert AuditEntry.objects.filter(verb="export").count() == 2
    assert timezone.now() >= entry.at
