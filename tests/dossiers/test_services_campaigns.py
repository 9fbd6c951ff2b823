from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEntry
from accounts.roles import RoleCode
from dossiers.choices import Audience, HandInKind
from dossiers.models import Campaign, CampaignReminder
from dossiers.selectors.campaigns import ReturnState, members_behind, paper_returns, reminder_due
from dossiers.services.campaigns import (
    CampaignStateError,
    CampaignYearError,
    NobodyToRemindError,
    close_campaign,
    open_campaign,
    remind_campaign,
    remind_members,
    remind_running,
    reopen_campaign,
)
from dossiers.services.papers import submit_paper
from members.models import Notice, NoticeRecipient, SuspensionPeriod
from tests.accounts.people import make_user
from tests.building import hand_in, make_member, make_term
from tests.dossiers.papers import AT, account, begun, confirm_all, make_campaign

pytestmark = pytest.mark.django_db
DEADLINE = date(2024, 12, 31)


@pytest.fixture
def term():
    return make_term()


@pytest.fixture
def office():
    return make_user("office", RoleCode.REGISTRAR)


def told(notice):
    return set(notice.recipients.values_list("member__person__name", flat=True))


def suspend(member, start=date(2024, 11, 1)):
    return SuspensionPeriod.objects.create(member=member, start_date=start)


def opened(term, office, at=AT, **fields):
    dates = {"opens_date": date(2024, 12, 1), "deadline_date": DEADLINE}
    return open_campaign(term=term, year=2024, actor=office, at=at, **(dates | fields))


def begin_of_december():
    return datetime(2024, 12, 1, 1, tzinfo=UTC)


def test_opening_collects_what_the_pack_does_and_tells_those_who_owe(term, office):
    plain, away, gone = (make_member(term, name=name) for name in ("张三", "李四", "王五"))
    suspend(away)
    gone.exited_date = date(2024, 11, 1)
    gone.save()
    campaign = opened(term, office, call="认真填报。")
    assert campaign.opened_at == AT
    assert (HandInKind.ANNUAL_RETURN, Audience.ALL) in {
        (row.kind, row.audience) for row in campaign.papers.all()
    }
    notice = Notice.objects.get()
    assert told(notice) == {plain.person.name}
    assert notice.title == "2024年度填报开始，2024年12月31日（周二）截止"
    assert "认真填报。" in notice.body


def test_opening_takes_the_campaign_of_the_plan(term, office):
    planned = make_campaign(term)
    assert opened(term, office).pk == planned.pk


def test_opening_twice_tells_nobody_twice(term, office):
    make_member(term)
    opened(term, office)
    with pytest.raises(CampaignStateError):
        opened(term, office)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("year", [2020, 2027])
def test_opening_outside_the_term_is_refused(term, office, year):
    with pytest.raises(CampaignYearError):
        open_campaign(
            term=term, year=year, opens_date=date(year, 12, 1), deadline_date=date(year, 12, 31),
            actor=office, at=AT,
        )  # fmt: skip
    assert Campaign.objects.count() == 0


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (15, None), (14, 14), (13, 14), (12, 14), (11, None), (8, None), (7, 7), (5, 7), (4, None),
        (3, 3), (2, 3), (1, 1), (0, 1), (-1, -1), (-3, -1), (-4, None), (-7, None), (-8, -8),
        (-15, -15), (-22, -22), (-24, -22), (-25, None), (-29, None),
    ],
)  # fmt: skip
def test_reminder_days_on_both_sides(term, left, due):
    campaign = make_campaign(term, opened_at=begin_of_december())
    assert reminder_due(campaign, DEADLINE - timedelta(days=left)) == due


def test_reminder_from_before_the_opening_is_not_sent(term):
    at = datetime(2024, 12, 17, 1, tzinfo=UTC)
    campaign = make_campaign(term, opened_at=at)
    assert reminder_due(campaign, date(2024, 12, 18)) is None
    assert reminder_due(campaign, date(2024, 12, 24)) == 7


