"""Letters as issued: numbered, printed, stored once; and the wordings the office keeps."""

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from pypdf import PdfReader

from accounts.models import AuditEntry
from accounts.services import StaleRecordError
from core.official import print_official_letter
from exits.choices import CaseKind, Ground, PaperKind
from exits.models import LetterHead, OfficialPaper, PaperTemplate
from exits.selectors.papers import (
    PaperDamagedError,
    drafted,
    kinds_for_case,
    letter_head,
    paper_content,
    usual_head,
    values_of_case,
)
from exits.services.papers import (
    IssuedAlreadyError,
    PaperIncompleteError,
    PaperNotDueError,
    TemplateUnknownError,
    edit_letter_head,
    edit_template,
    issue_paper,
    restore_template,
)
from exits.services.steps import OwnCaseError, StepOutOfOrderError
from exits.wording import PlaceUnknownError
from members.choices import AssemblyLevel
from members.models import Assembly
from tests.exits.cases import (
    AT,
    TODAY,
    day,
    make_desk,
    make_seat,
    opened,
    to_decided,
    to_proposed,
)


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return make_desk()


@pytest.fixture
def case(desk):
    return opened(desk, make_seat(desk, name="李明", employer_post="某公司经理"), CaseKind.REVOKE)


def issue(desk, case, kind=PaperKind.INFORMATION, **fields):
    values = {
        "term": desk.term,
        "kind": kind,
        "title": "关于李明有关情况的通报函",
        "body": "现将有关情况通报如下。",
        "addressees": ["市委组织部"],
        "issued_date": TODAY,
        "actor": desk.registrar,
        "at": AT,
    }
    return issue_paper(case=case, **(values | fields))


def test_letter_is_printed_before_anything_is_locked(desk, case, monkeypatch):
    """And anew under the lock, where another letter took its number meanwhile."""
    printed, outside = [], len(connection.savepoint_ids)

    def watched(letter):
        printed.append((letter.number[-2:], len(connection.savepoint_ids) > outside))
        return print_official_letter(letter)

    monkeypatch.setattr("exits.services.papers.print_official_letter", watched)
    assert issue(desk, case).sequence == 1
    assert printed == [("1号", False)]
    numbers = iter([2, 3])
    monkeypatch.setattr("exits.services.papers._next_number", lambda *_: next(numbers))
    paper = issue(desk, case, title="另一份")
    assert printed[1:] == [("2号", False), ("3号", True)]
    assert "3号" in text_of(paper_content(paper))


def text_of(content):
    sheets = PdfReader(io.BytesIO(content)).pages
    return "".join("".join(sheet.extract_text().split()) for sheet in sheets)


def test_letter_is_numbered_printed_and_kept(desk, case):
    paper = issue(desk, case, copied_to=[" 市纪委市监委 ", ""])
    assert paper.number == "试协办字〔2024〕1号"
    assert (paper.issuer, paper.variant) == ("政协试验市委员会办公室", "revoke")
    assert text_of(paper_content(paper)) == (
        "政协试验市委员会办公室试协办字〔2024〕1号关于李明有关情况的通报函市委组织部："
        "现将有关情况通报如下。政协试验市委员会办公室2024年6月28日抄送：市纪委市监委。"
        "政协试验市委员会办公室2024年6月28日印发—1—"
    )
    entry = AuditEntry.objects.get(object_type="exits.officialpaper")
    assert (entry.verb, entry.object_id) == ("create", str(paper.pk))
    assert entry.detail == {"number": paper.number, "sha256": paper.sha256}


def test_numbers_follow_without_a_gap_by_series_and_year(desk, case):
    first = issue(desk, case)
    second = issue(desk, case, title="第二份")
    with pytest.raises(ValidationError):
        issue(desk, case, title="长" * 201)
    with pytest.raises(PaperIncompleteError):
        issue(desk, case, addressees=[])
    third = issue(desk, case, title="第三份")
    other = issue(desk, case, title="另编", series="试协字")
    assert [paper.number for paper in (first, second, third, other)] == [
        "试协办字〔2024〕1号",
        "试协办字〔2024〕2号",
        "试协办字〔2024〕3号",
        "试协字〔2024〕1号",
    ]


def test_year_begins_at_one(desk):
    earlier = opened(
        desk, make_seat(desk), CaseKind.REVOKE, opened_date=date(2023, 12, 1), ground=Ground.OTHER
    )
    issue(desk, earlier)
    last_year = issue(desk, earlier, issued_date=date(2023, 12, 31))
    assert (last_year.year, last_year.sequence) == (2023, 1)


