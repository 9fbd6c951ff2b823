"""Everything about oneself, nothing of anybody else, and nothing that is not decided yet."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts import audit
from accounts.choices import Verb
from accounts.models import AuditEntry
from accounts.roles import RoleCode
from assessments.models import Finding
from dossiers.choices import DeclaredState
from dossiers.models import Declaration
from dossiers.selectors.news import (
    FIRST,
    News,
    NewsGroup,
    NewsKind,
    news_since,
    record_news,
)
from dossiers.selectors.own import (
    accepted_additions,
    dossier_year,
    held_records,
    totals_by_year,
)
from exits.models import Case
from members.models import Member, Person
from proposals.models import OpinionAdoption, PublicOpinionReport
from reporting.exporters.own_data import own_data
from reporting.selectors.own_data import HELD, LEFT_OUT, reasons_left_out
from tests.building import propose, publish
from tests.test_visibility import MARKS
from tests.world import World, build_world

AT = datetime(2024, 1, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    settings.DATA_DIR = tmp_path
    return build_world()


def leading_to_a_person() -> set[str]:
    """Models with a relation to 人员 or 委员, directly or by way of another such model."""
    found = {Person, Member}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in found
            and any(
                field.concrete and field.is_relation and field.related_model in found
                for field in model._meta.get_fields()
            )
        }
        if not more:
            return {model._meta.label_lower for model in found}
        found |= more


def packed(user, at=AT) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(own_data(user=user, at=at).content))


def data_of(package: zipfile.ZipFile) -> dict:
    return json.loads(package.read("本人数据.json"))["数据"]


def test_every_model_about_people_is_given_or_left_out_with_a_reason():
    assert leading_to_a_person() == HELD.keys() | LEFT_OUT.keys()
    assert HELD.keys() & LEFT_OUT.keys() == set()
    assert all(reasons_left_out())


def test_package_holds_the_askers_rows_of_every_kind(world):
    data = data_of(packed(world.users[RoleCode.MEMBER]))
    text = json.dumps(data, ensure_ascii=False)
    assert MARKS[0] in text
    assert [mark for mark in MARKS[1:] if mark in text] == []
    assert len(data["身份"]) == 1
    assert len(data["惩处"]) == 1
    assert len(data["各届委员身份"]) == 1
    own = Finding.objects.filter(member=world.members[0], state="confirmed").count()
    assert len(data["已确认的考核发现"]) == own


def test_sheet_a_kind_says_the_same_as_the_json(world):
    package = packed(world.users[RoleCode.MEMBER])
    book = load_workbook(io.BytesIO(package.read("本人数据.xlsx")))
    data = data_of(package)
    assert book.sheetnames == ["说明", *data]
    assert {name: book[name].max_row - 1 for name in data if data[name]} == {
        name: len(rows) for name, rows in data.items() if rows
    }


def test_what_is_not_decided_is_left_out_and_said(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    Finding.objects.filter(member=member).update(state="open")
    package = packed(user)
    data = data_of(package)
    assert data["已确认的考核发现"] == []
    assert data["约谈"] == []
    assert data["已告知的退出与暂停事项"] == []
    assert data["致本人的公文"] == []
    said = package.read("说明.txt").decode()
    assert [reason for reason in reasons_left_out() if reason not in said] == []


def test_case_is_given_once_told_without_what_was_said_in_consultation(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    case = Case.objects.get(member=member)
    case.proposal = "内部建议"
    case.organization_opinion = "disagree"
    case.told_date = date(2024, 1, 1)
    case.save()
    case.opinions.create(
        partner="organization",
        verdict="disagree",
        text="部门意见",
        date=date(2024, 1, 1),
        entered_by=world.users[RoleCode.REGISTRAR],
        entered_at=AT,
    )
    case.steps.create(
        kind="answered", date=AT.date(), note="本人说明", entered_by=user, entered_at=AT
    )
    data = data_of(packed(user))
    told = data["已告知的退出与暂停事项"]
    assert [(row["首次告知本人日期"], row["办理情况"]) for row in told] == [
        ("2024-01-01", "办理中")
    ]
    assert [row["记录"] for row in data["本人的申请与说明"]] == ["本人说明"]
    text = json.dumps(data, ensure_ascii=False)
    inside = ("内部建议", "部门意见", "不同意", f"{MARKS[0]}步骤", f"{MARKS[0]}事由", "会商中")
    assert [word for word in inside if word in text] == []


def test_interview_is_given_once_notified(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    member.interviews.update(state="notified", notified_at=AT)
    data = data_of(packed(user))
    assert [row["约谈事由"] for row in data["约谈"]] == ["青鸾某约谈"]


def test_result_of_an_interview_and_why_it_was_called_off_stay_inside(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    member.interviews.update(
        state="closed",
        notified_at=AT,
        held_at=AT,
        minutes="记录",
        closed_date=AT.date(),
        result="unmoved",
        result_note="内部说明",
    )
    [row] = data_of(packed(user))["约谈"]
    member.interviews.update(state="cancelled", closed_date=None, cancelled_reason="另案处理")
    [cancelled] = data_of(packed(user))["约谈"]
    text = json.dumps([row, cancelled], ensure_ascii=False)
    assert (row["约谈记录"], cancelled["状态"]) == ("记录", "已取消")
    assert [word for word in ("态度不端正", "内部说明", "另案处理") if word in text] == []


def test_seat_is_given_once_invited_with_its_chain(world):
    user = world.users[RoleCode.MEMBER]
    [seat] = world.members[0].non_voting_seats.all()
    seat.approvals.create(
        sequence=1,
        approver="secretary_general",
        verdict="approved",
        note="可以邀请",
        decided_by=world.users[RoleCode.LEADER],
        decided_at=AT,
    )
    data = data_of(packed(user))
    assert [row["列席议题"] for row in data["列席"]] == ["青鸾议题"]
    assert "可以邀请" in json.dumps(data["请假与列席审批"], ensure_ascii=False)
    seat.invited_at = None
    seat.save()
    data = data_of(packed(user))
    text = json.dumps(data, ensure_ascii=False)
    assert data["列席"] == []
    assert [word for word in ("青鸾议题", "可以邀请") if word in text] == []
    assert len(data["请假与列席审批"]) == 1


def test_finding_behind_a_case_is_given_once_the_case_is_told(world):
    member, user = world.members[0], world.users[RoleCode.MEMBER]
    finding = Finding.objects.get(member=member, state="confirmed")
    Finding.objects.filter(pk=finding.pk).update(outcome="revoke")
    Case.objects.filter(member=member).update(finding=finding)
    assert data_of(packed(user))["已确认的考核发现"] == []
    Case.objects.filter(member=member).update(told_date=date(2024, 1, 1))
    assert data_of(packed(user))["已确认的考核发现"] == []
    case = Case.objects.get(member=member)
    case.steps.create(kind="reminded", date=AT.date(), note="提醒", entered_at=AT)
    assert [row["建议"] for row in data_of(packed(user))["已确认的考核发现"]] == ["撤销委员资格"]


def test_download_is_ones_own_and_written_down(world, client):
    client.force_login(world.users[RoleCode.MEMBER])
    page = client.get(reverse("reporting:own-data")).content.decode()
    assert "下载本人全部数据" in page
    answer = client.post(reverse("reporting:own-data-file"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith("attachment;")
    entry = AuditEntry.objects.order_by("-sequence").first()
    assert (entry.verb, entry.actor) == (Verb.EXPORT, world.users[RoleCode.MEMBER])
    assert client.get(reverse("reporting:own-data-file")).status_code == 405


def test_account_without_a_person_has_nothing_to_take(world, client):
    client.force_login(world.users[RoleCode.SYSTEM_ADMIN])
    assert client.post(reverse("reporting:own-data-file")).status_code == 404


def test_dossier_says_where_each_record_comes_from(world):
    seats = [world.members[0]]
    sections = {part.heading: part.rows for part in dossier_year(seats, 2023)}
    assert {row.source for row in sections["提案"]} == {"提案委"}
    assert {row.source for row in sections["发表文章"]} == {"委员联络科"}
    totals = totals_by_year(held_records(seats))[2023]
    assert {total.heading: total.count for total in totals} == {
        heading: len(rows) for heading, rows in sections.items()
    }


def test_record_of_two_seats_counts_once(world):
    first, second = world.members[:2]
    proposal = propose(first, date(2023, 5, 1), second)
    name = ("proposals.proposal", proposal.pk, 2023, False)
    assert [tuple(record) for record in held_records([first, second])].count(name) == 1
    assert [tuple(record) for record in held_records([second])].count(name) == 1


def test_who_has_no_seat_has_no_records_and_no_news(world):
    assert held_records([]) == []
    assert totals_by_year([]) == {}
    user = world.users[RoleCode.SYSTEM_ADMIN]
    assert record_news(user=user, records=[], since=AT) == []


def test_news_cost_the_same_for_every_record(world, django_assert_num_queries):
    """The records, their parts, the trail, and the touched ones of each kind."""
    registrar, member = world.users[RoleCode.REGISTRAR], world.members[0]
    since = AT - timedelta(days=1)
    for number in range(1, 4):
        paper = publish(member, date(2023, 5, number))
        note(paper, registrar)
        with django_assert_num_queries(4):
            news = record_news(
                user=world.users[RoleCode.MEMBER], records=held_records([member]), since=since
            )
        assert [(group.first.kind, group.count) for group in news] == [(NewsKind.ENTERED, number)]


def test_accepted_addition_stands_in_the_dossier(world):
    seats = [world.members[0]]
    own = Declaration.objects.filter(paper__member=world.members[0], record_id__isnull=True)
    own.update(state=DeclaredState.DECLARED)
    assert accepted_additions(seats, 2023) == []
    own.update(state=DeclaredState.ACCEPTED)
    assert accepted_additions(seats, 2023) == list(own)


def test_first_visit_hears_of_two_weeks(world):
    assert news_since(user=world.users[RoleCode.MEMBER], at=AT) == AT - FIRST


def test_adoption_of_ones_information_is_news_and_ones_own_act_is_none(world):
    report = PublicOpinionReport.objects.filter(authors=world.members[0]).first()
    adoption = OpinionAdoption.objects.filter(report=report).first()
    note(adoption, world.users[RoleCode.REGISTRAR])
    other = PublicOpinionReport.objects.filter(authors=world.members[1]).first()
    note(other, world.users[RoleCode.REGISTRAR])
    note(report, world.users[RoleCode.MEMBER])
    told = record_news(
        user=world.users[RoleCode.MEMBER],
        records=held_records([world.members[0]]),
        since=AT - timedelta(days=1),
    )
    assert [(group.first.kind, group.count) for group in told] == [(NewsKind.ADOPTED, 1)]


@pytest.mark.parametrize(
    ("kind", "mark"),
    [
        (NewsKind.ENTERED, '<span class="office-mark">新录入</span>'),
        (NewsKind.CORRECTED, '<span class="office-mark is-warn">有更正</span>'),
        (NewsKind.ADOPTED, '<span class="office-mark is-good">被采用</span>'),
    ],
)
def test_news_is_marked_by_its_kind(kind, mark, world, client, monkeypatch):
    news = News(kind, "社情民意信息", "opinions", "河道", date(2023, 5, 1), AT)
    groups = [NewsGroup(news, 1)]
    monkeypatch.setattr("reporting.views.home.record_news", lambda **asked: groups)
    client.force_login(world.users[RoleCode.MEMBER])
    assert mark in client.get("/").content.decode()


def note(row, actor):
    """As the service that created the row writes it down."""
    with transaction.atomic():
        audit.record(
            actor=actor,
            verb=Verb.CREATE,
            at=AT,
            obj=row,
            changes=[audit.changes_of(row, None, audit.snapshot(row))],
        )
