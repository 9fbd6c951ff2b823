"""Everything the workbook's contract refuses: one case each, with its place, and nothing written."""

from datetime import date

import pytest

from accounts.models import AuditEntry
from members.models import Member
from tests.building import attend, make_meeting, make_member, make_term, propose, suspend
from tests.dossiers.workbooks import ATTENDANCE, MEETINGS, ROSTER, faults, load, person

pytestmark = pytest.mark.django_db

MEETING = ("HY-1", "常委会会议", "常委会会议", "2022-03-01")
PROPOSALS = ("提案号", "案由", "第一提案人", "联名人", "提交日期")
TENURES = ("委员编号", "职务", "开始日期", "结束日期", "所在机构")
SUSPENSIONS = ("委员编号", "开始日期", "结束日期")

#: Sheets given, and where the faults are. 0001 serves, 0002 left on 2023-01-01, 0003 is suspended
#: from 2022-02-01 to 2022-04-01.
REFUSED = {
    "required cell empty": (
        {"委员名册": [ROSTER, person("0009", None)]},
        [("委员名册", 2, "姓名")],
    ),
    "required header missing": (
        {"委员名册": [("委员编号", "姓名", "党派", "界别"), ("0009", "甲", "中共", "工商联界")]},
        [("委员名册", 1, "入届日期")],
    ),
    "header twice": (
        {"暂停履职": [(*SUSPENSIONS, "开始日期"), ("0001", "2022-05-01", None, None)]},
        [("暂停履职", 1, "开始日期")],
    ),
    "unknown choice": (
        {"委员名册": [ROSTER, ("0009", "甲", "其他党", "工商联界", "2021-11-01")]},
        [("委员名册", 2, "党派")],
    ),
    "not a date": (
        {"委员名册": [ROSTER, person("0009", "甲", joined="去年")]},
        [("委员名册", 2, "入届日期")],
    ),
    "no such day": (
        {"委员名册": [ROSTER, person("0009", "甲", joined="2022-02-30")]},
        [("委员名册", 2, "入届日期")],
    ),
    "unknown sector": (
        {"委员名册": [ROSTER, ("0009", "甲", "中共", "工商界别", "2021-11-01")]},
        [("委员名册", 2, "界别")],
    ),
    "unknown committee": (
        {
            "会议活动": [
                (*MEETINGS, "专委会"),
                ("HY-1", "会", "专委会活动", "2022-03-01", "不存在委员会"),
            ]
        },
        [("会议活动", 2, "专委会")],
    ),
    "unknown member": (
        {"暂停履职": [SUSPENSIONS, ("0777", "2022-05-01", None)]},
        [("暂停履职", 2, "委员编号")],
    ),
    "unknown meeting": (
        {"考勤": [ATTENDANCE, ("HY-9", "0001", "出席")]},
        [("考勤", 2, "会议编号")],
    ),
    "one of several members unknown": (
        {"提案": [PROPOSALS, ("T1", "建议", "0001", "0002、0777", "2022-03-01")]},
        [("提案", 2, "联名人")],
    ),
    "same number, different content": (
        {"会议活动": [MEETINGS, MEETING, ("HY-1", "另一会议", "主席会议", "2022-03-01")]},
        [("会议活动", 2, "编号"), ("会议活动", 3, "编号")],
    ),
    "same natural key, different content": (
        {
            "会议活动": [MEETINGS, MEETING],
            "考勤": [ATTENDANCE, ("HY-1", "0001", "出席"), ("HY-1", "0001", "缺席")],
        },
        [("考勤", 2, "会议编号"), ("考勤", 3, "会议编号")],
    ),
    "exit before joining": (
        {"委员名册": [ROSTER, person("0009", "甲", joined="2022-05-01", exited="2022-04-30")]},
        [("委员名册", 2, "退出日期")],
    ),
    "end before start": (
        {"暂停履职": [SUSPENSIONS, ("0001", "2022-05-01", "2022-04-30")]},
        [("暂停履职", 2, "结束日期")],
    ),
    "meeting ends before it starts": (
        {"会议活动": [(*MEETINGS, "结束日期"), (*MEETING, "2022-02-28")]},
        [("会议活动", 2, "结束日期")],
    ),
    "meeting before the term": (
        {"会议活动": [MEETINGS, ("HY-1", "会", "其他会议", "2021-10-31")]},
        [("会议活动", 2, "开始日期")],
    ),
    "meeting after the term": (
        {"会议活动": [MEETINGS, ("HY-1", "会", "其他会议", "2027-01-01")]},
        [("会议活动", 2, "开始日期")],
    ),
    "attendance while suspended": (
        {"会议活动": [MEETINGS, MEETING], "考勤": [ATTENDANCE, ("HY-1", "0003", "出席")]},
        [("考勤", 2, "委员编号")],
    ),
    "attendance after leaving": (
        {
            "会议活动": [MEETINGS, ("HY-1", "会", "其他会议", "2023-01-01")],
            "考勤": [ATTENDANCE, ("HY-1", "0002", "出席")],
        },
        [("考勤", 2, "委员编号")],
    ),
    "attendance before joining": (
        {
            "委员名册": [ROSTER, person("0009", "甲", joined="2022-03-02")],
            "会议活动": [MEETINGS, MEETING],
            "考勤": [ATTENDANCE, ("HY-1", "0009", "出席")],
        },
        [("考勤", 2, "委员编号")],
    ),
    "sitting below 1": (
        {
            "会议活动": [MEETINGS, MEETING],
            "考勤": [(*ATTENDANCE, "场次"), ("HY-1", "0001", "出席", 0)],
        },
        [("考勤", 2, "场次")],
    ),
    "post beginning after leaving": (
        {"职务任期": [TENURES, ("0002", "常委", "2023-01-01", None, None)]},
        [("职务任期", 2, "开始日期")],
    ),
    "standing before joining": (
        {"委员名册": [ROSTER, person("0009", "甲", joined="2022-05-01", standing="2022-04-30")]},
        [("委员名册", 2, "常委任职日期")],
    ),
    "standing end without beginning": (
        {"委员名册": [ROSTER, person("0009", "甲", until="2022-04-30")]},
        [("委员名册", 2, "常委卸任日期")],
    ),
    "post of an unknown committee": (
        {"职务任期": [TENURES, ("0001", "专委会主任", "2022-01-01", None, "不存在委")]},
        [("职务任期", 2, "所在机构")],
    ),
    "shorthand and post differ": (
        {
            "委员名册": [ROSTER, person("0009", "甲", standing="2022-01-01", until="2023-01-01")],
            "职务任期": [TENURES, ("0009", "常委", "2022-01-01", "2024-01-01", None)],
        },
        [("职务任期", 2, "结束日期")],
    ),
    "overlapping posts": (
        {
            "职务任期": [
                TENURES,
                ("0001", "副主席", "2022-01-01", "2023-01-01", None),
                ("0001", "副主席", "2022-12-31", None, None),
            ]
        },
        [("职务任期", 3, "开始日期")],
    ),
    "overlapping suspensions": (
        {"暂停履职": [SUSPENSIONS, ("0003", "2022-03-31", None)]},
        [("暂停履职", 2, "开始日期")],
    ),
    "proposal before joining": (
        {"提案": [PROPOSALS, ("T1", "建议", "0001", None, "2021-10-31")]},
        [("提案", 2, "第一提案人")],
    ),
    "co-signing after leaving": (
        {"提案": [PROPOSALS, ("T1", "建议", "0001", "0002", "2023-01-01")]},
        [("提案", 2, "联名人")],
    ),
    "co-signing one's own proposal": (
        {"提案": [PROPOSALS, ("T1", "建议", "0001", "0002、0001", "2022-03-01")]},
        [("提案", 2, "联名人")],
    ),
    "opinion after leaving": (
        {
            "社情民意": [
                ("编号", "标题", "报送人", "报送日期"),
                ("S1", "反映", "0001、0002", "2023-01-01"),
            ]
        },
        [("社情民意", 2, "报送人")],
    ),
    "research after leaving": (
        {
            "调研视察": [
                ("编号", "题目", "类型", "参加人", "完成日期"),
                ("D1", "调研", "视察", "0002", "2023-01-01"),
            ]
        },
        [("调研视察", 2, "参加人")],
    ),
    "article after leaving": (
        {
            "发表文章": [
                ("编号", "题目", "委员编号", "日期", "刊物"),
                ("A1", "文章", "0002", "2023-01-01", "政协刊物"),
            ]
        },
        [("发表文章", 2, "委员编号")],
    ),
    "unknown kind of sanction": (
        {"奖惩": [("委员编号", "类型", "种类", "日期"), ("0001", "惩处", "批评", "2022-01-01")]},
        [("奖惩", 2, "种类")],
    ),
    "year that is none": (
        {
            "材料提交": [
                ("委员编号", "年度", "类型", "提交日期"),
                ("0001", "二二", "述职表", "2022-12-01"),
            ]
        },
        [("材料提交", 2, "年度")],
    ),
    "neither yes nor no": (
        {"提案": [(*PROPOSALS, "重点"), ("T1", "建议", "0001", None, "2022-03-01", "对")]},
        [("提案", 2, "重点")],
    ),
    "title of 201 characters": (
        {"提案": [PROPOSALS, ("T1", "字" * 201, "0001", None, "2022-03-01")]},
        [("提案", 2, "案由")],
    ),
    "text of 10,001 characters": (
        {
            "奖惩": [
                ("委员编号", "类型", "种类", "日期", "事由"),
                ("0001", "奖励", "优秀", "2022-01-01", "字" * 10_001),
            ]
        },
        [("奖惩", 2, "事由")],
    ),
    "formula": (
        {"提案": [PROPOSALS, ("T1", "=1+1", "0001", None, "2022-03-01")]},
        [("提案", 2, "案由")],
    ),
}


