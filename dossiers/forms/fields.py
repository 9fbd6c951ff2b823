"""Fields of the entry forms: members by number or name, days as offices pick them."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members.models import Member, Term
from members.selectors.names import members_named

SEPARATORS = re.compile(r"[、,，;；\n\t]+")
LONGEST_LIST = 4000


class MembersField(forms.CharField):
    """Members written as “0012 张三、李四”; a script offers them while one types.

    Cleaned: the members in that order. The form sets `term`.
    """

    several = True
    term: Term

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"data-pick": "many" if self.several else "one", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("max_length", LONGEST_LIST)
        kwargs.setdefault("help_text", "填姓名或委员编号" + "，多人用“、”分隔" * self.several)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        written = [item.strip() for item in SEPARATORS.split(text) if item.strip()]
        named = members_named(term=self.term, written=written)
        if named.faults:
            raise ValidationError(list(named.faults))
        return self.narrowed(list(named.members))

    def narrowed(self, members: list[Member]) -> Any:
        return members


class MemberField(MembersField):
    """One member."""

    several = False

    def narrowed(self, members: list[Member]) -> Any:
        if len(members) > 1:
            raise ValidationError("这里只填一名委员。")
        return members[0] if members else None


class DayField(forms.DateField):
    """A day of the term that has come; the form sets `term` and `today`."""

    term: Term
    today: date

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        if day is None:
            return None
        if day > self.today:
            raise ValidationError("日期还没有到，请核对。")
        if not self.term.contains(day):
            first, last = self.term.start_date, self.term.end_date
            raise ValidationError(f"日期不在本届任期（{first}至{last}）之内。")
        return day


def options(choices: type, empty: str = "（未定）") -> list[tuple[str, str]]:
    return [("", empty), *choices.choices]
