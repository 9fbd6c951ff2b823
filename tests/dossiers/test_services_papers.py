from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image

from accounts.models import AuditEntry
from accounts.services import StaleRecordError
from dossiers.choices import (
    Audience,
    BlockVerdict,
    HandInKind,
    PaperAct,
    PaperState,
    ReturnBlock,
)
from dossiers.models import CampaignPaper, DutyPaper, PaperBlock, PaperEvent
from dossiers.selectors.papers import (
    collected_papers,
    default_papers,
    owed_papers,
)
from dossiers.services.papers import (
    NoSuchTextError,
    NotCollectedError,
    NotOwnPaperError,
    PaperClosedError,
    SignatureRefusedError,
    TextTooLongError,
    open_paper,
    save_draft,
    sign_paper,
)
from tests.building import hand_in, make_member, make_term
from tests.dossiers.papers import (
    AT,
    PDF,
    account,
    begun,
    confirmed,
    drawn,
    make_campaign,
    upload,
    wrote,
)

pytestmark = pytest.mark.django_db

RETURN, REPORT, FORM = (
    HandInKind.ANNUAL_RETURN,
    HandInKind.PERFORMANCE_REPORT,
    HandInKind.PERFORMANCE_FORM,
)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def member(term):
    member = make_member(term, "0001")
    account(member)
    return member


@pytest.fixture
def standing(term):
    member = make_member(term, "0002", standing_from=term.start_date)
    account(member, "standing")
    return member


@pytest.fixture
def campaign(term):
    return make_campaign(term)


def send_back(paper, at, **marks):
    """As the office does."""
    DutyPaper.objects.filter(pk=paper.pk).update(
        state=PaperState.RETURNED, version=paper.version + 1
    )
    for block, mark in marks.items():
        PaperBlock.objects.filter(paper=paper, block=block).update(
            verdict=BlockVerdict.TO_MEND, mark=mark
        )
    PaperEvent.objects.create(paper=paper, act=PaperAct.RETURNED, at=at)
    return DutyPaper.objects.get(pk=paper.pk)


# What is collected --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("pack", "year", "kinds"),
    [
        ("pingxiang", 2025, [(RETURN, "all"), (REPORT, "standing"), (FORM, "standing")]),
        (
            "pingxiang",
            2026,
            [
                (RETURN, "all"), (REPORT, "standing"), (FORM, "standing"),
                (HandInKind.TERM_DUTY_REPORT, "all"),
            ],
        ),
        ("yueqing", 2025, [(HandInKind.ANNUAL_DUTY_REPORT, "all")]),
        ("elsewhere", 2025, [(RETURN, "all")]),
    ],
)  # fmt: skip
def test_default_papers_follow_the_rule_pack(pack, year, kinds):
    term = make_term(pack=pack)
    assert [(row.kind, row.audience) for row in default_papers(term=term, year=year)] == kinds


def test_campaign_that_names_papers_collects_those_alone(campaign):
    assert [row.kind for row in collected_papers(campaign)] == [RETURN, REPORT, FORM]
    CampaignPaper.objects.create(campaign=campaign, kind=REPORT, audience=Audience.ALL)
    assert [(row.kind, row.audience) for row in collected_papers(campaign)] == [(REPORT, "all")]


def test_paper_is_begun_once(campaign, member):
    first, again = begun(campaign, member), begun(campaign, member)
    assert first == again
    assert [row.block for row in first.blocks.all()] == list(ReturnBlock)
    assert AuditEntry.objects.filter(object_type="dossiers.dutypaper").count() == 1


def test_paper_is_begun_only_by_whom_it_is_collected_from(campaign, member, standing):
    for kind in (REPORT, FORM):
        with pytest.raises(NotCollectedError):
            begun(campaign, member, kind)
        assert begun(campaign, standing, kind).state == PaperState.DRAFT
    with pytest.raises(NotOwnPaperError):
        open_paper(campaign=campaign, member=member, kind=RETURN, actor=standing.person.user, at=AT)


@pytest.mark.parametrize(("exited", "may"), [(date(2024, 12, 5), False), (date(2024, 12, 6), True)])
def test_paper_is_begun_while_serving(campaign, member, exited, may):
    member.exited_date = exited
    member.save()
    if may:
        assert begun(campaign, member)
    else:
        with pytest.raises(NotCollectedError):
            begun(campaign, member)


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (datetime(2024, 11, 30, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2024, 11, 30, 16, tzinfo=UTC), True),
    ],
)
def test_paper_is_begun_from_the_opening_day(campaign, member, moment, may):
    if may:
        assert begun(campaign, member, at=moment)
    else:
        with pytest.raises(NotCollectedError):
            begun(campaign, member, at=moment)


