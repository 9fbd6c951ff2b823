"""待办: each role is shown its own, most urgent first, and every number leads to as many rows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import JobState
from accounts.models import Job, User
from accounts.roles import RoleCode
from attendance.choices import MeetingKind
from attendance.models import (
    Approval,
    Attendance,
    Expectation,
    LeaveRequest,
    Meeting,
    NonVotingSeat,
    Sitting,
)
from dossiers.models import Campaign, HandIn, Objection
from exits.models import Case
from members.models import Assembly, ChangeReport, Department, Notice, NoticeRecipient
from members.selectors import current_term
from proposals.models import Topic, TopicPartnership
from reporting.selectors.worklist import work_list
from reporting.selectors.worklist.tasks import LATER, NEAR, OVERDUE, UNDATED, Task, grouped
from tests.building import hand_in, suspend
from tests.world import build_world

TODAY = date(2023, 11, 20)
AT = datetime(2023, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def world(db):
    """The office's tables of the world of marks, with something open of every kind."""
    world = build_world()
    world.term.collected_from = date(2023, 11, 1)
    world.term.save()
    # Papers hang on the campaign: it is put into the year before.
    Campaign.objects.update(
        year=2022, opens_date=date(2022, 12, 1), deadline_date=date(2022, 12, 31)
    )
    for member in world.members:
        hand_in(member, 2022, date(2022, 12, 20), "performance_report")
    for table in (
        Approval,
        NonVotingSeat,
        LeaveRequest,
        Objection,
        ChangeReport,
        Notice,
        Topic,
        Expectation,
    ):
        table.objects.all().delete()
    return world


def tasks_of(user: User, at: datetime = AT) -> dict[str, Task]:
    user = User.objects.get(pk=user.pk)
    groups = work_list(user=user, term=current_term(), at=at)
    return {item.task.title: item.task for group in groups for item in group.tasks}


def hold(world, day, **given) -> Meeting:
    return Meeting.objects.create(
        term=world.term,
        number=f"W-{Meeting.objects.count()}",
        title=given.pop("title", "座谈会"),
        kind=MeetingKind.COMMITTEE_ACTIVITY,
        start_date=day,
        organiser=given.pop("organiser", "提案委"),
        **given,
    )


# Urgency -----------------------------------------------------------------------------------------


def task(title, due=None, count=1) -> Task:
    return Task(subject="事", title=title, count=count, unit="件", path="/", due=due)


@pytest.mark.parametrize(
    ("days", "group", "words"),
    [
        (-1, OVERDUE, "已逾期 1 天"),
        (0, NEAR, "今天截止"),
        (1, NEAR, "明天截止"),
        (7, NEAR, "还剩 7 天"),
        (8, LATER, "还剩 8 天"),
        (None, UNDATED, ""),
    ],
)
def test_task_is_grouped_by_the_days_left(days, group, words):
    due = None if days is None else TODAY + timedelta(days=days)
    (found,) = grouped([task("一", due)], TODAY)
    assert (found.title, found.tasks[0].time_left) == (group, words)


def test_most_urgent_stands_first_and_nothing_empty_is_shown():
    given = [
        task("无期"),
        task("后", TODAY + timedelta(days=20)),
        task("空", TODAY, count=0),
        task("先", TODAY - timedelta(days=9)),
        task("次", TODAY - timedelta(days=2)),
    ]
    found = grouped(given, TODAY)
    assert [[item.task.title for item in group.tasks] for group in found] == [
        ["先", "次"],
        ["后"],
        ["无期"],
    ]


# Each role its own -------------------------------------------------------------------------------


