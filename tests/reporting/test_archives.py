from datetime import UTC, date, datetime
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Job
from accounts.roles import RoleCode
from accounts.services import ReasonMissingError
from dossiers.choices import HandInKind, PaperState, ReturnBlock
from dossiers.models import PaperArchive
from dossiers.services.campaigns import close_campaign
from dossiers.services.papers import submit_paper
from dossiers.services.verification import verify_papers
from reporting.exporters.archives import (
    archive_papers,
    rearchive_paper,
    sheet_data,
    shown_rows,
)
from reporting.exporters.layout import performance_form_sheet
from reporting.selectors.archives import ArchiveDamagedError, archived_pdf, digest_of
from reporting.selectors.paper_blocks import filled_blocks
from reporting.services.archives import NotArchivableError, start_archive
from tests.accounts.people import make_user
from tests.building import hand_in, make_member, make_term, propose
from tests.dossiers.papers import AT, account, begun, confirm_all, make_campaign
from tests.reporting.forms import busy_member, forms_of

pytestmark = pytest.mark.django_db
JANUARY = datetime(2025, 1, 20, 2, tzinfo=UTC)


@pytest.fixture
def office():
    return make_user("office", RoleCode.REGISTRAR, password_changed_at=timezone.now())


@pytest.fixture
def paper(office):
    member = make_member(make_term(), name="张三")
    user = account(member)
    propose(member, date(2024, 1, 15), title="原来的题目")
    campaign = make_campaign(member.term, opened_at=AT)
    paper = confirm_all(begun(campaign, member, HandInKind.ANNUAL_RETURN))
    submit_paper(paper=paper, seen_version=paper.version, actor=user, at=AT)
    verify_papers(campaign=campaign, papers=[paper], actor=office, at=AT)
    close_campaign(campaign=campaign, actor=office, at=JANUARY)
    return paper


def archive(paper, office):
    archive_papers(campaign=paper.campaign, actor=office, at=JANUARY)
    return PaperArchive.objects.get(paper=paper, number=1)


def test_frozen_copy_stays_when_records_change(paper, office):
    first = archive(paper, office)
    content, data = archived_pdf(first), str(first.data)
    paper.refresh_from_db()
    paper.campaign.refresh_from_db()
    assert (paper.state, paper.campaign.archived_at) == (PaperState.ARCHIVED, JANUARY)
    assert "原来的题目" in data
    paper.member.led_proposals.update(title="后来的题目")
    first = PaperArchive.objects.get(pk=first.pk)
    assert (archived_pdf(first), str(first.data)) == (content, data)
    with pytest.raises(ReasonMissingError):
        rearchive_paper(paper=paper, reason=" ", actor=office, at=JANUARY)
    second = rearchive_paper(paper=paper, reason="更正提案题目", actor=office, at=JANUARY)
    assert second.number == 2
    assert "后来的题目" in str(second.data)
    assert archived_pdf(PaperArchive.objects.get(pk=first.pk)) == content


def test_archive_of_a_late_report_says_what_the_screens_said(paper, office, client):
    hand_in(paper.member, 2024, date(2025, 1, 8), HandInKind.ANNUAL_DUTY_REPORT)
    filled = {block.block: block for block in filled_blocks(paper, today=JANUARY.date())}
    shown = [line.title for line in filled[ReturnBlock.DUTY_REPORTS].records]
    printed = dict(shown_rows(archive(paper, office).data))["提交履职报告"]
    assert (shown, printed) == (
        ["2024年度履职报告"],
        ["2024年度　年度履职报告，2025年1月8日提交"],
    )
    before = {block.block: block for block in filled_blocks(paper, today=date(2025, 1, 7))}
    assert before[ReturnBlock.DUTY_REPORTS].records == []


