"""Words of letters: names are filled in once, and nothing else ever happens to a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exits.choices import CaseKind, PaperKind, PaperVariant
from exits.procedures import PROCEDURES, kinds_where
from exits.wording import (
    BLANK,
    INVENTED,
    VARIANT_OF,
    PlaceUnknownError,
    Wording,
    allowed_places,
    check_template,
    fill,
    filled,
    shipped_wordings,
    wording_key,
)

REMINDER = PaperKind.REMINDER
TRICKS = [
    "{{7*7}}",
    "{{ case.member }}",
    "{% if 1 %}",
    "{% load static %}",
    "{委员姓名.person.user.password}",
    "{委员姓名!r}",
    "{委员姓名:>1000000}",
    "{委员姓名[0]}",
    "{0}",
    "{}",
    "{ 委员姓名 }",
    "{__class__}",
    "{\n委员姓名}",
    "{{委员姓名}}",
    "${委员姓名",
    "委员姓名}",
    "{约谈时间}",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_template_with_anything_but_known_places_is_refused(trick):
    with pytest.raises(PlaceUnknownError):
        check_template(REMINDER, "题目", trick)
    with pytest.raises(PlaceUnknownError):
        check_template(REMINDER, trick, "正文")


def test_refusal_names_the_places_there_are():
    with pytest.raises(PlaceUnknownError) as refusal:
        check_template(PaperKind.OTHER, "题目", "关于{姓名}")
    assert str(refusal.value) == (
        "“{姓名}”不是可填的内容。可用的有：{本会名称}、{办公室名称}、{地名}、{届次}、{成文日期}、"
        "{委员姓名}、{界别}、{单位职务}、{专委会}、{党派}、{推荐单位}。"
    )


def test_known_places_and_marks_of_any_kind_pass():
    check_template(REMINDER, "关于{委员姓名}的函", "<b>{事由}</b> $事由 %s %(a)s #{情形}\\n")


@pytest.mark.parametrize("value", [*TRICKS, "{委员姓名}", "<script>", "\\1\\g<0>", "%s", "$0"])
def test_what_is_filled_in_is_never_read_again(value):
    values = {"事由": value, "委员姓名": "李明"}
    expected = value.strip() or BLANK
    assert fill("甲{事由}乙{委员姓名}", values, allowed_places(REMINDER)) == f"甲{expected}乙李明"


@given(st.text(), st.text(alphabet="{}委员姓名事由%$\\<>7*", max_size=40))
def test_filling_puts_in_the_value_as_it_is(reason, name):
    text = fill("{事由}|{委员姓名}", {"事由": reason, "委员姓名": name}, ("事由", "委员姓名"))
    assert text == f"{reason.strip() or BLANK}|{name.strip() or BLANK}"


def test_place_of_another_kind_stays_as_it_is_written():
    assert fill("{约谈时间}", {"约谈时间": "明天"}, allowed_places(REMINDER)) == "{约谈时间}"


def test_missing_value_leaves_a_blank():
    assert fill("请于{答复期限}前", {}, allowed_places(REMINDER)) == f"请于{BLANK}前"


def test_title_is_one_short_line_whatever_is_filled_in():
    wording = Wording(REMINDER, "", "关于{事由}", "{事由}", ("{委员姓名}委员",))
    about = filled(wording, {"事由": "第一行\n第二行" * 100, "委员姓名": "李明"})
    assert len(about.title) == 200
    assert "\n" not in about.title
    assert about.body.count("\n") == 100
    assert about.addressees == ("李明委员",)


@pytest.mark.parametrize("key", shipped_wordings())
def test_shipped_text_fills_in_known_places_only(key):
    wording = shipped_wordings()[key]
    check_template(wording.kind, wording.title, wording.body, *wording.addressees)
    always = dict.fromkeys(("本会名称", "办公室名称", "地名", "届次", "成文日期"), "某某")
    about = filled(wording, INVENTED | always)
    for text in (about.title, about.body, *about.addressees):
        assert BLANK not in text
        assert "{" not in text


def test_every_kind_of_letter_has_a_text_for_what_it_is_about():
    keys = set(shipped_wordings())
    for kind in CaseKind:
        variant = VARIANT_OF[kind].value
        wanted = [
            PaperKind.INFORMATION,
            PaperKind.CONSULTATION,
            PaperKind.PROPOSAL,
            PaperKind.DECISION_MEMBER,
            PaperKind.DECISION_UNIT,
        ]
        wanted += [PaperKind.REMINDER] if PROCEDURES[kind].by_application else []
        wanted += [PaperKind.PUBLICATION] if kind in kinds_where(is_published=True) else []
        assert [paper for paper in wanted if wording_key(paper.value, variant) not in keys] == []
    assert {kind for kind, _ in keys} == set(PaperKind.values)


def test_advice_and_refusal_have_texts_of_their_own():
    own = {
        PaperVariant.ADVISED: {
            PaperKind.INFORMATION, PaperKind.CONSULTATION, PaperKind.PROPOSAL, PaperKind.REMINDER,
            PaperKind.DECISION_MEMBER,
        },
        PaperVariant.NOT_AGREED: {PaperKind.DECISION_MEMBER, PaperKind.DECISION_UNIT},
    }  # fmt: skip
    keys = set(shipped_wordings())
    assert {variant: {kind for kind, one in keys if one == variant} for variant in own} == own


def test_exchanges_have_a_text_each():
    keys = [variant for kind, variant in shipped_wordings() if kind == PaperKind.EXCHANGE]
    assert keys == [
        PaperVariant.PERFORMANCE,
        PaperVariant.ROSTER,
        PaperVariant.ROSTER_OTHERS,
    ]