@pytest.fixture
def term():
    term = make_term()
    make_member(term, "0001", name="甲一")
    make_member(term, "0002", name="乙二", exited=date(2023, 1, 1))
    suspend(make_member(term, "0003", name="丙三"), date(2022, 2, 1), date(2022, 4, 1))
    return term


@pytest.mark.parametrize("case", REFUSED)
def test_import_refuses(term, tmp_path, case):
    sheets, expected = REFUSED[case]

    plan = load(term, tmp_path, sheets)

    assert faults(plan) == expected
    assert all(fault.problem and fault.remedy for fault in plan.faults)
    assert AuditEntry.objects.count() == 0
    assert Member.objects.count() == 3


def test_import_collects_all_faults_of_all_sheets(term, tmp_path):
    plan = load(
        term,
        tmp_path,
        {
            "考勤": [ATTENDANCE, ("HY-9", "0001", "到"), ("HY-9", "0777", "出席")],
            "委员名册": [ROSTER, person("0009", None, joined="x"), person(None, "乙")],
        },
    )

    assert sorted(faults(plan)) == [
        ("委员名册", 2, "入届日期"),
        ("委员名册", 2, "姓名"),
        ("委员名册", 3, "委员编号"),
        ("考勤", 2, "状态"),
        ("考勤", 3, "会议编号"),
        ("考勤", 3, "委员编号"),
    ]


