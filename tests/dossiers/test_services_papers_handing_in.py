import os
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.services import StaleRecordError
from dossiers.choices import (
    BlockVerdict,
    PaperAct,
    PaperState,
    ReturnBlock,
)
from dossiers.models import HandIn, PaperEvent
from dossiers.selectors.duty import duty_facts
from dossiers.selectors.papers import (
    is_late,
    unconfirmed_blocks,
)
from dossiers.services.papers import (
    PaperIncompleteError,
    submit_paper,
)
from tests.building import hand_in, make_member, make_term
from tests.dossiers.papers import (
    AT,
    account,
    begun,
    confirm_all,
    confirmed,
    make_campaign,
    wrote,
)
from tests.dossiers.test_services_papers import (
    FORM,
    REPORT,
    send_back,
)

pytestmark = pytest.mark.django_db


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


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/New_York"])
def host_zone(request, monkeypatch):
    monkeypatch.setitem(os.environ, "TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def submit(paper, at=AT):
    return submit_paper(
        paper=paper, seen_version=paper.version, actor=paper.member.person.user, at=at
    )


def test_return_is_handed_in_when_every_block_is_confirmed(campaign, member):
    paper = begun(campaign, member)
    for block in list(ReturnBlock)[:-1]:
        confirmed(paper, block)
    with pytest.raises(PaperIncompleteError) as refused:
        submit(paper)
    assert refused.value.missing == ["请先确认“奖惩等情况”"]
    assert not HandIn.objects.exists()
    confirmed(paper, ReturnBlock.CONDUCT, "无")
    assert submit(paper).state == PaperState.SUBMITTED
    assert [event.act for event in paper.events.all()] == [PaperAct.SUBMITTED]


def test_form_is_handed_in_with_both_texts(campaign, standing):
    paper = begun(campaign, standing, FORM)
    paper = wrote(paper, political_discipline="严守纪律", suggestions=" \n")
    with pytest.raises(PaperIncompleteError) as refused:
        submit(paper)
    assert refused.value.missing == ["“需反映的其他情况及建议”还没有填写"]
    assert submit(wrote(paper, suggestions="无")).state == PaperState.SUBMITTED


@pytest.mark.parametrize(("length", "may"), [(0, False), (1, True), (2000, True), (2001, False)])
def test_report_is_handed_in_within_its_length(campaign, standing, length, may):
    paper = wrote(begun(campaign, standing, REPORT), text="\n 　" + "报" * length + " \n")
    if may:
        assert submit(paper).state == PaperState.SUBMITTED
    else:
        with pytest.raises(PaperIncompleteError):
            submit(paper)


def test_submitting_twice_is_submitting_once(campaign, member):
    paper = confirm_all(begun(campaign, member))
    submit(paper)
    entries = AuditEntry.objects.count()
    assert submit(paper, AT + timedelta(days=1)).submitted_at == AT
    assert (PaperEvent.objects.count(), HandIn.objects.count()) == (1, 1)
    assert AuditEntry.objects.count() == entries


def test_stale_paper_is_not_handed_in(campaign, standing):
    paper = wrote(begun(campaign, standing, REPORT), text="第一稿")
    wrote(paper, text="第二稿")
    with pytest.raises(StaleRecordError):
        submit(paper)


def test_returned_paper_keeps_the_day_it_first_came(campaign, member):
    paper = submit(confirm_all(begun(campaign, member)))
    later = AT + timedelta(days=40)
    paper = send_back(paper, later, meetings="补充第三季度会议")
    assert unconfirmed_blocks(paper) == [ReturnBlock.MEETINGS]
    with pytest.raises(PaperIncompleteError):
        submit(paper, later)
    again = later + timedelta(hours=1)
    confirmed(paper, ReturnBlock.MEETINGS, at=again)
    paper = submit(paper, again)
    assert (paper.first_submitted_at, paper.submitted_at) == (AT, again)
    assert HandIn.objects.get().submitted_date == date(2024, 12, 5)
    block = paper.blocks.get(block=ReturnBlock.MEETINGS)
    assert (block.verdict, block.mark) == (BlockVerdict.WAITING, "补充第三季度会议")


def test_hand_in_entered_by_the_office_stays(campaign, member):
    hand_in(member, 2024, date(2024, 12, 2))
    submit(confirm_all(begun(campaign, member)))
    assert HandIn.objects.get().submitted_date == date(2024, 12, 2)


@pytest.mark.usefixtures("host_zone")
@pytest.mark.parametrize(
    ("moment", "day", "late"),
    [
        (datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC), date(2024, 12, 31), False),
        (datetime(2024, 12, 31, 16, 0, 0, tzinfo=UTC), date(2025, 1, 1), True),
    ],
)
def test_last_second_of_the_year_is_in_time(campaign, member, term, moment, day, late):
    paper = submit(confirm_all(begun(campaign, member)), moment)
    assert HandIn.objects.get().submitted_date == day
    assert is_late(paper) == late
    facts = duty_facts(term=term, year=2024, on=date(2024, 12, 31)).member(member.pk)
    assert facts.value("hand_ins.annual_return") == (0 if late else 1)