def furnish(world) -> None:
    """One open thing of each kind, for every member of the world where it has one."""
    hold(world, date(2023, 11, 2), title="逾期会")
    hold(world, date(2023, 11, 17), title="待报会")
    hold(world, date(2023, 11, 28), title="下周会")
    for number, member in enumerate(world.members):
        Objection.objects.create(
            member=member,
            kind="proposal",
            record_label="提案",
            statement="有误",
            department=world.departments["提案委"] if number == 0 else None,
            filed_at=AT,
            due_date=TODAY - timedelta(days=1),
        )
        ChangeReport.objects.create(
            member=member, kind="post_changed", statement="调任", recorded_at=AT
        )
        notice = Notice.objects.create(term=world.term, kind="other", title="告知", sent_at=AT)
        NoticeRecipient.objects.create(notice=notice, member=member)
    Topic.objects.create(
        term=world.term,
        number="议题1",
        title="逾期议题",
        kind="consultation",
        year=2023,
        planned_date=date(2023, 10, 1),
        department=Department.objects.get(name="提案委"),
    )
    AccessAttempt.objects.create(
        username="member", failures_since_start=5, attempt_time=AT, ip_address="10.0.0.1"
    )
    User.objects.filter(username="leader").update(
        must_change_password=True, initial_password_expires_at=AT + timedelta(hours=8)
    )
    User.objects.filter(username="collector").update(
        must_change_password=True, initial_password_expires_at=AT
    )
    Job.objects.create(
        task="x", title="导出", owner=world.users["registrar"], state=JobState.FAILED,
        queued_at=AT, finished_at=AT,
    )  # fmt: skip


OWN = {
    RoleCode.REGISTRAR: {
        "会议活动考勤逾期未报": 1,
        "会议活动考勤待报": 1,
        "会议还没有应到名单：下周会": 1,
        "委员对记录的异议待答复": 3,
        "委员报送待受理": 3,
        "职务变动等情况报告待办理": 3,
        "议题已过计划完成日期：逾期议题": 1,
        "考核发现待审核": 3,
        "退出与暂停事项办理中": 3,
        "约谈待通知、记录或办结": 3,
        "2022年度填报材料待审核": 6,
        "2023年度填报尚未建立": 1,
        "2023年：数据核准汇总录入": 1,
        "后台任务没有完成": 1,
    },
    RoleCode.COLLECTOR: {
        "委员对记录的异议待答复": 1,
        "委员报送待受理": 3,
        "议题已过计划完成日期：逾期议题": 1,
    },
    RoleCode.LEADER: {},
    RoleCode.ORGANIZATION_DEPARTMENT: {"待本部门提出会商意见": 2},
    RoleCode.UNITED_FRONT_DEPARTMENT: {"待本部门提出会商意见": 1},
    RoleCode.COUNTY_GROUP: {},
    RoleCode.SECTOR_GROUP: {},
    RoleCode.SYSTEM_ADMIN: {
        "账号因登录失败被锁定": 1,
        "初始密码还没有使用": 1,
        "初始密码已失效，需要重置": 1,
        "后台任务失败": 1,
    },
    RoleCode.SECURITY_AUDITOR: {},
    RoleCode.MEMBER: {"通知未读": 1},
}


@pytest.mark.parametrize("role", RoleCode.values)
def test_each_role_is_shown_its_own(role, world):
    furnish(world)
    found = tasks_of(world.users[role])
    assert {title: item.count for title, item in found.items()} == OWN[role]


def counted(client, path: str) -> int:
    answer = client.get(path)
    assert answer.status_code == 200, path
    context = answer.context
    if path.startswith("/exits/cases/"):
        return len(context["board"].lines)
    if path == "/exits/interviews/":
        return sum(len(lines) for _, lines in context["board"])
    if path == "/exits/opinions/":
        return len(context["waiting"])
    if "cl" in context:
        return context["cl"].result_count
    if "page" in context:
        return context["page"].paginator.count
    if "notices" in context:
        return len(context["notices"])
    return 1


@pytest.mark.parametrize("role", [role for role in RoleCode.values if OWN[role]])
def test_every_number_leads_to_as_many_rows(role, world, client, monkeypatch):
    furnish(world)
    monkeypatch.setattr(timezone, "localdate", lambda value=None: TODAY)
    monkeypatch.setattr(timezone, "now", lambda: AT)
    client.force_login(world.users[role])
    client.get("/accounts/jobs/")
    User.objects.filter(pk=world.users[role].pk).update(must_change_password=False)
    for title, item in tasks_of(world.users[role]).items():
        if title == "后台任务没有完成":
            continue
        rows = counted(client, item.path)
        assert rows == item.count or not item.unit, title


