"""委员报送: written, signed by others themselves, handed in."""

from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from accounts.services import StaleRecordError
from dossiers.choices import SubmissionKind
from dossiers.selectors.submissions import waiting_submissions
from dossiers.services.signatures import SignerRefusedError, answer_signing, ask_signers
from dossiers.services.submission_intake import (
    accept_submission,
)
from dossiers.services.submissions import (
    NotOwnSubmissionError,
    NotServingNowError,
    SubmissionClosedError,
    SubmissionIncompleteError,
    add_file,
    remove_file,
    save_submission,
    start_submission,
    submit,
)
from members.choices import RecordKind
from members.models import Affiliation, CollectionDuty, Department, Notice
from proposals.models import Proposal
from tests.accounts.people import make_user
from tests.building import make_member, make_term, suspend
from tests.dossiers.papers import PDF, account

pytestmark = pytest.mark.django_db

#: 5 June 2023, ten in the morning in Shanghai.
AT = datetime(2023, 6, 5, 2, 0, tzinfo=UTC)
ON = date(2023, 6, 5)
LATER = datetime(2023, 6, 8, 2, 0, tzinfo=UTC)


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
def third(term):
    member = make_member(term, "0003", name="江远")
    account(member, "third")
    return member


@pytest.fixture
def registrar():
    return make_user("registrar", "registrar")


@pytest.fixture
def collector(term):
    user = make_user("collector", "collector")
    department = Department.objects.create(term=term, name="提案委员会")
    CollectionDuty.objects.create(department=department, record_kind=RecordKind.PROPOSAL)
    Affiliation.objects.create(user=user, department=department)
    return user


def begun(member, kind=SubmissionKind.PROPOSAL, at=AT):
    return start_submission(member=member, kind=kind, actor=member.person.user, at=at)


def wrote(row, at=AT, **values):
    return save_submission(
        submission=row,
        seen_version=row.version,
        values=values,
        actor=row.member.person.user,
        at=at,
    )


def handed_in(row, at=AT):
    return submit(submission=row, seen_version=row.version, actor=row.member.person.user, at=at)


def proposal(member, at=AT):
    return wrote(begun(member, at=at), at, title="关于改造老旧小区的提案", body="建议……")


def accepted(row, actor, at=LATER, **values):
    given = {"number": "TA-1", "title": row.title} | values
    return accept_submission(
        submission=row, seen_version=row.version, values=given, actor=actor, at=at
    )


def attach(row, at=AT):
    file = SimpleUploadedFile("证书.pdf", PDF)
    return add_file(submission=row, file=file, actor=row.member.person.user, at=at)


def asked(row, *members, at=AT):
    return ask_signers(submission=row, members=members, actor=row.member.person.user, at=at)


def answer(row, agrees, version, at=AT):
    return answer_signing(
        signer=row, agrees=agrees, seen_version=version, actor=row.member.person.user, at=at
    )


def test_empty_draft_is_begun_once(member):
    assert begun(member).pk == begun(member).pk
    written = wrote(begun(member), title="一")
    assert begun(member).pk != written.pk


def test_nobody_begins_for_another_nor_while_suspended(member, registrar):
    with pytest.raises(NotOwnSubmissionError):
        start_submission(member=member, kind="proposal", actor=registrar, at=AT)
    suspend(member, ON)
    with pytest.raises(NotServingNowError):
        begun(member)
    assert begun(member, at=datetime(2023, 6, 4, 2, tzinfo=UTC)).state == "draft"


def test_saving_keeps_text_once_and_refuses_what_is_stale_with_both_texts(member):
    row = begun(member)
    first = wrote(row, title="一")
    assert (first.title, first.version) == ("一", 2)
    again = save_submission(
        submission=row, seen_version=1, values={"title": "一"},
        actor=member.person.user, at=AT,
    )  # fmt: skip
    assert again.version == 2
    with pytest.raises(StaleRecordError) as refused:
        save_submission(
            submission=row, seen_version=1, values={"title": "二"},
            actor=member.person.user, at=AT,
        )  # fmt: skip
    assert refused.value.conflicts == [("标题", "一", "二")]
    entries = AuditEntry.objects.filter(object_type="dossiers.submission")
    assert entries.count() == 2


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        ("opinion", ["“标题”还没有填写", "请填写“正文”，或上传附件"]),
        ("research", ["“题目”还没有填写", "“完成日期”还没有填写", "请填写“正文”，或上传附件"]),
        ("proposal", ["“案由”还没有填写", "请填写“情况分析与建议”，或上传附件"]),
        (
            "speech",
            ["“会议活动”还没有填写", "“发言题目”还没有填写", "请填写“发言稿”，或上传附件"],
        ),
        (
            "article",
            [
                "“文章题目”还没有填写",
                "“刊物”还没有填写",
                "“级别”还没有填写",
                "“发表日期”还没有填写",
            ],
        ),
        (
            "invitation",
            ["“活动名称”还没有填写", "“邀请单位”还没有填写", "“活动日期”还没有填写"],
        ),
        (
            "commendation",
            [
                "“奖励名称”还没有填写",
                "“表彰单位”还没有填写",
                "“级别”还没有填写",
                "“表彰日期”还没有填写",
                "请上传证书、文件等证明材料",
            ],
        ),
    ],
)
def test_each_kind_says_what_it_still_needs(kind, missing, member):
    with pytest.raises(SubmissionIncompleteError) as refused:
        handed_in(begun(member, kind))
    assert refused.value.missing == missing


