"""案卷: everything about a case in order, whatever people attached."""

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry
from exits.choices import CaseKind, PaperKind
from exits.exporters.case_file import case_file
from exits.models import Case, OfficialPaper
from exits.services import inform_departments
from members.choices import Party
from tests.core.test_binding import pdf, picture
from tests.exits.cases import AT, day, make_desk, make_seat, opened, opine, proposed
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
        for words in ("会商纪要甲", "处理建议乙", "判决书.pdf", "坏.pdf", "清单.xlsx", "来文.jpg")
    ]
    assert places == sorted(places)
    assert "无法合并（文件损坏）" in contents
    assert "无法合并（不是PDF或图片）" in contents
    record = "".join(pages[2:4])
    for words in ("立案", "通报情况", "会商意见", "统函〔2024〕3号", "（代录）", "提出建议"):
        assert words in record
    first = next(
        number for number, page in enumerate(pages, 1) if "会商纪要甲" in page and number > 2
    )
    assert "会商纪要甲SHA-256" in contents
    row = contents[contents.index("会商纪要甲") : contents.index("处理建议乙")]
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
    assert made.pages == 3


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