def test_auditor_is_told_of_what_was_refused(world, client):
    client.force_login(world.users[RoleCode.COUNTY_GROUP])
    client.get(reverse("reporting:timeliness"))
    user = User.objects.get(username=RoleCode.SECURITY_AUDITOR)
    groups = work_list(user=user, term=None, at=timezone.now())
    (item,) = [item.task for group in groups for item in group.tasks]
    assert (item.title, item.count) == ("近七日被拒绝的访问", 1)
    client.force_login(user)
    assert counted(client, item.path) == 1


def test_empty_system_has_a_desk(db, client):
    assert work_list(user=User.objects.create(username="x"), term=None, at=AT) == []


# Meetings ----------------------------------------------------------------------------------------


def test_meeting_is_prepared_once_it_has_a_list_and_a_notice(world):
    registrar = world.users[RoleCode.REGISTRAR]
    meeting = hold(world, TODAY + timedelta(days=14), title="座谈")
    hold(world, TODAY + timedelta(days=15), title="还远")
    assert "会议还没有应到名单：座谈" in tasks_of(registrar)
    Expectation.objects.create(meeting=meeting, member=world.members[0])
    assert "会议通知还没有发出：座谈" in tasks_of(registrar)
    Notice.objects.create(
        term=world.term,
        kind="meeting",
        title="通知",
        sent_at=AT,
        subject=f"attendance.meeting:{meeting.pk}",
    )
    assert [title for title in tasks_of(registrar) if "座谈" in title or "还远" in title] == []


def test_sitting_signed_in_on_the_spot_waits_to_be_closed(world):
    registrar = world.users[RoleCode.REGISTRAR]
    meeting = hold(world, TODAY - timedelta(days=1), title="座谈")
    sitting = Sitting.objects.create(meeting=meeting)
    row = Attendance.objects.create(sitting=sitting, member=world.members[0], status="present")
    title = "签到还没有结束：座谈 第1场"
    assert title not in tasks_of(registrar)
    Attendance.objects.filter(pk=row.pk).update(method="staff")
    assert tasks_of(registrar)[title].due == TODAY - timedelta(days=1)
    Sitting.objects.filter(pk=sitting.pk).update(closed_at=AT)
    assert title not in tasks_of(registrar)


def test_leave_waits_for_whoever_is_to_decide(world):
    meeting = hold(world, TODAY + timedelta(days=3), organiser="提案委")
    request = LeaveRequest.objects.create(
        meeting=meeting, member=world.members[1], reason="出差", filed_at=AT
    )
    Approval.objects.create(leave_request=request, sequence=1, approver="organiser")
    mine = tasks_of(world.users[RoleCode.COLLECTOR])["请假、列席待您审批"]
    assert (mine.count, mine.due) == (1, meeting.start_date)
    on_paper = tasks_of(world.users[RoleCode.REGISTRAR])
    assert on_paper["请假、列席等他人审批，可代为登记"].count == 1
    assert "请假、列席待您审批" not in on_paper


# A member ----------------------------------------------------------------------------------------


