from datetime import UTC, datetime, timedelta

import pytest

from core.rotating import (
    CodeExpiredError,
    CodeInvalidError,
    check_token,
    current_code,
    is_current_number,
)

#: The first second of a step.
AT = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)


def later(seconds):
    return AT + timedelta(seconds=seconds)


@pytest.mark.parametrize("seconds", [0, 19, 20, 39])
def test_code_is_good_in_its_step_and_the_next(seconds):
    code = current_code("sitting:1", AT)
    check_token("sitting:1", code.token, later(seconds))
    assert is_current_number("sitting:1", code.number, later(seconds))


@pytest.mark.parametrize("seconds", [40, 60, -1])
def test_code_is_refused_earlier_and_later(seconds):
    code = current_code("sitting:1", AT)
    with pytest.raises(CodeExpiredError):
        check_token("sitting:1", code.token, later(seconds))
    assert not is_current_number("sitting:1", code.number, later(seconds))


def test_code_stands_for_one_subject():
    code = current_code("sitting:1", AT)
    with pytest.raises(CodeInvalidError):
        check_token("sitting:2", code.token, AT)
    assert not is_current_number("sitting:2", code.number, AT)


@pytest.mark.parametrize("token", ["", "1-2", "x" * 30, "6965e000-" + "0" * 20])
def test_forged_code_is_refused(token):
    with pytest.raises(CodeInvalidError):
        check_token("sitting:1", token, AT)


def test_code_of_another_house_is_refused(settings):
    code = current_code("sitting:1", AT)
    settings.SECRET_KEY = "another"
    with pytest.raises(CodeInvalidError):
        check_token("sitting:1", code.token, AT)


def test_code_tells_how_long_it_is_shown():
    assert [current_code("a", later(s)).seconds_left for s in (0, 1, 19, 20)] == [20, 19, 1, 20]
    assert current_code("a", AT).token == current_code("a", later(19)).token
    assert current_code("a", AT).token != current_code("a", later(20)).token
    assert len(current_code("a", AT).number) == 6
