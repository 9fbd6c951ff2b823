"""The invented term before it is imported: rows only, no database."""

from collections import Counter
from datetime import date

import pytest

from assessments.rulebook import load_pack
from exits.management.demo import (
    GAPS,
    PARTS,
    TERM,
    DemoTerm,
    invent_previous_term,
    invent_term,
    invite_members,
)
from exits.management.demo.people import NAMES, SECTORS

SMALL = 80


@pytest.fixture(scope="module")
def term() -> DemoTerm:
    return invent_term(members=SMALL, years=1, seed=7)


@pytest.fixture(scope="module")
def pack():
    return load_pack(TERM.pack)


def rows(term: DemoTerm, sheet: str) -> list[dict]:
    return [row for book in term.workbooks for row in book.sheets.get(sheet, [])]


def test_invent_term_gives_the_same_rows_for_the_same_seed(term):
    assert invent_term(members=SMALL, years=1, seed=7).workbooks == term.workbooks


def test_invent_term_gives_other_rows_for_another_seed(term):
    assert invent_term(members=SMALL, years=1, seed=8).workbooks != term.workbooks


def rows_by_year(term: DemoTerm) -> Counter[int | None]:
    counts: Counter[int | None] = Counter()
    for book in term.workbooks:
        counts[book.year] += sum(map(len, book.sheets.values()))
    return counts


def test_invent_term_tells_more_of_the_years_asked_for(term):
    lean, full = rows_by_year(term), rows_by_year(invent_term(members=SMALL, years=3, seed=7))
    assert {year for year in lean if full[year] > lean[year] * 1.5} == {2024, 2025}


def test_the_cast_and_the_gaps_play_every_rule_of_the_pack(pack):
    played = {rule for part in PARTS for rule in part.rules} | GAPS.rules()
    assert played == {rule.id for rule in pack.city_rules}


def test_sectors_are_liaised_with_as_the_pack_says(pack):
    assert {sector["name"]: sector["committee"] for sector in SECTORS} == pack.organs.liaisons


def test_meetings_are_organised_by_departments_of_the_pack(term, pack):
    departments = {department.name for department in pack.organs.departments}
    assert {row["承办部门"] for row in rows(term, "会议活动")} <= departments


@pytest.mark.parametrize("size", [30, 330, 501])
def test_invite_members_seats_every_sector_in_the_official_order(size):
    members = invite_members(size, seed=1)
    order = [sector["name"] for sector in SECTORS]
    originals = [member.sector for member in members if member.joined == members[0].joined]
    assert len(members) == size
    assert originals == sorted(originals, key=order.index)
    assert {member.sector for member in members} >= set(order if size > 300 else order[:1])
    assert [member.code for member in members] == [f"{n:04}" for n in range(1, size + 1)]


@pytest.mark.parametrize("size", [30, 31, 45, 60, 330])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_invite_members_casts_every_part_once(size, seed):
    played = Counter(member.part.story for member in invite_members(size, seed))
    assert all(played[part.story] == 1 for part in PARTS)


def test_invite_members_names_some_with_rare_characters():
    names = {member.name for member in invite_members(330, seed=1)}
    assert names >= {*NAMES["rare_names"], *NAMES["minority_names"]}


def test_invite_members_names_nobody_everybody_knows():
    names = {member.name for member in invite_members(2200, seed=1)}
    assert names & set(NAMES["avoided"]) == set()


def test_invite_members_gives_telephone_numbers_nobody_has():
    assert all(member.phone.startswith("000") for member in invite_members(60, seed=1))


def test_attendance_is_taken_only_of_members_serving_and_not_suspended(term):
    members = {member.code: member for member in term.members}
    days = {row["编号"]: row["开始日期"] for row in rows(term, "会议活动")}
    assert [
        row
        for row in rows(term, "考勤")
        if not members[row["委员编号"]].is_invited(days[row["会议编号"]])
    ] == []


def test_nothing_is_told_after_the_last_day(term):
    dated = [
        value
        for book in term.workbooks[1:]
        for sheet in book.sheets.values()
        for row in sheet
        for column, value in row.items()
        if isinstance(value, date) and column != "结束日期"
    ]
    assert min(dated) >= TERM.starts
    assert max(dated) <= term.told_until


@pytest.mark.parametrize(
    ("sheet", "key"),
    [
        ("会议活动", ["编号"]),
        ("考勤", ["会议编号", "场次", "委员编号"]),
        ("会议发言", ["会议编号", "委员编号", "题目"]),
        ("提案", ["提案号"]),
        ("社情民意", ["编号"]),
        ("调研视察", ["编号"]),
        ("材料提交", ["委员编号", "年度", "类型"]),
    ],
)
def test_no_row_is_told_twice(term, sheet, key):
    keys = Counter(tuple(row[column] for column in key) for row in rows(term, sheet))
    assert [key for key, times in keys.items() if times > 1] == []


def test_a_yearly_gap_is_kept_open(term):
    gap = GAPS.sector_activities
    held = [
        row
        for row in rows(term, "会议活动")
        if row["类别"] == "界别活动"
        and row["界别"] == gap["sector"]
        and row["开始日期"].year == gap["year"]
    ]
    assert len(held) == gap["held"]


def test_previous_term_shares_persons_with_this_one(term):
    previous = invent_previous_term(term, seed=7)
    here = {(member.name, member.birth_month) for member in term.members}
    there = {(member.name, member.birth_month) for member in previous.members}
    assert 10 <= len(here & there) < len(there)