def remind(campaign, on, hour=0):
    at = datetime(on.year, on.month, on.day, hour, 30, tzinfo=UTC)
    return remind_campaign(campaign=campaign, on=on, at=at)


def test_only_those_behind_are_reminded_and_each_once(term, office):
    campaign = make_campaign(term, opened_at=begin_of_december())
    behind, done, entered, away, gone = (
        make_member(term, name=name) for name in ("甲", "乙", "丙", "丁", "戊")
    )
    account(done)
    paper = confirm_all(begun(campaign, done))
    submit_paper(paper=paper, seen_version=paper.version, actor=done.person.user, at=AT)
    hand_in(entered, 2024, date(2024, 12, 10))
    suspend(away)
    gone.exited_date = date(2024, 12, 5)
    gone.save()
    day = date(2024, 12, 17)
    notice = remind(campaign, day)
    assert told(notice) == {"甲"}
    assert notice.title == "2024年度填报还有14天截止"
    assert remind(campaign, day, hour=1) is None
    assert remind(campaign, day + timedelta(days=1)) is None
    assert remind_running(on=day, at=AT) == []
    assert CampaignReminder.objects.values_list("member", "days").get() == (behind.pk, 14)
    assert NoticeRecipient.objects.count() == 1


def test_member_no_longer_suspended_is_reminded_again(term):
    campaign = make_campaign(term, opened_at=begin_of_december())
    period = suspend(make_member(term, name="甲"))
    assert remind(campaign, date(2024, 12, 17)) is None
    period.end_date = date(2024, 12, 20)
    period.save()
    assert told(remind(campaign, date(2024, 12, 24))) == {"甲"}


def test_overdue_is_reminded_until_closed(term, office):
    campaign = make_campaign(term, opened_at=begin_of_december())
    make_member(term, name="甲")
    assert remind(campaign, date(2025, 1, 1)).title == "2024年度填报已逾期1天，请尽快提交"
    close_campaign(campaign=campaign, actor=office, at=datetime(2025, 1, 7, tzinfo=UTC))
    assert remind(campaign, date(2025, 1, 8)) is None


def test_by_hand_once_a_day(term, office):
    campaign = make_campaign(term, opened_at=begin_of_december())
    members = [make_member(term, name="甲"), make_member(term, name="乙")]
    suspend(members[1])
    notice = remind_members(campaign=campaign, members=members, actor=office, at=AT)
    assert told(notice) == {"甲"}
    with pytest.raises(NobodyToRemindError):
        remind_members(campaign=campaign, members=members, actor=office, at=AT)
    assert Notice.objects.count() == 1


def test_closing_twice_is_closing_once(term, office):
    campaign = opened(term, office)
    later = AT + timedelta(hours=1)
    first = close_campaign(campaign=campaign, actor=office, at=AT)
    assert close_campaign(campaign=campaign, actor=office, at=later).closed_at == first.closed_at
    entries = AuditEntry.objects.filter(object_type="dossiers.campaign").count()
    assert entries == 2
    again = reopen_campaign(campaign=campaign, reason="误操作", actor=office, at=later)
    assert again.closed_at is None


def test_returns_say_where_each_paper_stands(term):
    campaign = make_campaign(term, opened_at=begin_of_december())
    one = make_member(term, name="甲")
    two = make_member(term, name="乙")
    account(two)
    begun(campaign, two)
    states = {(item.member.pk, item.state) for item in paper_returns(campaign, on=AT.date())}
    assert states == {(one.pk, ReturnState.OWED), (two.pk, ReturnState.DRAFT)}
    assert {member.pk for member in members_behind(campaign, on=AT.date())} == {one.pk, two.pk}


@pytest.mark.parametrize("count", [1, 3])
def test_returns_cost_the_same_for_any_number(term, count, django_assert_num_queries):
    campaign = make_campaign(term)
    for number in range(count):
        make_member(term, name=f"委员{number}")
    with django_assert_num_queries(7):
        assert len(paper_returns(campaign, on=AT.date())) == count