def test_same_letter_is_issued_once(desk, case):
    paper = issue(desk, case)
    with pytest.raises(IssuedAlreadyError, match=paper.number):
        issue(desk, case)
    issue(desk, case, addressees=["市委统战部"])
    assert OfficialPaper.objects.count() == 2


def test_changed_file_is_not_handed_out(desk, case):
    paper = OfficialPaper.objects.get(pk=issue(desk, case).pk)
    with paper.file.storage.open(paper.file.name, "wb") as file:
        file.write(b"%PDF-1.7 other")
    with pytest.raises(PaperDamagedError, match="摘要不符"):
        paper_content(paper)
    paper = OfficialPaper.objects.get()
    paper.file.storage.delete(paper.file.name)
    with pytest.raises(PaperDamagedError, match="不在了"):
        paper_content(paper)


def test_file_of_a_letter_that_was_not_kept_is_removed(desk, case, settings, monkeypatch):
    monkeypatch.setattr("accounts.audit.AuditHead.objects.select_for_update", None)
    with pytest.raises(TypeError):
        issue(desk, case)
    folder = settings.DATA_DIR / "private" / "official-papers"
    assert not folder.exists() or list(folder.iterdir()) == []


def test_blank_left_in_a_letter_is_refused(desk, case):
    with pytest.raises(PaperIncompleteError, match="没有填的空"):
        issue(desk, case, body="请于＿＿＿＿前函告。")


def test_letter_that_does_not_fit_the_case_is_refused(desk, case):
    for kind in (PaperKind.CONSULTATION, PaperKind.DECISION_UNIT, PaperKind.INTERVIEW_NOTICE):
        with pytest.raises(PaperNotDueError, match="已立案"):
            issue(desk, case, kind)
    with pytest.raises(PaperNotDueError, match="信息交流"):
        issue(desk, None)


def test_letter_about_oneself_is_refused(desk):
    member = make_seat(desk, "own")
    case = opened(desk, member, CaseKind.REVOKE)
    with pytest.raises(OwnCaseError):
        issue(desk, case, actor=member.person.user)


def test_letter_is_dated_neither_ahead_nor_before_what_it_tells(desk):
    case = to_decided(desk, make_seat(desk), CaseKind.REVOKE)
    with pytest.raises(StepOutOfOrderError):
        issue(desk, case, PaperKind.DECISION_UNIT, issued_date=TODAY + timedelta(days=1))
    with pytest.raises(StepOutOfOrderError):
        issue(desk, case, PaperKind.DECISION_UNIT, issued_date=day(7))
    assert issue(desk, case, PaperKind.DECISION_UNIT, issued_date=day(8)).issued_date == day(8)


@pytest.mark.parametrize("kind", CaseKind)
def test_every_letter_of_a_decided_case_is_drafted_without_blanks(desk, kind):
    case = to_decided(desk, make_seat(desk, name="李明", employer_post="经理"), kind)
    expected = {
        PaperKind.CONSULTATION,
        PaperKind.PROPOSAL,
        PaperKind.DECISION_MEMBER,
        PaperKind.DECISION_UNIT,
        PaperKind.OTHER,
    }
    if kind not in {CaseKind.SUSPENSION, CaseKind.REINSTATEMENT}:
        expected.add(PaperKind.PUBLICATION)
    assert set(kinds_for_case(case)) == expected
    for paper in kinds_for_case(case):
        draft = drafted(kind=paper, term=desk.term, on=TODAY, case=case)
        assert "＿" not in draft.title + draft.body + "".join(draft.addressees)
        assert "{" not in draft.title + draft.body


def test_reminder_fits_while_the_application_is_waited_for(desk):
    member = make_seat(desk)
    case = to_proposed(desk, member, CaseKind.ORDER_RESIGN)
    assert PaperKind.REMINDER in kinds_for_case(case)
    revoke = to_proposed(desk, make_seat(desk), CaseKind.REVOKE)
    assert PaperKind.REMINDER not in kinds_for_case(revoke)


def test_grounds_with_places_and_markup_are_printed_as_they_are(desk):
    grounds = "{委员姓名}{{7*7}}{% now 'Y' %}<b>甲</b>"
    case = opened(desk, make_seat(desk, name="李明"), CaseKind.REVOKE, grounds=grounds)
    draft = drafted(kind=PaperKind.INFORMATION, term=desk.term, on=TODAY, case=case)
    assert grounds in draft.body
    paper = issue(desk, case, title=draft.title, body=grounds)
    assert "{委员姓名}{{7*7}}{%now'Y'%}<b>甲</b>" in text_of(paper_content(paper))


