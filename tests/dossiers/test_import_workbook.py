"""What a good workbook becomes, and what importing it again does."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Verb
from accounts.models import AuditEntry
from accounts.services import save_record
from attendance.models import Attendance, Meeting, Speech
from dossiers.importers import workbook
from members.models import (
    Commendation,
    ConductFinding,
    LiaisonGroup,
    Member,
    Person,
    Sanction,
    Tenure,
)
from proposals.models import Article, Proposal, PublicOpinionReport, Research
from tests.building import make_member, make_term
from tests.dossiers.workbooks import (
    AT,
    ATTENDANCE,
    MEETINGS,
    ROSTER,
    WHOLE,
    faults,
    load,
    look,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    return make_term()


def test_whole_workbook_is_imported_whatever_the_order_of_sheets(term, tmp_path):
    plan = load(term, tmp_path, WHOLE)

    assert faults(plan) == []
    assert {name: counts["created"] for name, counts in plan.counts.items()} == {
        "委员名册": 2,
        "职务任期": 1,
        "暂停履职": 1,
        "会议活动": 1,
        "考勤": 3,
        "会议发言": 1,
        "提案": 1,
        "社情民意": 1,
        "调研视察": 1,
        "发表文章": 1,
        "外单位活动": 1,
        "奖惩": 3,
        "材料提交": 1,
    }


def test_imported_values_are_what_was_meant(term, tmp_path):
    load(term, tmp_path, WHOLE)

    member = Member.objects.select_related("person", "sector").get(code="0001")
    assert (member.person.name, member.person.birth_month) == ("张三", date(1975, 3, 1))
    assert (member.person.phone, member.sector.name) == ("13900000000", "工商联界")
    assert member.joined_date == date(2021, 11, 1)
    assert list(LiaisonGroup.objects.values_list("name", flat=True)) == ["安源区"]
    assert set(Tenure.objects.values_list("member__code", "post", "organ")) == {
        ("0001", "standing_member", "常委会"),
        ("0002", "committee_director", "经济委员会"),
    }
    assert set(
        Attendance.objects.values_list("member__code", "sitting__number", "status", "leave_reason")
    ) == {
        ("0001", 1, "present", ""),
        ("0001", 2, "leave", "出差"),
        ("0002", 1, "absent", ""),
    }
    proposal = Proposal.objects.get()
    assert [link.member.code for link in proposal.cosponsorships.all()] == ["0002"]
    assert (proposal.is_major, proposal.is_outstanding) == (True, False)
    opinion = PublicOpinionReport.objects.get()
    assert [link.member.code for link in opinion.authorships.all()] == ["0001", "0002"]
    assert set(opinion.adoptions.values_list("level", flat=True)) == {"city", "province"}
    assert [row.level for row in opinion.instructions.all()] == ["national"]
    assert [link.member.code for link in Research.objects.get().participations.all()] == [
        "0002",
        "0001",
    ]
    kinds = [model.objects.get().kind for model in (Commendation, Sanction, ConductFinding)]
    assert kinds == ["优秀政协委员", "warning", "political_discipline"]
    assert Speech.objects.get().occasion == "plenary_floor"


def test_same_workbook_again_changes_nothing(term, tmp_path):
    load(term, tmp_path, WHOLE)
    entries = AuditEntry.objects.count()

    plan = load(term, tmp_path, WHOLE)

    assert {tuple(counts.values())[:2] for counts in plan.counts.values()} == {(0, 0)}
    assert sum(counts["unchanged"] for counts in plan.counts.values()) == 19
    assert AuditEntry.objects.count() == entries


def test_import_leaves_one_audit_entry_with_every_row(term, tmp_path):
    load(term, tmp_path, WHOLE)

    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_label, entry.detail["file"]) == (
        Verb.IMPORT,
        str(term),
        "book.xlsx",
    )
    changes = dict(
        entry.changes.filter(object_type="proposals.proposal").values_list("object_label", "after")
    )
    assert changes["提案 T1"]["cosponsors"] == ["0002"]
    assert set(entry.changes.values_list("object_type", flat=True)) >= {
        "members.person",
        "members.member",
        "members.tenure",
        "attendance.attendance",
        "proposals.publicopinionreport",
        "dossiers.handin",
    }


def test_changed_rows_are_amended_and_their_version_grows(term, tmp_path):
    load(term, tmp_path, WHOLE)
    proposal = Proposal.objects.get()

    plan = load(
        term,
        tmp_path,
        {
            "提案": [
                ("提案号", "案由", "第一提案人", "联名人", "提交日期", "办理结果"),
                ("T1", "建议", "0002", "0001", "2022-05-01", None),
            ]
        },
    )

    assert plan.counts == {"提案": {"created": 0, "updated": 1, "unchanged": 0, "rejected": 0}}
    changed = Proposal.objects.select_related("lead_sponsor").get()
    assert (changed.lead_sponsor.code, changed.version) == ("0002", proposal.version + 1)
    assert [link.member.code for link in changed.cosponsorships.all()] == ["0001"]
    # The column 办理结果 is there and empty; 审查结果 and 承办单位 are not there at all.
    assert (changed.handling_result, changed.examination_result) == ("", "on_file")
    assert changed.undertaking_unit == "发改委"
    change = AuditEntry.objects.first().changes.get()
    assert (change.before["cosponsors"], change.after["cosponsors"]) == (["0002"], ["0001"])


def test_amended_member_changes_person_seat_and_post(term, tmp_path):
    load(term, tmp_path, {"委员名册": [ROSTER, person("0001", "张三", standing="2021-11-01")]})

    plan = load(
        term,
        tmp_path,
        {"委员名册": [ROSTER, person("0001", "章三", standing="2021-11-01", until="2023-05-01")]},
    )

    assert plan.counts["委员名册"]["updated"] == 1
    assert Member.objects.get().person.name == "章三"
    assert Tenure.objects.get().end_date == date(2023, 5, 1)
    assert [change.fields for change in plan.sheets[0].shown] == [
        {"姓名": ("张三", "章三"), "常委卸任日期": ("", "2023-05-01")}
    ]


def test_shorthand_and_post_given_alike_are_one(term, tmp_path):
    sheets = {
        "委员名册": [ROSTER, person("0001", "张三", standing="2021-11-01", until="2023-05-01")],
        "职务任期": [
            ("委员编号", "职务", "开始日期", "结束日期"),
            ("0001", "常委", "2021-11-01", "2023-05-01"),
        ],
    }

    load(term, tmp_path, sheets)
    again = load(term, tmp_path, sheets)

    assert Tenure.objects.values_list("start_date", "end_date").get() == (
        date(2021, 11, 1),
        date(2023, 5, 1),
    )
    assert again.changes_nothing


def test_row_repeated_word_for_word_counts_once(term, tmp_path):
    rows = [MEETINGS, *[("HY-1", "会", "其他会议", "2022-03-01")] * 2]

    plan = load(term, tmp_path, {"会议活动": rows})

    assert plan.counts["会议活动"] == {"created": 1, "updated": 0, "unchanged": 1, "rejected": 0}
    assert Meeting.objects.count() == 1


def test_good_rows_are_imported_when_asked(term, tmp_path):
    sheets = {
        "委员名册": [ROSTER, person("0001", "甲"), person("0002", None), person("0003", "丙")],
        "会议活动": [
            MEETINGS,
            ("HY-1", "会", "其他会议", "2022-03-01"),
            ("HY-2", "会", "其他会议", "2030-03-01"),
        ],
        "考勤": [
            ATTENDANCE,
            ("HY-1", "0001", "出席"),
            ("HY-1", "0002", "出席"),
            ("HY-2", "0001", "出席"),
            ("HY-1", "0003", "出席"),
        ],
    }
    whole = load(term, tmp_path, sheets)

    plan = load(term, tmp_path, sheets, skip_bad_rows=True)

    assert faults(whole) == [("委员名册", 3, "姓名"), ("会议活动", 3, "开始日期")]
    assert faults(plan) == [
        ("委员名册", 3, "姓名"),
        ("会议活动", 3, "开始日期"),
        ("考勤", 3, "委员编号"),
        ("考勤", 4, "会议编号"),
    ]
    assert plan.counts["考勤"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 2}
    assert set(Member.objects.values_list("code", flat=True)) == {"0001", "0003"}
    assert Attendance.objects.count() == 2


def test_member_is_found_by_unique_name(term, tmp_path):
    make_member(term, "0001", name="欧阳三")
    make_member(term, "0002", name="李四")

    plan = load(
        term,
        tmp_path,
        {
            "外单位活动": [
                ("委员编号", "姓名", "日期", "名称"),
                (None, "李 四", "2022-05-01", "座谈"),
            ],
            "调研视察": [
                ("编号", "题目", "类型", "参加人", "完成日期"),
                ("D1", "调研", "视察", "欧阳三、0002", "2022-05-01"),
            ],
        },
    )

    assert faults(plan) == []
    codes = Research.objects.get().participations.values_list("member__code", flat=True)
    assert list(codes) == ["0001", "0002"]


def test_article_moves_to_the_member_named(term, tmp_path):
    make_member(term, "0001", name="张三")
    make_member(term, "0002", name="李四")
    headers = ("编号", "题目", "姓名", "日期", "刊物")

    for name in ("张三", "李四"):
        rows = [headers, ("A1", "文章", name, "2022-05-01", "刊物"), (" ", "　", None, "", None)]
        plan = load(term, tmp_path, {"发表文章": rows})

    assert plan.counts["发表文章"] == {"created": 0, "updated": 1, "unchanged": 0, "rejected": 0}
    assert Article.objects.get().member.code == "0002"


def test_returning_person_keeps_one_identity(term, tmp_path):
    earlier = make_term("test-0", starts=date(2016, 11, 1), ends=date(2021, 10, 31))
    known = Person.objects.create(name="张三", birth_month=date(1975, 3, 1))
    make_member(earlier, "0100", person=known)
    headers = ("委员编号", "姓名", "出生年月", "党派", "界别", "入届日期")

    load(
        term,
        tmp_path,
        {
            "委员名册": [
                headers,
                ("0001", "张三", "1975-03", "中共", "工商联界", "2021-11-01"),
                ("0002", "张三", "1980-01", "中共", "工商联界", "2021-11-01"),
            ]
        },
    )

    assert Member.objects.get(term=term, code="0001").person == known
    assert Member.objects.get(term=term, code="0002").person != known


def test_dry_run_writes_nothing(term, tmp_path):
    plan = look(term, tmp_path, WHOLE)

    assert plan.counts["考勤"]["created"] == 3
    assert Member.objects.count() == 0


@pytest.mark.parametrize("times", [1, 2])
def test_records_changed_while_checking_are_checked_again(term, tmp_path, monkeypatch, times):
    """Other clerks register meetings between the check and the writing; the last the same one."""
    sheets = {"会议活动": [MEETINGS, ("HY-1", "会", "其他会议", "2022-03-01")]}
    examine, rivals = workbook.examine_workbook, ["HY-1", "HY-2"][:times]

    def overtaken(**given):
        plan = examine(**given)
        if rivals:
            rival = Meeting(
                term=term,
                number=rivals.pop(),
                title="会",
                kind="other",
                start_date=date(2022, 3, 1),
            )
            save_record(obj=rival, actor=None, at=AT)
        return plan

    monkeypatch.setattr(workbook, "examine_workbook", overtaken)

    plan = load(term, tmp_path, sheets)

    assert plan.counts["会议活动"] == {"created": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    assert Meeting.objects.count() == times


def test_queries_do_not_grow_with_rows(term, tmp_path):
    def queries(count):
        members = [person(f"{number:04}", f"委员{number}") for number in range(count)]
        rows = [("HY-1", row[0], "出席") for row in members]
        sheets = {
            "委员名册": [ROSTER, *members],
            "会议活动": [MEETINGS, ("HY-1", "会", "其他会议", "2022-03-01")],
            "考勤": [ATTENDANCE, *rows],
        }
        with CaptureQueriesContext(
            connection,
        ) as captured:
            look(term, tmp_path, sheets)
        return len(captured)

    assert queries(3) == queries(300)
