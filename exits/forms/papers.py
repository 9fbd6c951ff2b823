"""Forms of official letters: what is printed, the office's wordings, what is exchanged."""

from datetime import date
from typing import Any

from django import forms

from exits.choices import PaperVariant, Partner
from exits.forms.fields import REQUIRED, date_field
from exits.models import LetterHead
from exits.services.papers import LONGEST_NAME
from members.models import Term

LONGEST = 10_000
#: Among whom an exchange goes to: not a department of a side.
OTHERS = "others"


def names_field(label: str, **options) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=REQUIRED,
        **options,
    )


class WordsForm(forms.Form):
    """A title and a body."""

    title = forms.CharField(label="标题", max_length=200, error_messages=REQUIRED)
    body = forms.CharField(
        label="正文",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 20}),
        error_messages=REQUIRED,
        help_text="每行一段，自动空两字；以“一、”开头的短行排成小标题。不超过1万字。",
    )


class PaperForm(WordsForm):
    """One letter before it is issued."""

    addressees = names_field("主送", help_text="一行一个，按次序排列。")
    copied_to = names_field("抄送", required=False, help_text="一行一个，印在末页版记中。")
    series = forms.CharField(
        label="发文字号",
        max_length=20,
        error_messages=REQUIRED,
        help_text="只填年份之前的部分；年份取成文日期，顺序号印发时自动接续。",
    )
    issued_date = date_field("成文日期")
    field_order = ["series", "issued_date", "title", "addressees", "body", "copied_to"]

    def __init__(self, *args, addressed: str, colophon: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if addressed:
            self.fields["addressees"].label = addressed
        else:
            del self.fields["addressees"]
        if not colophon:
            del self.fields["copied_to"]

    def words(self) -> dict[str, Any]:
        """As `issue_paper` takes them."""
        given = dict(self.cleaned_data)
        for name in ("addressees", "copied_to"):
            given[name] = [line.strip() for line in given.get(name, "").splitlines()]
            given[name] = [line for line in given[name] if line]
        return given


class TemplateForm(WordsForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class HeadForm(forms.ModelForm):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = LetterHead
        fields = (
            "office_name",
            "office_series",
            "assembly_series",
            "minutes_series",
            "record_series",
            "printer",
        )


class ExchangeForm(forms.Form):
    """Which letter, to whom, about which year."""

    topic = forms.ChoiceField(
        label="内容",
        choices=[
            (PaperVariant.PERFORMANCE.value, "年度履职情况（附履职情况表）"),
            (PaperVariant.ROSTER.value, "委员名单及调整情况（附名单、调整情况表）"),
        ],
    )
    partner = forms.ChoiceField(
        label="送往",
        choices=[
            (Partner.ORGANIZATION.value, "组织部（中共党员委员）"),
            (Partner.UNITED_FRONT.value, "统战部（非中共党员委员）"),
            (OTHERS, "纪检监察、司法机关等有关单位（全体委员）"),
        ],
    )
    receiver = forms.CharField(
        label="收文单位",
        max_length=LONGEST_NAME,
        required=False,
        help_text="送有关单位的必填，如“市纪委监委”；送组织部、统战部的不填。",
    )
    year = forms.TypedChoiceField(label="年度", coerce=int)

    def __init__(self, *args, term: Term, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        last = min(term.end_date.year, today.year)
        years = range(last, term.start_date.year - 1, -1)
        self.fields["year"].choices = [(year, f"{year}年") for year in years]

    def clean(self) -> dict[str, Any]:
        """As `exchange_of` takes it: to a department of its side, or to another house of all."""
        given = dict(self.cleaned_data)
        if given.get("partner") != OTHERS:
            return given | {"receiver": ""}
        if given.get("topic") == PaperVariant.PERFORMANCE:
            self.add_error("topic", "年度履职情况只送组织部、统战部，请改选委员名单及调整情况。")
        if not given.get("receiver"):
            self.add_error("receiver", "请填写收文单位。")
        return given | {"topic": PaperVariant.ROSTER_OTHERS.value, "partner": ""}