def test_member_reads_what_was_archived_and_every_copy_of_it(paper, office, client):
    first = archive(paper, office)
    paper.refresh_from_db()
    propose(paper.member, date(2024, 3, 1), title="补登的题目")
    user = paper.member.person.user
    user.password_changed_at = timezone.now()
    user.save()
    client.force_login(user)
    address = reverse("reporting:paper-detail", args=[paper.pk])
    page = client.get(address).content.decode()
    assert "以归档件为准" in page
    assert ("原来的题目" in page, "补登的题目" in page) == (True, False)
    second = rearchive_paper(paper=paper, reason="补登提案", actor=office, at=JANUARY)
    page = client.get(address).content.decode()
    assert "补登的题目" in page
    assert [copy.digest in page for copy in (first, second)] == [True, True]
    file = reverse("reporting:paper-file", args=[paper.pk, "pdf"])
    for query, copy in (("", second), ("?number=1", first), ("?number=2", second)):
        content = b"".join(client.get(file + query).streaming_content)
        assert digest_of(copy.data, content) == copy.digest
    for unknown in ("?number=3", "?number=x"):
        assert client.get(file + unknown).status_code == 404
    excel = client.get(reverse("reporting:paper-file", args=[paper.pk, "xlsx"]))
    assert "按现有记录（不是归档件）" in unquote(excel["Content-Disposition"])


def test_number_of_a_frozen_form_stands_by_its_heading():
    sheet = performance_form_sheet(forms_of(busy_member(make_term())).performance_form)
    rows = dict(shown_rows(sheet_data(sheet)))
    assert rows["参加会议活动情况　全体会议"] == [
        "应出席（次）：1",
        "实出席（次）：1",
        "请假（次）：0",
    ]
    assert rows["参加会议活动情况　常委会议"] == [
        "应出席（次）：1",
        "实出席（次）：0",
        "请假（次）：1",
    ]
    assert rows["参与主题活动情况"] == ["参加（次）：1"]
    assert rows["提交提案情况"][0] == "第一提案人提案（件）：1"


def test_archiving_again_stores_nothing_twice(paper, office):
    archive(paper, office)
    done = archive_papers(campaign=paper.campaign, actor=office, at=JANUARY)
    assert (done.stored, PaperArchive.objects.count()) == (0, 1)


def test_changed_copy_is_found_out(paper, office):
    first = archive(paper, office)
    assert first.digest == digest_of(first.data, archived_pdf(first))
    changed = first.data | {"member": "李四"}
    PaperArchive.objects.filter(pk=first.pk).update(data=changed)
    with pytest.raises(ArchiveDamagedError):
        archived_pdf(PaperArchive.objects.get(pk=first.pk))


def test_open_campaign_is_not_archived(paper, office):
    campaign = paper.campaign
    type(campaign).objects.filter(pk=campaign.pk).update(closed_at=None)
    with pytest.raises(NotArchivableError):
        start_archive(campaign=campaign, actor=office, at=JANUARY)


def test_archiving_started_twice_is_one_job(paper, office):
    jobs = {start_archive(campaign=paper.campaign, actor=office, at=JANUARY).pk for _ in range(2)}
    assert len(jobs) == Job.objects.count() == 1


def test_office_reads_pages_and_members_do_not(paper, office, client):
    first = archive(paper, office)
    pages = [
        "/reporting/campaigns/",
        f"/reporting/campaigns/{paper.campaign_id}/",
        f"/reporting/campaigns/{paper.campaign_id}/returns/?state=archived",
        f"/reporting/campaigns/{paper.campaign_id}/reviews/",
        f"/reporting/verifications/{paper.pk}/",
        f"/reporting/archives/{first.pk}/",
        f"/reporting/archives/{first.pk}/file/",
    ]
    client.force_login(office)
    assert [client.get(page).status_code for page in pages] == [200] * 7
    for role in (RoleCode.COLLECTOR, RoleCode.SYSTEM_ADMIN, RoleCode.SECTOR_GROUP):
        client.force_login(make_user(f"other-{role}", role, password_changed_at=timezone.now()))
        assert [client.get(page).status_code for page in pages] == [403] * 7
    client.force_login(paper.member.person.user)
    assert {client.get(page).status_code for page in pages} <= {302, 403}
