"""采集台 and its forms, as a collector, the office and others come to them."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from attendance.choices import MeetingKind
from attendance.models import Attendance, Expectation, Meeting, OutsideInvitation, Speech
from members.choices import RecordKind
from members.models import Commendation
from proposals.models import Article, DistinctPair, Proposal, PublicOpinionReport, Research
from tests.building import (
    attend,
    do_research,
    make_meeting,
    make_member,
    make_term,
    propose,
    report_opinion,
)
from tests.members.test_duties import account, collector

pytestmark = pytest.mark.django_db

DESK = reverse("dossiers:entry-list")
TODAY = timezone.localdate()


@pytest.fixture
def term():
    return make_term(starts=date(2021, 11, 1), ends=date(2099, 12, 31))


def signed_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def form_of(kind):
    return reverse("dossiers:entry-create", args=[kind])


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def enter(client, kind, /, **fields):
    """Posts the form as it was opened, with these fields filled in."""
    form = client.get(form_of(kind)).context_data["form"]
    start = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in start.items() if value not in (None, "")}
    return client.post(form_of(kind), data | fields)


ENTRIES = {
    "proposal": (Proposal, {"title": "案由", "lead_sponsor": "0001"}),
    "opinion": (PublicOpinionReport, {"title": "标题", "authors": "0001、李四"}),
    "research": (Research, {"title": "题目", "participants": "0001", "kind": "self_directed"}),
    "article": (Article, {"title": "题目", "member": "张三", "publication": "会刊"}),
    "invitation": (OutsideInvitation, {"title": "评议会", "members": "0001 张三"}),
    "conduct": (Commendation, {"kind": "优秀", "members": "0001"}),
    "attendance": (Meeting, {"title": "座谈会", "organiser": "学习委", "attended": "0001"}),
    "themed_activity": (Meeting, {"title": "读书会", "organiser": "学习委", "attended": "0001"}),
}


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_collector_enters_one_after_another(kind, client, term):
    model, fields = ENTRIES[kind]
    make_member(term, "0001", name="张三")
    make_member(term, "0002", name="李四")
    signed_in(client, collector(term, (RecordKind(kind), False)))
    answer = enter(client, kind, **fields)
    record = model.objects.get()
    assert answer.url == f"{form_of(kind)}?saved={record.pk}"
    assert "已保存" in page(client, answer.url)
    enter(client, kind, **fields | {"title": "另一个"})
    assert model.objects.count() == (1 if kind == "conduct" else 2)


def test_a_speech_is_entered_at_a_meeting_of_the_department(client, term):
    make_member(term, "0001")
    own = make_meeting(term, on=TODAY - timedelta(days=3), organiser="学习委", title="本委会议")
    make_meeting(term, on=TODAY - timedelta(days=3), organiser="经济委", title="别委会议")
    signed_in(client, collector(term, (RecordKind.SPEECH, True)))
    shown = page(client, form_of("speech"))
    assert ("本委会议" in shown, "别委会议" in shown) == (True, False)
    enter(client, "speech", meeting=own.pk, member="0001", title="发言", manner="oral")
    assert Speech.objects.get().meeting == own


def test_what_stays_the_same_is_kept_for_the_next(client, term):
    make_member(term, "0001")
    signed_in(client, collector(term, (RecordKind.ARTICLE, False)))
    day = TODAY - timedelta(days=9)
    answer = enter(
        client, "article", number="W7", title="题目", member="0001",
        published_date=day.isoformat(), publication="光华时报", level="province",
    )  # fmt: skip
    form = client.get(answer.url).context_data["form"]
    assert form.initial == {
        "published_date": day,
        "publication": "光华时报",
        "level": "province",
        "number": "W8",
    }


@pytest.mark.parametrize(("days", "taken"), [(0, True), (1, False)])
def test_a_day_to_come_is_refused(days, taken, client, term):
    make_member(term, "0001")
    signed_in(client, collector(term, (RecordKind.PROPOSAL, False)))
    day = (TODAY + timedelta(days=days)).isoformat()
    enter(client, "proposal", title="案由", lead_sponsor="0001", submitted_date=day)
    assert Proposal.objects.exists() == taken


def test_a_taken_number_is_told_on_the_form(client, term):
    propose(make_member(term, "0001"), TODAY, number="T1")
    signed_in(client, collector(term, (RecordKind.PROPOSAL, False)))
    answer = enter(client, "proposal", number="T1", title="案由", lead_sponsor="0001")
    assert answer.status_code == 200
    assert "编号“T1”本届已经用过" in answer.content.decode()
    assert Proposal.objects.count() == 1


def test_a_duplicate_is_shown_at_once(client, term):
    propose(make_member(term, "0001"), TODAY, title="关于规范共享单车停放的建议")
    signed_in(client, collector(term, (RecordKind.PROPOSAL, False)))
    title = "关于规范共享单车停放的几点建议"
    answer = enter(client, "proposal", title=title, lead_sponsor="0001")
    assert "可能重复" in page(client, answer.url)


def test_collectors_open_their_own_forms_only(client, term):
    signed_in(client, collector(term, (RecordKind.OPINION, False)))
    opened = {kind: client.get(form_of(kind)).status_code for kind in [*ENTRIES, "speech"]}
    assert {kind for kind, code in opened.items() if code == 200} == {"opinion"}
    assert set(opened.values()) == {200, 403}
    assert client.get(form_of("hand_in")).status_code == 404


@pytest.mark.parametrize(
    "role", ["member", "leader", "organization_department", "county_group", "system_admin"]
)
def test_others_have_no_desk(role, client, term):
    one, other = (propose(make_member(term), TODAY, examination_result="converted") for _ in "12")
    meeting = make_meeting(term, on=TODAY)
    signed_in(client, account(role, role))
    pair = reverse("dossiers:duplicate-detail", args=["proposal", one.pk, other.pk])
    addresses = [
        DESK,
        form_of("proposal"),
        reverse("dossiers:entry-members"),
        reverse("dossiers:mark-list"),
        reverse("dossiers:mark-update", args=[meeting.pk]),
        reverse("dossiers:duplicate-list"),
        pair,
        reverse("dossiers:conversion-list"),
        reverse("dossiers:conversion-create", args=[one.pk]),
        reverse("dossiers:import-template"),
    ]
    assert {client.get(address).status_code for address in addresses} == {403}


def test_desk_counts_what_falls_to_the_department(client, term):
    member = make_member(term, "0001")
    signed_in(client, collector(term, (RecordKind.RESEARCH, True)))
    fields = {"title": "本委调研", "participants": "0001", "kind": "self_directed"}
    enter(client, "research", organiser="学习委", **fields)
    do_research(TODAY, member, title="别委调研", organiser="经济委", recorded_at=timezone.now())
    answer = client.get(DESK)
    assert [(line.kind, line.this_month) for line, _ in answer.context_data["lines"]] == [
        ("research", 1)
    ]
    assert [entry.title for entry in answer.context_data["entries"]] == ["本委调研"]


def test_desk_of_an_account_without_a_department_says_so(client, term):
    signed_in(client, account("collector", "collector"))
    assert "还没有所属的采集部门" in page(client, DESK)


def test_members_are_listed_for_search(client, term):
    make_member(term, "0001", name="单文清")
    signed_in(client, collector(term, (RecordKind.OPINION, False)))
    listed = client.get(reverse("dossiers:entry-members")).json()["members"]
    assert [(row["code"], row["spelled"]) for row in listed] == [("0001", ["shanwenqing", "swq"])]


def test_a_list_is_marked_and_the_rest_with_it(client, term):
    meeting = make_meeting(term, on=TODAY)
    one, two, three = (make_member(term, code) for code in ("0001", "0002", "0003"))
    for member in (one, two, three):
        Expectation.objects.create(meeting=meeting, member=member)
    make_member(term, "0009", name="名单外")
    signed_in(client, collector(term, (RecordKind.ATTENDANCE, False)))
    address = reverse("dossiers:mark-update", args=[meeting.pk])
    assert "3 人尚未登记" in page(client, address)
    data = {f"seen-{member.pk}": "" for member in (one, two, three)}
    data |= {f"status-{two.pk}": "leave", f"reason-{two.pk}": "出差"}
    answer = client.post(address, data | {"rest": "present", "added": "名单外"})
    assert answer.status_code == 302
    rows = Attendance.objects.order_by("member__code").values_list("member__code", "status")
    assert list(rows) == [
        ("0001", "present"),
        ("0002", "leave"),
        ("0003", "present"),
        ("0009", "present"),
    ]


def test_a_list_marked_by_another_meanwhile_is_shown_again(client, term):
    meeting = make_meeting(term, on=TODAY)
    one = make_member(term, "0001")
    Expectation.objects.create(meeting=meeting, member=one)
    attend(one, meeting, "leave")
    signed_in(client, collector(term, (RecordKind.ATTENDANCE, False)))
    address = reverse("dossiers:mark-update", args=[meeting.pk])
    answer = client.post(address, {f"seen-{one.pk}": "", f"status-{one.pk}": "absent"})
    assert "已由他人登记" in answer.content.decode()
    assert Attendance.objects.get().status == "leave"


@pytest.mark.parametrize(
    ("kind", "organiser", "code"),
    [
        (MeetingKind.OTHER, "经济委", 200),
        (MeetingKind.THEMED_ACTIVITY, "学习委", 200),
        (MeetingKind.THEMED_ACTIVITY, "经济委", 404),
        (MeetingKind.PLENARY_SESSION, "学习委", 404),
    ],
)
def test_lists_open_for_whoever_collects_them(kind, organiser, code, client, term):
    meeting = make_meeting(term, kind, TODAY, organiser=organiser)
    duties = (RecordKind.ATTENDANCE, False), (RecordKind.THEMED_ACTIVITY, True)
    signed_in(client, collector(term, *duties))
    address = reverse("dossiers:mark-update", args=[meeting.pk])
    assert client.get(address).status_code == code
    assert (meeting.title in page(client, reverse("dossiers:mark-list"))) == (code == 200)


def pair(term):
    member = make_member(term)
    return [propose(member, TODAY, title="关于规范停车的建议") for _ in range(2)]


def test_a_pair_is_merged_on_its_page(client, term):
    one, other = pair(term)
    signed_in(client, collector(term, (RecordKind.PROPOSAL, False)))
    assert "关于规范停车的建议" in page(client, reverse("dossiers:duplicate-list"))
    names = ["proposal", one.pk, other.pk]
    assert other.number in page(client, reverse("dossiers:duplicate-detail", args=names))
    decide = reverse("dossiers:duplicate-decide", args=names)
    client.post(decide, {"doomed": other.pk, "version": 1, "reason": ""})
    assert Proposal.objects.count() == 2
    client.post(decide, {"doomed": other.pk, "version": 1, "reason": "录了两次"})
    assert list(Proposal.objects.all()) == [one]


def test_a_pair_is_kept_on_its_page(client, term):
    one, other = pair(term)
    signed_in(client, collector(term, (RecordKind.PROPOSAL, False)))
    decide = reverse("dossiers:duplicate-decide", args=["proposal", one.pk, other.pk])
    client.post(decide, {"reason": "两件事"})
    assert DistinctPair.objects.get().reason == "两件事"
    assert "没有需要核对的记录" in page(client, reverse("dossiers:duplicate-list"))


def test_a_pair_of_another_department_is_not_there(client, term):
    one, other = pair(term)
    signed_in(client, collector(term, (RecordKind.OPINION, False)))
    names = ["proposal", one.pk, other.pk]
    assert client.get(reverse("dossiers:duplicate-detail", args=names)).status_code == 404
    decide = reverse("dossiers:duplicate-decide", args=names)
    data = {"doomed": one.pk, "version": 1, "reason": "x"}
    assert client.post(decide, data).status_code == 404
    assert Proposal.objects.count() == 2
    assert "关于规范停车" not in page(client, reverse("dossiers:duplicate-list"))


@pytest.mark.parametrize(("kind", "code"), [("opinion", 200), ("proposal", 404)])
def test_conversions_wait_for_whoever_collects_reports(kind, code, client, term):
    proposal = propose(make_member(term), TODAY, title="转来的案由", examination_result="converted")
    signed_in(client, collector(term, (RecordKind(kind), False)))
    listed = page(client, reverse("dossiers:conversion-list"))
    assert ("转来的案由" in listed) == (code == 200)
    address = reverse("dossiers:conversion-create", args=[proposal.pk])
    assert client.get(address).status_code == code


def test_a_proposal_is_converted_on_its_page_and_both_show_it(client, term):
    proposal = propose(make_member(term), TODAY, title="案由", examination_result="converted")
    signed_in(client, account("registrar", "registrar"))
    address = reverse("dossiers:conversion-create", args=[proposal.pk])
    data = {"number": "S9", "reported_date": TODAY.isoformat()}
    assert client.post(address, data).url == reverse("dossiers:conversion-list")
    assert client.post(address, data).status_code == 404
    report = PublicOpinionReport.objects.get()
    pages = {
        reverse("admin:proposals_proposal_change", args=[proposal.pk]),
        reverse("admin:proposals_publicopinionreport_change", args=[report.pk]),
    }
    for own in pages:
        [other] = pages - {own}
        assert f'href="{other}"' in page(client, own)


def test_a_report_is_linked_on_the_page(client, term):
    member = make_member(term)
    proposal = propose(member, TODAY, examination_result="converted")
    report = report_opinion(TODAY, member)
    signed_in(client, collector(term, (RecordKind.OPINION, False)))
    address = reverse("dossiers:conversion-create", args=[proposal.pk])
    client.post(address, {"report": report.pk})
    report.refresh_from_db()
    assert report.source_proposal_number == proposal.number


def test_template_holds_the_sheets_of_the_department(client, term):
    signed_in(client, collector(term, (RecordKind.OPINION, False), (RecordKind.ARTICLE, False)))
    answer = client.get(reverse("dossiers:import-template"))
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["填表说明", "社情民意", "发表文章"]


def test_nothing_a_collector_is_shown_leads_to_a_closed_door(client, term):
    member = make_member(term, "0001")
    kinds = [kind for kind in RecordKind if kind != RecordKind.PLENARY_ATTENDANCE]
    signed_in(client, collector(term, *((kind, False) for kind in kinds)))
    for kind, (_, fields) in ENTRIES.items():
        enter(client, kind, **fields | {"authors": "0001", "member": "0001"})
    propose(member, TODAY, examination_result="converted", title="案由")
    home = page(client, reverse("admin:index"))
    menu = links(home)
    opened = {address: page(client, address) for address in menu}
    found = {link for text in opened.values() for link in links(text)} - menu
    codes = {link: client.get(link).status_code for link in found}
    assert {link: code for link, code in codes.items() if code >= 400} == {}


def links(text):
    found = {unescape(link) for link in re.findall(r'href="(/[^"#]*)"', text)}
    return {link for link in found if not re.search(r"/static/|session|logout", link)}


def test_pages_take_the_same_queries_for_one_record_and_three(client, term):
    signed_in(client, account("registrar", "registrar"))
    pages = [DESK, *(reverse(f"dossiers:{name}-list") for name in ("mark", "duplicate"))]
    pages += [reverse("dossiers:conversion-list"), form_of("proposal"), form_of("speech")]

    def add():
        one, _ = pair(term)
        propose(one.lead_sponsor, TODAY, make_member(term), examination_result="converted")
        attend(one.lead_sponsor, make_meeting(term, on=TODAY), "present")

    def queries(address):
        with CaptureQueriesContext(connection) as context:
            page(client, address)
        return sum("django_session" not in query["sql"] for query in context)

    add()
    queries(DESK)  # What is asked for once, by the first page of all.
    few = {address: queries(address) for address in pages}
    add()
    add()
    assert {address: queries(address) for address in pages} == few