def test_campaign_opened_early_takes_papers_and_a_closed_one_none(campaign, member, standing):
    early = AT - timedelta(days=20)
    campaign.opened_at = early
    campaign.save()
    assert begun(campaign, member, at=early)
    campaign.closed_at = AT
    campaign.save()
    with pytest.raises(NotCollectedError):
        begun(campaign, standing)


def test_owed_papers_are_those_collected_and_those_begun(campaign, member, standing, term):
    others = make_campaign(term, 2023, closed_at=AT)
    kinds = [row.kind for row in owed_papers(members=[standing], on=date(2024, 12, 5))]
    assert kinds == [RETURN, REPORT, FORM]
    assert [row.kind for row in owed_papers(members=[member], on=date(2024, 12, 5))] == [RETURN]
    assert owed_papers(members=[member], on=date(2024, 11, 30)) == []
    old = DutyPaper.objects.create(campaign=others, member=member, kind=RETURN)
    paper = begun(campaign, member)
    hand_in(member, 2024, date(2024, 12, 3))
    rows = owed_papers(members=[member], on=date(2024, 12, 5))
    assert [(row.paper, row.is_open, row.handed_in_date) for row in rows] == [
        (paper, True, date(2024, 12, 3)), (old, False, None),
    ]  # fmt: skip


#: Campaigns and their papers, papers begun, hand-ins; whether a standing member, a campaign.
OWED_QUERIES = 5


def test_owed_papers_cost_the_same_for_every_year(
    campaign, standing, term, django_assert_num_queries
):
    with django_assert_num_queries(OWED_QUERIES):
        owed_papers(members=[standing], on=date(2024, 12, 5))
    make_campaign(term, 2022, closed_at=AT)
    make_campaign(term, 2023, closed_at=AT)
    with django_assert_num_queries(OWED_QUERIES):
        owed_papers(members=[standing], on=date(2024, 12, 5))


# Saving -------------------------------------------------------------------------------------
def test_draft_is_saved_with_one_entry_and_again_with_none(campaign, standing):
    paper = begun(campaign, standing, FORM)
    saved = wrote(paper, political_discipline="严格遵守。\r\n有立场。")
    assert (saved.version, saved.political_discipline) == (2, "严格遵守。\n有立场。")
    entries = AuditEntry.objects.count()
    again = save_draft(
        paper=paper,
        seen_version=1,
        values={"political_discipline": "严格遵守。\n有立场。"},
        actor=standing.person.user,
        at=AT,
    )
    assert again.version == 2
    assert AuditEntry.objects.count() == entries


def test_stale_draft_is_refused_with_both_texts(campaign, standing):
    paper = begun(campaign, standing, REPORT)
    wrote(paper, text="手机上写的")
    with pytest.raises(StaleRecordError) as refused:
        wrote(paper, text="电脑上写的")
    assert refused.value.conflicts == [("报告正文", "手机上写的", "电脑上写的")]
    assert DutyPaper.objects.get().text == "手机上写的"


def test_draft_takes_only_its_own_texts(campaign, standing):
    paper = begun(campaign, standing, REPORT)
    for values in ({"suggestions": "x"}, {"state": "verified"}):
        with pytest.raises(NoSuchTextError):
            wrote(paper, **values)
    with pytest.raises(TextTooLongError):
        wrote(paper, text="长" * 20_001)
    assert wrote(paper, text="长" * 20_000).version == 2


def test_draft_is_the_members_own(campaign, member, standing):
    paper = begun(campaign, standing, REPORT)
    with pytest.raises(NotOwnPaperError):
        save_draft(
            paper=paper, seen_version=1, values={"text": "x"}, actor=member.person.user, at=AT
        )


@pytest.mark.parametrize("state", [PaperState.SUBMITTED, PaperState.VERIFIED, PaperState.ARCHIVED])
def test_paper_in_the_offices_hands_is_not_changed(campaign, standing, state):
    paper = begun(campaign, standing, REPORT)
    DutyPaper.objects.update(
        state=state, first_submitted_at=AT, verified_at=AT, verified_by=standing.person.user
    )
    with pytest.raises(PaperClosedError):
        wrote(paper, text="再改")
    with pytest.raises(PaperClosedError):
        sign_paper(paper=paper, image=None, actor=standing.person.user, at=AT)


