"""Leaders sit in the assembly as well: their own papers, and nobody else's."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import RoleCode
from dossiers.choices import HandInKind, PaperState
from dossiers.models import DutyPaper
from reporting.selectors.worklist import work_list
from tests.accounts.people import make_user
from tests.building import make_meeting, make_member, make_term, speak
from tests.dossiers.papers import account, begun, confirm_all, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def campaign(now):
    year = timezone.localdate(now).year
    term = make_term(starts=date(year - 1, 1, 1), ends=date(year + 3, 12, 31))
    return make_campaign(term, year, opens_date=date(year, 1, 1))


@pytest.fixture
def leader(campaign, now):
    user = make_user("leader", RoleCode.LEADER, name="周岚", password_changed_at=now)
    seat = make_member(campaign.term, "0002", name="周岚")
    seat.person.user = user
    seat.person.save()
    return seat


@pytest.fixture
def desk(leader):
    client = Client()
    client.force_login(leader.person.user)
    return client


def test_leader_fills_and_hands_in_their_own_paper(desk, leader, campaign, now):
    asked = {"campaign": campaign.pk, "member": leader.pk, "kind": "annual_return"}
    page = desk.post("/reporting/papers/open/", asked).headers["Location"]
    assert desk.get(page).status_code == 200
    paper = confirm_all(DutyPaper.objects.get(), at=now)
    answer = desk.post(f"{page}submit/", {"seen_version": paper.version}, follow=True)
    assert "待审核" in answer.content.decode()
    paper.refresh_from_db()
    assert (paper.state, paper.member) == (PaperState.SUBMITTED, leader)


def test_paper_of_another_member_is_not_the_leaders_to_fill(desk, campaign, now):
    member = make_member(campaign.term, "0001", name="张青")
    account(member)
    paper = begun(campaign, member, HandInKind.ANNUAL_RETURN, at=now)
    asked = {"campaign": campaign.pk, "member": member.pk, "kind": "performance_form"}
    page = f"/reporting/papers/{paper.pk}/"
    assert desk.post("/reporting/papers/open/", asked).status_code == 404
    assert desk.get(page).status_code == 404
    assert desk.post(f"{page}speeches/confirm/", {"remark": ""}).status_code == 404
    assert desk.post(f"{page}submit/", {"seen_version": paper.version}).status_code == 404
    assert not paper.blocks.filter(confirmed_at__isnull=False).exists()


def test_leader_hands_in_work_and_objects_to_records_of_their_own_only(desk, leader, campaign):
    member = make_member(campaign.term, "0001", name="张青")
    meeting = make_meeting(campaign.term, on=campaign.opens_date)
    own, other = speak(leader, meeting), speak(member, meeting)
    assert desk.get("/dossiers/submissions/create/").status_code == 200
    assert desk.post("/dossiers/submissions/create/", {"kind": "opinion"}).status_code == 302
    page = "/dossiers/objections/create/attendance.speech/{}/"
    assert desk.get(page.format(own.pk)).status_code == 200
    assert desk.get(page.format(other.pk)).status_code == 404


def test_leaders_desk_tells_and_leads_to_their_own_papers(desk, leader, campaign, now):
    user = leader.person.user
    groups = work_list(user=user, term=campaign.term, at=now)
    titles = [item.task.title for group in groups for item in group.tasks]
    assert f"{campaign.year}年度履职情况登记表待提交" in titles
    assert 'href="/reporting/papers/"' in desk.get("/admin/").content.decode()


def test_year_that_is_all_in_is_not_called_overdue(desk, leader, campaign, now):
    paper = confirm_all(begun(campaign, leader, HandInKind.ANNUAL_RETURN, at=now), at=now)
    campaign.deadline_date = campaign.opens_date
    campaign.save()
    page = "/reporting/papers/"
    assert "已全部提交" not in desk.get(page).content.decode()
    stamps = {"first_submitted_at": now, "verified_at": now, "verified_by": leader.person.user}
    for state, words in (("submitted", "已全部提交"), ("archived", "已归档")):
        DutyPaper.objects.filter(pk=paper.pk).update(state=state, **stamps)
        text = desk.get(page).content.decode()
        assert f'<span class="office-mark is-good">{words}</span>。' in text
        assert "已过截止日期" not in text
    DutyPaper.objects.filter(pk=paper.pk).update(state="returned")
    assert "已全部提交" not in desk.get(page).content.decode()
