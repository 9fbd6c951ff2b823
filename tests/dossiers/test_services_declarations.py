from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from accounts.services import ReasonMissingError, StaleRecordError
from dossiers.choices import BlockVerdict, DeclaredState, HandInKind, PaperState, ReturnBlock
from dossiers.models import Declaration, DutyPaper, PaperBlock
from dossiers.services.declarations import (
    DeclarationSettledError,
    NotOwnRecordError,
    OtherYearError,
    change_declaration,
    declare,
    withdraw_declaration,
)
from dossiers.services.papers import NotOwnPaperError, PaperClosedError, TextTooLongError
from tests.building import attend, make_meeting, make_member, make_term, speak
from tests.dossiers.papers import AT, PDF, account, begun, make_campaign, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    member = make_member(make_term(), "0001", standing_from=date(2021, 11, 1))
    account(member)
    return member


@pytest.fixture
def campaign(member):
    return make_campaign(member.term)


@pytest.fixture
def paper(campaign, member):
    return begun(campaign, member)


def added(paper, **fields):
    values = {
        "paper": paper, "block": ReturnBlock.SPEECHES, "text": "在座谈会上发言",
        "date": date(2024, 5, 3), "proof": None, "actor": paper.member.person.user, "at": AT,
    }  # fmt: skip
    return declare(**(values | fields))


def test_declaration_stands_beside_the_record(paper, member):
    speech = speak(member, make_meeting(member.term, on=date(2024, 4, 2)), title="原题")
    row = added(paper, record=speech, text="题目应为《新题》", date=None)
    assert (row.record_type, row.record_id) == ("attendance.speech", speech.pk)
    assert (row.date, row.state) == (date(2024, 4, 2), DeclaredState.DECLARED)
    speech.refresh_from_db()
    assert speech.title == "原题"
    assert AuditEntry.objects.filter(object_type="dossiers.declaration").count() == 1


def test_declaration_takes_a_proof_and_words(paper):
    assert added(paper, proof=upload("证书.pdf", PDF)).proof.read() == PDF
    with pytest.raises(ReasonMissingError):
        added(paper, text=" \n")
    with pytest.raises(TextTooLongError):
        added(paper, text="长" * 2001)
    with pytest.raises(ValidationError):
        added(paper, block="elsewhere")


@pytest.mark.parametrize(
    ("day", "may"),
    [
        (date(2023, 12, 31), False), (date(2024, 1, 1), True),
        (date(2024, 12, 31), True), (date(2025, 1, 1), False),
    ],
)  # fmt: skip
def test_declaration_is_about_the_papers_year(paper, day, may):
    if may:
        assert added(paper, date=day).date == day
    else:
        with pytest.raises(OtherYearError):
            added(paper, date=day)


def test_declaration_names_an_own_record(paper, member):
    other = make_member(member.term, "0002")
    row = attend(other, make_meeting(member.term, on=date(2024, 4, 2)))[0]
    with pytest.raises(NotOwnRecordError):
        added(paper, record=row)


def test_declaration_is_the_members_own(paper, member):
    other = make_member(member.term, "0002")
    user = account(other, "other")
    with pytest.raises(NotOwnPaperError):
        added(paper, actor=user)
    row = added(paper)
    with pytest.raises(NotOwnPaperError):
        withdraw_declaration(declaration=row, actor=user, at=AT)
    assert Declaration.objects.count() == 1


def test_only_the_return_takes_declarations(campaign, member):
    with pytest.raises(PaperClosedError):
        added(begun(campaign, member, HandInKind.PERFORMANCE_FORM))


def test_submitted_paper_takes_none(paper):
    DutyPaper.objects.update(state=PaperState.SUBMITTED, first_submitted_at=AT)
    with pytest.raises(PaperClosedError):
        added(paper)


def test_rejected_declaration_is_said_anew_and_an_accepted_one_stays(paper, member):
    row = added(paper, proof=upload("证书.pdf", PDF))
    Declaration.objects.update(state=DeclaredState.REJECTED, answer="请附证明")
    row = change_declaration(
        declaration=row, text="第三次座谈会发言", date=date(2024, 5, 4), seen_version=1,
        actor=member.person.user, at=AT,
    )  # fmt: skip
    assert (row.state, row.answer, row.version) == (DeclaredState.DECLARED, "", 2)
    assert row.proof.read() == PDF
    Declaration.objects.update(state=DeclaredState.ACCEPTED)
    with pytest.raises(DeclarationSettledError):
        withdraw_declaration(declaration=row, actor=member.person.user, at=AT)


def said_anew(row, text="在座谈会上发言", on=date(2024, 5, 3), seen_version=1, proof=None):
    return change_declaration(
        declaration=row, text=text, date=on, proof=proof, seen_version=seen_version,
        actor=row.paper.member.person.user, at=AT,
    )  # fmt: skip


def test_stale_declaration_is_refused_with_both_wordings(paper):
    row = added(paper)
    said_anew(row, "手机上写的")
    with pytest.raises(StaleRecordError) as refused:
        said_anew(row, "电脑上写的", date(2024, 5, 4))
    assert refused.value.conflicts == [
        ("内容", "手机上写的", "电脑上写的"), ("日期", "2024-05-03", "2024-05-04"),
    ]  # fmt: skip
    with pytest.raises(StaleRecordError):
        said_anew(row, "手机上写的", proof=upload("证书.pdf", PDF))
    row.refresh_from_db()
    assert (row.text, row.version) == ("手机上写的", 2)
    assert said_anew(row, "电脑上写的", seen_version=2).version == 3


def test_declaration_asked_for_again_is_said_once(paper):
    row = added(paper, text="一\r\n二")
    assert added(paper, text="一\n二") == row
    assert added(paper, text="一\n二", proof=upload("证书.pdf", PDF)) != row
    assert added(paper, text="一\n二", block=ReturnBlock.MEETINGS) != row
    assert added(paper, text="一\n二", date=date(2024, 5, 4)) != row
    assert Declaration.objects.count() == 4
    said_anew(row, "手机上写的")
    entries = AuditEntry.objects.count()
    assert said_anew(row, "手机上写的").version == 2
    assert AuditEntry.objects.count() == entries


def test_rejected_declaration_is_not_taken_for_the_one_said_again(paper):
    row = added(paper)
    Declaration.objects.update(state=DeclaredState.REJECTED, answer="请附证明")
    assert added(paper) != row
    with pytest.raises(StaleRecordError):
        said_anew(row, seen_version=2)
    assert said_anew(row).state == DeclaredState.DECLARED


def test_withdrawn_declaration_is_kept_in_the_trail(paper, member):
    row = added(paper)
    withdraw_declaration(declaration=row, actor=member.person.user, at=AT)
    assert not Declaration.objects.exists()
    entry = AuditEntry.objects.order_by("sequence").last()
    assert (entry.verb, entry.changes.get().after) == ("delete", None)
    with pytest.raises(DeclarationSettledError):
        withdraw_declaration(declaration=row, actor=member.person.user, at=AT)


def test_block_found_in_order_is_looked_at_again(paper):
    PaperBlock.objects.update(verdict=BlockVerdict.AGREED)
    added(paper)
    verdicts = dict(paper.blocks.values_list("block", "verdict"))
    assert verdicts[ReturnBlock.SPEECHES] == BlockVerdict.WAITING
    assert verdicts[ReturnBlock.MEETINGS] == BlockVerdict.AGREED
