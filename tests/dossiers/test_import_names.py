"""Who is meant: numbers and names side by side, numbers without their zeros, ways to type a name."""

import pytest

from attendance.models import OutsideInvitation
from members.models import Member
from proposals.models import Proposal
from tests.building import make_member, make_term
from tests.dossiers.workbooks import ROSTER, faults, load, look, person

pytestmark = pytest.mark.django_db

OUTSIDE = ("委员编号", "姓名", "日期", "名称")


@pytest.fixture
def term():
    term = make_term()
    make_member(term, "0001", name="王伟（女）")
    make_member(term, "0002", name="买买提．阿不都")
    make_member(term, "0003", name="Anna Li")
    return term


def outside(*rows):
    return {"外单位活动": [OUTSIDE, *((*row, "2022-05-01", "座谈") for row in rows)]}


def invited():
    return sorted(OutsideInvitation.objects.values_list("member__code", flat=True))


def test_name_beside_another_number_is_refused(term, tmp_path):
    plan = load(term, tmp_path, outside(("0001", "王伟(女)"), ("0001", "Anna Li")))

    assert [str(fault) for fault in plan.faults] == [
        "《外单位活动》第 3 行 姓名：“AnnaLi”姓名与编号不符，0001 是王伟（女）。请核对编号和姓名。"
    ]
    assert invited() == []


@pytest.mark.parametrize("name", [None, "王伟（女）", "王 伟(女)", "=A1", 5])
def test_name_beside_its_own_number_is_in_order(term, tmp_path, name):
    assert faults(load(term, tmp_path, outside(("0001", name)))) == []
    assert invited() == ["0001"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("王伟（女）", "0001"),
        ("王伟(女)", "0001"),
        ("买买提．阿不都", "0002"),
        ("买买提·阿不都", "0002"),
        ("买买提•阿不都", "0002"),
        ("Anna Li", "0003"),
        ("anna  LI", "0003"),
        ("王伟\u200b（女）", "0001"),
    ],
)
def test_names_are_found_however_they_are_typed(term, tmp_path, written, code):
    headers = ("提案号", "案由", "第一提案人", "联名人", "提交日期")
    other = {"0001": "0002", "0002": "0003", "0003": "0001"}[code]
    sheets = outside((None, written)) | {
        "提案": [
            headers,
            ("T1", "建议", written, other, "2022-05-01"),
            ("T2", "建议", other, written, "2022-05-01"),
        ]
    }

    assert faults(load(term, tmp_path, sheets)) == []
    assert invited() == [code]
    assert Proposal.objects.get(number="T1").lead_sponsor.code == code
    assert [row.member.code for row in Proposal.objects.get(number="T2").cosponsorships.all()] == [
        code
    ]


def test_names_that_differ_only_in_typing_are_ambiguous(term, tmp_path):
    make_member(term, "0004", name="王伟(女)")

    plan = load(term, tmp_path, outside((None, "王伟（女）")))

    assert [fault.remedy for fault in plan.faults] == [
        "请改填委员编号：0001 王伟（女）（工商联界）、0004 王伟(女)（工商联界）"
    ]


def test_refused_newcomer_is_told_by_any_way_to_type_the_name(term, tmp_path):
    sheets = {"委员名册": [ROSTER, person("0009", "古丽·巴依", joined="去年")]}

    plan = load(term, tmp_path, sheets | outside((None, "古丽•巴依")))

    assert faults(plan) == [("委员名册", 2, "入届日期")]


def test_number_without_its_zeros_makes_no_second_member(term, tmp_path):
    rows = [person(1, "王伟(女)"), person("10", "丁"), person("0010", "丁")]

    plan = load(term, tmp_path, {"委员名册": [ROSTER, *rows]})

    assert [(fault.row, fault.problem, fault.remedy) for fault in plan.faults] == [
        (2, "与编号 0001（王伟（女））只差前面的 0", "请把编号设为文本格式，写全 0001"),
        (3, "与编号 0010（丁）只差前面的 0", "请把编号设为文本格式，写全 0010"),
    ]
    assert Member.objects.count() == 3


def test_number_without_its_zeros_of_somebody_else_is_only_warned_of(term, tmp_path):
    plan = load(term, tmp_path, {"委员名册": [ROSTER, person("1", "丁"), person("00001", "戊")]})

    assert faults(plan) == []
    assert [(warning.row, warning.column) for warning in plan.log.warnings] == [(2, "委员编号")]
    again = load(term, tmp_path, {"委员名册": [ROSTER, person("1", "丁"), person("00001", "戊")]})
    assert again.counts["委员名册"]["unchanged"] == 2
    assert again.log.warnings == []


def test_number_without_its_zeros_is_offered_in_full(term, tmp_path):
    plan = load(term, tmp_path, outside((1, None)))

    assert [fault.remedy for fault in plan.faults] == [
        "请核对委员，相近的有：0001 王伟（女）（工商联界）"
    ]


def test_unseen_characters_make_no_other_number(term, tmp_path):
    rows = [person("\ufeff0001\u200b", "王伟（女）"), person("00\u200e12\u2060", "新\u200b人")]

    plan = load(term, tmp_path, {"委员名册": [("委员编号\u200b", *ROSTER[1:]), *rows]})

    assert faults(plan) == []
    assert plan.counts["委员名册"] == {"created": 1, "updated": 0, "unchanged": 1, "rejected": 0}
    assert Member.objects.get(code="0012").person.name == "新人"


def test_changed_name_is_only_warned_of(term, tmp_path):
    plan = look(
        term,
        tmp_path,
        {"委员名册": [ROSTER, person("0001", "全新姓名"), person("0003", "Anna  li")]},
    )

    assert plan.faults == []
    assert [(warning.row, warning.problem) for warning in plan.log.warnings] == [
        (2, "姓名由“王伟（女）”改为“全新姓名”")
    ]
