from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError, StaleRecordError
from dossiers.choices import BlockVerdict, DeclaredState, PaperState, ReturnBlock
from dossiers.models import PaperEvent
from dossiers.services.campaigns import NobodyToRemindError, remind_members
from dossiers.services.declarations import declare
from dossiers.services.papers import submit_paper
from dossiers.services.reviews import (
    NotStandingError,
    OwnReviewError,
    ReviewDateError,
    choose_oral_reports,
    record_review,
)
from dossiers.services.verification import (
    NotVerifiedYetError,
    OwnPaperError,
    PaperStateError,
    mark_block,
    reopen_paper,
    return_paper,
    settle_declaration,
    verify_paper,
    verify_papers,
)
from members.models import Notice, Tenure
from reporting.selectors.worklist import work_list
from tests.accounts.people import make_user
from tests.building import make_member, make_term, suspend
from tests.dossiers.papers import AT, account, begun, confirm_all, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def campaign(term):
    return make_campaign(term, opened_at=AT)


@pytest.fixture
def office():
    return make_user("office", RoleCode.REGISTRAR)


def handed_in(campaign, username="one", adds=False):
    member = make_member(campaign.term, name=f"委员{username}")
    user = account(member, username)
    paper = begun(campaign, member)
    if adds:
        declare(
            paper=paper, block=ReturnBlock.THEMED, text="参加活动", date=date(2024, 5, 1),
            proof=None, actor=user, at=AT,
        )  # fmt: skip
    confirm_all(paper)
    return submit_paper(paper=paper, seen_version=paper.version, actor=user, at=AT)


def agree(paper, office):
    for block in ReturnBlock:
        mark_block(paper=paper, block=block, verdict=BlockVerdict.AGREED, actor=office, at=AT)


def act(function, paper, office, **fields):
    return function(paper=paper, seen_version=paper.version, actor=office, at=AT, **fields)


def test_paper_passes_once_every_block_was_looked_at(campaign, office):
    paper = handed_in(campaign)
    for block in list(ReturnBlock)[:-1]:
        mark_block(paper=paper, block=block, verdict=BlockVerdict.AGREED, actor=office, at=AT)
    with pytest.raises(NotVerifiedYetError, match="奖惩等情况"):
        act(verify_paper, paper, office)
    agree(paper, office)
    passed = act(verify_paper, paper, office)
    assert (passed.state, passed.verified_by, passed.verified_at) == (
        PaperState.VERIFIED, office, AT,
    )  # fmt: skip


def test_declarations_are_settled_first(campaign, office):
    paper = handed_in(campaign, adds=True)
    agree(paper, office)
    said = paper.declarations.get()
    with pytest.raises(NotVerifiedYetError, match="1条本人补充"):
        act(verify_paper, paper, office)
    with pytest.raises(ReasonMissingError):
        settle_declaration(
            declaration=said, state=DeclaredState.REJECTED, seen_version=1, actor=office, at=AT
        )
    settle_declaration(
        declaration=said, state=DeclaredState.ACCEPTED, seen_version=1, actor=office, at=AT
    )
    assert act(verify_paper, paper, office).state == PaperState.VERIFIED


def test_second_clerk_with_another_answer_is_refused(campaign, office):
    said = handed_in(campaign, adds=True).declarations.get()
    for _ in range(2):
        settle_declaration(
            declaration=said, state=DeclaredState.ACCEPTED, seen_version=1, actor=office, at=AT
        )
    with pytest.raises(StaleRecordError):
        settle_declaration(
            declaration=said,
            state=DeclaredState.REJECTED,
            answer="没有",
            seen_version=1,
            actor=office,
            at=AT,
        )
    said.refresh_from_db()
    assert (said.state, said.version) == (DeclaredState.ACCEPTED, 2)


def test_passing_twice_is_passing_once(campaign, office):
    paper = handed_in(campaign)
    agree(paper, office)
    act(verify_paper, paper, office)
    count = AuditEntry.objects.count()
    assert act(verify_paper, paper, office).state == PaperState.VERIFIED
    assert AuditEntry.objects.count() == count


def test_nobody_verifies_their_own(campaign):
    paper = handed_in(campaign)
    own = paper.member.person.user
    with pytest.raises(OwnPaperError):
        mark_block(
            paper=paper, block=ReturnBlock.MEETINGS, verdict=BlockVerdict.AGREED, actor=own, at=AT
        )
    with pytest.raises(OwnPaperError):
        act(return_paper, paper, own, reason="退回")