def test_fault_offers_nearest_names(term, tmp_path):
    plan = load(
        term, tmp_path, {"委员名册": [ROSTER, ("0009", "甲", "中共", "工商界", "2021-11-01")]}
    )

    assert [str(fault) for fault in plan.faults] == [
        "《委员名册》第 2 行 界别：“工商界”没有这个界别。请核对界别，相近的有：工商联界。"
    ]


def test_fault_lists_members_of_the_same_name(term, tmp_path):
    make_member(term, "0004", name="甲一")

    plan = load(term, tmp_path, {"暂停履职": [("姓名", "开始日期"), ("甲一", "2022-05-01")]})

    assert [fault.remedy for fault in plan.faults] == [
        "请改填委员编号：0001 甲一（工商联界）、0004 甲一（工商联界）"
    ]


def test_exit_covering_attendance_is_refused(term, tmp_path):
    member = term.members.get(code="0001")
    attend(member, make_meeting(term, on=date(2022, 6, 1), number="HY-1"))

    plan = load(term, tmp_path, {"委员名册": [ROSTER, person("0001", "甲一", exited="2022-06-01")]})
    later = load(
        term, tmp_path, {"委员名册": [ROSTER, person("0001", "甲一", exited="2022-06-02")]}
    )

    assert faults(plan) == [("委员名册", 2, "退出日期")]
    assert faults(later) == []


def test_exit_covering_written_work_is_refused(term, tmp_path):
    propose(term.members.get(code="0001"), date(2022, 6, 1))

    plan = load(term, tmp_path, {"委员名册": [ROSTER, person("0001", "甲一", exited="2022-06-01")]})

    assert faults(plan) == [("委员名册", 2, "退出日期")]


def test_suspension_covering_attendance_is_refused(term, tmp_path):
    attend(term.members.get(code="0001"), make_meeting(term, on=date(2022, 6, 1)))

    covering = load(
        term, tmp_path, {"暂停履职": [SUSPENSIONS, ("0001", "2022-05-01", "2022-06-02")]}
    )
    before = load(term, tmp_path, {"暂停履职": [SUSPENSIONS, ("0001", "2022-05-01", "2022-06-01")]})

    assert faults(covering) == [("暂停履职", 2, "开始日期")]
    assert faults(before) == []


def test_meeting_moved_into_a_suspension_is_refused(term, tmp_path):
    attend(
        term.members.get(code="0003"),
        make_meeting(term, on=date(2022, 4, 1), number="HY-1", kind="standing_committee_meeting"),
    )

    plan = load(term, tmp_path, {"会议活动": [MEETINGS, MEETING]})

    assert faults(plan) == [("会议活动", 2, "开始日期")]