def test_date_may_be_today_and_not_tomorrow(member):
    row = wrote(begun(member, "research"), title="养老", body="正文", date=date(2023, 6, 6))
    with pytest.raises(SubmissionIncompleteError) as refused:
        handed_in(row)
    assert refused.value.missing == ["完成日期还没有到，请核对"]
    assert handed_in(wrote(row, date=ON)).state == "submitted"


def test_submitting_twice_is_once_and_tells_the_unit_that_collects(member, collector, registrar):
    row = handed_in(proposal(member))
    again = handed_in(row)
    assert (again.state, again.submitted_at, str(again.department)) == (
        "submitted", AT, "提案委员会",
    )  # fmt: skip
    notice = Notice.objects.get(title__startswith="委员报送待受理")
    assert [r.user for r in notice.recipients.all()] == [collector]
    assert list(waiting_submissions(user=collector)) == [row]


def test_kind_nobody_collects_goes_to_the_office(member, collector, registrar):
    row = handed_in(wrote(begun(member, "opinion"), title="停车", body="正文"))
    assert row.department is None
    assert list(waiting_submissions(user=collector)) == []
    assert list(waiting_submissions(user=registrar)) == [row]


def test_suspended_member_cannot_submit(member):
    row = proposal(member)
    suspend(member, ON)
    with pytest.raises(NotServingNowError):
        handed_in(row)


def test_only_those_who_agreed_themselves_are_cosponsors(member, other, third, registrar):
    row = proposal(member)
    to_other, to_third = asked(row, other, third)
    row.refresh_from_db()
    assert row.state == "signing"
    with pytest.raises(NotOwnSubmissionError):
        answer_signing(
            signer=to_third, agrees=True, seen_version=row.version,
            actor=other.person.user, at=AT,
        )  # fmt: skip
    answer(to_other, True, row.version)
    row = handed_in(row)
    with pytest.raises(SubmissionClosedError):
        answer(to_third, True, row.version)
    row = accepted(row, registrar)
    record = Proposal.objects.get()
    assert (record.lead_sponsor, list(record.cosponsors.all())) == (member, [other])
    assert (record.submitted_date, record.number) == (ON, "TA-1")
    assert (row.state, row.record_type, row.record_id) == (
        "accepted", "proposals.proposal", record.pk,
    )  # fmt: skip


def test_signer_may_think_better_of_it_until_it_is_handed_in(member, other):
    row = proposal(member)
    (signer,) = asked(row, other)
    row.refresh_from_db()
    assert answer(signer, True, row.version).state == "agreed"
    assert answer(signer, False, row.version).state == "declined"


def test_changed_text_must_be_agreed_to_anew(member, other):
    row = proposal(member)
    (signer,) = asked(row, other)
    row.refresh_from_db()
    seen = row.version
    answer(signer, True, seen)
    row = wrote(row, body="改了")
    signer.refresh_from_db()
    assert (signer.state, signer.answered_at) == ("asked", None)
    with pytest.raises(StaleRecordError):
        answer(signer, True, seen)


def test_changed_attachment_must_be_agreed_to_anew(member, other, third):
    row = proposal(member)
    draft = attach(row)
    signer, declining = asked(row, other, third)
    for change in (
        lambda: attach(row),
        lambda: remove_file(file=draft, actor=member.person.user, at=AT),
    ):
        row.refresh_from_db()
        seen = row.version
        answer(signer, True, seen)
        answer(declining, False, seen)
        change()
        row.refresh_from_db()
        signer.refresh_from_db()
        declining.refresh_from_db()
        assert row.version == seen + 1
        assert (signer.state, signer.answered_at, declining.state) == ("asked", None, "declined")
        with pytest.raises(StaleRecordError):
            answer(signer, True, seen)
    entry = AuditEntry.objects.order_by("-sequence").first()
    assert sorted(entry.changes.values_list("object_type", flat=True)) == [
        "dossiers.submission", "dossiers.submissionfile", "dossiers.submissionsigner",
    ]  # fmt: skip


def test_changed_date_of_common_work_must_be_agreed_to_anew(member, other):
    row = wrote(begun(member, "research"), title="养老", body="正文", date=date(2022, 12, 30))
    (signer,) = asked(row, other)
    row.refresh_from_db()
    answer(signer, True, row.version)
    wrote(row, date=ON)
    signer.refresh_from_db()
    assert signer.state == "asked"


def test_suspended_former_and_own_cannot_be_asked(term, member, other):
    row = proposal(member)
    former = make_member(term, name="旧人", exited=ON)
    suspend(other, ON)
    for named in (member, other, former):
        with pytest.raises(SignerRefusedError):
            asked(row, named)
    assert row.signers.count() == 0


def test_what_is_not_written_nobody_is_asked_to_sign(member, other):
    with pytest.raises(SubmissionIncompleteError):
        asked(begun(member), other)


def test_files_are_taken_off_once_and_not_after_submitting(member):
    row = proposal(member)
    file = attach(row)
    remove_file(file=file, actor=member.person.user, at=AT)
    remove_file(file=file, actor=member.person.user, at=AT)
    row.refresh_from_db()
    assert (row.files.count(), row.version) == (0, 4)
    handed_in(row)
    with pytest.raises(SubmissionClosedError):
        attach(row)