def test_member_is_asked_for_replies_papers_and_acceptance(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    meeting = hold(world, TODAY + timedelta(days=5))
    for seat in world.members:
        Expectation.objects.create(meeting=meeting, member=seat)
    notice = Notice.objects.create(
        term=world.term,
        kind="meeting",
        title="通知",
        sent_at=AT,
        subject=f"attendance.meeting:{meeting.pk}",
    )
    NoticeRecipient.objects.create(notice=notice, member=member, read_at=AT)
    Campaign.objects.create(
        term=world.term, year=2023, opens_date=TODAY, deadline_date=date(2023, 12, 31)
    )
    HandIn.objects.filter(member=member, year=2023).delete()
    council = hold(world, TODAY + timedelta(days=6))
    NonVotingSeat.objects.create(
        meeting=council, member=member, agenda_item="议题", reason="需要",
        state="approved", settled_at=AT, invited_at=AT,
    )  # fmt: skip
    LeaveRequest.objects.create(
        meeting=meeting, member=member, reason="出差", filed_at=AT, state="refused", settled_at=AT
    )
    found = tasks_of(user)
    assert {title: item.count for title, item in found.items()} == {
        "会议待回复是否参加": 1,
        "请假申请已有结果": 1,
        "列席邀请待确认保密要求": 1,
        "2023年度履职情况登记表待提交": 1,
        "2023年度述职报告待提交": 1,
        "2023年度述职表待提交": 1,
    }
    Expectation.objects.filter(member=member).update(reply="attending")
    for kind in ("annual_return", "performance_report", "performance_form"):
        HandIn.objects.create(member=member, year=2023, kind=kind, submitted_date=TODAY)
    NonVotingSeat.objects.update(terms_accepted_at=AT)
    LeaveRequest.objects.update(settled_at=AT - timedelta(days=15))
    assert tasks_of(user) == {}


def test_paper_is_asked_for_until_it_is_in_and_again_when_it_comes_back(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    campaign = Campaign.objects.get(year=2022)
    paper = campaign.duty_papers.get(member=member, kind="annual_return")
    assert tasks_of(user) == {}
    type(paper).objects.filter(pk=paper.pk).update(state="returned")
    (title, task) = tasks_of(user).popitem()
    assert (title, task.due) == ("2022年度履职情况登记表退回修改", None)
    assert task.path == reverse("reporting:paper-detail", args=[paper.pk])
    campaign.closed_at = AT
    campaign.save()
    assert list(tasks_of(user)) == [title]


@pytest.mark.parametrize(
    ("today", "days"), [(date(2022, 12, 31), 0), (date(2023, 1, 1), 1), (date(2023, 12, 1), 335)]
)
def test_overdue_paper_stays_on_the_list_while_the_campaign_is_open(today, days, world):
    user, campaign = world.users[RoleCode.MEMBER], Campaign.objects.get(year=2022)
    campaign.duty_papers.filter(member=world.members[0], kind="annual_return").delete()
    at = AT.replace(year=today.year, month=today.month, day=today.day)
    task = tasks_of(user, at=at)["2022年度履职情况登记表待提交"]
    assert (task.due, task.overdue) == (date(2022, 12, 31), int(days > 0))
    Campaign.objects.filter(pk=campaign.pk).update(closed_at=AT)
    assert "2022年度履职情况登记表待提交" not in tasks_of(user, at=at)


def test_papers_passed_wait_to_be_archived_once_the_campaign_is_closed(world):
    registrar, campaign = world.users[RoleCode.REGISTRAR], Campaign.objects.get(year=2022)
    title = "2022年度填报材料已审核，待归档"
    campaign.duty_papers.filter(kind="annual_return").update(
        state="verified", verified_at=AT, verified_by=registrar
    )
    assert title not in tasks_of(registrar)
    campaign.closed_at = AT
    campaign.save()
    found = tasks_of(registrar)
    assert (found[title].count, found["2022年度填报材料待审核"].count) == (3, 3)
    assert title not in tasks_of(world.users[RoleCode.LEADER])


def test_cases_tell_the_earliest_date_and_how_many_are_past_theirs(world):
    cases = list(Case.objects.open().order_by("pk"))
    for case, days in zip(cases, (-1, 0, 1), strict=True):
        case.due_date = TODAY + timedelta(days=days)
    Case.objects.bulk_update(cases, ["due_date"])
    found = tasks_of(world.users[RoleCode.REGISTRAR])["退出与暂停事项办理中"]
    assert (found.count, found.due, found.overdue) == (3, TODAY - timedelta(days=1), 1)


def test_county_is_asked_for_its_part_of_a_joint_topic_while_that_is_open(world):
    county = Assembly.objects.create(name="政协甲县委员会", level="county")
    world.groups[0].assembly = county
    world.groups[0].save()
    day = TODAY - timedelta(days=1)
    topic = Topic.objects.create(
        term=world.term, number="L-1", title="联动", kind="research", year=2023, planned_date=day
    )
    part = TopicPartnership.objects.create(topic=topic, assembly=county)
    user, title = world.users[RoleCode.COUNTY_GROUP], "联动议题的分工与成果待填写：联动"
    found = tasks_of(user)[title]
    assert (found.count, found.due, found.overdue) == (1, day, 1)
    assert title not in tasks_of(world.users[RoleCode.REGISTRAR])
    part.contribution = "承担座谈。"
    part.save()
    assert title not in tasks_of(user)


def test_home_shows_what_waits_what_comes_and_what_is_owed(world, client, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda value=None: TODAY)
    furnish(world)
    client.force_login(world.users[RoleCode.MEMBER])
    answer = client.get("/")
    text = answer.content.decode()
    assert len(answer.content) < 150_000
    assert "<script" not in text
    assert "通知未读" in text
    assert "萍办字〔2022〕9号 二（七）10" in text
    assert "白鹤" not in text
    assert "下周会" not in text
    menu = ["首页", "会议", "请假", "通知", "我的记录", "我的任务"]
    assert [word for word in menu if f">{word}</a>" in text] == menu


def test_home_shows_last_years_paper_as_overdue_until_its_campaign_is_closed(
    world, client, monkeypatch
):
    """The suspended are not asked."""
    member = world.members[0]
    monkeypatch.setattr(timezone, "localdate", lambda value=None: TODAY)
    client.force_login(world.users[RoleCode.MEMBER])
    late = f"已逾期 {(TODAY - date(2022, 12, 31)).days} 天"

    def shown():
        text = client.get("/").content.decode()
        panel = text[text.index('id="owed"') : text.index('id="meetings"')]
        return ("<strong>2022年度履职情况登记表</strong>" in panel, late in panel)

    assert shown() == (False, False)
    papers = Campaign.objects.get(year=2022).duty_papers.filter(member=member)
    papers.filter(kind="annual_return").delete()
    assert shown() == (True, True)
    period = suspend(member, TODAY)
    assert shown() == (False, False)
    period.delete()
    Campaign.objects.filter(year=2022).update(closed_at=AT)
    assert shown() == (False, False)


def test_home_reads_nothing_twice(world, client):
    """What several parts of the page show, the seat, its meetings, its papers, is read once."""
    client.force_login(world.users[RoleCode.MEMBER])
    client.get("/")
    with CaptureQueriesContext(connection) as taken:
        assert client.get("/").status_code == 200
    statements = [query["sql"] for query in taken.captured_queries]
    assert len(set(statements)) == len(statements)
    tables = {
        "attendance_expectation": 1,
        "dossiers_campaign": 2,  # the papers; the deadline of what is owed
        "dossiers_dutypaper": 1,
    }
    first_tables = [sql.partition(' FROM "')[2].partition('"')[0] for sql in statements]
    assert {name: first_tables.count(name) for name in tables} == tables


def test_member_without_a_seat_is_told_whom_to_ask(db, world, client):
    user = world.users[RoleCode.MEMBER]
    world.members[0].person.user = None
    world.members[0].person.save()
    client.force_login(user)
    assert "请联系委员联络科" in client.get("/").content.decode()


def test_queries_do_not_grow_with_what_waits(world):
    registrar = User.objects.get(username=RoleCode.REGISTRAR)

    def queries() -> int:
        user = User.objects.get(pk=registrar.pk)
        with CaptureQueriesContext(connection) as taken:
            work_list(user=user, term=current_term(), at=AT)
        return len(taken)

    furnish(world)
    few = queries()
    for number, day in enumerate((date(2023, 11, 3), date(2023, 11, 4))):
        hold(world, day)
        Objection.objects.create(
            member=world.members[number],
            kind="opinion",
            record_label="信息",
            statement="有误",
            filed_at=AT,
            due_date=TODAY,
        )
    assert queries() == few
