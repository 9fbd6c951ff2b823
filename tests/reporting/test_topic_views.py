"""The year's plan and a topic's page, as the office, a department and a county use them."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from members.models import Affiliation, Assembly
from proposals.models import Research, Topic, TopicParticipation, TopicPartnership
from tests.building import make_meeting
from tests.test_visibility import sign_in
from tests.world import add_user, build_world

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4 report"


@pytest.fixture
def world():
    return build_world()


@pytest.fixture
def county(world):
    assembly = Assembly.objects.create(name="政协甲县委员会", level="county")
    world.groups[0].assembly = assembly
    world.groups[0].save()
    return assembly


@pytest.fixture
def registrar(world):
    return sign_in(world, "registrar")


def page(name, *args):
    return reverse(f"reporting:topic-{name}", args=args)


def filled(**fields):
    return {
        "number": "议题2023-01",
        "title": "优化营商环境",
        "kind": "research",
        "year": "2023",
        "participants": "",
        **fields,
    }


def planned(world, **fields):
    fields = {"number": "YT-2", "title": "优化营商环境", "kind": "research", "year": 2023} | fields
    return Topic.objects.create(term=world.term, **fields)


def test_topic_is_planned_with_its_participants_and_counties(world, county, registrar):
    form = filled(participants="0001 青鸾某\n白鹤某、0003", partners=[county.pk])
    answer = registrar.post(page("create"), form)
    topic = Topic.objects.get(number="议题2023-01")
    assert answer["Location"] == page("detail", topic.pk)
    codes = topic.participations.order_by("sequence").values_list("member__code", flat=True)
    assert list(codes) == ["0001", "0002", "0003"]
    assert list(topic.partners.all()) == [county]


def test_unknown_and_ambiguous_names_are_refused(world, registrar):
    answer = registrar.post(page("create"), filled(participants="张三"))
    assert "没有编号或姓名为“张三”的委员" in answer.content.decode()
    other = world.members[1].person
    other.name = world.members[0].person.name
    other.save()
    answer = registrar.post(page("create"), filled(participants=other.name))
    assert "有重名（编号 0001、0002）" in answer.content.decode()
    assert not Topic.objects.filter(number="议题2023-01").exists()


def test_taken_number_is_refused_on_the_page(world, registrar):
    answer = registrar.post(page("create"), filled(number="YT-1"))
    assert "本届已有此编号。" in answer.content.decode()


def test_stale_edit_is_refused(world, registrar):
    topic = planned(world, version=2)
    answer = registrar.post(page("edit", topic.pk), filled(number="YT-2", seen_version="1"))
    assert "已被他人修改" in answer.content.decode()


def test_topic_is_carried_through_and_counted_once(world, registrar):
    topic = planned(world)
    TopicParticipation.objects.create(topic=topic, member=world.members[0])
    registrar.post(page("start", topic.pk))
    form = {
        "finish-finished_date": "2023-05-20",
        "finish-result": "形成意见建议。",
        "finish-result_file": SimpleUploadedFile("报告.pdf", PDF),
    }
    registrar.post(page("finish", topic.pk), form)
    topic.refresh_from_db()
    assert (topic.state, topic.finished_date) == ("finished", date(2023, 5, 20))
    for _ in range(2):
        answer = registrar.post(page("count", topic.pk), follow=True)
    assert "已计入调研协商课题，不会重复计入" in answer.content.decode()
    assert Research.objects.filter(topic=topic).count() == 1
    download = registrar.get(page("file", topic.pk))
    assert b"".join(download.streaming_content) == PDF
    assert "attachment" in download["Content-Disposition"]


def test_finish_without_a_result_says_so_and_keeps_the_topic_open(world, registrar):
    topic = planned(world)
    answer = registrar.post(page("finish", topic.pk), {"finish-finished_date": "2023-05-20"})
    assert "此项必填" in answer.content.decode()
    topic.refresh_from_db()
    assert topic.state == "planned"


def test_file_of_another_kind_than_its_name_is_refused(world, registrar):
    topic = planned(world)
    form = {
        "finish-finished_date": "2023-05-20",
        "finish-result": "成果",
        "finish-result_file": SimpleUploadedFile("报告.pdf", b"<html>"),
    }
    answer = registrar.post(page("finish", topic.pk), form)
    assert "附件内容与文件名不符" in answer.content.decode()
    topic.refresh_from_db()
    assert topic.state == "planned"


def test_cancelled_topic_shows_its_reason_and_offers_nothing_more(world, registrar):
    topic = planned(world)
    answer = registrar.post(
        page("cancel", topic.pk), {"cancel-reason": "并入另一议题"}, follow=True
    )
    text = answer.content.decode()
    assert "并入另一议题" in text
    offered = [
        name
        for name in ("start", "finish", "cancel", "edit", "count")
        if page(name, topic.pk) in text
    ]
    assert offered == []


@pytest.mark.parametrize("name", ["start", "finish", "cancel", "count"])
@pytest.mark.parametrize("role", ["leader", "member", "county_group", "collector"])
def test_only_who_keeps_the_topic_moves_it(role, name, world):
    topic = planned(world)
    answer = sign_in(world, role).post(page(name, topic.pk))
    assert answer.status_code == 403
    topic.refresh_from_db()
    assert topic.state == "planned"


def test_department_keeps_what_it_undertakes(world):
    department = world.departments["提案委"]
    own = planned(world, department=department)
    other = planned(world, number="YT-3")
    client = sign_in(world, "collector")
    client.post(page("start", own.pk))
    own.refresh_from_db()
    assert own.state == "under_way"
    assert client.get(page("edit", other.pk)).status_code == 403
    answer = client.post(page("create"), filled())
    assert answer.status_code == 200
    assert "此项必填" in answer.content.decode()
    client.post(page("create"), filled(department=department.pk))
    assert Topic.objects.get(number="议题2023-01").department == department


def share(world, assembly, **fields):
    return TopicPartnership.objects.create(topic=planned(world, **fields), assembly=assembly)


def contribute(client, row, text, mark=None):
    shown = client.get(page("detail", row.topic_id))
    form = next((f for r, f in shown.context["partnerships"] if r.pk == row.pk), None)
    mark = mark or (form.initial["seen_mark"] if form else "x")
    prefix = f"county-{row.pk}"
    values = {f"{prefix}-contribution": text, f"{prefix}-seen_mark": mark}
    return client.post(page("contribution", row.topic_id, row.pk), values, follow=True)


def test_county_group_enters_its_own_contribution(world, county):
    row = share(world, county)
    answer = contribute(sign_in(world, "county_group"), row, "承担两次座谈。")
    assert answer.status_code == 200
    row.refresh_from_db()
    assert row.contribution == "承担两次座谈。"


def test_county_group_does_not_write_for_another_county(world, county):
    other = Assembly.objects.create(name="政协乙县委员会", level="county")
    row = share(world, other)
    answer = contribute(sign_in(world, "county_group"), row, "代写")
    row.refresh_from_db()
    assert (answer.status_code, row.contribution) == (403, "")


def test_contribution_opened_before_another_wrote_is_refused(world, county):
    row = share(world, county)
    client = sign_in(world, "county_group")
    contribute(client, row, "先写的", mark=None)
    answer = contribute(client, row, "后写的", mark="0" * 16)
    assert "已被他人修改" in answer.content.decode()
    row.refresh_from_db()
    assert row.contribution == "先写的"


def test_plan_counts_what_each_county_shares(world, county, registrar):
    share(world, county)
    share(world, county, number="YT-9", state="cancelled", cancelled_reason="并入")
    other = Assembly.objects.create(name="政协乙县委员会", level="county")
    shares = registrar.get(page("list"), {"year": "2023"}).context["counties"]
    assert [(s.assembly, s.shared, s.contributed) for s in shares] == [
        (county, 1, 0),
        (other, 0, 0),
    ]


def test_plan_marks_what_is_late_from_the_day_after(world, registrar):
    today = timezone.localdate()
    planned(world, planned_date=today, number="YT-5")
    late = planned(world, planned_date=date(2023, 1, 1), number="YT-6")
    planned(
        world,
        planned_date=date(2023, 1, 1),
        number="YT-7",
        state="finished",
        finished_date=date(2023, 2, 1),
        result="成果",
    )
    answer = registrar.get(page("list"), {"year": "2023"})
    lines = [line for kind in answer.context["kinds"] for line in kind.lines]
    assert [line.topic for line in lines if line.is_overdue] == [late]


def test_meetings_of_the_same_topic_are_listed(world, registrar):
    topic = planned(world)
    on = make_meeting(world.term, "consultation", date(2023, 4, 1), topic="优化营商环境")
    make_meeting(world.term, "consultation", date(2023, 4, 2), topic="别的议题")
    answer = registrar.get(page("detail", topic.pk))
    assert [held.meeting for held in answer.context["dossier"].meetings] == [on]


def test_meeting_belongs_to_its_own_year_where_titles_repeat(world, registrar):
    topic = planned(world)
    planned(world, number="YT-4", year=2022)
    own = make_meeting(world.term, "consultation", date(2023, 4, 1), topic="优化营商环境")
    make_meeting(world.term, "consultation", date(2022, 4, 1), topic="优化营商环境")
    answer = registrar.get(page("detail", topic.pk))
    assert [held.meeting for held in answer.context["dossier"].meetings] == [own]


def test_titles_are_offered_when_a_meeting_is_entered(world, registrar):
    year = timezone.localdate().year
    planned(world, year=year, title="今年的议题")
    planned(
        world, year=year, number="YT-8", title="取消的", state="cancelled", cancelled_reason="x"
    )
    assert registrar.get(page("titles")).json() == {"titles": ["今年的议题"]}
    assert (
        "office/topics.js?titles=/reporting/topics/titles/"
        in registrar.get(reverse("admin:attendance_meeting_add")).content.decode()
    )


def test_member_reads_own_topics(world):
    planned(world, title="没有参加的议题")
    answer = sign_in(world, "member").get(page("own"))
    assert [topic.title for topic in answer.context["topics"]] == ["公开议题"]


def test_two_affiliations_do_not_double_anything(world, county):
    add_user(world, "both", "county_group", "sector_group")
    Affiliation.objects.create(user=world.users["both"], liaison_group=world.groups[0])
    Affiliation.objects.create(user=world.users["both"], liaison_group=world.groups[1])
    row = share(world, county)
    client = sign_in(world, "both")
    assert len(client.get(page("detail", row.topic_id)).context["partnerships"]) == 1


@pytest.mark.parametrize("year", ["abc", "1900", "²", "9" * 30])
def test_strange_years_are_not_found(year, registrar, world):
    for name in ("topic-list", "organ-list", "assembly-detail"):
        assert registrar.get(reverse(f"reporting:{name}"), {"year": year}).status_code == 404
