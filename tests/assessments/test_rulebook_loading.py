import hashlib

import pytest

from assessments.choices import Outcome
from assessments.rulebook import OUTCOMES, PackInvalidError, PackUnknownError, load_pack, parse_pack
from assessments.rulebook.loading import DATA

PACK = """
id = "trial"
version = "1"
name = "试验"
organs_of = "pingxiang"
[[rules]]
id = "r-1"
title = "一"
subject = "member"
period = "year"
judged = "at_once"
outcome = "remind"
all = [{ measure = "opinions.submitted", below = 1 }]
citations = [{ document = "甲", clause = "一", text = "乙" }]
"""


def parsed(text):
    return parse_pack(text.encode(), source="trial.toml")


def test_pack_keeps_its_text_and_digest():
    pack = parsed(PACK)
    assert pack.content == PACK
    assert pack.sha256 == hashlib.sha256(PACK.encode()).hexdigest()


def test_shipped_packs_hold_every_rule_of_the_catalogue():
    assert [len(load_pack(name).city_rules) for name in ("pingxiang", "yueqing")] == [28, 6]
    assert [len(load_pack(name).county_rules) for name in ("pingxiang", "yueqing")] == [28, 6]


def test_outcomes_are_the_models_in_the_same_order():
    assert list(OUTCOMES.items()) == [(choice.value, choice.label) for choice in Outcome]


def test_pingxiang_brings_its_organs():
    organs = load_pack("pingxiang").organs
    assert len(organs.sectors) == 25
    assert len(organs.committees) == 9
    assert organs.liaisons["九三学社界"] == "提案委员会"
    proposals = next(d for d in organs.departments if d.name == "提案委员会")
    assert (proposals.collects, proposals.own) == (
        ("proposal",),
        ("speech", "research", "themed_activity"),
    )


def test_yueqing_starts_with_the_organs_of_pingxiang():
    assert load_pack("yueqing").organs == load_pack("pingxiang").organs


def test_county_variant_changes_only_what_it_says():
    pack = load_pack("pingxiang")
    city = pack.rule("px-supervision-year", is_county=False)
    county = pack.rule("px-supervision-year", is_county=True)
    assert (city.conditions[0].threshold, county.conditions[0].threshold) == (2, 1)
    assert (city.period, city.outcome) == (county.period, county.outcome)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("opinions.submitted", "opinions.written", "不认识的指标“opinions.written”"),
        ("below = 1", "under = 1", "不认识的项：under"),
        ("below = 1", "below = 1, at_least = 1", "at_least（达到）或below（不足）之一"),
        ("below = 1", "below = -1", "须为不小于0的整数"),
        ("below = 1", "below = true", "须为不小于0的整数"),
        ('outcome = "remind"', 'outcome = "punish"', "不认识的处理建议“punish”"),
        ('period = "year"', 'period = "week"', "“period”的值“week”不认识"),
        ('period = "year"', 'period = "term"', "统计时段与规则的period"),
        ('period = "year"', 'period = "quarter"', "只能按年度（year）或届（term）"),
        ('subject = "member"', 'subject = "party"', "“subject”的值“party”不认识"),
        ('subject = "member"', 'subject = "sector"', "不属于这条规则的对象"),
        ('judged = "at_once"', 'judged = "later"', "“judged”的值“later”不认识"),
        ("all = [", "any = []\nall = [", "只能写一处"),
        ('all = [{ measure = "opinions.submitted", below = 1 }]', "all = []", "没有条件"),
        ("citations = [{", "citations = [] #", "没有注明出处"),
        ('title = "一"', "title = 1", "缺少“title”"),
        ('title = "一"', f'title = "{"一" * 101}"', "“title”超过100个字"),
        ('title = "一"', 'title = "一"\ncolour = "red"', "不认识的项：colour"),
        ('{ measure = "opinions.submitted", below = 1 }', '{ years_of = "score" }', "years_of只能"),
    ],
)
def test_unknown_words_are_refused_with_file_and_rule(old, new, problem):
    with pytest.raises(PackInvalidError) as refusal:
        parsed(PACK.replace(old, new))
    assert str(refusal.value).startswith("规则包trial.toml，规则r-1：")
    assert problem in str(refusal.value)


@pytest.mark.parametrize("text", ["", "not toml", 'id = "x"', "[[rules]", "rules = 3"])
def test_what_is_no_pack_is_refused(text):
    with pytest.raises(PackInvalidError):
        parsed(text)


def test_binary_is_refused():
    with pytest.raises(PackInvalidError, match=r"不是有效的TOML文件"):
        parse_pack(b"\xff\xfe\x00", source="x")


def test_doubled_rule_is_refused():
    rule = PACK[PACK.index("[[rules]]") :]
    with pytest.raises(PackInvalidError, match="规则编号重复：r-1"):
        parsed(PACK + rule)


@pytest.mark.parametrize("name", ["", "nowhere", "../data/pingxiang"])
def test_unknown_pack_is_refused(name):
    with pytest.raises(PackUnknownError):
        load_pack(name)


def test_pack_files_are_named_after_their_ids():
    assert {path.stem: load_pack(path.stem).id for path in DATA.glob("*.toml")} == {
        "pingxiang": "pingxiang",
        "yueqing": "yueqing",
    }


@pytest.mark.parametrize("name", ["r 1", "规则", "r" * 41])
def test_identifier_fits_an_address(name):
    with pytest.raises(PackInvalidError, match="“id”只能用字母"):
        parsed(PACK.replace('id = "r-1"', f'id = "{name}"'))


DUTY = (
    PACK
    + """
[[duties]]
id = "d-1"
title = "按时报送"
citation = { document = "甲", clause = "一", text = "乙" }
"""
)


@pytest.mark.parametrize(
    ("words", "details"),
    [
        ("workdays = 7", {"workdays": 7}),
        ('due = "12-31"', {"due": ((12, 31),)}),
        ('due = ["04-10", "01-10"]', {"due": ((4, 10), (1, 10))}),
        ('due = "01-31"\nof_last_year = true', {"due": ((1, 31),), "of_last_year": True}),
    ],
)
def test_office_duty_is_read(words, details):
    assert dict(parsed(DUTY + words).duties[0].details) == details


@pytest.mark.parametrize(
    "words",
    [
        "workdays = 0",
        "limit = -1",
        'days_before = "2"',
        'due = "02-29"',
        'due = "12-32"',
        "due = 12",
        "due = []",
        "of_last_year = 1",
        "hours = 3",
    ],
)
def test_office_duty_that_makes_no_sense_is_refused(words):
    with pytest.raises(PackInvalidError, match="工作d-1"):
        parsed(DUTY + words)


def test_shipped_packs_hold_every_office_duty():
    assert [len(load_pack(name).duties) for name in ("pingxiang", "yueqing")] == [6, 2]
