import re
from typing import Any

from django import forms

from members.models import Sector, SpecialCommittee, Term
from reporting.choices import CHOSEN_FORMATS


class Scope(forms.ChoiceField):
    ALL, SECTOR, COMMITTEE, PICKED = "all", "sector", "committee", "picked"
    CHOICES = (
        (ALL, "全体委员"),
        (SECTOR, "一个界别"),
        (COMMITTEE, "一个专委会"),
        (PICKED, "指定委员"),
    )


class ExportForm(forms.Form):
    """What to export: a year of a term, of whom, in which form."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    scope = Scope(label="范围", choices=Scope.CHOICES, widget=forms.RadioSelect)
    sector = forms.ModelChoiceField(
        label="界别", queryset=Sector.objects.none(), required=False, empty_label="请选择"
    )
    committee = forms.ModelChoiceField(
        label="专委会",
        queryset=SpecialCommittee.objects.none(),
        required=False,
        empty_label="请选择",
    )
    codes = forms.CharField(
        label="委员编号",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="选“指定委员”时填写，用顿号、逗号或换行分开。",
    )
    file_format = forms.ChoiceField(
        label="格式",
        choices=[(choice.value, choice.label) for choice in CHOSEN_FORMATS],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, term: Term, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, f"{year}年度") for year in years]
        self.fields["sector"].queryset = Sector.objects.filter(term=term)
        self.fields["committee"].queryset = SpecialCommittee.objects.filter(term=term)

    def clean_codes(self) -> tuple[str, ...]:
        codes = re.split(r"[\s、，,；;]+", self.cleaned_data["codes"])
        return tuple(dict.fromkeys(filter(None, codes)))

    def clean(self) -> dict[str, Any]:
        """Only what the scope names counts; what it needs must be there."""
        data = super().clean() or {}
        needed = {Scope.SECTOR: "sector", Scope.COMMITTEE: "committee", Scope.PICKED: "codes"}
        field = needed.get(data.get("scope"))
        if field and not data.get(field) and field not in self.errors:
            self.add_error(field, f"请填写{self.fields[field].label}。")
        for name in set(needed.values()) - {field}:
            data[name] = () if name == "codes" else None
        return data