def test_closed_campaign_takes_only_what_was_returned(campaign, standing):
    paper = begun(campaign, standing, REPORT)
    campaign.closed_at = AT
    campaign.save()
    with pytest.raises(PaperClosedError):
        wrote(paper, text="晚了")
    paper = send_back(paper_submitted(paper), AT)
    assert wrote(paper, text="改好了").text == "改好了"


def paper_submitted(paper):
    DutyPaper.objects.filter(pk=paper.pk).update(
        state=PaperState.SUBMITTED, first_submitted_at=AT, submitted_at=AT
    )
    return DutyPaper.objects.get(pk=paper.pk)


# Confirming ---------------------------------------------------------------------------------
def test_stale_remark_is_refused_with_both(campaign, member):
    paper = begun(campaign, member, RETURN)
    block = ReturnBlock.MEETINGS
    assert confirmed(paper, block, "手机上写的\r\n").version == 2
    with pytest.raises(StaleRecordError) as refused:
        confirmed(paper, block, "电脑上写的")
    assert refused.value.conflicts == [("本人说明", "手机上写的", "电脑上写的")]
    assert PaperBlock.objects.get(block=block).remark == "手机上写的"
    assert confirmed(paper, block, "电脑上写的", seen_version=2).remark == "电脑上写的"


def test_stored_remark_is_confirmed_again_whatever_was_seen(campaign, member):
    paper = begun(campaign, member, RETURN)
    confirmed(paper, ReturnBlock.MEETINGS, "全程参加")
    later = AT + timedelta(days=1)
    row = confirmed(paper, ReturnBlock.MEETINGS, "全程参加", at=later)
    assert (row.version, row.confirmed_at) == (2, later)
    assert confirmed(paper, ReturnBlock.SPEECHES, seen_version=0).version == 1


def test_block_found_in_order_and_said_anew_waits_for_the_office(campaign, member):
    paper = begun(campaign, member, RETURN)
    for block in (ReturnBlock.MEETINGS, ReturnBlock.SPEECHES, ReturnBlock.CONDUCT):
        confirmed(paper, block, "全程参加")
    PaperBlock.objects.update(verdict=BlockVerdict.AGREED)
    PaperBlock.objects.filter(block=ReturnBlock.CONDUCT).update(
        verdict=BlockVerdict.TO_MEND, mark="请附证书"
    )
    confirmed(paper, ReturnBlock.MEETINGS, "缺席一次", seen_version=2)
    confirmed(paper, ReturnBlock.SPEECHES, "全程参加", seen_version=2)
    confirmed(paper, ReturnBlock.CONDUCT, "已附", seen_version=2)
    verdicts = dict(paper.blocks.values_list("block", "verdict"))
    assert verdicts[ReturnBlock.MEETINGS] == BlockVerdict.WAITING
    assert verdicts[ReturnBlock.SPEECHES] == BlockVerdict.AGREED
    assert verdicts[ReturnBlock.CONDUCT] == BlockVerdict.TO_MEND


# Signing ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sign.pdf", PDF),
        ("sign.png", PDF),
        ("sign.png", drawn(stroke=None)),
        ("sign.png", drawn() + bytes(10 * 1024 * 1024)),
        ("sign.gif", drawn(kind="GIF", mode="RGB")),
    ],
)
def test_signature_that_cannot_be_printed_is_refused(campaign, standing, name, content):
    paper = begun(campaign, standing, FORM)
    with pytest.raises(SignatureRefusedError):
        sign_paper(paper=paper, image=upload(name, content), actor=standing.person.user, at=AT)
    assert DutyPaper.objects.get().signature.name == ""


def test_signature_is_drawn_anew_without_its_margin(campaign, standing):
    paper, user = begun(campaign, standing, FORM), standing.person.user
    photo = drawn((3000, 2000), ((500, 600), (2500, 1200)), "JPEG", "RGB")
    signed = sign_paper(paper=paper, image=upload("IMG 1.jpg", photo), actor=user, at=AT)
    assert signed.version == 2
    with Image.open(signed.signature.open("rb")) as kept:
        assert (kept.format, kept.width, kept.height <= 480) == ("PNG", 1200, True)
    assert sign_paper(paper=paper, image=None, actor=user, at=AT).signature.name == ""