def test_returned_with_marks_and_told(campaign, office):
    paper = handed_in(campaign)
    with pytest.raises(ReasonMissingError):
        act(return_paper, paper, office, reason=" ")
    marks = {ReturnBlock.MEETINGS: "请核对九月的会议", ReturnBlock.THEMED: ""}
    back = act(return_paper, paper, office, reason="请补充", marks=marks)
    assert back.state == PaperState.RETURNED
    row = back.blocks.get(block=ReturnBlock.MEETINGS)
    assert (row.verdict, row.mark) == (BlockVerdict.TO_MEND, "请核对九月的会议")
    assert back.blocks.filter(verdict=BlockVerdict.TO_MEND).count() == 1
    assert Notice.objects.get().recipients.get().member == paper.member
    with pytest.raises(PaperStateError):
        act(return_paper, paper, office, reason="再退")
    assert Notice.objects.count() == 1


def test_suspended_member_is_told_of_the_return_and_never_reminded(campaign, office):
    """An answer to what they handed in is no reminder (萍协办字〔2022〕19号 二)."""
    paper, other = handed_in(campaign), handed_in(campaign, "two")
    for member in (paper.member, other.member):
        suspend(member, AT.date())
    act(return_paper, paper, office, reason="请补充")
    assert Notice.objects.get().recipients.get().member == paper.member
    with pytest.raises(NobodyToRemindError):
        remind_members(campaign=campaign, members=[paper.member], actor=office, at=AT)
    task = {
        item.task.title: item.task.path
        for group in work_list(user=paper.member.person.user, term=campaign.term, at=AT)
        for item in group.tasks
    }
    assert task.pop("通知未读")
    assert task == {
        "2024年度履职情况登记表退回修改": reverse("reporting:paper-detail", args=[paper.pk])
    }
    waiting = work_list(user=other.member.person.user, term=campaign.term, at=AT)
    assert waiting == []


def test_many_at_once_leaves_out_what_differs(campaign, office):
    plain, adding = handed_in(campaign), handed_in(campaign, "two", adds=True)
    back = handed_in(campaign, "three")
    act(return_paper, back, office, reason="请补充")
    papers = [plain, adding, back]
    done = verify_papers(campaign=campaign, papers=papers, actor=office, at=AT)
    assert [paper.pk for paper in done.verified] == [plain.pk]
    assert [(item.paper.pk, item.why) for item in done.left_out] == [
        (adding.pk, "有1条本人补充，请逐条核实"),
        (back.pk, "现为退回修改"),
    ]
    assert set(plain.blocks.values_list("verdict", flat=True)) == {BlockVerdict.AGREED}
    again = verify_papers(campaign=campaign, papers=[plain], actor=office, at=AT)
    assert again.verified == ()
    assert PaperEvent.objects.filter(paper=plain, act="verified").count() == 1


def test_reopening_asks_for_a_reason(campaign, office):
    paper = handed_in(campaign)
    verify_papers(campaign=campaign, papers=[paper], actor=office, at=AT)
    paper.refresh_from_db()
    with pytest.raises(ReasonMissingError):
        act(reopen_paper, paper, office, reason="")
    again = act(reopen_paper, paper, office, reason="漏看一条")
    assert (again.state, again.verified_by) == (PaperState.SUBMITTED, None)


def stand(member):
    Tenure.objects.create(member=member, post="standing_member", start_date=date(2022, 1, 1))
    return member


def test_oral_reports_are_exactly_those_chosen(campaign, term, office):
    one, two, plain = (stand(make_member(term, name="甲")), stand(make_member(term, name="乙")),
                       make_member(term, name="丙"))  # fmt: skip
    choose_oral_reports(campaign=campaign, members=[one], actor=office, at=AT)
    chosen = choose_oral_reports(campaign=campaign, members=[two], actor=office, at=AT)
    assert [row.member_id for row in chosen] == [two.pk]
    with pytest.raises(NotStandingError):
        choose_oral_reports(campaign=campaign, members=[plain], actor=office, at=AT)


def test_opinion_bears_its_meeting(campaign, term, office):
    seat = stand(make_member(term, name="甲"))
    after = datetime(2025, 1, 20, tzinfo=UTC)
    asked = {"campaign": campaign, "member": seat, "opinion": "履职认真", "at": after}
    with pytest.raises(ReviewDateError):
        record_review(**asked, decided_date=date(2025, 1, 21), actor=office)
    row = record_review(**asked, decided_date=date(2025, 1, 20), actor=office)
    assert (row.opinion, row.version) == ("履职认真", 1)
    changed = asked | {"opinion": "履职优秀"}
    with pytest.raises(StaleRecordError):
        record_review(**changed, decided_date=date(2025, 1, 20), actor=office)
    own = account(seat, "seat")
    with pytest.raises(OwnReviewError):
        record_review(**asked, decided_date=date(2025, 1, 20), actor=own)
