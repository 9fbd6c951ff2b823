"""What members hand in is taken in, sent back or declined; what becomes of it is read from the record."""

from datetime import date

import pytest

from accounts.services import ReasonMissingError
from dossiers.models import Submission
from dossiers.selectors.duplicates import records_like
from dossiers.selectors.submissions import fates_of
from dossiers.services.submission_intake import (
    NotItsRecordError,
    OwnIntakeError,
    accept_submission,
    decline_submission,
    link_submission,
    return_submission,
)
from dossiers.services.submissions import (
    NotOwnSubmissionError,
    SubmissionClosedError,
    restore_submission,
    withdraw_submission,
)
from members.choices import RecordKind
from members.models import Commendation, Notice
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from proposals.services.entry import NumberTakenError
from tests.accounts.people import make_user
from tests.building import make_meeting, make_member, make_term, propose
from tests.dossiers.papers import account
from tests.dossiers.test_services_submissions import (
    AT,
    LATER,
    ON,
    accepted,
    answer,
    asked,
    attach,
    begun,
    handed_in,
    proposal,
    wrote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    return make_term(starts=date(2021, 1, 1), ends=date(2026, 12, 31))


@pytest.fixture
def member(term):
    member = make_member(term, "0001", name="林采薇")
    account(member)
    return member


@pytest.fixture
def other(term):
    member = make_member(term, "0002", name="方知行")
    account(member, "other")
    return member


@pytest.fixture
def registrar():
    return make_user("registrar", "registrar")


def test_returned_mended_and_submitted_again_keeps_first_day(member, registrar):
    row = handed_in(proposal(member))
    with pytest.raises(ReasonMissingError):
        return_submission(submission=row, reason=" ", actor=registrar, at=LATER)
    row = return_submission(submission=row, reason="请写明承办单位", actor=registrar, at=LATER)
    assert (row.state, row.answer) == ("returned", "请写明承办单位")
    row = handed_in(wrote(row, LATER, body="承办单位：住建局"), LATER)
    assert (row.state, row.submitted_at) == ("submitted", AT)
    told = Notice.objects.filter(title__startswith="您的报送退回修改")
    assert [r.member for notice in told for r in notice.recipients.all()] == [member]


def test_declined_is_over(member, registrar):
    row = handed_in(proposal(member))
    row = decline_submission(submission=row, reason="不属提案范围", actor=registrar, at=LATER)
    assert (row.state, row.record_id) == ("declined", None)
    for act in (handed_in, lambda row: wrote(row, title="x")):
        with pytest.raises(SubmissionClosedError):
            act(row)
    with pytest.raises(SubmissionClosedError):
        withdraw_submission(submission=row, actor=member.person.user, at=LATER)


def test_withdrawn_before_it_was_handed_in_is_nobodys_to_read(member, registrar):
    row = proposal(member)
    withdraw_submission(submission=row, actor=member.person.user, at=AT)
    assert list(Submission.objects.visible_to(registrar)) == []
    second = handed_in(proposal(member))
    withdraw_submission(submission=second, actor=member.person.user, at=AT)
    assert list(Submission.objects.visible_to(registrar)) == [second]
    with pytest.raises(SubmissionClosedError):
        accepted(second, registrar)


def test_withdrawn_is_restored_as_draft_and_bears_the_day_of_the_next_handing_in(
    member, other, registrar
):
    row = proposal(member)
    (signer,) = asked(row, other)
    row.refresh_from_db()
    answer(signer, True, row.version)
    row = handed_in(row)
    withdraw_submission(submission=row, actor=member.person.user, at=AT)
    with pytest.raises(NotOwnSubmissionError):
        restore_submission(submission=row, actor=other.person.user, at=LATER)
    row = restore_submission(submission=row, actor=member.person.user, at=LATER)
    again = restore_submission(submission=row, actor=member.person.user, at=LATER)
    signer.refresh_from_db()
    assert (row.state, row.submitted_at, signer.state) == ("signing", None, "asked")
    assert again.version == row.version
    assert list(Submission.objects.visible_to(registrar)) == []
    assert handed_in(row, LATER).submitted_at == LATER
    with pytest.raises(SubmissionClosedError):
        restore_submission(submission=row, actor=member.person.user, at=LATER)


def test_returned_one_withdrawn_by_mistake_is_restored_with_its_first_day(member, registrar):
    row = handed_in(proposal(member))
    row = return_submission(submission=row, reason="请补充数据", actor=registrar, at=LATER)
    withdraw_submission(submission=row, actor=member.person.user, at=LATER)
    row = restore_submission(submission=row, actor=member.person.user, at=LATER)
    assert (row.state, row.submitted_at, row.answer) == ("returned", AT, "请补充数据")


def test_accepting_twice_enters_one_record(member, registrar):
    row = handed_in(proposal(member))
    first = accepted(row, registrar)
    assert accepted(row, registrar, number="TA-2").record_id == first.record_id
    assert Proposal.objects.count() == 1


def test_accepting_with_a_number_taken_leaves_all_as_it_was(term, member, registrar):
    propose(member, ON, number="TA-1")
    row = handed_in(proposal(member))
    with pytest.raises(NumberTakenError):
        accepted(row, registrar)
    row.refresh_from_db()
    assert row.state == "submitted"


def test_nobody_takes_in_their_own(member):
    user = member.person.user
    row = handed_in(proposal(member))
    with pytest.raises(OwnIntakeError):
        accepted(row, user)


def test_each_kind_becomes_its_record_on_the_day_that_counts(term, member, other, registrar):
    day = date(2023, 5, 20)
    meeting = make_meeting(term, on=date(2023, 5, 1))
    opinion = wrote(begun(member, "opinion"), title="停车", body="正文")
    asked(opinion, other)
    opinion.refresh_from_db()
    answer(opinion.signers.get(), True, opinion.version)
    opinion = accepted(handed_in(opinion), registrar, number="SQ-1")
    report = PublicOpinionReport.objects.get()
    assert (report.reported_date, list(report.authors.order_by("code"))) == (ON, [member, other])
    row = wrote(begun(member, "research"), title="养老", body="正文", date=day)
    accepted(handed_in(row), registrar, number="DY-1")
    work = Research.objects.get()
    assert (work.completed_date, work.kind, list(work.participants.all())) == (
        day, "self_directed", [member],
    )  # fmt: skip
    row = wrote(
        begun(member, "article"), title="文", organisation="人民政协报", level="national", date=day
    )
    row = handed_in(row)
    accept_submission(
        submission=row, seen_version=row.version, actor=registrar, at=LATER,
        values={"number": "WZ-1", "title": "文", "publication": "人民政协报", "level": "central"},
    )  # fmt: skip
    assert Article.objects.get().published_date == day
    row = handed_in(wrote(begun(member, "speech"), title="言", body="稿", meeting=meeting))
    accept_submission(
        submission=row, seen_version=row.version, actor=registrar, at=LATER,
        values={"title": "言", "manner": "oral", "occasion": ""},
    )  # fmt: skip
    assert member.speeches.get().meeting == meeting
    row = wrote(begun(member, "invitation"), title="评议", organisation="信访局", date=day)
    row = handed_in(row)
    accept_submission(
        submission=row, seen_version=row.version, actor=registrar, at=LATER,
        values={"title": "评议", "inviter": "信访局"},
    )  # fmt: skip
    assert member.invitations.get().date == day
    row = begun(member, "commendation")
    attach(row)
    row.refresh_from_db()
    row = wrote(row, title="先进个人", organisation="市政府", level="city", date=day)
    row = handed_in(row)
    accept_submission(
        submission=row, seen_version=row.version, actor=registrar, at=LATER,
        values={"title": "先进个人", "level": "city", "cause": "", "document_number": ""},
    )  # fmt: skip
    assert (Commendation.objects.get().kind, Commendation.objects.get().date) == ("先进个人", day)


def test_record_entered_already_is_linked_and_not_entered_again(term, member, other, registrar):
    known = propose(member, date(2023, 6, 1), title="关于改造老旧小区的提案")
    foreign = propose(other, date(2023, 6, 1))
    row = handed_in(proposal(member))
    alike = records_like(
        RecordKind.PROPOSAL, term=term, members=[member.pk], title=row.title, on=ON
    )
    assert alike == [known]
    for wrong in (foreign.pk, 0):
        with pytest.raises(NotItsRecordError):
            link_submission(
                submission=row, record_type="proposals.proposal", record_id=wrong,
                actor=registrar, at=LATER,
            )  # fmt: skip
    row = link_submission(
        submission=row, record_type="proposals.proposal", record_id=known.pk,
        actor=registrar, at=LATER,
    )  # fmt: skip
    assert (row.state, row.record_id, Proposal.objects.count()) == ("accepted", known.pk, 2)
    second = handed_in(wrote(begun(member), title="另一件", body="x"))
    with pytest.raises(NotItsRecordError):
        link_submission(
            submission=second, record_type="proposals.proposal", record_id=known.pk,
            actor=registrar, at=LATER,
        )  # fmt: skip


def test_fate_is_read_from_the_record(member, registrar):
    row = accepted(handed_in(proposal(member)), registrar)
    record = Proposal.objects.get()
    assert fates_of([row])[row.pk].steps == (("审查", "正在审查", ""),)
    record.examination_result, record.handling_result = "on_file", "adopted"
    record.undertaking_unit, record.is_major = "住建局", True
    record.save()
    assert fates_of([row])[row.pk].steps == (
        ("审查", "立案", "good"),
        ("办理", "住建局承办：采纳", "good"),
        ("评定", "重点提案", "good"),
    )
    record.examination_result = "converted"
    record.is_major = False
    record.save()
    report = PublicOpinionReport.objects.create(
        term=record.term, number="SQ-9", title="x", reported_date=ON, source_proposal_number="TA-1"
    )
    report.adoptions.create(level="city")
    report.instructions.create(level="city")
    assert fates_of([row])[row.pk].steps == (
        ("审查", "转社情民意", ""),
        ("转为社情民意信息", "SQ-9", ""),
        ("采用", "市采用", "good"),
        ("批示", "市领导", "good"),
    )
