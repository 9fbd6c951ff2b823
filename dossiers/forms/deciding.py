"""Forms that decide: two records or one, a proposal and what it became."""

from typing import Any

from django import forms

from dossiers.forms.fields import DayField
from proposals.models import PublicOpinionReport


class MergeForm(forms.Form):
    """`doomed` is the primary key of the record to delete, `version` the one seen of it."""

    doomed = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label="事由", max_length=200, required=False)


class DistinctForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, required=False)


class ConversionForm(forms.Form):
    """The report a proposal becomes; its title and authors are the proposal's."""

    number = forms.CharField(label="编号", max_length=50)
    reported_date = DayField(label="报送日期")

    def __init__(self, *args: Any, term: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = self.fields["reported_date"]
        day.term, day.today = term, today


class LinkForm(forms.Form):
    """An existing report that came from the proposal."""

    report = forms.ModelChoiceField(
        label="已有的社情民意信息",
        queryset=PublicOpinionReport.objects.none(),
        empty_label="（请选择）",
    )

    def __init__(self, *args: Any, reports: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["report"].queryset = reports