def test_clause_is_that_of_the_ground(desk):
    case = opened(desk, make_seat(desk), CaseKind.ORDER_RESIGN, ground=Ground.PLENARY_TWO_RUNNING)
    assert values_of_case(case)["依据条款"] == "萍协办字〔2022〕19号文件一（二）2（5）"
    other = opened(desk, make_seat(desk), CaseKind.REVOKE, ground=Ground.OTHER)
    assert values_of_case(other)["依据条款"] == "萍协办字〔2022〕19号文件一（二）3（6）"


# Wordings


def edit(desk, **fields):
    values = {
        "kind": "information",
        "variant": "revoke",
        "title": "关于{委员姓名}的通报",
        "body": "{事由}",
        "actor": desk.registrar,
        "at": AT,
        "seen_version": 0,
    }
    return edit_template(**(values | fields))


def test_own_wording_comes_before_the_shipped_one(desk, case):
    edit(desk)
    draft = drafted(kind=PaperKind.INFORMATION, term=desk.term, on=TODAY, case=case)
    assert (draft.title, draft.body) == ("关于李明的通报", "有关情况")
    assert draft.addressees == ("中共试验市委组织部", "中共试验市委统战部")
    restore_template(kind="information", variant="revoke", actor=desk.registrar, at=AT)
    draft = drafted(kind=PaperKind.INFORMATION, term=desk.term, on=TODAY, case=case)
    assert draft.title == "关于李明拟撤销委员资格有关情况的通报函"
    assert [
        entry.verb
        for entry in AuditEntry.objects.filter(object_type="exits.papertemplate").order_by(
            "sequence"
        )
    ] == ["create", "delete"]


def test_wording_of_another_variant_stays(desk):
    edit(desk, variant="resignation")
    case = opened(desk, make_seat(desk), CaseKind.REVOKE)
    draft = drafted(kind=PaperKind.INFORMATION, term=desk.term, on=TODAY, case=case)
    assert "拟撤销委员资格" in draft.title


def test_two_editors_do_not_overwrite_each_other(desk):
    row = edit(desk)
    with pytest.raises(StaleRecordError):
        edit(desk, title="另改")
    edit(desk, title="再改", seen_version=row.version)
    with pytest.raises(StaleRecordError):
        edit(desk, title="又改", seen_version=row.version)
    assert PaperTemplate.objects.get().title == "再改"
    restore_template(kind="information", variant="revoke", actor=desk.registrar, at=AT)
    with pytest.raises(TemplateUnknownError, match="恢复为原文本"):
        edit(desk, title="迟了", seen_version=2)


def test_bad_wording_is_not_kept(desk):
    for fields, refusal in (
        ({"body": "{口令}"}, PlaceUnknownError),
        ({"title": "{{7*7}}"}, PlaceUnknownError),
        ({"title": "  "}, ValidationError),
        ({"kind": "information", "variant": ""}, TemplateUnknownError),
        ({"kind": "nothing"}, TemplateUnknownError),
    ):
        with pytest.raises(refusal):
            edit(desk, **fields)
    assert PaperTemplate.objects.count() == 0


# Heads


def test_usual_head_is_made_of_the_assembly_s_name(db):
    city = Assembly(name="政协萍乡市委员会", level=AssemblyLevel.CITY)
    head = usual_head(city)
    assert (head.office_name, head.office_series) == ("政协萍乡市委员会办公室", "萍协办字")
    assert (head.assembly_series, head.minutes_series) == ("萍协告", "萍协办纪要")


def test_changed_head_holds_for_later_letters(desk, case):
    before = issue(desk, case)
    names = {
        field: getattr(letter_head(desk.term.assembly), field)
        for field in ("office_name", "assembly_series", "minutes_series", "record_series")
    } | {"office_series": "试政协办", "printer": "办公室秘书科"}
    edit_letter_head(
        assembly=desk.term.assembly, names=names, actor=desk.registrar, at=AT, seen_version=0
    )
    after = issue(desk, case, title="另一份")
    before.refresh_from_db()
    assert (before.number, after.number) == ("试协办字〔2024〕1号", "试政协办〔2024〕1号")
    with pytest.raises(StaleRecordError):
        edit_letter_head(
            assembly=desk.term.assembly, names=names, actor=desk.registrar, at=AT, seen_version=0
        )
    with pytest.raises(ValidationError):
        edit_letter_head(
            assembly=desk.term.assembly,
            names=names | {"office_series": ""},
            actor=desk.registrar,
            at=AT,
            seen_version=1,
        )
    assert LetterHead.objects.get().office_series == "试政协办"
