from datetime import date
from uuid import uuid4

from django import forms

from assessments.rulebook import Pack, PackInvalidError, parse_pack
from exits.forms.fields import REQUIRED, date_field
from exits.selectors import Comparison, compare_packs
from exits.services import (
    default_as_of,
    start_assessment,
)

#: Bytes.
LARGEST_PACK = 1_000_000


class YearForm(forms.Form):
    """A year of the term, seen from a date."""

    year = forms.TypedChoiceField(label="年度", coerce=int, error_messages=REQUIRED)
    as_of = date_field(
        "截至日期",
        required=False,
        help_text="不填：已过完的年度为 12 月 31 日（填报截止在次年的，为截止日期），当年为今天。",
    )

    def __init__(self, *args, term, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.term, self.today = term, today
        last = min(term.end_date.year, today.year)
        years = range(last, term.start_date.year - 1, -1)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]
        self.fields["year"].initial = max(last - 1, term.start_date.year)

    def seen_from(self) -> date:
        year, as_of = self.cleaned_data["year"], self.cleaned_data["as_of"]
        return as_of or default_as_of(term=self.term, year=year, today=self.today)


class RunForm(YearForm):
    """Starts an evaluation; `token` makes a form sent twice one run."""

    stores = forms.TypedChoiceField(
        label="方式",
        choices=[("yes", "正式考核：保存发现，交委员联络科审核"), ("no", "试算：只看结果，不保存")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="no",
        error_messages=REQUIRED,
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def carry_out(self, *, actor, at):
        return start_assessment(
            term=self.term,
            year=self.cleaned_data["year"],
            as_of=self.seen_from(),
            stores=self.cleaned_data["stores"],
            owner=actor,
            at=at,
            key=f"assessment:{actor.pk}:{self.cleaned_data['token']}",
        )


class TrialForm(YearForm):
    """Compares the term's pack with a changed one."""

    pack = forms.FileField(
        label="改过的规则包",
        max_length=200,
        help_text="TOML 文件。可先下载本届规则包，改动阈值后上传。",
        error_messages=REQUIRED | {"empty": "文件是空的。"},
    )

    def clean_pack(self) -> Pack:
        upload = self.cleaned_data["pack"]
        if upload.size > LARGEST_PACK:
            raise forms.ValidationError("文件过大，规则包不应超过 1 MB。")
        try:
            return parse_pack(upload.read(), source=upload.name)
        except PackInvalidError as error:
            raise forms.ValidationError(str(error)) from error

    def carry_out(self) -> Comparison:
        return compare_packs(
            term=self.term,
            year=self.cleaned_data["year"],
            on=self.seen_from(),
            pack=self.cleaned_data["pack"],
        )
