"""What an import warns of without refusing it."""

import pytest

from attendance.models import Meeting
from proposals.models import PublicOpinionReport
from tests.building import make_member, make_term
from tests.dossiers.workbooks import (
    ATTENDANCE,
    MEETINGS,
    ROSTER,
    faults,
    load,
    look,
    person,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def term():
    return make_term()


@pytest.mark.parametrize("missing", ["委员编号", "党派"])
def test_rows_on_a_sheet_without_its_headers_are_no_faults(term, tmp_path, missing):
    headers = tuple(name for name in ROSTER if name != missing)
    sheets = {
        "委员名册": [
            headers,
            tuple(dict(zip(ROSTER, person("0001", "张三"), strict=True))[name] for name in headers),
        ],
        "外单位活动": [("委员编号", "日期", "名称"), ("0001", "2022-05-01", "座谈")],
    }

    assert faults(load(term, tmp_path, sheets)) == [("委员名册", 1, missing)]
    skipped = load(term, tmp_path, sheets, skip_bad_rows=True)
    assert [counts["rejected"] for counts in skipped.counts.values()] == [1, 1]


def test_many_non_voting_members_are_only_warned_of(term, tmp_path):
    codes = [f"{number:04}" for number in range(1, 8)]
    for code in codes:
        make_member(term, code, standing_from=term.start_date if code == "0007" else None)

    def attending(count):
        return {
            "会议活动": [MEETINGS, ("CW-1", "常委会", "专题议政性常委会会议", "2022-03-01")],
            "考勤": [ATTENDANCE, *[("CW-1", code, "出席") for code in ["0007", *codes[:count]]]],
        }

    five, six = look(term, tmp_path, attending(5)), look(term, tmp_path, attending(6))

    assert [warning.problem for warning in five.log.warnings] == []
    assert [warning.problem for warning in six.log.warnings] == ["列席委员 6 人，超过 5 人"]
    assert not six.is_refused


def test_unknown_columns_and_sheets_are_only_warned_of(term, tmp_path):
    plan = load(
        term,
        tmp_path,
        {
            "统计": [("甲", "乙"), (1, "=1+1")],
            "会议活动": [(*MEETINGS, "备注"), ("HY-1", "会", "其他会议", "2022-03-01", "=1+1")],
        },
    )

    assert [(warning.sheet, warning.column) for warning in plan.log.warnings] == [
        ("统计", ""),
        ("会议活动", "备注"),
    ]
    assert Meeting.objects.count() == 1


def test_member_who_left_does_not_come_back_unnoticed(term, tmp_path):
    load(term, tmp_path, {"委员名册": [ROSTER, person("0001", "张三", exited="2023-01-01")]})

    back = look(term, tmp_path, {"委员名册": [ROSTER, person("0001", "张三")]})
    silent = look(term, tmp_path, {"委员名册": [ROSTER[:5], person("0001", "张三")[:5]]})

    assert [warning.column for warning in back.log.warnings] == ["退出日期"]
    assert silent.log.warnings == []


def test_unknown_source_proposal_is_only_warned_of(term, tmp_path):
    make_member(term, "0001")
    headers = ("编号", "标题", "报送人", "报送日期", "来源提案号")

    plan = load(term, tmp_path, {"社情民意": [headers, ("S1", "反映", "0001", "2022-05-01", "T9")]})

    assert [warning.column for warning in plan.log.warnings] == ["来源提案号"]
    assert PublicOpinionReport.objects.count() == 1
