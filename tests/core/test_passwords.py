"""Passwords good and bad, under both profiles."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from core.passwords import folded

USER = User(username="liyunzhou", name="李云舟")

GOOD = [
    "Feng-Lin-37",
    "qX7#mPzw2L",
    "春风又绿江南岸Aa1",
    "aB3aB3aB3x",
    "correct Horse battery 7",
    "Ω-Great-Wall-8",
    "x9" * 40 + "A",
]
SHORT = ["Ab1-xyzw", "aB3!", "Q7-abcdef", "春风Aa1"]
POOR = [
    "fenglinwanting",
    "FENGLINWANTING",
    "8347261950",
    "fenglin37371",
    "FENGLIN-WAN",
    "!!!!!!!!!!!!",
]
CONTEXT = [
    "Zhengxie-888x",
    "ZHENGXIE#a1b2",
    "zhengXie_77Q",
    "政协Abc-77777",
    "萍乡-Xyz-7777",
    "Pingxiang-77x",
    "Ｐｉｎｇｘｉａｎｇ-7x",
    "Cppcc-Duty-77",
    "李云舟Aa-777",
    "Liyunzhou-77x",
    "xx-LIYUNZHOU-8",
    "Winter-2026-q",
    "Spring1998-qq",
    "Qq-13812345678",
]


def refused(password) -> bool:
    try:
        validate_password(password, USER)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize("password", GOOD)
def test_good_password_is_taken(password):
    assert not refused(password)


@pytest.mark.parametrize("password", [*SHORT, *POOR, *CONTEXT])
def test_bad_password_is_refused(password):
    assert refused(password)


@pytest.mark.parametrize("password", ["password123", "1q2w3e4r5t", "qwertyuiop", "iloveyou123"])
def test_common_password_is_refused(password):
    assert refused(password)


def test_digits_that_are_no_year_are_taken():
    assert not refused("Maple-72026-Leaf")


def test_full_width_spelling_counts_as_the_plain_one():
    assert folded("ＺhengXie") == "zhengxie"


def test_refusal_says_how_to_mend_it():
    with pytest.raises(ValidationError) as refusal:
        validate_password("fenglinwanting", USER)
    assert refusal.value.messages == ["密码太简单：大写字母、小写字母、数字、符号中至少用3种。"]
