import pytest
from django.core.exceptions import ValidationError
from django.forms import Form

from core.refusals import RefusalError
from core.told import carried_out, told_on


def refused(reason: Exception) -> list[str]:
    form = Form({})
    with told_on(form):
        raise reason
    return list(form.non_field_errors())


def test_refusal_is_told_on_the_form():
    assert refused(RefusalError("已有人办理，请刷新。")) == ["已有人办理，请刷新。"]


def test_every_fault_of_a_record_is_told_on_the_form():
    faults = ValidationError({"title": ["请填写题目。"], "date": ["日期不对。"]})
    assert refused(faults) == ["请填写题目。", "日期不对。"]


def test_what_is_no_refusal_is_not_hidden():
    with pytest.raises(KeyError):
        refused(KeyError("x"))


def test_act_is_carried_out_or_told():
    form, done = Form({}), []
    assert carried_out(form, lambda: done.append(1))
    assert (done, form.is_valid()) == ([1], True)

    def refuse() -> None:
        raise RefusalError("不能再撤回。")

    assert not carried_out(form, refuse)
    assert list(form.non_field_errors()) == ["不能再撤回。"]
